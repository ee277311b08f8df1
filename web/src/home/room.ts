// Home: the brief of the hat that is worn. It knows the hats by what the server tells of each, and by nothing else.
import { IconHome } from '@tabler/icons-react';
import type { Room } from '../base/room';
import { hasRole } from '../base/session';

export const homeRoom: Room = {
  entries: [{ to: '/', label: 'home.home', icon: IconHome, hats: ['course', 'crew'], order: 0, tab: 1, isThere: (session) => hasRole(session, 'rep', 'manager', 'leader', 'executive') }],
  pages: [{ path: '/', load: () => import('./page') }],
};
