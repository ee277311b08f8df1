// Talent: skills with how sure one is of them, the ladder, who could follow, pairs; and the page of a person, oneself too.
import { IconPlant2 } from '@tabler/icons-react';
import { may, type Meta } from '../../base/meta';
import type { Room } from '../../base/room';
import { hasRole } from '../../base/session';
import type { Session } from '../../base/types';

const isThere = (_: Session, meta: Meta) => may(meta.byName.get('skill'), 'read');
const leads = (session: Session) => hasRole(session, 'manager', 'leader');

export const talentRoom: Room = {
  entries: [
    { to: '/talent', label: 'talent.title', icon: IconPlant2, hats: ['crew'], order: 30, isThere },
    { to: '/talent', label: 'talent.mine', icon: IconPlant2, hats: ['course'], order: 31, isThere: (session, meta) => isThere(session, meta) && !leads(session) },
  ],
  pages: [
    { path: '/talent', load: () => import('./talent_page'), isThere },
    { path: '/talent/people/:id', load: () => import('./person_page'), isThere },
    { path: '/talent/pairs/:id', load: () => import('./programme_page'), isThere },
    { path: '/talent/:tab', load: () => import('./talent_page'), isThere },
  ],
};
