// Where we are going: the vision, and the goals that lead there.
import { IconSailboat } from '@tabler/icons-react';
import { may, type Meta } from '../../base/meta';
import type { Room } from '../../base/room';
import type { Session } from '../../base/types';

const isThere = (_: Session, meta: Meta) => may(meta.byName.get('vision'), 'read') || may(meta.byName.get('objective'), 'read');

export const goalsRoom: Room = {
  entries: [
    { to: '/vision', label: 'goals.title', icon: IconSailboat, hats: ['crew'], order: 10, isThere },
    { to: '/vision', label: 'goals.title', icon: IconSailboat, hats: ['course'], order: 35, isThere },
  ],
  pages: [{ path: '/vision', load: () => import('./page'), isThere }],
};
