// The organisation: what a person and an administrator set.
import type { Room } from '../base/room';

export const orgRoom: Room = { entries: [], pages: [{ path: '/settings', load: () => import('./settings_page') }] };
