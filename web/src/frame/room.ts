// Pages that belong to no room of the work: the frame's own.
import type { Room } from '../base/room';

export const frameRoom: Room = { entries: [], pages: [{ path: '/notifications', load: () => import('./notifications_page') }] };
