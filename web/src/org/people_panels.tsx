// Beside the tree: what is missing and what is planned, or the person or team that is chosen.
import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { patch } from '../base/api';
import { day, initials, number } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones } from '../base/states';
import { sayError } from '../base/toast';
import type { Page, Role, Row } from '../base/types';
import { Meter } from '../home/parts';
import { together } from './people_change';
import { gapsOf, spansOf, type Org, type Person, type Team } from './people_data';
import { takePlanOff, type Asked } from './people_forms';
import styles from './people.module.css';
import { gapText, planText, roleText, spanText } from './people_words';

interface PanelProps {
  org: Org;
  canEdit: boolean;
  onChoose: (choice: string | null) => void;
  onAsk: (asked: Asked) => void;
}

const SHOWN = 6;

function Folded<T>({ list, children }: { list: T[]; children: (one: T, i: number) => ReactNode }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <ul className="lines">{(all ? list : list.slice(0, SHOWN)).map(children)}</ul>
      {list.length > SHOWN && <div className="card-body"><button className="linklike" onClick={() => setAll(!all)}>{all ? t('people.fewer') : t('people.all', { n: list.length })}</button></div>}
    </>
  );
}

export function Overview({ org, onChoose }: PanelProps) {
  const gaps = gapsOf(org);
  const { list, median } = spansOf(org);
  const top = Math.max(1, list[0]?.count ?? 1);
  return (
    <>
      <section className="card" aria-label={t('people.gaps')}>
        <div className="card-head"><h2>{t('people.gaps')}</h2>{gaps.length > 0 && <span className="ink3">{number(gaps.length, 0)}</span>}</div>
        {gaps.length ? (
          <Folded list={gaps}>{(gap, i) => <li key={i}><button className={styles.plain} onClick={() => onChoose(gap.team ? `t${gap.team.id}` : `p${gap.person!.id}`)}>{gapText(gap)}</button></li>}</Folded>
        ) : <p className="ink3 card-body">{t(org.teams.length ? 'people.noGaps' : 'people.noTeams')}</p>}
      </section>
      <section className="card" aria-label={t('people.plans')}>
        <div className="card-head"><h2>{t('people.plans')}</h2>{org.plans.length > 0 && <span className="ink3">{number(org.plans.length, 0)}</span>}</div>
        {org.plans.length ? (
          <Folded list={org.plans}>{(plan, i) => <li key={i}><button className={styles.plain} onClick={() => onChoose(`p${plan.person}`)}><span className="medium">{org.byPerson.get(plan.person)?.name}</span> <span className="ink2">{planText(plan)}</span></button></li>}</Folded>
        ) : <p className="ink3 card-body">{t('people.noPlans', { day: day(org.day) })}</p>}
      </section>
      {list.length > 0 && (
        <section className="card" aria-label={t('people.spans')}>
          <div className="card-head"><h2>{t('people.spans')}</h2></div>
          <p className="small ink3 card-body" style={{ paddingBottom: 4 }}>{t('people.spansSub', { n: number(median, 1) })}</p>
          <div className={styles.bars}>
            <Folded list={list}>{({ person, count }) => (
              <li key={person.id}>
                <button className={`${styles.plain} cut`} onClick={() => onChoose(`p${person.id}`)}>{person.name}</button>
                <Meter share={count / top} mark={median / top} label={t('people.spanSays', { n: count })} />
                <span className="num">{number(count, 0)}</span>
              </li>
            )}</Folded>
          </div>
        </section>
      )}
    </>
  );
}

function Head({ title, sub, face, onClose }: { title: string; sub: string; face?: boolean; onClose: () => void }) {
  return (
    <div className={styles.panelHead}>
      {face && <span className="avatar lg" aria-hidden>{initials(title)}</span>}
      <div style={{ minWidth: 0 }}>
        <h2 dir="auto">{title}</h2>
        {sub && <div className="small ink3 cut">{sub}</div>}
      </div>
      <ActionIcon variant="subtle" className={styles.close} aria-label={t('people.close')} onClick={onClose}><IconX size={16} aria-hidden /></ActionIcon>
    </div>
  );
}

interface TieListProps {
  title: string;
  plural: 'reporting_lines' | 'team_members' | 'hats';
  entity: string;
  person: Person;
  org: Org;
  canEdit: boolean;
  nameOf: (row: Row) => ReactNode;
  none: string;
  act?: ReactNode;
  onEnd?: (row: Row) => void;
}

/** What was, is and will be; what is past is folded, what is planned can be taken away. */
function TieList({ title, plural, entity, person, org, canEdit, nameOf, none, act, onEnd }: TieListProps) {
  const { data } = useGet<Page>(`/${plural}`, { filter: `user=eq.${person.id}`, params: { limit: 200 }, of: [entity] });
  const [showsPast, setPast] = useState(false);
  const rows = [...(data?.rows ?? [])].sort((a, b) => String(a.from_day ?? '').localeCompare(String(b.from_day ?? '')));
  const isPast = (row: Row) => row.to_day !== null && String(row.to_day) <= org.day;
  const past = rows.filter(isPast);
  const shown = showsPast ? rows : rows.filter((row) => !isPast(row));
  const off = (row: Row) => void takePlanOff(plural, row.id).catch(sayError);
  return (
    <>
      <div className={styles.subhead}><h3>{title}</h3>{canEdit && act}</div>
      {!data ? <Bones count={1} height={30} /> : (
        <ul className={styles.ties}>
          {!shown.length && <li className="ink3">{none}</li>}
          {shown.map((row) => {
            const from = row.from_day as string | null;
            const isPlanned = from !== null && from > org.day;
            return (
              <li key={row.id} data-past={isPast(row) || undefined}>
                <span className={styles.tieText}><span>{nameOf(row)}</span><span className="small ink3">{spanText(from, row.to_day as string | null, org.day)}</span></span>
                {canEdit && isPlanned && <Button size="compact-sm" variant="subtle" onClick={() => off(row)}>{t('people.takePlanOff')}</Button>}
                {canEdit && !isPlanned && !isPast(row) && !row.to_day && onEnd && <Button size="compact-sm" variant="subtle" onClick={() => onEnd(row)}>{t('people.end')}</Button>}
              </li>
            );
          })}
          {past.length > 0 && !showsPast && <li><button className="linklike small" onClick={() => setPast(true)}>{t('people.past', { n: past.length })}</button></li>}
        </ul>
      )}
    </>
  );
}

export function PersonPanel({ org, person, canEdit, onChoose, onAsk }: PanelProps & { person: Person }) {
  const below = [...(org.reports.get(person.id) ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const stay = () => void together(t('people.saidStays', { name: person.name }), [() => patch(`/users/${person.id}`, { leave_day: null, is_active: true })]).catch(sayError);
  const ask = (kind: 'manager' | 'team' | 'hat') => <Button size="compact-sm" onClick={() => onAsk({ kind, person })}>{t(kind === 'hat' ? 'people.add' : 'people.change')}</Button>;
  const who = (id: number, name: string) => <button className={styles.plain} onClick={() => onChoose(`p${id}`)}>{name}</button>;
  const shared = { person, org, canEdit };
  return (
    <section className="card" aria-label={person.name}>
      <Head title={person.name} sub={person.title ?? ''} face onClose={() => onChoose(null)} />
      <dl className={styles.facts}>
        {person.email && <><dt>{t('people.email')}</dt><dd><a href={`mailto:${person.email}`}>{person.email}</a></dd></>}
        {(person.hire_day || person.leave_day) && <><dt>{t('people.hired')}</dt><dd>{spanText(person.hire_day, person.leave_day, org.day)}</dd></>}
        <dt /><dd><Link href={`/users/${person.id}`}>{t('people.record')}</Link></dd>
      </dl>
      <TieList {...shared} title={t('people.manager')} plural="reporting_lines" entity="reporting_line" none={t('people.none')} act={ask('manager')} nameOf={(row) => who(Number(row.manager), row.names?.manager ?? '?')} />
      <TieList {...shared} title={t('people.team')} plural="team_members" entity="team_member" none={t('people.none')} act={ask('team')} nameOf={(row) => <button className={styles.plain} onClick={() => onChoose(`t${row.team}`)}>{row.names?.team ?? '?'}</button>} />
      <TieList {...shared} title={t('people.hats')} plural="hats" entity="hat" none={t('people.noHat')} act={ask('hat')} nameOf={(row) => roleText(row.role as Role)} onEnd={(row) => onAsk({ kind: 'endHat', person, hat: { id: row.id, role: row.role as Role, from_day: row.from_day as string | null } })} />
      {below.length > 0 && (
        <>
          <div className={styles.subhead}><h3>{t('people.reports')} <span className="ink3">{number(below.length, 0)}</span></h3></div>
          <ul className={styles.ties}>{below.map((one) => <li key={one.id}>{who(one.id, one.name)}</li>)}</ul>
        </>
      )}
      {canEdit && (
        <div className={styles.acts}>
          {person.leave_day || !person.is_active ? <Button onClick={stay}>{t('people.stays')}</Button> : <Button onClick={() => onAsk({ kind: 'leave', person })}>{t('people.leaves')}</Button>}
        </div>
      )}
    </section>
  );
}

export function TeamPanel({ org, team, canEdit, onChoose, onAsk }: PanelProps & { team: Team }) {
  const lead = team.lead ? org.byPerson.get(team.lead) : undefined;
  const parent = team.parent ? org.byTeam.get(team.parent) : undefined;
  const members = [...(org.members.get(team.id) ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const gaps = gapsOf(org).filter((gap) => gap.team?.id === team.id);
  return (
    <section className="card" aria-label={team.name}>
      <Head title={team.name} sub={team.from_day || team.to_day ? spanText(team.from_day, team.to_day, org.day) : ''} onClose={() => onChoose(null)} />
      <dl className={styles.facts}>
        <dt>{t('people.lead')}</dt>
        <dd>{lead ? <button className={styles.plain} onClick={() => onChoose(`p${lead.id}`)}>{lead.name}</button> : t('people.none')}</dd>
        <dt>{t('people.partOf')}</dt>
        <dd>{parent ? <button className={styles.plain} onClick={() => onChoose(`t${parent.id}`)}>{parent.name}</button> : t('people.topLevel')}</dd>
        <dt /><dd><Link href={`/teams/${team.id}`}>{t('people.record')}</Link></dd>
      </dl>
      {gaps.map((gap, i) => <p key={i} className="warn card-body">{gapText(gap)}</p>)}
      <div className={styles.subhead}><h3>{t('people.members', { n: members.length })}</h3></div>
      <ul className={styles.ties}>{members.map((one) => <li key={one.id}><button className={styles.plain} onClick={() => onChoose(`p${one.id}`)}>{one.name}</button></li>)}</ul>
      {canEdit && (
        <div className={styles.acts}>
          <Button onClick={() => onAsk({ kind: 'editTeam', team })}>{t('people.editTeam')}</Button>
          <Button onClick={() => onAsk({ kind: 'newTeam', parent: team.id })}>{t('people.newTeam')}</Button>
          <Button onClick={() => onAsk({ kind: 'starter', team: team.id })}>{t('people.starter')}</Button>
        </div>
      )}
    </section>
  );
}
