// The brief of a hat as the server tells it: sections of rows with columns that say what they hold.
import { useGet } from '../base/query';
import type { Value } from '../base/types';

export interface Column {
  name: string;
  label: string;
  kind: string;
  entity?: string;
}
export type Line = Record<string, Value>;
export interface Section {
  title: string;
  note: string | null;
  left_out: number;
  columns: Column[];
  rows: Line[];
}
export interface Brief {
  hat: string;
  as_of: string;
  as_of_seq: number;
  day: string;
  since: string;
  currency: string;
  period: { label: string; from_day: string; to_day: string };
  sections: Record<string, Section>;
}

const OF = ['opportunity', 'quota', 'one_on_one', 'action_item', 'escalation', 'activity', 'user', 'hat', 'reporting_line', 'opportunity_split'];

export function useBrief(hat: 'manager' | 'leader' | 'rep', params: { team?: string; period?: string; since?: string }) {
  return useGet<Brief>('/home', { params: { hat, ...params }, of: OF, keepOld: true });
}

export const num = (line: Line | undefined, name: string): number | null => {
  const value = line?.[name];
  return typeof value === 'number' ? value : null;
};
export const str = (line: Line | undefined, name: string): string => {
  const value = line?.[name];
  return typeof value === 'string' ? value : '';
};
export const rowsOf = (brief: Brief, name: string): Line[] => brief.sections[name]?.rows ?? [];
