/** The boat, on the hat's colour. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 26 26" aria-hidden style={{ display: 'block', flex: 'none' }}>
      <rect width="26" height="26" rx="6" fill="var(--accent)" />
      <path d="M12.4 4.6v9.6H7.2z" fill="var(--on-accent)" opacity="0" />
      <path d="M12.6 5v9.4M14 6.6l4.4 7.8H14z" fill="none" stroke="var(--on-accent)" strokeWidth="1.6" strokeLinejoin="round" strokeLinecap="round" />
      <path d="M5.2 16.2h15.6l-2.2 4.2H7.6z" fill="var(--on-accent)" />
    </svg>
  );
}
