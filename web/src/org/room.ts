import type { Room } from '../base/room';

export const orgRoom: Room = { entries: [], pages: [] };
