// What /performance answers (docs/performance.md), and how its figures read.
import { useSearchParams } from 'wouter';
import { addDays, day as dayText, dayIn, money, moneyShort, number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { useGet } from '../base/query';
import type { Ground } from './figures';

export type Num = number | null;
export interface Measure {
  name: string;
  label: string;
  group: string;
  unit: 'money' | 'count' | 'share' | 'days' | 'money_a_day' | 'ratio';
  formula: string;
  records: string | null;
  limits: 'none' | 'single' | 'count' | 'rate';
  low_is_best: boolean;
  ramp: { share: number; people: number }[];
}
export interface Trend {
  values: Num[];
  expected: Num[];
  low: Num[];
  high: Num[];
  outside: number[];
  filters?: (string | null)[];
}
export type Verdict = 'above' | 'below' | 'within' | 'too_few' | 'new';
export interface Ratio {
  ratio: Num;
  low: Num;
  high: Num;
  expected_count: Num;
  observed_count: number;
}
export interface Mix {
  product: number | null;
  product_name: string | null;
  closed_count: number;
  won_count: number;
}
export interface Score {
  id: number;
  name: string;
  months_since_hire: Num;
  is_new: boolean;
  people: number;
  values: Record<string, Num>;
  filters: Record<string, string | null>;
  trend: Record<string, Trend>;
  comparison: Omit<Ratio, 'observed_count'> & { closed_count: number; won_count: number; p_adjusted: Num; verdict: Verdict; rate: Num; rate_low: Num; rate_high: Num };
  changes: Record<string, { observed_count: number; expected_count: Num; p_adjusted: Num; verdict: Verdict }>;
  pace: Record<string, Ratio>;
  mix: Mix[];
}
export interface Scores extends Ground {
  by: 'person' | 'team' | 'office';
  is_leading: boolean;
  sees_teams: boolean;
  months: { day: string; is_complete: boolean }[];
  measures: Measure[];
  budget: { share: number; compared_count: number; changed_count: number; recent_months: number; outside_count: number; outside_by_chance: number; new_months: number };
  total: { values: Record<string, Num> };
  mix: Mix[];
  rows: Score[];
  band?: Record<string, { low: Num[]; mid: Num[]; high: Num[] }>;
}

const OF = ['opportunity', 'stage', 'user', 'team', 'team_member', 'reporting_line', 'hat', 'activity', 'quota'];

export type ScoreChoice = Partial<Record<'by' | 'months' | 'team' | 'view' | 'measure' | 'order' | 'as', string>>;
const NAMES = ['by', 'months', 'team', 'view', 'measure', 'order', 'as'] as const;

/** The choices of the address, and how to change one. */
export function useScoreChoice(): [ScoreChoice, (name: keyof ScoreChoice, value: string | undefined) => void] {
  const [search, setSearch] = useSearchParams();
  const choice: ScoreChoice = Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? undefined]));
  const set = (name: keyof ScoreChoice, value: string | undefined) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  return [choice, set];
}

/** The last so many months, the running one among them, of the day that is read. */
function periodOf(months: string | undefined, day: string | undefined): string | undefined {
  if (!months || !day) return undefined;
  const first = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() - Number(months));
  return `${first.toISOString().slice(0, 10)}..${day}`;
}

export function useScores(path: string, choice: ScoreChoice) {
  const given = { by: choice.by, team: choice.team, view: choice.view };
  const params = path === '/performance' ? given : { view: choice.view };
  const year = useGet<Scores>(path, { params, of: OF, keepOld: true });
  const period = periodOf(choice.months, year.data?.day);
  const other = useGet<Scores>(path, { params: { ...params, period }, of: OF, keepOld: true, isOff: !period });
  return period ? other : year;
}

export const measureText = (measure: Pick<Measure, 'name'>) => t(`score.m.${measure.name}` as Key);

export function valueText(measure: Measure, value: Num | undefined, currency: string, isShort = true): string {
  if (value === null || value === undefined) return '–';
  if (measure.unit === 'money') return isShort ? moneyShort(value, currency) : money(Math.round(value), currency);
  if (measure.unit === 'share') return percent(value);
  if (measure.unit === 'days') return t('analysis.days', { n: Math.round(value) });
  return number(value, 1);
}

/** The outermost value within a limit: of counts a whole number. */
export function limitText(measure: Measure, value: Num | undefined, isHigh: boolean, currency: string): string {
  const isWhole = measure.unit === 'count' && value !== null && value !== undefined;
  return valueText(measure, isWhole ? (isHigh ? Math.floor(value) : Math.ceil(value)) : value, currency);
}

export const monthShort = (value: string) => dayIn(value, { month: 'short' });
export const monthText = (value: string) => dayIn(value, { month: 'short', year: 'numeric' });
export const periodText = (scores: Scores) => `${monthText(scores.period.from_day)} – ${monthText(addDays(scores.period.to_day, -1))}`;
export { dayText };

export const listHref = (measure: Measure, filter: string | null | undefined) => (filter && measure.records ? `/${measure.records}?${filter}` : undefined);

/** Ratios as "0.74 ×". */
export const timesText = (value: Num) => (value === null ? '–' : t('score.times', { n: number(value, 2) }));

/** What chance explains badly: how many of a row's questions. */
export function marksOf(row: Score): { key: string; verdict: Verdict; measure?: string }[] {
  const is = (verdict: Verdict) => verdict === 'above' || verdict === 'below';
  const marks = is(row.comparison.verdict) ? [{ key: 'comparison', verdict: row.comparison.verdict }] : [];
  return [...marks, ...Object.entries(row.changes).filter(([, one]) => is(one.verdict)).map(([measure, one]) => ({ key: measure, verdict: one.verdict, measure }))];
}
