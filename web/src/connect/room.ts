import type { Room } from '../base/room';

export const connectRoom: Room = { entries: [], pages: [] };
