// Whom one leads, with the rhythm of each: the last talk, the next, what is overdue; and one's own talks.
import { Button, Menu, SegmentedControl } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { patch } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { addDays, day, dayFull, dayPlain, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import type { Page } from '../../base/types';
import { num, str, useBrief, type Line } from '../../home/brief';
import { Cadence } from '../../home/cadence';
import { Face } from '../../home/parts';
import { PlanForm, type Wish } from './plan';
import { SeriesForm } from './series_form';
import { SessionCard } from './session_card';
import { SessionForm } from './session_form';
import styles from './talk.module.css';
import type { Talk } from './talk_data';

const SOON = 14;

/** The days the two have agreed, else the usual ones. */
const rhythm = (line: Line) => num(line, 'agreed_days') ?? num(line, 'usual_days');

/** Longer ago than agreed, or than one and a half times the usual, as the brief judges it. */
function isOverdue(line: Line): boolean {
  const since = num(line, 'days_since');
  const usual = num(line, 'usual_days');
  return since === null || since > (num(line, 'agreed_days') ?? (usual === null ? SOON : usual + usual / 2));
}

type Asked = { kind: 'session' | 'series'; person: number; name: string };

/** What one does with a person beside the talk that comes next. */
function More({ line, hasNext, onPlan, onAsk }: { line: Line; hasNext: boolean; onPlan: () => void; onAsk: (asked: Asked) => void }) {
  const { byName } = useMeta();
  const person = num(line, 'user');
  const name = str(line, 'person');
  if (person === null || (!hasNext && !byName.has('coaching_session'))) return null;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target><Button px={8} aria-label={t('coach.moreWith', { name })}><IconDots size={17} aria-hidden /></Button></Menu.Target>
      <Menu.Dropdown>
        {byName.has('coaching_session') && <Menu.Item onClick={() => onAsk({ kind: 'session', person, name })}>{t('coach.new')}</Menu.Item>}
        {byName.has('coaching_plan') && <Menu.Item onClick={() => onAsk({ kind: 'series', person, name })}>{t('series.new')}</Menu.Item>}
        {hasNext && <Menu.Item onClick={onPlan}>{t('talk.plan')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

function Person({ line, onPlan, onAsk, isFirst, canEdit }: { line: Line; onPlan: (wish: Wish) => void; onAsk: (asked: Asked) => void; isFirst: boolean; canEdit: boolean }) {
  const [, go] = useLocation();
  const name = str(line, 'person');
  const since = num(line, 'days_since');
  const next = str(line, 'next_day');
  const late = isOverdue(line);
  const id = num(line, 'one_on_one');
  const wish: Wish = { person: num(line, 'user'), name, last: str(line, 'last_day') || null, usual: rhythm(line) };
  return (
    <tr>
      <td>
        <span className="row">
          <Face name={name} />
          <Link className="medium quiet cut" href={id ? `/coaching/${id}` : `/people?who=p${line.user}`}>{name}</Link>
        </span>
      </td>
      <td className={styles.wide}><Cadence letters={str(line, 'last')} /><span className="small ink3 block">{rhythm(line) !== null && t('talk.every', { n: rhythm(line)! })}</span></td>
      <td className={styles.whole} title={str(line, 'last_day') && dayFull(str(line, 'last_day'))}><span className={late ? 'down medium' : undefined}>{since === null ? t('talk.never') : since === 0 ? t('talk.agoToday') : t('talk.ago', { n: since })}</span></td>
      <td className={styles.whole} title={next && dayFull(next)}>{next ? day(next) : <span className="ink3">{t('talk.notPlanned')}</span>}</td>
      <td className={`${styles.why} ink2`}>{str(line, 'why') || t('talk.inRhythm')}</td>
      <td className={`num ${styles.whole}`}><span className={styles.pair}>{id ? <Button variant={isFirst ? 'filled' : 'default'} onClick={() => go(`/coaching/${id}`)}>{t('talk.prepare')}</Button> : canEdit && <Button variant={isFirst ? 'filled' : 'default'} onClick={() => onPlan(wish)}>{t('talk.planShort')}</Button>}{canEdit && <More line={line} hasNext={id !== null} onPlan={() => onPlan(wish)} onAsk={onAsk} />}</span></td>
    </tr>
  );
}

type Sieve = 'all' | 'overdue' | 'unplanned';
const sieves: Record<Sieve, (line: Line) => boolean> = { all: () => true, overdue: isOverdue, unplanned: (line) => !str(line, 'next_day') };

function People({ onPlan, onAsk, canEdit }: { onPlan: (wish: Wish) => void; onAsk: (asked: Asked) => void; canEdit: boolean }) {
  const { data: brief, error, refetch } = useBrief('leader', {});
  const [sieve, setSieve] = useState<Sieve>('all');
  const section = brief?.sections.one_on_ones;
  if (error && !brief) return <div className="card"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!brief) return <div className="card"><Bones count={7} /></div>;
  const rows = section?.rows ?? [];
  if (!rows.length) return <Empty title={t('talk.nobody')}>{t('talk.nobodyHelp')}</Empty>;
  const shown = rows.filter(sieves[sieve]);
  const label = (one: Sieve) => `${t(one === 'all' ? 'talk.all' : one === 'overdue' ? 'talk.overdue' : 'talk.unplanned')} ${rows.filter(sieves[one]).length}`;
  return (
    <>
      <div className={styles.tools}>
        <SegmentedControl aria-label={t('talk.show')} value={sieve} onChange={(value) => setSieve(value as Sieve)} data={(['all', 'overdue', 'unplanned'] as Sieve[]).map((one) => ({ value: one, label: label(one) }))} />
      </div>
      <section className={`card ${styles.scroll}`} aria-label={t('talk.coaching')}>
        {shown.length ? (
          <table className={`table ${styles.people}`}>
            <thead><tr><th>{t('talk.who')}</th><th className={styles.wide}>{t('talk.rhythm')}</th><th>{t('talk.last')}</th><th>{t('talk.next')}</th><th>{t('talk.why')}</th><th /></tr></thead>
            <tbody>{shown.map((line, i) => <Person key={String(line.user)} line={line} onPlan={onPlan} onAsk={onAsk} isFirst={i === 0} canEdit={canEdit} />)}</tbody>
          </table>
        ) : <p className="ink3" style={{ padding: '14px 16px' }}>{t('talk.noneSuch')}</p>}
      </section>
    </>
  );
}

const OF = { of: ['one_on_one'] };

/** Their day has passed: only what is said to have been held counts for the rhythm. */
function Unsaid({ me }: { me: number }) {
  const { data } = useGet<Page>('/one_on_ones', { ...OF, filter: `state=eq.planned&leader=eq.${me}&day=lt.${today()}`, params: { order: 'day.desc', limit: 20 } });
  const rows = (data?.rows ?? []) as Talk[];
  if (!rows.length) return null;
  const put = async (one: Talk, state: 'held' | 'missed') => {
    const name = one.names?.person ?? '';
    try {
      const { seq } = await patch(`/one_on_ones/${one.id}`, { state });
      say({ text: t(state === 'held' ? 'talk.saidHeld' : 'talk.saidMissed', { name }), seq });
      refresh(['one_on_one']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <section className="card" aria-label={t('talk.unsaid')}>
      <div className="card-head"><h2>{t('talk.unsaid')}</h2></div>
      <p className="small ink3 card-body">{t('talk.unsaidHelp')}</p>
      <ul className="lines">
        {rows.map((one) => (
          <li key={one.id} className={styles.unsaid}>
            <Link className="medium quiet cut" href={`/coaching/${one.id}`}>{one.names?.person}</Link>
            <span className="ink3" title={dayFull(one.day)}>{day(one.day)}</span>
            <span className={styles.pair}>
              <Button onClick={() => void put(one, 'held')}>{t('talk.held')}</Button>
              <Button variant="subtle" onClick={() => void put(one, 'missed')}>{t('talk.missed')}</Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Own({ me, isAll, onPlan }: { me: number; isAll: boolean; onPlan?: (wish: Wish) => void }) {
  const { data, error, refetch } = useGet<Page>('/one_on_ones', { ...OF, filter: `person=eq.${me}`, params: { order: 'day.desc', limit: isAll ? 50 : 8 } });
  const rows = (data?.rows ?? []) as Talk[];
  const last = rows[0];
  return (
    <section className="card" aria-label={t('talk.own')}>
      <div className="card-head">
        <h2>{t('talk.own')}</h2>
        {onPlan && last && !rows.some((one) => one.state === 'planned' && one.day >= today()) && <span className="end"><Button onClick={() => onPlan({ person: me, name: last.names?.leader ?? '', leader: last.leader, last: last.day })}>{t('talk.plan')}</Button></span>}
      </div>
      {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} height={40} /> : !rows.length ? <p className="ink3 card-body">{t('talk.ownNone')}</p> : (
        <ul className="lines">
          {rows.map((one) => (
            <li key={one.id} className={styles.unsaid}>
              <Link className="medium quiet" href={`/coaching/${one.id}`}>{one.day >= today() ? day(one.day) : dayPlain(one.day)}</Link>
              <span className="ink2 cut">{one.names?.leader}</span>
              <span className={styles.pair}><span className={one.state === 'missed' ? 'down' : 'ink3'}>{t(`talk.${one.state}`)}</span></span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Sessions one was coached in and has said nothing of yet: the coach learns from it, and the ledger asks whether it matters. */
function Unrated({ me, canEdit }: { me: number; canEdit: boolean }) {
  const { byName } = useMeta();
  if (!byName.has('coaching_session')) return null;
  return <SessionCard title={t('coach.unrated')} filter={`person=eq.${me}&rating=is.null&day=gte.${addDays(today(), -60)}&or=(state.eq.held,state.is.null)`} me={me} canEdit={canEdit} all={`/coaching_sessions?person=eq.${me}&order=day.desc`} />;
}

/** Series that run, of oneself as coach or coached. */
function Plans({ me }: { me: number }) {
  const { byName } = useMeta();
  const { data } = useGet<Page>('/coaching_plans', { filter: 'state=eq.active', params: { order: 'from_day.desc', limit: 30 }, of: ['coaching_plan'], isOff: !byName.has('coaching_plan') });
  const rows = data?.rows ?? [];
  if (!rows.length) return null;
  return (
    <section className="card" aria-label={t('series.plans')}>
      <div className="card-head"><h2>{t('series.plans')}</h2><span className="ink3">{rows.length}</span></div>
      <ul className="lines">
        {rows.map((one) => <li key={one.id} className={styles.now}><span><Link className="quiet medium" href={`/coaching/plans/${one.id}`}>{String(one.goal)}</Link><span className="small ink3">{one.author === me ? one.names?.other : one.names?.author}{one.skill && `, ${String(one.skill)}`}</span></span></li>)}
      </ul>
    </section>
  );
}

export default function CoachingPage() {
  const session = useSession();
  const asOf = useAsOf();
  const leads = hasRole(session, 'leader');
  const { byName } = useMeta();
  const [wish, setWish] = useState<Wish | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  useTitle(t(leads ? 'talk.coaching' : 'talk.mine'));
  useHat('crew', leads);
  const me = session.user.id;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t(leads ? 'talk.coaching' : 'talk.mine')}</h1>
        <div className="actions">
          {byName.has('card') && <Link href="/coaching/card">{t('card.title')}</Link>}
          {leads && byName.has('rubric') && <Link href="/coaching/library">{t('library.title')}</Link>}
          {leads && byName.has('coaching_session') && <Link href="/coaching/ledger">{t('ledger.title')}</Link>}
          {leads && !asOf && <Button onClick={() => setWish({ person: null, name: null })}>{t('talk.plan')}</Button>}
        </div>
      </header>
      {leads ? (
        <div className={styles.columns} data-wide="">
          <div className={styles.stack}><People onPlan={setWish} onAsk={setAsked} canEdit={!asOf} /></div>
          <div className={styles.stack}>
            {!asOf && <Unsaid me={me} />}
            <Unrated me={me} canEdit={!asOf} />
            <Plans me={me} />
            <Own me={me} isAll={false} onPlan={asOf ? undefined : setWish} />
          </div>
        </div>
      ) : <div className={styles.stack} style={{ maxWidth: 720 }}><Unrated me={me} canEdit={!asOf} /><Plans me={me} /><Own me={me} isAll onPlan={asOf ? undefined : setWish} /></div>}
      {wish && <PlanForm wish={wish} onClose={() => setWish(null)} />}
      {asked?.kind === 'session' && <SessionForm wish={asked} onClose={() => setAsked(null)} />}
      {asked?.kind === 'series' && <SeriesForm wish={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}
