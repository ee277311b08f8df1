// Bringing records in from files of other systems.
import { IconUpload } from '@tabler/icons-react';
import type { Room } from '../base/room';
import { mayImport } from '../base/session';

export const connectRoom: Room = {
  entries: [{ to: '/import', label: 'import.title', icon: IconUpload, hats: ['course'], order: 900, isThere: mayImport }],
  pages: [{ path: '/import', load: () => import('./import_page'), isThere: mayImport }],
};
