// Opening, moves and closing as columns: what came and went inside the period is hatched, each column leads to its deals.
import { useState } from 'react';
import { moneyShort, number, signed } from '../base/format';
import { t, type Key } from '../base/i18n';
import { Opens, Records, type Behind } from './behind';
import { dealsHref, type Waterfall } from './figures';
import styles from './analysis.module.css';

const HEIGHT = 190;
const SHOWN = 10;

export const moveText = (key: string) => t(`analysis.move.${key}` as Key);

interface Bar {
  key: string;
  label: string;
  count: number;
  amount: number;
  inside: number;
  low: number;
  high: number;
  kind: 'end' | 'up' | 'down' | 'won';
}

function barsOf(data: Waterfall): Bar[] {
  let level = data.opening.amount;
  const bars: Bar[] = [{ key: 'opening', label: t('analysis.open'), ...data.opening, inside: 0, low: 0, high: level, kind: 'end' }];
  for (const move of data.moves.filter((one) => one.count || one.amount)) {
    const from = level;
    level += move.amount;
    bars.push({ key: move.key, label: moveText(move.key), count: move.count, amount: move.amount, inside: Math.abs(move.inside_amount), low: Math.min(from, level), high: Math.max(from, level), kind: move.key === 'won' ? 'won' : move.amount < 0 ? 'down' : 'up' });
  }
  bars.push({ key: 'closing', label: t('analysis.open'), ...data.closing, inside: 0, low: 0, high: data.closing.amount, kind: 'end' });
  return bars;
}

export function Columns({ data, open, onOpen }: { data: Waterfall; open: string | null; onOpen: (key: string | null) => void }) {
  const bars = barsOf(data);
  const top = Math.max(1, ...bars.map((bar) => bar.high));
  const lowest = Math.min(...bars.filter((bar) => bar.kind !== 'end').map((bar) => bar.low), data.opening.amount, data.closing.amount);
  const base = lowest > top * 0.45 ? lowest - (top - lowest) * 0.45 : 0; // a cut base: ends far larger than what moved
  const y = (value: number) => ((Math.max(value, base) - base) / (top - base || 1)) * HEIGHT;
  return (
    <div className={styles.fall} role="list" aria-label={t('analysis.waterfall')}>
      {bars.map((bar) => {
        const height = Math.max(3, y(bar.high) - y(bar.low));
        const value = bar.kind === 'end' ? moneyShort(bar.amount, data.currency) : signed(bar.amount, (v) => moneyShort(v, data.currency));
        const body = (
          <>
            <span className={styles.fallPlace} style={{ height: HEIGHT + 22 }}>
              <span className={styles.fallValue} style={{ bottom: y(bar.low) + height + 3 }}>{value}</span>
              <span className={styles.fallBar} data-kind={bar.kind} data-cut={(bar.kind === 'end' && base > 0) || undefined} style={{ bottom: y(bar.low), height }}>
                {bar.inside > 0 && <span className={styles.inside} style={{ height: `${Math.min(100, (bar.inside / Math.max(1, Math.abs(bar.amount))) * 100)}%` }} />}
              </span>
            </span>
            <span className="medium cut">{bar.label}</span>
            <span className="small ink3">{t('analysis.deals', { n: bar.count })}</span>
            {bar.inside > 0 && <span className="small ink3">{t('analysis.inside', { sum: moneyShort(bar.inside, data.currency) })}</span>}
          </>
        );
        return (
          <div role="listitem" key={bar.key} className={styles.fallItem}>
            {bar.kind === 'end' ? (
              <Records className={styles.fallColumn} href={dealsHref(bar.key === 'opening' ? data.opening.filter : data.closing.filter)} asOf={bar.key === 'opening' || data.closing.as_of !== data.as_of ? data[bar.key as 'opening'].as_of : undefined}>{body}</Records>
            ) : (
              <button type="button" className={styles.fallColumn} aria-expanded={open === bar.key} onClick={() => onOpen(open === bar.key ? null : bar.key)}>{body}</button>
            )}
          </div>
        );
      })}
    </div>
  );
}

const GROUPS: [string, string[]][] = [
  ['new', ['new']],
  ['valued', ['raised', 'lowered']],
  ['timed', ['pulled_in', 'pushed_out', 'reopened', 'removed']],
  ['handed', ['received', 'handed_over']],
  ['lost', ['lost']],
  ['won', ['won']],
];

/** Who or which team: rows add up to the columns above. */
export function ByTable({ data, by, shown, show, params }: { data: Waterfall; by: string; shown: Behind | null; show: (next: Behind) => void; params: Behind['params'] }) {
  const groups = GROUPS.filter(([, keys]) => [...data.rows.flatMap((row) => row.moves), ...data.moves].some((move) => keys.includes(move.key) && (move.amount || move.count)));
  const sum = (moves: Waterfall['moves'], keys: string[]) => moves.filter((move) => keys.includes(move.key)).reduce((all, move) => all + move.amount, 0);
  const count = (moves: Waterfall['moves'], keys: string[]) => moves.filter((move) => keys.includes(move.key)).reduce((all, move) => all + move.count, 0);
  const cell = (row: { id: number; name: string }, name: string, moves: Waterfall['moves'], keys: string[]) => {
    const n = count(moves, keys);
    const text = n ? signed(sum(moves, keys), (v) => moneyShort(v, data.currency)) : '–';
    const title = `${row.name || t('analysis.noTeam')}: ${t(`analysis.group.${name}` as Key)}`;
    return <td key={name} className="num"><Opens behind={{ key: `${row.id}-${name}`, title, path: '/pipeline/waterfall', params: { ...params, of: row.id ?? 0, move: keys.join(',') } }} shown={shown} show={show} count={n} label={`${title}: ${text}`}>{text}</Opens></td>;
  };
  const short = (value: number) => (value ? moneyShort(value, data.currency) : '–');
  const [isAll, setAll] = useState(false);
  const rows = [...data.rows].sort((a, b) => b.closing.amount - a.closing.amount || b.opening.amount - a.opening.amount);
  if (!rows.length) return <p className="ink3">{t('analysis.noneOpen')}</p>;
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('analysis.table')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t(by === 'team' ? 'analysis.team' : 'analysis.owner')}</th>
            <th className="num">{t('analysis.openThen')}</th>
            {groups.map(([name]) => <th key={name} className="num">{t(`analysis.group.${name}` as Key)}</th>)}
            <th className="num">{t('analysis.openNow')}</th>
            <th className="num">{t('analysis.dealsNow')}</th>
          </tr>
        </thead>
        <tbody>
          {(isAll ? rows : rows.slice(0, SHOWN)).map((row) => (
            <tr key={row.id}>
              <td className="cut">{row.name || t('analysis.noTeam')}</td>
              <td className="num">{short(row.opening.amount)}</td>
              {groups.map(([name, keys]) => cell(row, name, row.moves, keys))}
              <td className="num medium">{short(row.closing.amount)}</td>
              <td className="num">{number(row.closing.count, 0)}</td>
            </tr>
          ))}
          <tr className="total">
            <td>{t('analysis.all')}</td>
            <td className="num">{short(data.opening.amount)}</td>
            {groups.map(([name, keys]) => <td key={name} className="num">{sum(data.moves, keys) ? signed(sum(data.moves, keys), (v) => moneyShort(v, data.currency)) : '–'}</td>)}
            <td className="num">{short(data.closing.amount)}</td>
            <td className="num">{number(data.closing.count, 0)}</td>
          </tr>
        </tbody>
      </table>
      {rows.length > SHOWN && <button type="button" className={`linklike small ${styles.showAll}`} aria-expanded={isAll} onClick={() => setAll(!isAll)}>{isAll ? t('analysis.fewer') : t('analysis.showAll', { n: rows.length })}</button>}
    </div>
  );
}
