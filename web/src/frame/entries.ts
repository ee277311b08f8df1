// Which entries of the navigation exist for this person, in this hat, as the server is switched.
import { IconSettings } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useLook, type Hat } from '../base/look';
import { useMeta } from '../base/meta';
import type { Entry } from '../base/room';
import { useSession } from '../base/session';
import { rooms } from '../rooms';

/** Apart from the others, at the foot of the side and of the drawer. */
export const settingsEntry: Entry = { to: '/settings', label: 'nav.settings', icon: IconSettings, hats: [], order: 0 };

export function useEntries(hat?: Hat): Entry[] {
  const session = useSession();
  const meta = useMeta();
  const worn = useLook().hat;
  const wanted = hat ?? worn;
  return useMemo(
    () =>
      rooms
        .flatMap((room) => room.entries)
        .filter((entry) => entry.hats.includes(wanted) && (entry.isThere?.(session, meta) ?? true))
        .sort((a, b) => a.order - b.order),
    [session, meta, wanted],
  );
}

export function isHere(entry: Entry, location: string): boolean {
  return entry.to === '/' ? location === '/' : location === entry.to || location.startsWith(`${entry.to}/`);
}
