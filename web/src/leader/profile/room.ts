// How somebody leads: the six-aspect profile, and 360 rounds with their answers.
import { IconAdjustmentsHorizontal, IconMessageCircleQuestion } from '@tabler/icons-react';
import { may, type Meta } from '../../base/meta';
import type { Room } from '../../base/room';
import { hasRole } from '../../base/session';
import type { Session } from '../../base/types';

const isThere = (_: Session, meta: Meta) => may(meta.byName.get('feedback_round'), 'read');
const leadsAtAll = (session: Session, meta: Meta) => isThere(session, meta) && hasRole(session, 'manager', 'leader', 'executive');

export const profileRoom: Room = {
  entries: [
    { to: '/profile', label: 'profile.profile', icon: IconAdjustmentsHorizontal, hats: ['crew'], order: 80, isThere: leadsAtAll },
    { to: '/feedback', label: 'profile.asked', icon: IconMessageCircleQuestion, hats: ['course'], order: 35, isThere: (session, meta) => isThere(session, meta) && !hasRole(session, 'leader', 'executive') },
  ],
  pages: [
    { path: '/profile', load: () => import('./profile_page'), isThere },
    { path: '/profile/:id', load: () => import('./shared_page'), isThere },
    { path: '/feedback', load: () => import('./feedback_page'), isThere },
    { path: '/feedback/:id', load: () => import('./answer_page'), isThere },
  ],
};
