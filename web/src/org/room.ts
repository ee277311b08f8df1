// The organisation: people and teams, and what a person and an administrator set.
import { IconSitemap } from '@tabler/icons-react';
import { may } from '../base/meta';
import type { Room } from '../base/room';

export const orgRoom: Room = {
  entries: [{ to: '/people', label: 'people.title', icon: IconSitemap, hats: ['course', 'crew'], order: 80, isThere: (_, meta) => may(meta.byName.get('team'), 'read') }],
  pages: [
    { path: '/people', load: () => import('./people_page'), isThere: (_, meta) => may(meta.byName.get('team'), 'read') },
    { path: '/settings', load: () => import('./settings_page') },
    { path: '/settings/:section', load: () => import('./settings_page') },
  ],
};
