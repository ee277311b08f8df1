// A coaching plan as the server tells it: its 1:1s and sessions in order, the scores over them, what comes next.
import { post } from '../../base/api';
import { addDays } from '../../base/format';
import { refresh } from '../../base/query';
import type { Row } from '../../base/types';
import { nextDay } from './plan';
import type { Kind } from './session_form';

export interface Promised {
  id: number;
  text: string;
  owner: number;
  due_day: string | null;
  state: 'open' | 'done' | 'dropped';
}

export interface Entry {
  entity: 'one_on_one' | 'coaching_session';
  id: number;
  kind: Kind | 'one_on_one';
  state: 'planned' | 'held' | 'missed' | 'cancelled';
  day: string;
  minutes: number | null;
  opportunity: number | null;
  opportunity_name: string | null;
  rubric: number | null;
  rubric_name: string | null;
  note: string | null;
  agreed: string | null;
  rating: number | null;
  promises: Promised[];
  scores: { line: number; score: number; evidence: string | null }[];
  score_mean: number | null;
}

export interface Series {
  id: number;
  coach: number;
  coach_name: string;
  person: number;
  person_name: string;
  goal: string;
  skill: string | null;
  from_day: string;
  to_day: string | null;
  state: 'active' | 'done' | 'dropped';
  reason: string | null;
  entries: Entry[];
  lines: { id: number; rubric: number; position: number | null; text: string }[];
  next: { entity: Entry['entity'] | null; id: number | null; day: string | null; due_day: string | null };
  held_count: number;
}

export const SERIES_OF = ['coaching_plan', 'coaching_session', 'coaching_score', 'one_on_one', 'action_item'];

export type Planned = Kind | 'one_on_one';
export const PLANNED: Planned[] = ['one_on_one', 'deal', 'call', 'field'];

interface More {
  plan: number;
  coach: number;
  person: number;
  kind: Planned;
  day: string;
  deal?: number | null;
}

/** One more of the series, on a day to come. */
export async function planOne({ plan, coach, person, kind, day, deal }: More): Promise<{ id: number; seq: number }> {
  const { data, seq } =
    kind === 'one_on_one'
      ? await post<Row>('/one_on_ones', { leader: coach, person, day, coaching_plan: plan })
      : await post<Row>('/coaching_sessions', { coach, person, kind, day, state: 'planned', coaching_plan: plan, opportunity: deal ?? null });
  refresh([kind === 'one_on_one' ? 'one_on_one' : 'coaching_session']);
  return { id: data.id, seq };
}

/** Days from the first on, so many apart, none on a weekend. */
export function daysFrom(first: string, count: number, every: number): string[] {
  return Array.from({ length: count }, (_, i) => (i ? nextDay(addDays(first, (i - 1) * every), every) : first));
}
