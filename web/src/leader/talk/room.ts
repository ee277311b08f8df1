// Talks between a leader and a person: whom one leads, one's own, and each talk.
import { IconMessages } from '@tabler/icons-react';
import { may, type Meta } from '../../base/meta';
import type { Room } from '../../base/room';
import { hasRole } from '../../base/session';
import type { Session } from '../../base/types';

const isThere = (_: Session, meta: Meta) => may(meta.byName.get('one_on_one'), 'read');
const talksAtAll = (session: Session) => hasRole(session, 'rep', 'manager', 'leader', 'executive');

export const talkRoom: Room = {
  entries: [
    { to: '/coaching', label: 'talk.coaching', icon: IconMessages, hats: ['crew'], order: 20, tab: 2, isThere },
    { to: '/coaching', label: 'talk.mine', icon: IconMessages, hats: ['course'], order: 30, isThere: (session, meta) => isThere(session, meta) && talksAtAll(session) && !hasRole(session, 'leader') },
  ],
  pages: [
    { path: '/coaching', load: () => import('./coaching_page'), isThere },
    { path: '/coaching/ledger', load: () => import('./ledger_page'), isThere: (session, meta) => hasRole(session, 'leader') && meta.byName.has('coaching_session') },
    { path: '/coaching/library', load: () => import('./library_page'), isThere: (session, meta) => hasRole(session, 'leader', 'manager', 'admin') && may(meta.byName.get('rubric'), 'read') },
    { path: '/coaching/plans/:id', load: () => import('./series_page'), isThere: (_, meta) => may(meta.byName.get('coaching_plan'), 'read') },
    // Search and notifications lead to a record by its plural.
    { path: '/coaching_plans/:id', load: () => import('./series_page'), isThere: (_, meta) => may(meta.byName.get('coaching_plan'), 'read') },
    { path: '/coaching/card', load: () => import('./own_card_page'), isThere: (_, meta) => may(meta.byName.get('card'), 'create') },
    { path: '/coaching/:id', load: () => import('./talk_page'), isThere },
    // Search and notifications lead to a record by its plural.
    { path: '/one_on_ones/:id', load: () => import('./talk_page'), isThere },
  ],
  panels: [
    { entity: 'opportunity', fields: [], load: () => import('./deal_coaching') },
    { entity: 'user', fields: [], load: () => import('./person_coaching') },
  ],
};
