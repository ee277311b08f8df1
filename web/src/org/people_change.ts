// Changes of the organisation with a date: what holds until then is ended, what comes after begins.
import { get, patch, post, remove } from '../base/api';
import { together as allOrNone, type Step } from '../base/together';
import type { Page, Role, Row } from '../base/types';

export interface Ties {
  plural: 'reporting_lines' | 'team_members' | 'hats';
  /** What the row points to: manager, team or role. */
  field: 'manager' | 'team' | 'role';
}
export const LINES: Ties = { plural: 'reporting_lines', field: 'manager' };
export const MEMBERS: Ties = { plural: 'team_members', field: 'team' };
export const HATS: Ties = { plural: 'hats', field: 'role' };

const CHANGED = ['user', 'team', 'team_member', 'reporting_line', 'hat'];

export const together = (text: string, steps: Step[]) => allOrNone(text, CHANGED, steps);

export const tiesOf = (ties: Ties, filter: string) => get<Page>(`/${ties.plural}`, { filter, params: { limit: 1000 }, now: true }).then((page) => page.rows);

const begun = (row: Row, day: string) => row.from_day === null || String(row.from_day) < day;
const open = (row: Row, day: string) => row.to_day === null || String(row.to_day) > day;

/** From the day on what the person has of this kind is the target; null: nothing. What is planned later stays. */
export async function move(ties: Ties, person: number, target: number | null, day: string): Promise<Step[]> {
  const rows = await tiesOf(ties, `user=eq.${person}`);
  const steps: Step[] = [];
  const later = rows.map((row) => String(row.from_day ?? '')).filter((from) => from > day).sort();
  const held = rows.filter((row) => open(row, day) && (begun(row, day) || row.from_day === day));
  for (const row of held) {
    if (row[ties.field] === target) return [];
    steps.push(begun(row, day) ? () => patch(`/${ties.plural}/${row.id}`, { to_day: day }, { ifMatch: row.rev }) : () => remove(`/${ties.plural}/${row.id}`, { ifMatch: row.rev }));
  }
  if (target) steps.push(() => post(`/${ties.plural}`, { user: person, [ties.field]: target, from_day: day, to_day: later[0] ?? null }));
  return steps;
}

/** Ends one row on the day; one that would begin then or later is taken away. */
export const end = (ties: Ties, row: { id: number; from_day: string | null }, day: string): Step =>
  row.from_day !== null && row.from_day >= day ? () => remove(`/${ties.plural}/${row.id}`) : () => patch(`/${ties.plural}/${row.id}`, { to_day: day });

export const putOn = (person: number, role: Role, day: string): Step => () => post('/hats', { user: person, role, from_day: day });

/** The last day is the one before. Who reported to the person reports to the successor from then on. */
export async function leave(person: number, day: string, successor: number | null): Promise<Step[]> {
  const steps: Step[] = [];
  if (successor) {
    const below = await tiesOf(LINES, `manager=eq.${person}`);
    for (const row of below.filter((one) => open(one, day) && one.user !== successor)) steps.push(...(await move(LINES, Number(row.user), successor, String(row.from_day ?? '') > day ? String(row.from_day) : day)));
  }
  for (const ties of [LINES, MEMBERS, HATS])
    for (const row of (await tiesOf(ties, `user=eq.${person}`)).filter((one) => open(one, day))) steps.push(end(ties, { id: row.id, from_day: row.from_day as string | null }, day));
  steps.push(() => patch(`/users/${person}`, { leave_day: day }));
  return steps;
}

export interface Starter {
  name: string;
  email: string;
  title: string;
  day: string;
  team: number | null;
  manager: number | null;
  roles: Role[];
}

export function starterSteps(starter: Starter, onMade: (id: number) => void): Step[] {
  let id = 0;
  const from_day = starter.day || null;
  const steps: Step[] = [
    async () => {
      const answer = await post<Row>('/users', { name: starter.name.trim(), email: starter.email.trim() || null, title: starter.title.trim() || null, hire_day: from_day });
      id = answer.data.id;
      onMade(id);
      return answer;
    },
  ];
  if (starter.manager) steps.push(() => post('/reporting_lines', { user: id, manager: starter.manager, from_day }));
  if (starter.team) steps.push(() => post('/team_members', { user: id, team: starter.team, from_day }));
  for (const role of starter.roles) steps.push(() => post('/hats', { user: id, role, from_day }));
  return steps;
}
