// Pieces of the scorecards: months within their limits, small and large; a figure with its interval; what is said of whom.
import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { Chart, ground, type ChartInks } from '../base/chart';
import { saveCsv } from '../base/csv';
import { t, type Key } from '../base/i18n';
import { number, percent } from '../base/format';
import { limitText, listHref, marksOf, measureText, monthShort, monthText, valueText, type Measure, type Num, type Ratio, type Score, type Scores, type Trend, type Verdict } from './score';
import styles from './score.module.css';

const WIDTH = 300;
const HEIGHT = 84;
const LEFT = 6;
const RIGHT = 44;
const TOP = 8;
const BOTTOM = 16;

type Point = [number, number];
const pathOf = (points: (Point | null)[]) => points.map((p, i) => (p ? `${i === 0 || !points[i - 1] ? 'M' : 'L'}${p[0].toFixed(1)} ${p[1].toFixed(1)}` : '')).join('');
const isThere = (value: Num): value is number => value !== null;

export function trendText(scores: Scores, measure: Measure, trend: Trend): string {
  const last = scores.months.findLastIndex((month, i) => month.is_complete && isThere(trend.values[i] ?? null));
  if (last < 0) return t('score.noMonths', { measure: measureText(measure) });
  const says = t('score.monthSays', { measure: measureText(measure), month: monthText(scores.months[last]!.day), value: valueText(measure, trend.values[last], scores.currency) });
  const usual = isThere(trend.low[last] ?? null) ? t('score.usualSays', { low: limitText(measure, trend.low[last], false, scores.currency), high: limitText(measure, trend.high[last], true, scores.currency) }) : t('score.noLimits');
  return `${says}; ${usual}`;
}

/** The largest of all rows, so that small charts beside each other can be compared. */
export function topOf(scores: Scores, measure: Measure): number {
  const values = scores.rows.flatMap((row) => [...(row.trend[measure.name]?.values ?? []), ...(row.trend[measure.name]?.high ?? [])]).filter(isThere);
  const top = Math.max(...values, 0);
  return measure.unit === 'share' && measure.limits === 'rate' ? Math.min(1, top) : top;
}

/** Small: limits as a band with their ends told, what was expected, the months. */
export function SmallTrend({ scores, measure, trend, top }: { scores: Scores; measure: Measure; trend: Trend; top: number }) {
  const count = scores.months.length;
  const x = (i: number) => LEFT + (i * (WIDTH - LEFT - RIGHT)) / Math.max(1, count - 1);
  const y = (value: number) => TOP + (1 - Math.min(1, value / (top || 1))) * (HEIGHT - TOP - BOTTOM);
  const at = (values: Num[]) => values.map((value, i): Point | null => (isThere(value) ? [x(i), y(value)] : null));
  const low = at(trend.low);
  const high = at(trend.high);
  const inBand = scores.months.map((_, i) => i).filter((i) => low[i] && high[i]);
  const last = inBand.at(-1);
  const values = at(trend.values);
  return (
    <svg className={styles.small} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={trendText(scores, measure, trend)}>
      {inBand.length > 1 && <path className={styles.band} d={`${pathOf(inBand.map((i) => high[i]!))}${inBand.toReversed().map((i) => `L${low[i]![0]} ${low[i]![1]}`).join('')}Z`} />}
      <path className={styles.limit} d={pathOf(high) + pathOf(low)} />
      <path className={styles.expected} d={pathOf(at(trend.expected))} />
      <path className={styles.line} d={pathOf(values)} />
      {values.map((point, i) => point && <circle key={i} className={styles.dot} data-outside={trend.outside.includes(i) || undefined} data-running={!scores.months[i]!.is_complete || undefined} cx={point[0]} cy={point[1]} r={trend.outside.includes(i) ? 4 : 2.2} />)}
      {last !== undefined && (
        <>
          <text x={WIDTH - RIGHT + 6} y={high[last]![1] + 3}>{limitText(measure, trend.high[last], true, scores.currency)}</text>
          {low[last]![1] - high[last]![1] > 11 && <text x={WIDTH - RIGHT + 6} y={low[last]![1] + 3}>{limitText(measure, trend.low[last], false, scores.currency)}</text>}
        </>
      )}
      {scores.months.map((month, i) => (i === 0 || i === count - 1 || (count > 8 && i === Math.floor(count / 2))) && <text key={i} x={x(i)} y={HEIGHT - 3} textAnchor={i === 0 ? 'start' : i === count - 1 ? 'end' : 'middle'}>{monthShort(month.day)}</text>)}
    </svg>
  );
}

/** Large, with the table of its months: each figure leads to its records. */
export function LargeTrend({ scores, measure, row, others }: { scores: Scores; measure: Measure; row: Score; others?: Num[] }) {
  const trend = row.trend[measure.name]!;
  const text = (value: Num | undefined) => valueText(measure, value, scores.currency);
  const option = useMemo(
    () => (inks: ChartInks) => {
      const line = (name: string, data: Num[], more: object) => ({ name, type: 'line', symbol: 'none', data, ...more });
      const hasLimits = trend.high.some(isThere);
      const gap = trend.high.map((high, i) => (isThere(high) && isThere(trend.low[i] ?? null) ? high - trend.low[i]! : null));
      return {
        ...ground(inks),
        tooltip: { ...(ground(inks).tooltip as object), formatter: (rows: { dataIndex: number }[]) => tipOf(scores, measure, trend, others, rows[0]!.dataIndex) },
        xAxis: { type: 'category', data: scores.months.map((month) => month.day), boundaryGap: false, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: inks.ink3, formatter: (day: string) => monthShort(day) } },
        yAxis: { type: 'value', splitNumber: 3, min: 0, splitLine: { lineStyle: { color: inks.grid } }, axisLabel: { color: inks.ink3, formatter: (value: number) => text(value) } },
        series: [
          ...(hasLimits ? [
            line('low', trend.low, { stack: 'band', lineStyle: { width: 1, color: inks.model, opacity: 0.6 }, silent: true }),
            line('band', gap, { stack: 'band', lineStyle: { width: 1, color: inks.model, opacity: 0.6 }, areaStyle: { color: inks.band, opacity: 0.7 }, silent: true }),
            line(t('score.expected'), trend.expected, { lineStyle: { width: 1, type: 'dashed', color: inks.ref } }),
          ] : []),
          ...(others?.some(isThere) ? [line(t('score.others'), others, { lineStyle: { width: 1, type: 'dotted', color: inks.ink3 } })] : []),
          line(measureText(measure), trend.values, {
            lineStyle: { width: 2, color: inks.fact }, itemStyle: { color: inks.fact }, symbol: 'circle', symbolSize: (_: unknown, p: { dataIndex: number }) => (trend.outside.includes(p.dataIndex) ? 10 : 5), showAllSymbol: true,
            data: trend.values.map((value, i) => ({ value, itemStyle: trend.outside.includes(i) ? { color: inks.surface, borderColor: inks.down, borderWidth: 2 } : { color: inks.fact, opacity: scores.months[i]!.is_complete ? 1 : 0.45 } })),
          }),
        ],
      };
    },
    [scores, measure, trend, others],
  );
  return (
    <Chart label={trendText(scores, measure, trend)} height={190} option={option}
      table={
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={measureText(measure)}>
          <table className="table">
            <thead><tr><th>{t('score.month')}</th><th className="num">{measureText(measure)}</th><th className="num">{t('score.expected')}</th><th className="num">{t('score.limits')}</th><th className="num">{t('score.others')}</th></tr></thead>
            <tbody>{scores.months.map((month, i) => {
              const href = listHref(measure, trend.filters?.[i]);
              return (
                <tr key={month.day}>
                  <td>{monthText(month.day)}{!month.is_complete && <span className="ink3"> {t('score.running')}</span>}</td>
                  <td className="num">{href ? <Link className="quiet" href={href}>{text(trend.values[i])}</Link> : text(trend.values[i])}{trend.outside.includes(i) && <span className="warn"> {t('score.isOutside')}</span>}</td>
                  <td className="num">{text(trend.expected[i])}</td>
                  <td className="num">{isThere(trend.low[i] ?? null) ? `${limitText(measure, trend.low[i], false, scores.currency)} – ${limitText(measure, trend.high[i], true, scores.currency)}` : '–'}</td>
                  <td className="num">{text(others?.[i])}</td>
                </tr>
              );
            })}</tbody>
          </table>
          <button type="button" className="linklike small" onClick={() => saveCsv(`${row.name} ${measure.name}`, [['month', measure.name, 'expected', 'low', 'high', 'others'], ...scores.months.map((month, i) => [month.day, trend.values[i], trend.expected[i], trend.low[i], trend.high[i], others?.[i]])])}>{t('score.csv')}</button>
        </div>
      } />
  );
}

const escape = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function tipOf(scores: Scores, measure: Measure, trend: Trend, others: Num[] | undefined, i: number): string {
  const text = (value: Num | undefined) => escape(valueText(measure, value, scores.currency));
  const lines = [`<b>${escape(monthText(scores.months[i]!.day))}</b>`, `${escape(measureText(measure))}: ${text(trend.values[i])}`];
  if (isThere(trend.expected[i] ?? null)) lines.push(`${escape(t('score.expected'))}: ${text(trend.expected[i])}`, `${escape(t('score.limits'))}: ${escape(limitText(measure, trend.low[i], false, scores.currency))} – ${escape(limitText(measure, trend.high[i], true, scores.currency))}`);
  if (isThere(others?.[i] ?? null)) lines.push(`${escape(t('score.others'))}: ${text(others![i])}`);
  return lines.join('<br>');
}

/** A ratio to what was expected, on a scale of a quarter to four times, with its interval. */
export function RatioBar({ ratio, label }: { ratio: Pick<Ratio, 'ratio' | 'low' | 'high'>; label: string }) {
  const at = (value: number) => `${((Math.log2(Math.max(0.25, Math.min(4, value))) + 2) / 4) * 100}%`;
  if (!isThere(ratio.ratio) || !isThere(ratio.low) || !isThere(ratio.high)) return <span className={styles.ratio} role="img" aria-label={label} />;
  return (
    <span className={styles.ratio} role="img" aria-label={label}>
      <i className={styles.one} />
      <i className={styles.span} style={{ insetInlineStart: at(ratio.low), insetInlineEnd: `calc(100% - ${at(ratio.high)})` }} />
      <i className={styles.mark} style={{ insetInlineStart: at(ratio.ratio) }} />
    </span>
  );
}

/** A share between 0 and 1 with its interval. */
export function ShareBar({ value, low, high, label }: { value: Num; low: Num; high: Num; label: string }) {
  if (!isThere(value) || !isThere(low) || !isThere(high)) return <span className={styles.ratio} role="img" aria-label={label} />;
  return (
    <span className={styles.ratio} data-share role="img" aria-label={label}>
      <i className={styles.span} style={{ insetInlineStart: percentOf(low), insetInlineEnd: percentOf(1 - high) }} />
      <i className={styles.mark} style={{ insetInlineStart: percentOf(value) }} />
    </span>
  );
}
const percentOf = (value: number) => `${value * 100}%`;

export const intervalText = (low: Num, high: Num, text: (value: number) => string) => (isThere(low) && isThere(high) ? `${text(low)} – ${text(high)}` : '–');
export const twoDigits = (value: number) => number(value, 2);
export const wholePercent = (value: number) => percent(value);

export const verdictText = (kind: 'comparison' | 'change', verdict: Verdict, measure?: string) =>
  kind === 'comparison' ? t(`score.comparison.${verdict}` as Key) : t(`score.change.${verdict}` as Key, { measure: measure ? t(`score.m.${measure}` as Key) : '' });

/** What is said of somebody; nothing where chance explains it. */
export function Marks({ row, children }: { row: Score; children?: ReactNode }) {
  const marks = marksOf(row);
  if (!marks.length) return <span className="small ink3">{children}</span>;
  return (
    <span className={styles.marks}>
      {marks.map((mark) => <span key={mark.key} className={styles.mark2} data-verdict={mark.verdict}>{verdictText(mark.key === 'comparison' ? 'comparison' : 'change', mark.verdict, mark.measure)}</span>)}
    </span>
  );
}
