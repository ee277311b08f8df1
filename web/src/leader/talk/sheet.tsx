// The prep sheet that the server computes for the two: the rhythm, what was won and lost since the last talk, where
// deals are lost against comparable peers, plans in work, the card. Figures as docs/crew.md defines them.
import { Select, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { patch, post } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { day, dayFull, dayPlain, money, moneyShort, percent } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import { Tick } from '../../record/tick';
import styles from './talk.module.css';
import { betweenFilter, type Talk, type Two } from './talk_data';

interface Closed {
  opportunity: number;
  name: string;
  amount: number | null;
  day: string;
  is_largest_in_year?: boolean;
  reason?: string;
}

interface Closing {
  deals: Closed[];
  count: number;
  amount: number;
}

interface StageCell {
  stage: number;
  label: string;
  entries: number;
  onward: number;
  /** Nothing without entries. */
  rate: number | null;
  expected: number;
  low: number;
  high: number;
  leak: number | null;
  leak_low: number | null;
  leak_high: number | null;
  flag: 'none' | 'leak' | 'strength';
}

export interface Sheet {
  since_day: string;
  currency: string;
  rhythm: { last_day: string | null; next_day: string | null; every_days: number | null; due_day: string | null; overdue_days: number | null };
  sessions: { count_90_days: number; last_day: string | null };
  wins: Closing;
  losses: Closing;
  plans: { id: number; goal: string; skill: string | null; to_day: string | null }[];
  cards: { id: number; drives: string | null; feedback: string | null; helps: string | null; hinders: string | null }[];
  diagnosis: { peers: 'company' | 'team'; peer_count: number; stages: StageCell[] };
}

const OF = ['one_on_one', 'cadence', 'opportunity', 'card', 'development_plan', 'coaching_session'];

/** Of now alone, for the person and those who lead the person today; undefined: read the lists instead. */
export function useSheet(talk: Talk): { sheet: Sheet | undefined; isWaiting: boolean } {
  const asOf = useAsOf();
  const { byName } = useMeta();
  const isOff = Boolean(asOf) || !byName.has('agenda_item');
  const { data, isLoading } = useGet<Sheet>(`/coaching/${talk.person}/prep`, { now: true, of: OF, isOff });
  return { sheet: isOff ? undefined : data, isWaiting: !isOff && isLoading };
}

/* ---- rhythm ---- */

const RHYTHMS = [7, 14, 21, 28, 42, 90];
const every = (n: number) => t('talk.every', { n });

/** The newest agreement counts; it is changed where it stands. */
export function Rhythm({ sheet, talk, two, canEdit }: { sheet: Sheet; talk: Talk; two: Two; canEdit: boolean }) {
  const { data } = useGet<Page>('/cadences', { filter: betweenFilter('leader', 'person', two), params: { limit: 50 }, of: ['cadence'] });
  const newest = [...(data?.rows ?? [])].sort((a, b) => String(b.from_day).localeCompare(String(a.from_day)) || b.id - a.id)[0];
  const days = newest ? Number(newest.every_days) : null;
  const { last_day: last, next_day: next, overdue_days: late } = sheet.rhythm;
  async function agree(n: number) {
    try {
      const { seq } = newest ? await patch<Row>(`/cadences/${newest.id}`, { every_days: n }) : await post<Row>('/cadences', { leader: talk.leader, person: talk.person, every_days: n });
      say({ text: t('talk.saidRhythm', { every: every(n) }), seq });
      refresh(['cadence']);
    } catch (error) {
      sayError(error);
    }
  }
  const offered = [...new Set([...RHYTHMS, ...(days ? [days] : [])])].sort((a, b) => a - b);
  return (
    <section className="card" aria-label={t('talk.rhythm')}>
      <div className="card-head"><h2>{t('talk.rhythm')}</h2>{late ? <span className="down medium">{t('talk.late', { n: late })}</span> : null}</div>
      <div className={styles.facts}>
        <span><span className="small ink3">{t('talk.last')}</span> {last ? <span title={dayFull(last)}>{day(last)}</span> : t('talk.never')}</span>
        <span><span className="small ink3">{t('talk.next')}</span> {next ? <span title={dayFull(next)}>{day(next)}</span> : t('talk.notPlanned')}</span>
        <span><span className="small ink3">{t('talk.sessions')}</span> {sheet.sessions.count_90_days}</span>
        <Select aria-label={t('talk.agreed')} placeholder={t('talk.agree')} value={days ? String(days) : null} disabled={!canEdit || !data} allowDeselect={false} data={offered.map((n) => ({ value: String(n), label: every(n) }))} onChange={(value) => value && Number(value) !== days && void agree(Number(value))} />
      </div>
    </section>
  );
}

/* ---- won and lost ---- */

const SHOWN = 6;

export function SheetSince({ sheet, talk }: { sheet: Sheet; talk: Talk }) {
  const { wins, losses, since_day: since, currency } = sheet;
  const rows = [...wins.deals.map((one) => ({ ...one, isWon: true })), ...losses.deals.map((one) => ({ ...one, isWon: false }))];
  const count = wins.count + losses.count;
  const filter = `owner=eq.${talk.person}&closed_day=gt.${since}&order=closed_day.desc`;
  const shown = [...rows.filter((one) => one.isWon).slice(0, SHOWN / 2 + Math.max(0, SHOWN / 2 - losses.deals.length)), ...rows.filter((one) => !one.isWon)].slice(0, SHOWN);
  return (
    <section className="card" aria-label={t('talk.since')}>
      <div className="card-head"><h2>{t('talk.since')}</h2><span className="ink3" title={dayFull(since)}>{dayPlain(since)}</span>{count > 0 && <Link className="end small" href={`/opportunities?${filter}`}>{t('talk.sums', { won: wins.count, lost: losses.count })}</Link>}</div>
      {!count ? <p className="ink3 card-body">{t('talk.sinceNone', { day: dayPlain(since) })}</p> : (
        <ul className="lines">
          {shown.map((one) => (
            <li key={one.opportunity} className={styles.deal}>
              <span className={`medium ${one.isWon ? 'good' : 'down'}`}>{t(one.isWon ? 'talk.won' : 'talk.lost')}</span>
              <span className={styles.name}>
                <Link className="quiet cut" href={`/opportunities/${one.opportunity}`}>{one.name}</Link>
                {one.is_largest_in_year ? <span className="small good">{t('talk.largest')}</span> : !one.isWon && one.reason ? <span className="small ink3 cut">{one.reason}</span> : null}
              </span>
              <span className="num">{one.amount === null ? '–' : money(one.amount, currency)}</span>
            </li>
          ))}
          {count > shown.length && <li className="ink3"><Link className="small" href={`/opportunities?${filter}`}>{t('talk.more', { n: count - shown.length })}</Link></li>}
        </ul>
      )}
    </section>
  );
}

/* ---- where deals are lost ---- */

function Cell({ cell, currency }: { cell: StageCell; currency: string }) {
  const isLeak = cell.flag === 'leak';
  const sums = { sum: moneyShort(Math.abs(cell.leak ?? 0), currency), low: moneyShort(cell.leak_low ?? 0, currency), high: moneyShort(cell.leak_high ?? 0, currency) };
  return (
    <li className={styles.now}>
      <span>
        <span><span className="medium">{cell.label}</span> <span className={isLeak ? 'down' : 'good'}>{t(isLeak ? 'talk.below' : 'talk.above')}</span></span>
        <span className="small ink3">{t('talk.goesOn', { onward: cell.onward, n: cell.entries, rate: percent(cell.rate ?? 0), expected: percent(cell.expected) })}</span>
      </span>
      {isLeak && cell.leak !== null && <span className={`num ${styles.leak}`}><span className="down medium">{sums.sum}</span><span className="small ink3">{t('talk.leakRange', sums)}</span></span>}
    </li>
  );
}

export function Diagnosis({ sheet }: { sheet: Sheet }) {
  const { stages, peers, peer_count: count } = sheet.diagnosis;
  const told = stages.filter((cell) => cell.flag !== 'none').sort((a, b) => (b.leak ?? 0) - (a.leak ?? 0));
  return (
    <section className="card" aria-label={t('talk.diagnosis')}>
      <div className="card-head"><h2>{t('talk.diagnosis')}</h2><span className="ink3 cut">{t(peers === 'team' ? 'talk.peersTeam' : 'talk.peersCompany', { n: count - 1 })}</span></div>
      {!stages.length ? <p className="ink3 card-body">{t('talk.diagnosisFew')}</p> : !stages.some((cell) => cell.entries) ? <p className="ink3 card-body">{t('talk.diagnosisOwn')}</p> : !told.length ? <p className="ink3 card-body">{t('talk.diagnosisNone')}</p> : (
        <ul className="lines">{told.map((cell) => <Cell key={cell.stage} cell={cell} currency={sheet.currency} />)}</ul>
      )}
    </section>
  );
}

/* ---- plans and card ---- */

/** The way of a plan, ticked off where it stands; a new step is one line. */
function Steps({ plan }: { plan: number }) {
  const entity = useMeta().byName.get('plan_step');
  const { data } = useGet<Page>('/plan_steps', { filter: `plan=eq.${plan}`, params: { order: 'due_day', limit: 20 }, of: ['plan_step'], isOff: !entity });
  const [text, setText] = useState('');
  const asOf = useAsOf();
  if (!entity || !data) return null;
  async function add(event: FormEvent) {
    event.preventDefault();
    try {
      await post('/plan_steps', { plan, text: text.trim() });
      setText('');
      refresh(['plan_step']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <ul className={styles.steps}>
      {data.rows.map((row) => <li key={row.id}><Tick entity={entity} row={row} /><span className={row.is_done ? 'ink3' : undefined}>{String(row.text)}</span>{row.due_day && !row.is_done && <span className="small ink3" title={dayFull(String(row.due_day))}>{day(String(row.due_day))}</span>}</li>)}
      {!asOf && <li><form className="grow" onSubmit={add}><TextInput size="xs" aria-label={t('coach.addStep')} placeholder={t('coach.addStep')} value={text} maxLength={1900} onChange={(e) => setText(e.currentTarget.value)} /></form></li>}
    </ul>
  );
}

const CARD = [['drives', 'talk.cardDrives'], ['feedback', 'talk.cardFeedback'], ['helps', 'talk.cardHelps'], ['hinders', 'talk.cardHinders']] as const satisfies readonly (readonly [keyof Sheet['cards'][number], Key])[];

export function Person({ sheet, two }: { sheet: Sheet; two: Two }) {
  const card = sheet.cards[0];
  const lines = card ? CARD.filter(([field]) => card[field]) : [];
  return (
    <>
      {sheet.plans.length > 0 && (
        <section className="card" aria-label={t('talk.plans')}>
          <div className="card-head"><h2>{t('talk.plans')}</h2></div>
          <ul className="lines">{sheet.plans.map((plan) => <li key={plan.id} className={styles.now}><span><Link className="quiet" href={`/development_plans/${plan.id}`}>{plan.goal}</Link>{plan.skill && <span className="small ink3">{plan.skill}</span>}<Steps plan={plan.id} /></span>{plan.to_day && <span className="small ink3" title={dayFull(plan.to_day)}>{day(plan.to_day)}</span>}</li>)}</ul>
        </section>
      )}
      {card && lines.length > 0 && (
        <section className="card" aria-label={t('talk.card')}>
          <div className="card-head"><h2>{t('talk.card')}</h2><span className="ink3 cut">{two.isLeader ? t('talk.cardBy', { name: two.otherName }) : ''}</span></div>
          <dl className={styles.card}>{lines.map(([field, key]) => <div key={field}><dt className="small ink3">{t(key)}</dt><dd dir="auto">{card[field]}</dd></div>)}</dl>
        </section>
      )}
    </>
  );
}
