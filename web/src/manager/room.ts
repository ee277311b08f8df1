// The manager's pages beyond records: how the pipeline changes and flows.
import { IconBellRinging, IconChartBar, IconGauge, IconTrophy } from '@tabler/icons-react';
import { may, type Meta } from '../base/meta';
import type { Room } from '../base/room';
import { hasFeature, hasRole } from '../base/session';
import type { Session } from '../base/types';

const hasContests = (_: Session, meta: Meta) => may(meta.byName.get('contest'), 'read');
const hasAlerts = (_: Session, meta: Meta) => may(meta.byName.get('alert'), 'read');
const seesDeals = (_: Session, meta: Meta) => may(meta.byName.get('opportunity'), 'read');

const seesScores = (session: Session) => hasFeature(session, 'performance') && hasRole(session, 'rep', 'manager', 'leader', 'executive');

export const managerRoom: Room = {
  entries: [
    { to: '/analysis', label: 'analysis.nav', icon: IconChartBar, hats: ['course'], order: 20, isThere: seesDeals },
    { to: '/performance', label: 'score.nav', icon: IconGauge, hats: ['course'], order: 22, isThere: seesScores },
    { to: '/standings', label: 'standings.nav', icon: IconTrophy, hats: ['course'], order: 24, isThere: hasContests },
    { to: '/watch', label: 'watch.nav', icon: IconBellRinging, hats: ['course', 'crew'], order: 26, isThere: hasAlerts },
  ],
  pages: [
    { path: '/analysis', load: () => import('./analysis_page'), isThere: seesDeals },
    { path: '/performance', load: () => import('./performance_page'), isThere: seesScores },
    { path: '/performance/:id', load: () => import('./person_page'), isThere: seesScores },
    { path: '/standings', load: () => import('./standings_page'), isThere: hasContests },
    { path: '/watch', load: () => import('./watch_page'), isThere: hasAlerts },
  ],
};
