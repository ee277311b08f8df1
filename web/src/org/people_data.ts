// Who is where on a day: teams, reporting lines and hats as the server tells them, what is planned after that day,
// and what is missing (a team that nobody leads, a manager without the leader's hat and the reverse).
import { useMemo } from 'react';
import { useGet } from '../base/query';
import type { Page, Role, Row } from '../base/types';

export interface Tie {
  id: number;
  from_day: string | null;
  to_day: string | null;
}
export interface Person {
  id: number;
  name: string;
  title: string | null;
  email: string | null;
  team: number | null;
  manager: number | null;
  hats: (Tie & { role: Role })[];
  lines: (Tie & { manager: number })[];
  teams: (Tie & { team: number })[];
  hire_day: string | null;
  leave_day: string | null;
  is_active: boolean;
}
export interface Team {
  id: number;
  name: string;
  kind: string | null;
  parent: number | null;
  lead: number | null;
  from_day: string | null;
  to_day: string | null;
}
interface Told {
  day: string;
  teams: Team[];
  people: Person[];
}

export type PlanKind = 'manager' | 'team' | 'hat' | 'hatEnd' | 'teamEnd' | 'managerEnd' | 'starts' | 'leaves';
/** One change to come. */
export interface Plan {
  day: string;
  kind: PlanKind;
  person: number;
  /** To whom, into which team. */
  what: string;
  role?: Role;
}

export interface Org {
  day: string;
  teams: Team[];
  people: Person[];
  byPerson: Map<number, Person>;
  byTeam: Map<number, Team>;
  /** Direct reports who work here. */
  reports: Map<number, Person[]>;
  members: Map<number, Person[]>;
  plans: Plan[];
  plansOf: Map<number, Plan[]>;
}

const OF = ['user', 'team', 'team_member', 'reporting_line', 'hat'];

function gather<T>(list: T[], keyOf: (one: T) => number[]): Map<number, T[]> {
  const map = new Map<number, T[]>();
  for (const one of list)
    for (const key of keyOf(one)) {
      const there = map.get(key);
      if (there) there.push(one);
      else map.set(key, [one]);
    }
  return map;
}

interface Coming {
  lines: Row[];
  members: Row[];
  hats: Row[];
}

/** An end is a change of its own only where nothing of the kind follows on that day. */
function plansFrom(told: Told, coming: Coming): Plan[] {
  const plans: Plan[] = [];
  const starts = (rows: Row[], kind: PlanKind, field: string) => {
    for (const row of rows)
      plans.push({ day: String(row.from_day), kind, person: Number(row.user), what: row.names?.[field] ?? '', role: kind === 'hat' ? (row.role as Role) : undefined });
  };
  starts(coming.lines, 'manager', 'manager');
  starts(coming.members, 'team', 'team');
  starts(coming.hats, 'hat', 'role');
  const follows = (rows: Row[], person: number, day: string) => rows.some((row) => row.user === person && row.from_day === day);
  for (const person of told.people) {
    const leaves = person.leave_day && person.leave_day > told.day ? person.leave_day : null;
    if (leaves) plans.push({ day: leaves, kind: 'leaves', person: person.id, what: '' });
    if (person.hire_day && person.hire_day > told.day) plans.push({ day: person.hire_day, kind: 'starts', person: person.id, what: '' });
    const ends = (ties: Tie[], kind: PlanKind, rows: Row[]) => {
      for (const tie of ties)
        if (tie.to_day && tie.to_day !== leaves && !follows(rows, person.id, tie.to_day)) plans.push({ day: tie.to_day, kind, person: person.id, what: '', role: (tie as { role?: Role }).role });
    };
    ends(person.lines, 'managerEnd', coming.lines);
    ends(person.teams, 'teamEnd', coming.members);
    ends(person.hats, 'hatEnd', []);
  }
  return plans.sort((a, b) => a.day.localeCompare(b.day));
}

export function makeOrg(told: Told, coming: Coming): Org {
  const plans = plansFrom(told, coming);
  const active = told.people.filter((one) => one.is_active);
  return {
    day: told.day,
    teams: told.teams,
    people: told.people,
    byPerson: new Map(told.people.map((one) => [one.id, one])),
    byTeam: new Map(told.teams.map((one) => [one.id, one])),
    reports: gather(active, (one) => (one.manager ? [one.manager] : [])),
    members: gather(active, (one) => one.teams.map((tie) => tie.team)),
    plans,
    plansOf: gather(plans, (one) => [one.person]),
  };
}

export function useOrg(day: string | undefined) {
  const told = useGet<Told>('/people', { params: { day }, of: OF, keepOld: true });
  const after = told.data?.day;
  const later = { filter: `from_day=gt.${after}`, params: { limit: 1000 }, isOff: !after, keepOld: true };
  const lines = useGet<Page>('/reporting_lines', { ...later, of: ['reporting_line'] });
  const members = useGet<Page>('/team_members', { ...later, of: ['team_member'] });
  const hats = useGet<Page>('/hats', { ...later, of: ['hat'] });
  const org = useMemo(
    () => (told.data ? makeOrg(told.data, { lines: lines.data?.rows ?? [], members: members.data?.rows ?? [], hats: hats.data?.rows ?? [] }) : null),
    [told.data, lines.data, members.data, hats.data],
  );
  return { org, error: told.error, refetch: told.refetch };
}

export const wears = (person: Person | undefined, role: Role) => Boolean(person?.hats.some((hat) => hat.role === role));

/** Who runs a team: its lead, and whom its members report to. */
export function runnersOf(org: Org, team: Team): Person[] {
  const ids = new Set<number>();
  if (team.lead) ids.add(team.lead);
  for (const member of org.members.get(team.id) ?? []) if (member.manager) ids.add(member.manager);
  return [...ids].map((id) => org.byPerson.get(id)).filter((one): one is Person => Boolean(one?.is_active));
}

export type GapKind = 'noLead' | 'leadLeft' | 'noManagerHat' | 'noLeaderHat' | 'noManager' | 'noTeam' | 'managerLeft';
export interface Gap {
  kind: GapKind;
  team?: Team;
  person?: Person;
}

/** What a reorganisation leaves behind. Somebody on top has no manager, and nobody misses one there. */
export function gapsOf(org: Org): Gap[] {
  const gaps: Gap[] = [];
  for (const team of org.teams) {
    const lead = team.lead ? org.byPerson.get(team.lead) : undefined;
    if (!lead) gaps.push({ kind: 'noLead', team });
    else if (!lead.is_active) gaps.push({ kind: 'leadLeft', team, person: lead });
    if (!(org.members.get(team.id) ?? []).length) continue;
    const runners = runnersOf(org, team);
    if (!runners.some((one) => wears(one, 'manager'))) gaps.push({ kind: 'noManagerHat', team });
    if (!runners.some((one) => wears(one, 'leader'))) gaps.push({ kind: 'noLeaderHat', team });
  }
  const leads = new Set(org.teams.map((team) => team.lead));
  for (const person of org.people) {
    if (!person.is_active) continue;
    const manager = person.manager ? org.byPerson.get(person.manager) : undefined;
    if (person.manager && !manager?.is_active) gaps.push({ kind: 'managerLeft', person });
    const isSelling = !person.hats.length || wears(person, 'rep');
    if (!person.manager && isSelling) gaps.push({ kind: 'noManager', person });
    if (!person.teams.length && isSelling && !leads.has(person.id)) gaps.push({ kind: 'noTeam', person });
  }
  return gaps;
}

export interface Span {
  person: Person;
  count: number;
}
export function spansOf(org: Org): { list: Span[]; median: number } {
  const list = [...org.reports.entries()]
    .map(([id, below]) => ({ person: org.byPerson.get(id), count: below.length }))
    .filter((one): one is Span => Boolean(one.person))
    .sort((a, b) => b.count - a.count || a.person.name.localeCompare(b.person.name));
  const counts = list.map((one) => one.count);
  const middle = counts.length / 2;
  const median = !counts.length ? 0 : counts.length % 2 ? counts[Math.floor(middle)]! : (counts[middle - 1]! + counts[middle]!) / 2;
  return { list, median };
}

/* ---- the tree ---- */

export interface Branch {
  key: string;
  team?: Team;
  person?: Person;
  /** Leads the team it stands in. */
  isLead?: boolean;
  /** Not a team: a heading over people. */
  group?: 'noTeam' | 'starting' | 'left';
  children: Branch[];
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
const leaf = (person: Person, where: string): Branch => ({ key: `${where}/p${person.id}`, person, children: [] });

function groupsOf(org: Org, isPlaced: (one: Person) => boolean): Branch[] {
  const made: Branch[] = [];
  const add = (group: NonNullable<Branch['group']>, people: Person[]) => {
    if (people.length) made.push({ key: group, group, children: people.sort(byName).map((one) => leaf(one, group)) });
  };
  add('noTeam', org.people.filter((one) => one.is_active && !isPlaced(one)));
  const comes = (one: Person) => Boolean(one.hire_day && one.hire_day > org.day);
  add('starting', org.people.filter((one) => !one.is_active && comes(one)));
  add('left', org.people.filter((one) => !one.is_active && !comes(one)));
  return made;
}

export function teamTree(org: Org): Branch[] {
  const below = gather(org.teams, (team) => [team.parent && org.byTeam.has(team.parent) ? team.parent : 0]);
  const placed = new Set<number>();
  const make = (team: Team): Branch => {
    const lead = team.lead ? org.byPerson.get(team.lead) : undefined;
    const members = (org.members.get(team.id) ?? []).filter((one) => one.id !== lead?.id).sort(byName);
    const where = `t${team.id}`;
    members.forEach((one) => placed.add(one.id));
    if (lead) placed.add(lead.id);
    return {
      key: where,
      team,
      children: [...(lead?.is_active ? [{ ...leaf(lead, where), isLead: true }] : []), ...(below.get(team.id) ?? []).sort(byName).map(make), ...members.map((one) => leaf(one, where))],
    };
  };
  const roots = (below.get(0) ?? []).sort(byName).map(make);
  return [...roots, ...groupsOf(org, (one) => placed.has(one.id))];
}

export function lineTree(org: Org): Branch[] {
  const make = (person: Person): Branch => ({ key: `l${person.id}`, person, children: (org.reports.get(person.id) ?? []).sort(byName).map(make) });
  const isTop = (one: Person) => !one.manager || !org.byPerson.get(one.manager)?.is_active;
  const tops = org.people.filter((one) => one.is_active && isTop(one));
  const roots = tops.sort((a, b) => (org.reports.get(b.id)?.length ?? 0) - (org.reports.get(a.id)?.length ?? 0) || byName(a, b)).map(make);
  return [...roots, ...groupsOf(org, () => true)];
}

/** Only what has the words in it, with everything above. */
export function sift(branches: Branch[], words: string): Branch[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (!wanted) return branches;
  const fits = (one: Branch) => [one.team?.name, one.person?.name, one.person?.title, one.person?.email].some((text) => text?.toLocaleLowerCase().includes(wanted));
  const cut = (one: Branch): Branch | null => {
    if (fits(one)) return one;
    const children = one.children.map(cut).filter((child): child is Branch => Boolean(child));
    return children.length ? { ...one, children } : null;
  };
  return branches.map(cut).filter((one): one is Branch => Boolean(one));
}

export function peopleIn(branch: Branch, ids = new Set<number>()): Set<number> {
  if (branch.person) ids.add(branch.person.id);
  branch.children.forEach((child) => peopleIn(child, ids));
  return ids;
}
