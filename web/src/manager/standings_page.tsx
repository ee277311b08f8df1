// Contests and leaderboards: the list beside the standing of the one chosen; the address says which. As of any instant.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { addDays, dayPlain, dayShort, number } from '../base/format';
import { t, type Key } from '../base/i18n';
import { may, useMeta } from '../base/meta';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { Face } from '../home/parts';
import { BoardForm, ContestForm } from './contest_form';
import { change, figure, useBoards, useContests, useStanding, type Board, type Contest, type Line, type Standing } from './standings';
import styles from './standings.module.css';

const STATE_TAG = { planned: 'tag', running: 'tag good', ended: 'tag' } as const;
const span = (from: string, to: string) => `${dayShort(from)} – ${dayPlain(addDays(to, -1))}`;

/** A rate with its interval, or a bar of the largest figure. */
function Track({ line, standing }: { line: Line; standing: Standing }) {
  if (line.value === null) return null;
  if (line.low !== null && line.high !== null) {
    const at = (value: number) => `${Math.max(0, Math.min(1, value)) * 100}%`;
    return (
      <span className={styles.track} aria-hidden>
        <span className={styles.range} style={{ insetInlineStart: at(line.low), width: at(line.high - line.low) }} />
        <span className={styles.dot} style={{ insetInlineStart: at(line.value) }} />
      </span>
    );
  }
  const top = Math.max(...standing.rows.map((row) => row.value ?? 0), standing.target ?? 0);
  return top > 0 ? <span className={styles.track} aria-hidden><span className={styles.bar} style={{ width: `${(Math.max(0, line.value) / top) * 100}%` }} /></span> : null;
}

function notes(line: Line, standing: Standing): string {
  return [
    line.is_corrected && t('standings.corrected', { value: figure(line.value_today, standing.unit, standing.currency) }),
    line.reopened_count ? t('standings.reopened', { n: line.reopened_count }) : '',
    line.same_day_count ? t('standings.sameDay', { n: line.same_day_count }) : '',
  ].filter(Boolean).join(', ');
}

function Rows({ standing }: { standing: Standing }) {
  const hasNotes = standing.rows.some((line) => notes(line, standing));
  const isRate = standing.rows.some((line) => line.low !== null);
  return (
    <div className={styles.scroll}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('standings.place')}</th><th>{t('standings.who')}</th><th className="num">{t('standings.value')}</th>
            {standing.rule === 'most_improved' && <><th className="num">{t('standings.past')}</th><th className="num">{t('standings.change')}</th></>}
            {standing.rule === 'first_to_target' && <th className="num">{t('standings.reached')}</th>}
            <th className={styles.wide}>{isRate ? t('standings.range') : ''}</th><th className={`num ${styles.wide}`}>{t('standings.base')}</th>
            {hasNotes && <th>{t('standings.note')}</th>}
          </tr>
        </thead>
        <tbody>
          {standing.rows.map((line) => (
            <tr key={line.id} className={line.is_me ? styles.me : undefined}>
              <td className={styles.place}>{line.place === null ? <span className="ink3">{standing.rule === 'first_to_target' || standing.rule === 'all_who_pass' ? '–' : t('standings.few')}</span> : <>{number(line.place, 0)} {line.is_tied && <span className="small ink3">{t('standings.tied')}</span>}</>}</td>
              <td><span className="row"><Face name={line.name ?? ''} /> <span className="cut">{line.name}</span> {line.is_me && <span className="tag">{t('standings.you')}</span>} {line.is_winner && <span className="tag good">{t('standings.won')}</span>}</span></td>
              <td className="num medium">{figure(line.value, standing.unit, standing.currency)}</td>
              {standing.rule === 'most_improved' && <><td className="num">{figure(line.past, standing.unit, standing.currency)}</td><td className="num">{change(line, standing.unit)}</td></>}
              {standing.rule === 'first_to_target' && <td className="num">{line.reached_day ? dayShort(line.reached_day) : '–'}</td>}
              <td className={styles.wide}>{isRate && line.low !== null && line.high !== null ? <span title={`${figure(line.low, standing.unit, standing.currency)} – ${figure(line.high, standing.unit, standing.currency)}`}><Track line={line} standing={standing} /></span> : <Track line={line} standing={standing} />}</td>
              <td className={`num ${styles.wide}`}>{number(line.base, 0)}</td>
              {hasNotes && <td className="ink2 small">{notes(line, standing)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Facts({ standing }: { standing: Standing }) {
  return (
    <dl className={styles.facts}>
      <div><dt>{t('standings.measure')}</dt><dd title={standing.formula}>{standing.label}{standing.low_is_best && `, ${t('standings.least')}`}</dd></div>
      {standing.rule && <div><dt>{t('standings.rule')}</dt><dd>{t(`standings.rule.${standing.rule}`, { target: figure(standing.target, standing.unit, standing.currency) })}</dd></div>}
      {standing.prize && <div><dt>{t('standings.prize')}</dt><dd>{standing.prize}</dd></div>}
      {standing.state === 'running' && standing.results_day && <div><dt>{t('standings.resultsOn')}</dt><dd>{dayPlain(standing.results_day)}</dd></div>}
    </dl>
  );
}

function StandingCard({ kind, id }: { kind: 'contests' | 'leaderboards'; id: number }) {
  const { data, error, refetch } = useStanding(kind, id);
  if (error) return <section className="card"><Failing error={error} retry={() => void refetch()} /></section>;
  if (!data) return <section className="card"><Bones count={6} /></section>;
  const isRate = data.rows.some((line) => line.low !== null);
  return (
    <section className="card" aria-label={data.name} data-standing={data.id}>
      <div className="card-head">
        <h2>{data.name}</h2>
        <span className="ink3 cut">{span(data.from_day, data.to_day)}</span>
        {data.state && <span className={`end ${STATE_TAG[data.state]}`}>{t(`standings.${data.state}`)}</span>}
      </div>
      <Facts standing={data} />
      {data.text && <p className="ink2 card-body">{data.text}</p>}
      {data.own && <p className={styles.own}>{t('standings.hidden', { value: figure(data.own.value, data.unit, data.currency) })} <Link href="/settings/you">{t('standings.change2')}</Link></p>}
      {data.rows.length ? <Rows standing={data} /> : <p className="ink3 card-body">{data.state === 'planned' ? t('standings.begins', { day: dayPlain(data.from_day) }) : t('standings.nobody')}</p>}
      <p className={`small ink3 ${styles.hint}`}>
        {data.state === 'ended' && data.results_day ? t('standings.results', { day: dayPlain(data.results_day) }) : t(isRate ? 'standings.hintRate' : 'standings.hint', { n: Math.max(1, data.base_min) })}
        {data.rule === 'most_improved' && ` ${t('standings.hintImproved')}`}
      </p>
    </section>
  );
}

export default function StandingsPage() {
  const [params] = useSearchParams();
  const meta = useMeta();
  const contests = useContests();
  const boards = useBoards();
  const [form, setForm] = useState<'contest' | 'board' | null>(null);
  useTitle(t('standings.title'));
  const contestRows = (contests.data?.rows ?? []) as Contest[];
  const boardRows = (boards.data?.rows ?? []) as Board[];
  const first = contestRows.find((one) => one.state === 'running') ?? contestRows[0];
  const asked = params.get('board') ? { kind: 'leaderboards' as const, id: Number(params.get('board')) } : params.get('contest') ? { kind: 'contests' as const, id: Number(params.get('contest')) } : null;
  const shown = asked ?? (first ? { kind: 'contests' as const, id: first.id } : boardRows[0] ? { kind: 'leaderboards' as const, id: boardRows[0].id } : null);
  const isOn = (kind: string, id: number) => (shown?.kind === kind && shown.id === id ? 'page' : undefined);
  const failed = contests.error ?? boards.error;
  const isEmpty = contests.data && boards.data && !contestRows.length && !boardRows.length;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('standings.title')}</h1>
        {may(meta.byName.get('contest'), 'create') && (
          <div className="actions">
            <Button onClick={() => setForm('board')}>{t('standings.newBoard')}</Button>
            <Button variant="filled" onClick={() => setForm('contest')}>{t('standings.newContest')}</Button>
          </div>
        )}
      </header>
      {failed ? <section className="card"><Failing error={failed} retry={() => { void contests.refetch(); void boards.refetch(); }} /></section> : isEmpty ? (
        <Empty title={t('standings.none')}>{t('standings.noneHelp')}</Empty>
      ) : (
        <div className="grid12">
          <div style={{ gridColumn: 'span 4' }} className={styles.stack}>
            <section className="card" aria-label={t('standings.contests')}>
              <div className="card-head"><h2>{t('standings.contests')}</h2></div>
              {!contests.data ? <Bones count={3} /> : contestRows.length ? (
                <nav className={styles.list} aria-label={t('standings.contests')}>
                  {contestRows.map((one) => <Link key={one.id} className={styles.pick} href={`/standings?contest=${one.id}`} aria-current={isOn('contests', one.id)}><span className="medium cut">{one.name}</span><span className={STATE_TAG[one.state]}>{t(`standings.${one.state}`)}</span><span className="small ink3">{span(one.from_day, one.to_day)}</span></Link>)}
                </nav>
              ) : <p className="ink3 card-body">{t('standings.noContests')}</p>}
            </section>
            <section className="card" aria-label={t('standings.boards')}>
              <div className="card-head"><h2>{t('standings.boards')}</h2></div>
              {!boards.data ? <Bones count={2} /> : boardRows.length ? (
                <nav className={styles.list} aria-label={t('standings.boards')}>
                  {boardRows.map((one) => <Link key={one.id} className={styles.pick} href={`/standings?board=${one.id}`} aria-current={isOn('leaderboards', one.id)}><span className="medium cut">{one.name}</span><span className="small ink3">{t(`standings.period.${one.period}` as Key)}</span></Link>)}
                </nav>
              ) : <p className="ink3 card-body">{t('standings.noBoards')}</p>}
            </section>
          </div>
          <div style={{ gridColumn: 'span 8' }} className={styles.stack}>{shown ? <StandingCard key={`${shown.kind}${shown.id}`} kind={shown.kind} id={shown.id} /> : <section className="card"><Bones count={6} /></section>}</div>
        </div>
      )}
      {form === 'contest' && <ContestForm onClose={() => setForm(null)} />}
      {form === 'board' && <BoardForm onClose={() => setForm(null)} />}
    </div>
  );
}
