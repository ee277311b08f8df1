// What the pipeline's routes answer (docs/api.md, "Measures and the pipeline"), and the choices all of its pages share; the
// address keeps them.
import { useSearchParams } from 'wouter';
import { useGet } from '../base/query';

export interface Ground {
  as_of: string;
  as_of_seq: number;
  day: string;
  view: 'was' | 'is';
  currency: string;
  unrated_count: number;
  period: { label: string; from_day: string; to_day: string };
}

export interface Sum {
  count: number;
  amount: number;
}
export interface Move extends Sum {
  key: string;
  in_count: number;
  inside_count: number;
  inside_amount: number;
}
export interface Deal {
  id: number;
  name: string;
  owner: number;
  owner_name: string;
  amount: number;
}
/** A deal behind a figure, with what its route says of it. */
export interface BehindDeal {
  id: number;
  name: string | null;
  owner_name: string | null;
  stage_label?: string | null;
  amount: number | null;
  at?: string;
  move?: string;
  is_inside?: boolean;
  days?: number;
  usual_days?: number;
  last_activity_day?: string | null;
  reasons?: { key: string; days?: number; times?: number; usual_days?: number | null }[];
}
type End = Sum & { as_of: string; filter: string };
export interface Waterfall extends Ground {
  from: string;
  opening: End;
  moves: Move[];
  closing: End;
  rows: { id: number; name: string; opening: Sum; moves: Move[]; closing: Sum }[];
}
export interface Step {
  stage: number;
  label: string;
  entered: number;
  onward: number;
  still: number;
  lost: number;
  onward_share: number | null;
  onward_share_known: number | null;
  onward_low: number | null;
  onward_high: number | null;
}
export interface Funnel extends Ground {
  pipeline: number;
  won: number;
  filter: string;
  steps: Step[];
  cohorts?: { day: string; won: number; filter: string; steps: Step[] }[];
}
export interface VelocityParts {
  pipeline_count: number;
  win_rate: number | null;
  average_deal: number | null;
  cycle: number | null;
  velocity: number | null;
}
export interface Velocity extends Ground, VelocityParts {
  formula: string;
  filters: Record<keyof VelocityParts, string>;
  spans?: (VelocityParts & { day: string; is_complete: boolean })[];
  stages: { stage: number; label: string; onward: number; lost: number; still: number; median_days: number | null; most_days: number | null }[];
}
export interface Ageing extends Ground {
  stages: { stage: number; label: string; count: number; amount: number; usual_days: number | null; usual_count: number; over_count: number; over_amount: number; median_days: number | null; filter: string }[];
  segments: { product: number; name: string | null; stage: number; label: string; count: number; usual_days: number | null; usual_count: number; over_count: number; over_amount: number }[];
  deals: (Deal & { stage_label: string; days: number; usual_days: number })[];
  more_count: number;
}
export interface Slippage extends Ground {
  rate: number | null;
  formula: string;
  opening: Sum;
  closing: Sum;
  moves: Move[];
  pushes: { times: number; count: number; amount: number }[];
}
export interface Reasons extends Ground {
  won: Sum & { filter: string };
  lost: Sum & { filter: string };
  rows: (Sum & { reason: number | null; label: string | null; share: number | null; filter: string })[];
}
export interface Hygiene extends Ground {
  count: number;
  amount: number;
  problems: (Sum & { key: string; filter: string | null })[];
  rows: (Sum & { id: number; name: string; problems: (Sum & { key: string })[] })[];
}
export interface Risk extends Ground {
  count: number;
  amount: number;
  reasons: (Sum & { key: string })[];
  rows: (Deal & { stage_label: string; close_day: string | null; reasons: { key: string; days?: number; times?: number; usual_days?: number | null }[] })[];
  more_count: number;
}

export interface Choice {
  period?: string;
  team?: string;
  view?: string;
  by?: string;
}
const NAMES = ['period', 'team', 'view', 'by'] as const;

/** The choices of the address, and how to change one. */
export function useChoice(): [Choice, (name: keyof Choice, value: string | undefined) => void] {
  const [search, setSearch] = useSearchParams();
  const choice = Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? undefined])) as Choice;
  const set = (name: keyof Choice, value: string | undefined) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  return [choice, set];
}

const OF = ['opportunity', 'stage', 'user', 'team', 'team_member', 'reporting_line', 'period', 'activity'];

export function useFigures<T>(path: string, choice: Choice, more: Record<string, string | number | undefined> = {}, isOff = false) {
  return useGet<T>(path, { params: { period: choice.period, team: choice.team, view: choice.view, ...more }, of: OF, keepOld: true, isOff });
}

/** The list of the records behind a figure. */
export const dealsHref = (filter: string) => `/opportunities?${filter}`;
