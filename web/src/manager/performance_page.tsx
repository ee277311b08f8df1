// Performance: scorecards beside each other. Months stand within what chance alone does to them; whoever is named is named
// because chance explains it badly.
import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link, Redirect } from 'wouter';
import { saveCsv } from '../base/csv';
import { How } from '../base/how';
import { dayPlain, number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { listHref, marksOf, measureText, periodText, useScoreChoice, useScores, valueText, type Measure, type Score, type ScoreChoice, type Scores } from './score';
import { Marks, SmallTrend, topOf } from './score_parts';
import styles from './score.module.css';

export function WhenChoices({ choice, set }: { choice: ScoreChoice; set: (name: keyof ScoreChoice, value: string | undefined) => void }) {
  return (
    <>
      <Select w={132} aria-label={t('score.months')} value={choice.months ?? '12'} allowDeselect={false} onChange={(value) => set('months', value === '12' ? undefined : (value ?? undefined))}
        data={['6', '12', '24', '35'].map((n) => ({ value: n, label: t('score.monthCount', { n: Number(n) }) }))} />
      <SegmentedControl aria-label={t('analysis.view')} value={choice.view ?? 'was'} onChange={(value) => set('view', value === 'was' ? undefined : value)}
        data={[{ value: 'was', label: t('analysis.was') }, { value: 'is', label: t('analysis.is') }]} />
    </>
  );
}

function PageChoices({ scores, choice, set }: { scores: Scores | undefined; choice: ScoreChoice; set: (name: keyof ScoreChoice, value: string | undefined) => void }) {
  const { data: people } = useGet<{ teams: { id: number; name: string }[] }>('/people', { of: ['team'] });
  return (
    <>
      {scores?.sees_teams && (
        <SegmentedControl aria-label={t('score.by')} value={choice.by ?? (scores.is_leading ? 'person' : 'team')} onChange={(value) => set('by', value === 'person' && scores.is_leading ? undefined : value)}
          data={[...(scores.is_leading ? [{ value: 'person', label: t('score.people') }] : []), { value: 'team', label: t('score.teams') }, { value: 'office', label: t('score.offices') }]} />
      )}
      {Boolean(people?.teams.length) && scores?.by === 'person' && (
        <Select w={160} aria-label={t('analysis.team')} value={choice.team ?? ''} searchable allowDeselect={false} onChange={(value) => set('team', value || undefined)}
          data={[{ value: '', label: t('analysis.allTeams') }, ...people!.teams.map((one) => ({ value: String(one.id), label: one.name }))]} />
      )}
      <WhenChoices choice={choice} set={set} />
    </>
  );
}

/** What is said of the whole list before anything is said of anybody. */
function Says({ scores }: { scores: Scores }) {
  const named = scores.rows.filter((row) => marksOf(row).length).length;
  const { budget } = scores;
  return (
    <p className={`small ink2 ${styles.says}`}>
      {t(named ? 'score.named' : 'score.noneNamed', { n: named, all: scores.rows.length, share: percent(budget.share) })}{' '}
      {t('score.outside', { n: budget.outside_count, chance: number(budget.outside_by_chance, 0) })}
    </p>
  );
}

/** Those named first, then by the figure chosen, or by any other or the name. */
function ordered(scores: Scores, measure: Measure, order: string | undefined): Score[] {
  const by = scores.measures.find((one) => one.name === order) ?? measure;
  const value = (row: Score) => row.values[by.name] ?? -Infinity;
  return [...scores.rows].sort((a, b) =>
    (order === undefined ? marksOf(b).length - marksOf(a).length : 0) || (order === 'name' ? 0 : value(b) - value(a)) || a.name.localeCompare(b.name));
}

function Card({ scores, row, measure, top }: { scores: Scores; row: Score; measure: Measure; top: number }) {
  const href = listHref(measure, row.filters[measure.name]);
  const value = valueText(measure, row.values[measure.name], scores.currency);
  return (
    <li className={`card ${styles.one2}`}>
      <header>
        {scores.by === 'person' ? <Link className="quiet medium cut" href={`/performance/${row.id}`}>{row.name}</Link> : <span className="medium cut">{row.name}</span>}
        {row.is_new && <span className="small ink3">{t('score.since', { n: row.months_since_hire ?? 0 })}</span>}
        {scores.by !== 'person' && <span className="small ink3">{t('score.peopleCount', { n: Math.round(row.people) })}</span>}
        {href ? <Link className="quiet" href={href} aria-label={`${row.name}, ${measureText(measure)}: ${value}`}>{value}</Link> : <span>{value}</span>}
      </header>
      <SmallTrend scores={scores} measure={measure} trend={row.trend[measure.name]!} top={top} />
      <footer><Marks row={row}>{row.is_new ? t('score.isNew') : row.comparison.verdict === 'too_few' ? t('score.tooFew') : ''}</Marks></footer>
    </li>
  );
}

function Table({ scores, rows, set, order }: { scores: Scores; rows: Score[]; set: (name: keyof ScoreChoice, value: string | undefined) => void; order: string | undefined }) {
  const head = (name: string, text: string, isNumber: boolean) => (
    <th key={name} className={isNumber ? 'num' : undefined} aria-sort={order === name ? (isNumber ? 'descending' : 'ascending') : undefined}>
      <button type="button" data-on={order === name || undefined} onClick={() => set('order', order === name ? undefined : name)}>{text}</button>
    </th>
  );
  return (
    <div className={`card ${styles.wide}`} tabIndex={0} role="group" aria-label={t('score.title')}>
      <table className="table">
        <thead><tr>{head('name', t('score.name'), false)}{scores.measures.map((one) => head(one.name, measureText(one), true))}<th>{t('score.says')}</th></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={row.id}>
            <td>{scores.by === 'person' ? <Link className="quiet" href={`/performance/${row.id}`}>{row.name}</Link> : row.name}</td>
            {scores.measures.map((one) => {
              const href = listHref(one, row.filters[one.name]);
              const text = valueText(one, row.values[one.name], scores.currency);
              return <td key={one.name} className="num">{href ? <Link className="quiet" href={href}>{text}</Link> : text}</td>;
            })}
            <td><Marks row={row}>{row.is_new ? t('score.isNew') : ''}</Marks></td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}

function download(scores: Scores, rows: Score[]) {
  const head = ['name', ...scores.measures.map((one) => one.name), 'closed_count', 'expected_won', 'ratio', 'low', 'high', 'verdict'];
  saveCsv(`performance ${scores.period.label}`, [head, ...rows.map((row) => [row.name, ...scores.measures.map((one) => row.values[one.name]), row.comparison.closed_count, row.comparison.expected_count, row.comparison.ratio, row.comparison.low, row.comparison.high, row.comparison.verdict])]);
}

function Body({ scores, choice, set }: { scores: Scores; choice: ScoreChoice; set: (name: keyof ScoreChoice, value: string | undefined) => void }) {
  const measure = scores.measures.find((one) => one.name === (choice.measure ?? 'won_count')) ?? scores.measures[0]!;
  const rows = ordered(scores, measure, choice.order);
  const top = topOf(scores, measure);
  const names = scores.measures.map((one) => ({ value: one.name, label: measureText(one) }));
  if (!rows.length) return <Empty title={t(scores.by === 'person' ? 'score.nobody' : 'score.noTeam')}>{t(scores.by === 'person' ? 'score.nobodyHelp' : 'score.noTeamHelp')}</Empty>;
  return (
    <>
      <dl className={styles.totals}>{scores.measures.map((one) => <div key={one.name}><dt><How says={[one.formula, t('score.asOf', { day: dayPlain(scores.day) }), t(scores.view === 'is' ? 'analysis.is' : 'analysis.was')]}>{measureText(one)}</How></dt><dd>{valueText(one, scores.total.values[one.name], scores.currency)}</dd></div>)}</dl>
      <Says scores={scores} />
      <div className="page-head">
        <Select w={190} aria-label={t('score.measure')} value={measure.name} allowDeselect={false} onChange={(value) => set('measure', value === 'won_count' ? undefined : (value ?? undefined))} data={names} />
        <Select w={214} aria-label={t('score.order')} value={choice.order ?? ''} allowDeselect={false} onChange={(value) => set('order', value || undefined)}
          data={[{ value: '', label: t('score.orderNamed') }, { value: 'name', label: t('score.orderName') }, ...names.map((one) => ({ value: one.value, label: t('score.orderBy', { what: one.label }) }))]} />
        <div className="actions">
          <SegmentedControl aria-label={t('score.as')} value={choice.as ?? 'cards'} onChange={(value) => set('as', value === 'cards' ? undefined : value)} data={[{ value: 'cards', label: t('score.cards') }, { value: 'table', label: t('score.table') }]} />
          <Button variant="default" leftSection={<IconDownload size={15} stroke={1.6} aria-hidden />} onClick={() => download(scores, rows)}>{t('score.csv')}</Button>
        </div>
      </div>
      {choice.as === 'table' ? <Table scores={scores} rows={rows} set={set} order={choice.order} /> : (
        <>
          <ul className={styles.cards} aria-label={measureText(measure)}>{rows.map((row) => <Card key={row.id} scores={scores} row={row} measure={measure} top={top} />)}</ul>
          <p className="small ink3">{t(`score.law.${measure.limits}` as Key)} {t('score.sameScale')}</p>
        </>
      )}
    </>
  );
}

export default function PerformancePage() {
  const session = useSession();
  const [choice, set] = useScoreChoice();
  const first = useScores('/performance', { view: choice.view });
  const by = choice.by ?? (first.data && !first.data.is_leading && first.data.sees_teams ? 'team' : undefined);
  const { data, error, refetch } = useScores('/performance', { ...choice, by, team: by ? undefined : choice.team });
  useTitle(t('score.title'));
  if (first.data && !first.data.is_leading && !first.data.sees_teams && first.data.rows.length) return <Redirect to={`/performance/${session.user.id}`} replace />;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('score.title')}</h1>
        {data && <span className="ink3">{periodText(data)}, {t('score.asOf', { day: dayPlain(data.day) })}</span>}
        <div className="actions"><PageChoices scores={data} choice={choice} set={set} /></div>
      </header>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={8} height={64} /> : <Body scores={data} choice={choice} set={set} />}
    </div>
  );
}
