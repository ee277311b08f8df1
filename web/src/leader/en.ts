export const leader = {
} as const;
