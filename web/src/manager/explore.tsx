// Any measure by one dimension or two, with the records behind every cell; the address keeps the question.
import { Button, Select } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSearchParams } from 'wouter';
import { How } from '../base/how';
import { saveCsv } from '../base/csv';
import { dayIn, dayPlain } from '../base/format';
import { t, type Key } from '../base/i18n';
import { Records } from './behind';
import { useFigures, type Choice, type Ground } from './figures';
import { Panel, Split } from './parts';
import { figure, useMeasures, type Measure } from './standings';
import styles from './analysis.module.css';

interface Cell {
  values: Record<string, number | null>;
  filters: Record<string, string | null>;
}
interface Answer extends Ground {
  by: string[];
  measures: Measure[];
  rows: (Cell & { keys: { id?: number | null; name?: string | null; day?: string }[] })[];
  total: Cell;
}

const isTime = (by: string | undefined) => by !== undefined && /^(month|quarter|week|day)$/.test(by);

function keyText(key: Answer['rows'][number]['keys'][number] | undefined, by: string | undefined): string {
  if (!key) return '';
  if (key.day) return by === 'month' ? dayIn(key.day, { month: 'short', year: 'numeric' }) : dayPlain(key.day);
  return key.name ?? t(key.id ? 'analysis.hidden' : 'analysis.none');
}

function useQuestion(): [{ m: string; by: string; then: string }, (part: Partial<{ m: string; by: string; then: string }>) => void] {
  const [search, setSearch] = useSearchParams();
  const question = { m: search.get('m') ?? 'won', by: search.get('g') ?? 'month', then: search.get('h') ?? '' };
  const ask = (part: Partial<typeof question>) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      const all = { ...question, ...part };
      for (const [name, value] of [['m', all.m], ['g', all.by], ['h', all.then]] as const) if (value) next.set(name, value);
        else next.delete(name);
      return next;
    }, { replace: true });
  return [question, ask];
}

function Value({ cell, measure, data, label }: { cell: Cell | undefined; measure: Measure; data: Answer; label: string }) {
  const value = cell?.values[measure.name];
  const filter = cell?.filters[measure.name];
  const text = value === null || value === undefined ? '–' : figure(value, measure.unit, data.currency, true);
  return filter !== null && filter !== undefined && measure.records && text !== '–' ? <Records href={`/${measure.records}?${filter}`} label={`${label}: ${text}`}>{text}</Records> : <>{text}</>;
}

function One({ data, measure }: { data: Answer; measure: Measure }) {
  const values = data.rows.map((row) => row.values[measure.name] ?? 0);
  const top = Math.max(1e-9, ...values.map(Math.abs));
  const rows = isTime(data.by[0]) ? data.rows : [...data.rows].sort((a, b) => (b.values[measure.name] ?? -Infinity) - (a.values[measure.name] ?? -Infinity));
  return (
    <ul className={`${styles.steps} ${styles.answers}`}>
      {rows.map((row, i) => (
        <li key={i}>
          <span className="cut">{keyText(row.keys[0], data.by[0])}</span>
          <Split whole={top} label={keyText(row.keys[0], data.by[0])} parts={[{ kind: 'fact', value: Math.max(0, row.values[measure.name] ?? 0) }]} />
          <span className="num"><Value cell={row} measure={measure} data={data} label={keyText(row.keys[0], data.by[0])} /></span>
        </li>
      ))}
      <li className={styles.sum}><span className="medium">{t('analysis.all')}</span><span /><span className="num medium"><Value cell={data.total} measure={measure} data={data} label={t('analysis.all')} /></span></li>
    </ul>
  );
}

function Two({ data, measure }: { data: Answer; measure: Measure }) {
  const text = (row: Answer['rows'][number], at: number) => keyText(row.keys[at], data.by[at]);
  const place = (row: Answer['rows'][number], at: number) => row.keys[at]?.day ?? String(row.keys[at]?.id ?? '');
  const seen = (at: number) => [...new Map(data.rows.map((row) => [place(row, at), text(row, at)]))];
  const heads = isTime(data.by[1]) ? seen(1).sort(([a], [b]) => a.localeCompare(b)) : seen(1);
  const cells = new Map(data.rows.map((row) => [`${place(row, 0)}|${place(row, 1)}`, row]));
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('analysis.explore')}>
      <table className="table">
        <thead><tr><th>{t(`analysis.dim.${data.by[0]}` as Key)}</th>{heads.map(([key, name]) => <th key={key} className="num">{name}</th>)}</tr></thead>
        <tbody>{seen(0).map(([key, name]) => (
          <tr key={key}><td className="cut">{name}</td>{heads.map(([head, other]) => <td key={head} className="num"><Value cell={cells.get(`${key}|${head}`)} measure={measure} data={data} label={`${name}, ${other}`} /></td>)}</tr>
        ))}</tbody>
        <tfoot><tr className="total"><td>{t('analysis.all')}</td><td className="num" colSpan={heads.length}><Value cell={data.total} measure={measure} data={data} label={t('analysis.all')} /></td></tr></tfoot>
      </table>
    </div>
  );
}

const download = (data: Answer, measure: Measure) =>
  saveCsv(`${measure.name} ${data.period.label}`, [[...data.by, measure.name], ...data.rows.map((row) => [...row.keys.map((key, i) => keyText(key, data.by[i])), row.values[measure.name]])]);

export function ExplorePanel({ choice }: { choice: Choice }) {
  const [{ m, by, then }, ask] = useQuestion();
  const measures = useMeasures().data?.rows ?? [];
  const measure = measures.find((one) => one.name === m);
  const may = measure?.dimensions ?? [];
  const first = may.includes(by) ? by : (may[0] ?? 'owner');
  const second = then && may.includes(then) && then !== first ? then : '';
  const reading = useFigures<Answer>('/measures/query', choice, { measure: m, by: second ? `${first},${second}` : first }, !measure);
  const dims = (list: string[]) => list.map((name) => ({ value: name, label: t(`analysis.dim.${name}` as Key) }));
  return (
    <Panel title={t('analysis.explore')} span={12} reading={reading} sub={reading.data?.period.label}
      end={reading.data && measure && <Button variant="subtle" leftSection={<IconDownload size={15} stroke={1.6} aria-hidden />} onClick={() => download(reading.data!, measure)}>{t('score.csv')}</Button>}
      hint={measure?.formula}
      before={
        <div className={styles.question}>
          <Select w={230} label={t('score.measure')} value={m} searchable allowDeselect={false} data={measures.map((one) => ({ value: one.name, label: one.label }))} onChange={(value) => ask({ m: value ?? 'won' })} />
          <Select w={150} label={t('analysis.by')} value={first} allowDeselect={false} data={dims(may)} onChange={(value) => ask({ by: value ?? 'owner' })} />
          <Select w={150} label={t('analysis.then')} value={second} allowDeselect={false} data={[{ value: '', label: t('analysis.nothingElse') }, ...dims(may.filter((one) => one !== first))]} onChange={(value) => ask({ then: value ?? '' })} />
        </div>
      }>
      {(data) => {
        const told = data.measures[0]!;
        if (!data.rows.length) return <p className="ink3">{t('analysis.nothingThere')}</p>;
        return (
          <>
            <p className="small ink3"><How says={[told.formula, t('score.asOf', { day: dayPlain(data.day) }), t(data.view === 'is' ? 'analysis.is' : 'analysis.was')]}>{told.label}</How></p>
            {data.by.length > 1 ? <Two data={data} measure={told} /> : <One data={data} measure={told} />}
          </>
        );
      }}
    </Panel>
  );
}
