// Lists, records and forms of every entity, drawn from the metadata. Last in rooms.ts: special pages win.
import type { Meta } from '../base/meta';
import type { Room } from '../base/room';

const exists = (_: unknown, meta: Meta) => meta.entities.length > 0;

export const recordRoom: Room = {
  entries: [],
  pages: [
    { path: '/:plural', load: () => import('./list_page'), isThere: exists },
    { path: '/:plural/new', load: () => import('./form_page'), isThere: exists },
    { path: '/:plural/:id/merge', load: () => import('./merge_page'), isThere: exists },
    { path: '/:plural/:id', load: () => import('./record_page'), isThere: exists },
  ],
};
