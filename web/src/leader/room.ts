import type { Room } from '../base/room';

export const leaderRoom: Room = { entries: [], pages: [] };
