import type { Room } from '../base/room';

export const managerRoom: Room = { entries: [], pages: [] };
