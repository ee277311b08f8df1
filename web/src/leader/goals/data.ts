// What /vision/page and /goals/tree answer (docs/crew.md), the order of the tree, and how a value reads.
import { dayDiff, moneyShort, number, percent, today } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { useGet } from '../../base/query';

export interface Pillar {
  id: number;
  name: string;
  text: string | null;
}
export interface Question {
  id: number;
  rev: number;
  author: number;
  author_name: string;
  day: string;
  text: string;
  answer: string | null;
  answered_by_name: string | null;
  answered_day: string | null;
}
export interface VisionPage {
  vision: { id: number; rev: number; statement: string; narrative: string | null; from_day: string; to_day: string | null } | null;
  pillars: Pillar[];
  read: { day: string | null; is_current: boolean };
  line: { unread: { user: number; name: string; has_read_earlier: boolean }[]; count: number; read_count: number };
  questions: Question[];
}

export interface Result {
  id: number;
  rev: number;
  name: string;
  measure: string | null;
  unit: string | null;
  formula?: string;
  currency?: string;
  whose: 'owner' | 'line' | 'all';
  direction: 'at_least' | 'at_most';
  start: number | null;
  target: number;
  known: 'known' | 'not_told' | 'withheld' | 'owner_does_not_see' | 'not_begun';
  value: number | null;
  progress: number | null;
  chance: number | null;
  chance_by: string;
  end_low: number | null;
  end_high: number | null;
  confidence: number | null;
  check_in_day: string | null;
  check_in_text: string | null;
  history: { day: string; value: number }[];
}
export interface Goal {
  id: number;
  rev: number;
  name: string;
  text: string | null;
  owner: number;
  owner_name: string;
  team: number | null;
  parent: number | null;
  pillar: number | null;
  from_day: string;
  to_day: string;
  state: 'active' | 'reached' | 'missed' | 'dropped';
  reason: string | null;
  is_open: boolean;
  may_change: boolean;
  progress: number | null;
  chance: number | null;
  key_results: Result[];
}
export interface Contradiction {
  kind: string;
  goal: number;
  other: number | null;
  measure: string | null;
  asks: number | null;
  against: number | null;
  label: string | null;
  pay_plan: number | null;
  pay_plan_name: string | null;
}
export interface Tree {
  day: string;
  goals: Goal[];
  contradictions: Contradiction[];
}

const TREE_OF = ['objective', 'objective_member', 'key_result', 'check_in', 'opportunity', 'quota', 'reporting_line', 'pillar', 'pay_plan', 'pay_part', 'team_member', 'hat'];
export const VISION_OF = ['vision', 'pillar', 'vision_read', 'vision_question'];

export const useVision = () => useGet<VisionPage>('/vision/page', { of: VISION_OF });
export const useTree = (from?: string, to?: string, isOff = false) => useGet<Tree>('/goals/tree', { params: { from, to }, of: TREE_OF, keepOld: true, staleMs: 60_000, isOff });

export interface Node {
  goal: Goal;
  depth: number;
}

/** Parents before what serves them; what serves nothing that is shown stands at the top. */
export function inOrder(goals: Goal[]): Node[] {
  const shown = new Set(goals.map((goal) => goal.id));
  const below = new Map<number | null, Goal[]>();
  for (const goal of goals) {
    const parent = goal.parent !== null && shown.has(goal.parent) ? goal.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), goal]);
  }
  const walk = (parent: number | null, depth: number): Node[] => (below.get(parent) ?? []).flatMap((goal) => [{ goal, depth }, ...walk(goal.id, depth + 1)]);
  return walk(null, 0);
}

export function valueText(result: Result, value: number): string {
  if (result.unit === 'money' || result.unit === 'money_a_day') return moneyShort(value, result.currency);
  if (result.unit === 'share') return percent(value, 1);
  if (result.unit === 'days') return t('goals.days', { n: Math.round(value) });
  const text = number(value, Math.abs(value) < 10 ? 1 : 0);
  return !result.measure && result.unit ? `${text} ${result.unit}` : text;
}

/** How much of the goal's days has passed, 0 to 1. */
export function elapsed(goal: Goal, day: string): number {
  const whole = dayDiff(goal.to_day, goal.from_day);
  return Math.max(0, Math.min(1, dayDiff(day, goal.from_day) / Math.max(1, whole)));
}

export const chanceText = (one: { chance: number | null; chance_by?: string }) =>
  one.chance === null ? t(`goals.by.${one.chance_by ?? 'none'}` as Key) : one.chance_by === 'certain' ? t(one.chance >= 0.5 ? 'goals.reachedNow' : 'goals.lostNow') : one.chance < 0.01 ? t('goals.underOne', { share: percent(0.01) }) : one.chance > 0.99 ? t('goals.overNine', { share: percent(0.99) }) : percent(one.chance);

/** Where it will stand at the end, four times out of five. */
export const endText = (result: Result) =>
  result.end_low === null || result.end_high === null ? null : { low: valueText(result, result.end_low), high: valueText(result, result.end_high) };

export const isOver = (goal: Goal) => goal.to_day <= today();
/** A, B, C: the pillar's place on the page. */
export const letterOf = (pillars: Pillar[], id: number | null) => {
  const at = pillars.findIndex((one) => one.id === id);
  return at < 0 ? null : String.fromCharCode(65 + (at % 26));
};
