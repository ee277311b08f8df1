// The manager's pages beyond records: how the pipeline changes and flows.
import { IconChartBar } from '@tabler/icons-react';
import { may, type Meta } from '../base/meta';
import type { Room } from '../base/room';
import type { Session } from '../base/types';

const seesDeals = (_: Session, meta: Meta) => may(meta.byName.get('opportunity'), 'read');

export const managerRoom: Room = {
  entries: [{ to: '/analysis', label: 'analysis.nav', icon: IconChartBar, hats: ['course'], order: 20, isThere: seesDeals }],
  pages: [{ path: '/analysis', load: () => import('./analysis_page'), isThere: seesDeals }],
};
