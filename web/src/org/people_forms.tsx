// What is asked for when something of the organisation changes: whom or what, and from which day.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiError, patch, post, remove, type Answer } from '../base/api';
import { day as dayText } from '../base/format';
import { t } from '../base/i18n';
import { problemText } from '../base/toast';
import type { Field, Role } from '../base/types';
import { RefPicker } from '../record/ref_picker';
import { end, HATS, leave, LINES, MEMBERS, move, putOn, together } from './people_change';
import type { Org, Person, Team } from './people_data';
import styles from './people.module.css';
import { roleText, ROLES } from './people_words';

export const userField: Field = { name: 'manager', label: '', type: 'ref', ref: 'user', flags: [] };
export const teamField: Field = { name: 'team', label: '', type: 'ref', ref: 'team', flags: [] };

export type Asked =
  | { kind: 'manager' | 'team' | 'hat' | 'leave'; person: Person }
  | { kind: 'endHat'; person: Person; hat: { id: number; role: Role; from_day: string | null } }
  | { kind: 'newTeam'; parent: number | null }
  | { kind: 'editTeam'; team: Team }
  | { kind: 'starter'; team: number | null };

interface DialogProps {
  title: string;
  go: string;
  onClose: () => void;
  /** Throws what the server refuses. */
  onGo: () => Promise<void>;
  children: ReactNode;
}

export function Dialog({ title, go, onClose, onGo, children }: DialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onGo();
      onClose();
    } catch (e) {
      setProblem(e instanceof ApiError ? problemText(e) : String((e as Error).message));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} size={440} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {children}
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className={styles.foot}>
          <Button type="submit" variant="filled" loading={isBusy}>{go}</Button>
          <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}

export function DayInput({ label, value, onChange, required }: { label: string; value: string; onChange: (day: string) => void; required?: boolean }) {
  return <TextInput type="date" label={label} value={value} required={required} onChange={(e) => onChange(e.currentTarget.value)} />;
}

interface Props<T> {
  org: Org;
  asked: T;
  onClose: () => void;
}

/** Manager and team are changed alike: a record to choose, or nobody, and a day. */
function TieForm({ org, asked, onClose }: Props<{ kind: 'manager' | 'team'; person: Person }>) {
  const { person, kind } = asked;
  const isLine = kind === 'manager';
  const now = isLine ? person.manager : person.team;
  const nowName = now ? (isLine ? org.byPerson.get(now)?.name : org.byTeam.get(now)?.name) : undefined;
  const [target, setTarget] = useState<{ id: number | null; name: string | null }>({ id: now, name: nowName ?? null });
  const [from, setFrom] = useState(org.day);
  async function go() {
    const steps = await move(isLine ? LINES : MEMBERS, person.id, target.id, from);
    const words = { name: person.name, what: target.name ?? '', day: dayText(from) };
    const said = isLine ? (target.id ? 'people.saidManager' : 'people.saidNoManager') : target.id ? 'people.saidTeam' : 'people.saidNoTeam';
    await together(t(said, words), steps);
  }
  return (
    <Dialog title={t(isLine ? 'people.reportTitle' : 'people.teamTitle', { name: person.name })} go={t('save')} onClose={onClose} onGo={go}>
      <RefPicker field={isLine ? userField : teamField} label={t(isLine ? 'people.manager' : 'people.team')} description={t('people.nobodyBut')} value={target.id} name={target.name} onPick={(id, name) => setTarget({ id, name })} />
      <DayInput label={t('people.firstDay')} value={from} onChange={setFrom} required />
    </Dialog>
  );
}

function HatForm({ org, asked, onClose }: Props<{ person: Person }>) {
  const { person } = asked;
  const free = ROLES.filter((role) => !person.hats.some((hat) => hat.role === role));
  const [role, setRole] = useState<Role>(free[0] ?? 'rep');
  const [from, setFrom] = useState(org.day);
  const go = () => together(t('people.saidHat', { name: person.name, what: roleText(role), day: dayText(from) }), [putOn(person.id, role, from)]);
  return (
    <Dialog title={t('people.hatTitle', { name: person.name })} go={t('save')} onClose={onClose} onGo={go}>
      <Select label={t('people.hat')} value={role} allowDeselect={false} data={free.map((one) => ({ value: one, label: roleText(one) }))} onChange={(value) => setRole((value as Role) ?? role)} />
      <DayInput label={t('people.firstDay')} value={from} onChange={setFrom} required />
    </Dialog>
  );
}

function EndHatForm({ org, asked, onClose }: Props<Extract<Asked, { kind: 'endHat' }>>) {
  const { person, hat } = asked;
  const [from, setFrom] = useState(org.day);
  const words = { name: person.name, what: roleText(hat.role), day: dayText(from) };
  return (
    <Dialog title={t('people.endHatTitle', words)} go={t('people.end')} onClose={onClose} onGo={() => together(t('people.saidHatEnd', words), [end(HATS, hat, from)])}>
      <DayInput label={t('people.firstDay')} value={from} onChange={setFrom} required />
    </Dialog>
  );
}

function LeaveForm({ org, asked, onClose }: Props<{ person: Person }>) {
  const { person } = asked;
  const below = org.reports.get(person.id)?.length ?? 0;
  const up = person.manager ? org.byPerson.get(person.manager) : undefined;
  const [day, setDay] = useState(org.day);
  const [successor, setSuccessor] = useState<{ id: number | null; name: string | null }>({ id: up?.id ?? null, name: up?.name ?? null });
  async function go() {
    await together(t('people.saidLeave', { name: person.name, day: dayText(day) }), await leave(person.id, day, below ? successor.id : null));
  }
  return (
    <Dialog title={t('people.leaveTitle', { name: person.name })} go={t('save')} onClose={onClose} onGo={go}>
      <p className="ink2">{t('people.leaveHelp')}</p>
      <DayInput label={t('people.lastDay')} value={day} onChange={setDay} required />
      {below > 0 && <RefPicker field={userField} label={t('people.successor', { n: below })} description={t('people.successorHelp')} value={successor.id} name={successor.name} onPick={(id, name) => setSuccessor({ id, name })} />}
    </Dialog>
  );
}

const KINDS = ['team', 'office', 'department', 'region'] as const;

function TeamForm({ org, team, parent, onClose, kinds }: { org: Org; team?: Team; parent: number | null; onClose: () => void; kinds: { value: string; label: string }[] }) {
  const [name, setName] = useState(team?.name ?? '');
  const [kind, setKind] = useState<string>(team?.kind ?? KINDS[0]);
  const [up, setUp] = useState<{ id: number | null; name: string | null }>({ id: team ? team.parent : parent, name: org.byTeam.get((team ? team.parent : parent) ?? 0)?.name ?? null });
  const [lead, setLead] = useState<{ id: number | null; name: string | null }>({ id: team?.lead ?? null, name: org.byPerson.get(team?.lead ?? 0)?.name ?? null });
  const [day, setDay] = useState((team ? team.to_day : '') ?? '');
  async function go() {
    if (!name.trim()) throw new Error(t('people.nameNeeded'));
    const values = { name: name.trim(), kind, parent: up.id, lead: lead.id, [team ? 'to_day' : 'from_day']: day || null };
    await together(t(team ? 'people.saidTeamSame' : 'people.saidTeamNew', { name: name.trim() }), [(): Promise<Answer<unknown>> => (team ? patch(`/teams/${team.id}`, values) : post('/teams', values))]);
  }
  return (
    <Dialog title={t(team ? 'people.editTeam' : 'people.newTeam')} go={t('save')} onClose={onClose} onGo={go}>
      <TextInput label={t('people.name')} value={name} maxLength={200} required data-autofocus onChange={(e) => setName(e.currentTarget.value)} />
      <Select label={t('people.kind')} value={kind} allowDeselect={false} data={kinds} onChange={(value) => setKind(value ?? kind)} />
      <RefPicker field={teamField} label={t('people.partOf')} value={up.id} name={up.name} onPick={(id, picked) => setUp({ id, name: picked })} />
      <RefPicker field={userField} label={t('people.lead')} value={lead.id} name={lead.name} onPick={(id, picked) => setLead({ id, name: picked })} />
      <DayInput label={t(team ? 'people.teamEnds' : 'people.teamBegins')} value={day} onChange={setDay} />
    </Dialog>
  );
}

export function AskedForm({ org, asked, kinds, onClose }: { org: Org; asked: Exclude<Asked, { kind: 'starter' }>; kinds: { value: string; label: string }[]; onClose: () => void }) {
  switch (asked.kind) {
    case 'manager':
    case 'team':
      return <TieForm org={org} asked={asked as { kind: 'manager' | 'team'; person: Person }} onClose={onClose} />;
    case 'hat':
      return <HatForm org={org} asked={asked as { person: Person }} onClose={onClose} />;
    case 'leave':
      return <LeaveForm org={org} asked={asked as { person: Person }} onClose={onClose} />;
    case 'endHat':
      return <EndHatForm org={org} asked={asked} onClose={onClose} />;
    case 'newTeam':
      return <TeamForm org={org} parent={asked.parent} onClose={onClose} kinds={kinds} />;
    case 'editTeam':
      return <TeamForm org={org} team={asked.team} parent={null} onClose={onClose} kinds={kinds} />;
  }
}

/** Takes away what has not begun yet. */
export const takePlanOff = (plural: string, id: number) => together(t('people.saidPlanOff'), [() => remove(`/${plural}/${id}`)]);
