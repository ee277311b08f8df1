// What a room of the app adds: pages, entries of the navigation, commands of the palette. rooms.ts lists the rooms;
// nothing is registered anywhere else.
import type { Icon } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Key } from './i18n';
import type { Hat } from './look';
import type { Meta } from './meta';
import type { Row, Session } from './types';

export interface Entry {
  to: string;
  label: Key;
  icon: Icon;
  hats: Hat[];
  /** 0-99 in the first group, from 100 under "Records". */
  order: number;
  /** Place in the tab bar of phones: 1 to 3. */
  tab?: number;
  isThere?: (session: Session, meta: Meta) => boolean;
}

export interface PageRoute {
  /** wouter pattern: "/pipeline", "/coaching/:id". */
  path: string;
  load: () => Promise<{ default: ComponentType }>;
  isThere?: (session: Session, meta: Meta) => boolean;
}

export interface Command {
  label: Key;
  to: string;
  icon?: Icon;
  isThere?: (session: Session, meta: Meta) => boolean;
}

/** A piece beside the facts on the pages of one entity's records. */
export interface RecordPanel {
  entity: string;
  /** Fields it shows, left out of the facts. */
  fields: string[];
  load: () => Promise<{ default: ComponentType<{ row: Row }> }>;
}

export interface Room {
  entries: Entry[];
  pages: PageRoute[];
  commands?: Command[];
  panels?: RecordPanel[];
}
