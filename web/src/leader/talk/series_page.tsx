// A coaching plan: its 1:1s and sessions in order with what was agreed in each, the scores over them, what comes next.
import { Button, Menu, Modal, Textarea, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useCallback, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import { ApiError, patch } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { Chart, ground } from '../../base/chart';
import { day, dayFull, dayPlain, number, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { refresh, useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { problemText, say, sayError } from '../../base/toast';
import Missing from '../../frame/missing';
import { SERIES_OF, type Entry, type Series } from './series_data';
import { PlanSessionForm } from './series_form';
import { SessionForm, type SessionWish } from './session_form';
import styles from './talk.module.css';

const kindText = (entry: Entry) => t(entry.kind === 'one_on_one' ? 'series.talk' : `coach.kind.${entry.kind}`);

function Agreed({ entry, series }: { entry: Entry; series: Series }) {
  const who = (owner: number) => (owner === series.coach ? series.coach_name : series.person_name);
  if (!entry.agreed && !entry.promises.length) return null;
  return (
    <div className={styles.agreed}>
      <span className="small ink3">{t('series.agreed')}</span>
      {entry.agreed && <p dir="auto">{entry.agreed}</p>}
      {entry.promises.length > 0 && (
        <ul>{entry.promises.map((one) => <li key={one.id}><span className={one.state === 'open' ? undefined : 'ink3'} dir="auto">{one.text}</span> <span className="small ink3">{who(one.owner)}, {t(one.state === 'open' ? 'series.open' : one.state === 'done' ? 'series.kept' : 'series.dropped')}</span></li>)}</ul>
      )}
    </div>
  );
}

function Scored({ entry, series }: { entry: Entry; series: Series }) {
  if (!entry.scores.length) return null;
  const name = (line: number) => series.lines.find((one) => one.id === line)?.text ?? '';
  return (
    <details className={styles.details}>
      <summary className="small">{entry.rubric_name ?? t('coach.rubric')}: <b className="num">{number(entry.score_mean ?? 0, 1)}</b> <span className="ink3">{t('series.ofFive')}</span></summary>
      <ul className={styles.scored}>{entry.scores.map((one) => <li key={one.line}><span>{name(one.line)}{one.evidence && <span className="small ink3 block">{one.evidence}</span>}</span><span className="num medium">{one.score}</span></li>)}</ul>
    </details>
  );
}

/** The day of what is planned, moved in place. */
function Day({ entry, canEdit }: { entry: Entry; canEdit: boolean }) {
  if (!canEdit || entry.state !== 'planned' || entry.entity === 'one_on_one') return <span className="medium" title={dayFull(entry.day)}>{dayPlain(entry.day)}</span>;
  async function move(next: string) {
    if (!next || next === entry.day) return;
    try {
      const { seq } = await patch(`/coaching_sessions/${entry.id}`, { day: next });
      say({ text: t('series.saidMoved', { day: day(next) }), seq });
    } catch (error) {
      sayError(error);
    }
    refresh(['coaching_session']);
  }
  return <TextInput key={entry.day} type="date" size="xs" className={styles.dayInput} aria-label={t('series.day')} defaultValue={entry.day} onBlur={(e) => void move(e.currentTarget.value)} onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()} />;
}

interface StepProps {
  isNext: boolean;
  entry: Entry;
  series: Series;
  isCoach: boolean;
  canEdit: boolean;
  onNote: (entry: Entry) => void;
}

function Step({ entry, isNext, series, isCoach, canEdit, onNote }: StepProps) {
  const isOpen = entry.state === 'planned';
  const isLate = isOpen && entry.day < today();
  async function put(state: 'missed' | 'planned') {
    try {
      const { seq } = await patch(`/${entry.entity === 'one_on_one' ? 'one_on_ones' : 'coaching_sessions'}/${entry.id}`, { state });
      say({ text: t(state === 'missed' ? 'series.saidMissed' : 'series.saidPlanned', { day: day(entry.day) }), seq });
      refresh([entry.entity]);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <li className={styles.step} data-state={isLate ? 'late' : entry.state}>
      <div className={styles.stepHead}>
        <Day entry={entry} canEdit={canEdit && isCoach} />
        <span>{entry.entity === 'one_on_one' ? <Link className="quiet" href={`/coaching/${entry.id}`}>{kindText(entry)}</Link> : kindText(entry)}</span>
        {entry.opportunity_name && <Link className="quiet small ink3 cut" href={`/opportunities/${entry.opportunity}`}>{entry.opportunity_name}</Link>}
        <span className="small ink3 end">{isLate ? t('series.unsaid') : t(`talk.${entry.state}`)}{entry.rating !== null && `, ${t('coach.rated', { n: entry.rating })}`}</span>
      </div>
      {entry.note && <p className="ink2" dir="auto">{entry.note}</p>}
      <Agreed entry={entry} series={series} />
      <Scored entry={entry} series={series} />
      {isOpen && canEdit && (
        <div className="row">
          {entry.entity === 'one_on_one' ? <Link className="small" href={`/coaching/${entry.id}`}>{t('series.openTalk')}</Link> : isCoach && (isNext || entry.day <= today()) && <Button size="compact-sm" onClick={() => onNote(entry)}>{t('coach.new')}</Button>}
          {isCoach && entry.day <= today() && <Button size="compact-sm" variant="subtle" onClick={() => void put('missed')}>{t('talk.missed')}</Button>}
        </div>
      )}
    </li>
  );
}

/* ---- the course of the scores ---- */

function Course({ series }: { series: Series }) {
  const scored = useMemo(() => series.entries.filter((one) => one.scores.length), [series]);
  const lines = useMemo(() => [...series.lines].sort((a, b) => a.rubric - b.rubric || (a.position ?? 0) - (b.position ?? 0)), [series]);
  const days = scored.map((one) => day(one.day));
  const option = useCallback(
    (inks: Parameters<Parameters<typeof Chart>[0]['option']>[0]) => ({
      ...ground(inks),
      grid: { left: 26, right: 10, top: 10, bottom: 24 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: days, axisLabel: { color: inks.ink3 }, axisLine: { lineStyle: { color: inks.line } }, axisTick: { show: false } },
      yAxis: { type: 'value', min: 1, max: 5, interval: 1, axisLabel: { color: inks.ink3 }, splitLine: { lineStyle: { color: inks.grid } } },
      series: [
        ...lines.map((line) => ({ name: line.text, type: 'line', connectNulls: true, symbolSize: 4, lineStyle: { width: 1, opacity: 0.55, color: inks.ref }, itemStyle: { color: inks.ref }, data: scored.map((one) => one.scores.find((score) => score.line === line.id)?.score ?? null) })),
        { name: t('series.mean'), type: 'line', connectNulls: true, symbolSize: 7, lineStyle: { width: 2.5, color: inks.fact }, itemStyle: { color: inks.fact }, data: scored.map((one) => (one.score_mean === null ? null : Math.round(one.score_mean * 100) / 100)) },
      ],
    }),
    [scored, lines, days.join()],
  );
  const first = scored[0];
  const last = scored.at(-1);
  if (!first || !last) return <p className="ink3 card-body">{t('series.noScores')}</p>;
  const table: ReactNode = (
    <div className={styles.scroll}><table className="table"><thead><tr><th>{t('series.line')}</th>{scored.map((one) => <th key={one.id} className="num">{day(one.day)}</th>)}</tr></thead>
      <tbody>{lines.map((line) => <tr key={line.id}><td>{line.text}</td>{scored.map((one) => <td key={one.id} className="num">{one.scores.find((score) => score.line === line.id)?.score ?? '–'}</td>)}</tr>)}
        <tr><td className="medium">{t('series.mean')}</td>{scored.map((one) => <td key={one.id} className="num medium">{number(one.score_mean ?? 0, 1)}</td>)}</tr></tbody></table></div>
  );
  return (
    <div className="card-body">
      <Chart label={t('series.courseSays', { first: number(first.score_mean ?? 0, 1), last: number(last.score_mean ?? 0, 1), n: scored.length })} height={200} option={option} table={table} />
      <p className="small ink3">{t('series.courseNote')}</p>
    </div>
  );
}

/* ---- what comes next, and the end ---- */

function Next({ series, onPlan, canEdit }: { series: Series; onPlan: () => void; canEdit: boolean }) {
  const entry = series.entries.find((one) => one.entity === series.next.entity && one.id === series.next.id);
  const open = series.entries.flatMap((one) => one.promises).filter((one) => one.state === 'open');
  const agreed = [...series.entries].reverse().find((one) => one.state === 'held' && one.agreed)?.agreed;
  return (
    <section className="card" aria-label={t('series.next')}>
      <div className="card-head"><h2>{t('series.next')}</h2></div>
      <div className={`card-body ${styles.form}`}>
        {entry ? (
          <p><span className="medium">{kindText(entry)}</span>, <span title={dayFull(entry.day)}>{dayPlain(entry.day)}</span>{entry.opportunity_name && <>, <Link className="quiet" href={`/opportunities/${entry.opportunity}`}>{entry.opportunity_name}</Link></>}{entry.entity === 'one_on_one' && <> · <Link href={`/coaching/${entry.id}`}>{t('talk.prepare')}</Link></>}</p>
        ) : series.state === 'active' ? (
          <div className="row"><p className="ink2">{series.next.due_day ? t('series.due', { day: dayPlain(series.next.due_day) }) : t('series.nothing')}</p>{canEdit && <Button onClick={onPlan}>{t('series.plan')}</Button>}</div>
        ) : <p className="ink3">{t(series.state === 'done' ? 'series.isDone' : 'series.isDropped')}{series.reason && ` ${series.reason}`}</p>}
        {agreed && <p className="ink2" dir="auto"><span className="small ink3">{t('coach.agreed')}:</span> {agreed}</p>}
        {open.length > 0 && <p className="small ink3">{t('series.openPromises', { n: open.length })}</p>}
      </div>
    </section>
  );
}

function DropForm({ series, onClose }: { series: Series; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const { seq } = await patch(`/coaching_plans/${series.id}`, { state: 'dropped', reason: reason.trim() });
      say({ text: t('series.saidDropped'), seq });
      refresh(['coaching_plan']);
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('series.dropTitle')} size={420} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <Textarea label={t('series.why')} autosize minRows={2} required maxLength={1900} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row"><Button type="submit" variant="filled" disabled={!reason.trim()}>{t('talk.drop')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}

function Body({ series, me }: { series: Series; me: number }) {
  const session = useSession();
  const asOf = useAsOf();
  const isCoach = series.coach === me;
  const canEdit = !asOf && series.state === 'active';
  const [asked, setAsked] = useState<'plan' | 'drop' | null>(null);
  const [noting, setNoting] = useState<SessionWish | null>(null);
  const wish: SessionWish = { person: series.person, name: series.person_name, plan: series.id, skill: series.skill ?? undefined };
  useHat('crew', isCoach && hasRole(session, 'leader'));
  useTitle(series.goal);
  async function put(state: 'active' | 'done') {
    try {
      const { seq } = await patch(`/coaching_plans/${series.id}`, { state });
      say({ text: t(state === 'done' ? 'series.saidDone' : 'series.saidActive'), seq });
      refresh(['coaching_plan']);
    } catch (error) {
      sayError(error);
    }
  }
  const note = (entry: Entry) => setNoting({ ...wish, session: { id: entry.id, kind: entry.kind === 'one_on_one' ? 'talk' : entry.kind, day: entry.day }, deal: entry.opportunity ? { id: entry.opportunity, name: entry.opportunity_name ?? '' } : undefined });
  return (
    <div className="page">
      <header className={`page-head ${styles.head}`}>
        <h1 dir="auto">{series.goal}</h1>
        <span className="sub"><Link className="quiet" href={`/people?who=p${isCoach ? series.person : series.coach}`}>{isCoach ? series.person_name : series.coach_name}</Link>{series.skill && `, ${series.skill}`}, {t('series.held', { n: series.held_count })}</span>
        <span className="tag">{t(`series.state.${series.state}`)}</span>
        <div className="actions">
          <Menu position="bottom-end" width={200}>
            <Menu.Target><Button px={8} aria-label={t('more')} disabled={Boolean(asOf)}><IconDots size={17} aria-hidden /></Button></Menu.Target>
            <Menu.Dropdown>
              {series.state !== 'active' && <Menu.Item onClick={() => void put('active')}>{t('series.again')}</Menu.Item>}
              {series.state === 'active' && <Menu.Item onClick={() => void put('done')}>{t('series.finish')}</Menu.Item>}
              {series.state === 'active' && <Menu.Item onClick={() => setAsked('drop')}>{t('talk.drop')}</Menu.Item>}
            </Menu.Dropdown>
          </Menu>
          {canEdit && <Button onClick={() => setAsked('plan')}>{t('series.plan')}</Button>}
          {canEdit && isCoach && <Button variant="filled" onClick={() => setNoting(wish)}>{t('coach.new')}</Button>}
        </div>
      </header>
      <div className={styles.columns} data-turned="">
        <section className={`card ${styles.seriesCard}`} aria-label={t('series.sessions')}>
          <div className="card-head"><h2>{t('series.sessions')}</h2><span className="ink3 cut">{t('series.sessionsSub')}</span></div>
          {series.entries.length ? <ol className={styles.series}>{series.entries.map((entry) => <Step key={`${entry.entity}${entry.id}`} entry={entry} isNext={entry.entity === series.next.entity && entry.id === series.next.id} series={series} isCoach={isCoach} canEdit={canEdit} onNote={note} />)}</ol> : <p className="ink3 card-body">{t('series.none')}</p>}
        </section>
        <div className={styles.stack}>
          <Next series={series} canEdit={canEdit} onPlan={() => setAsked('plan')} />
          <section className="card" aria-label={t('series.course')}>
            <div className="card-head"><h2>{t('series.course')}</h2></div>
            <Course series={series} />
          </section>
        </div>
      </div>
      {asked === 'plan' && <PlanSessionForm series={series} onClose={() => setAsked(null)} />}
      {asked === 'drop' && <DropForm series={series} onClose={() => setAsked(null)} />}
      {noting && <SessionForm wish={noting} onClose={() => setNoting(null)} />}
    </div>
  );
}

export default function SeriesPage() {
  const { id } = useParams<{ id: string }>();
  const { user } = useSession();
  const isId = /^\d+$/.test(id);
  const { data, error, refetch } = useGet<Series>(`/coaching/plans/${id}`, { of: SERIES_OF, now: true, isOff: !isId, againMs: 30_000 });
  if (!isId || error?.status === 404) return <Missing />;
  if (error && !data) return <div className="page"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!data) return <div className="page"><div style={{ height: 62 }} /><div className="card"><Bones count={8} /></div></div>;
  return <Body series={data} me={user.id} />;
}
