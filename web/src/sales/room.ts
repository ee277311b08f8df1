// Deals, accounts, contacts, leads, activities: the entries of their lists. The board lives at /pipeline.
import { IconActivity, IconAddressBook, IconBuilding, IconBriefcase, IconFileText, IconLayoutKanban, IconPackage, IconRoute, IconUserSearch, type Icon } from '@tabler/icons-react';
import type { Key } from '../base/i18n';
import { may } from '../base/meta';
import type { Entry, Room } from '../base/room';

function list(entity: string, plural: string, label: Key, icon: Icon, order: number): Entry {
  return { to: `/${plural}`, label, icon, order, hats: ['course'], isThere: (_, meta) => may(meta.byName.get(entity), 'read') };
}

export const salesRoom: Room = {
  entries: [
    { to: '/pipeline', label: 'board.title', icon: IconLayoutKanban, hats: ['course'], order: 10, tab: 2, isThere: (_, meta) => may(meta.byName.get('opportunity'), 'read') },
    { to: '/routing', label: 'routing.title', icon: IconRoute, hats: ['course'], order: 40, isThere: (session, meta) => may(meta.byName.get('routing_rule'), 'read') && session.roles.some((role) => role === 'manager' || role === 'admin') },
    list('opportunity', 'opportunities', 'sales.deals', IconBriefcase, 100),
    list('account', 'accounts', 'sales.accounts', IconBuilding, 101),
    list('contact', 'contacts', 'sales.contacts', IconAddressBook, 102),
    list('lead', 'leads', 'sales.leads', IconUserSearch, 103),
    list('activity', 'activities', 'sales.activities', IconActivity, 104),
    list('contract', 'contracts', 'sales.contracts', IconFileText, 105),
    list('product', 'products', 'sales.products', IconPackage, 106),
  ],
  pages: [
    { path: '/pipeline', load: () => import('./board_page'), isThere: (_, meta) => may(meta.byName.get('opportunity'), 'read') },
    { path: '/routing', load: () => import('./routing_page'), isThere: (_, meta) => may(meta.byName.get('routing_rule'), 'read') },
    { path: '/opportunities', load: () => import('./deals_page') },
  ],
  panels: [{ entity: 'lead', fields: ['routing_rule', 'routed_to', 'routed_at', 'routed_why', 'respond_by', 'responded_at'], load: () => import('./why_owner') }],
};
