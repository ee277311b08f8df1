// Contests and leaderboards as the API tells them (docs/contests.md), and how a figure of any measure is written.
import { money, moneyShort, number, percent } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import type { Page, Row } from '../base/types';

export interface Measure {
  name: string;
  label: string;
  unit: 'money' | 'count' | 'share' | 'days' | 'money_a_day' | 'ratio';
  formula: string;
  /** The list that a filter of the measure is of. */
  records: string | null;
  dimensions: string[];
  /** Counts of a period and rates of counts: a change of them can be told from chance. */
  can_watch: boolean;
}

export interface Line {
  place: number | null;
  is_tied: boolean;
  id: number;
  name: string | null;
  is_me: boolean;
  value: number | null;
  base: number;
  low: number | null;
  high: number | null;
  past?: number | null;
  reached_day?: string | null;
  is_winner?: boolean;
  is_corrected?: boolean;
  value_today?: number | null;
  same_day_count?: number;
  reopened_count?: number;
}

export type Rule = 'most' | 'first_to_target' | 'most_improved' | 'all_who_pass';

export interface Standing {
  id: number;
  day: string;
  name: string;
  state?: 'planned' | 'running' | 'ended';
  rule?: Rule;
  target?: number | null;
  tie?: string;
  prize?: string | null;
  text?: string | null;
  results_day?: string;
  among: 'people' | 'teams';
  from_day: string;
  to_day: string;
  measure: string;
  label: string;
  formula: string;
  unit: Measure['unit'];
  currency: string;
  low_is_best: boolean;
  base_min: number;
  own: { is_hidden: true; value: number | null; base: number } | null;
  rows: Line[];
}

export interface Contest extends Row {
  name: string;
  state: 'planned' | 'running' | 'ended';
  from_day: string;
  to_day: string;
  measure: string;
}
export interface Board extends Row {
  name: string;
  period: string;
  measure: string;
}

const OF = ['contest', 'contest_entry', 'contest_result', 'leaderboard', 'board_choice', 'opportunity', 'activity'];

export const useMeasures = () => useGet<{ rows: Measure[] }>('/measures');
export const useContests = () => useGet<Page>('/contests', { params: { order: 'to_day.desc', limit: 200 }, of: ['contest'], now: true });
export const useBoards = () => useGet<Page>('/leaderboards', { params: { limit: 200 }, of: ['leaderboard'], now: true });
export const useStanding = (kind: 'contests' | 'leaderboards', id: number | null) => useGet<Standing>(`/${kind}/${id}/standing`, { of: OF, isOff: id === null });

/** A figure of a measure; short where space is. */
export function figure(value: number | null | undefined, unit: Measure['unit'], currency: string, isShort = false): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'money') return isShort ? moneyShort(value, currency) : money(Math.round(value), currency);
  if (unit === 'money_a_day') return t('standings.aDay', { sum: moneyShort(value, currency) });
  if (unit === 'share') return percent(value, 1);
  if (unit === 'days') return t('standings.days', { n: Math.round(value) });
  return number(value, unit === 'ratio' ? 2 : 0);
}

/** The change a contest of improvement ranks: points of a share, else a share of the past. */
export function change(line: Line, unit: Measure['unit']): string {
  if (line.value === null || line.past === null || line.past === undefined) return '–';
  if (unit !== 'share' && line.past <= 0) return '–';
  const by = unit === 'share' ? line.value - line.past : (line.value - line.past) / line.past;
  return unit === 'share' ? t('standings.points', { n: `${by > 0 ? '+' : ''}${number(by * 100, 1)}` }) : `${by > 0 ? '+' : ''}${percent(by)}`;
}
