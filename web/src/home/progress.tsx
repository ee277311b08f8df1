// Won so far against the pace of working days and the quota.
import { useMemo } from 'react';
import { Chart, ground, type ChartInks } from '../base/chart';
import { addDays, dayPlain, dayShort, money, moneyShort } from '../base/format';
import { t } from '../base/i18n';
import { num, rowsOf, str, type Brief, type Line } from './brief';

/** From today's sum a band opens to what the last day is likely to bring: invisible floor, band, line in the middle. */
function range(inks: ChartInks, rows: Line[], brief: Brief, [low, middle, high]: [number, number, number]): object[] {
  const at = rows.findLastIndex((row) => str(row, 'day') <= brief.day);
  const won = num(rows[at], 'won');
  if (at < 0 || won === null || at >= rows.length - 1) return [];
  const steps = rows.length - 1 - at;
  const along = (end: number) => rows.map((_, i) => (i < at ? null : won + ((end - won) * (i - at)) / steps));
  const floor = along(low);
  const ceiling = along(high);
  const plain = { type: 'line', symbol: 'none', silent: true };
  return [
    { ...plain, stack: 'range', lineStyle: { opacity: 0 }, tooltip: { show: false }, data: floor },
    { ...plain, stack: 'range', lineStyle: { opacity: 0 }, areaStyle: { color: inks.fact, opacity: 0.14 }, tooltip: { show: false }, data: ceiling.map((value, i) => (value === null ? null : value - floor[i]!)) },
    { ...plain, name: t('home.middle'), lineStyle: { width: 1, type: 'dotted', color: inks.fact }, itemStyle: { color: inks.fact }, data: along(middle) },
  ];
}

export function Progress({ brief, height = 230 }: { brief: Brief; height?: number }) {
  const rows = rowsOf(brief, 'progress');
  const target = num(rows[0], 'target');
  const outlook = rowsOf(brief, 'outlook')[0];
  const [low, middle, high] = [num(outlook, 'low'), num(outlook, 'middle'), num(outlook, 'high')];
  const option = useMemo(
    () => (inks: ChartInks) => ({
      ...ground(inks),
      grid: { left: 4, right: 26, top: 22, bottom: 4, containLabel: true },
      tooltip: { ...(ground(inks).tooltip as object), valueFormatter: (value: unknown) => (typeof value === 'number' ? money(Math.round(value), brief.currency) : '–') },
      xAxis: { type: 'category', data: rows.map((row) => str(row, 'day')), boundaryGap: false, axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: inks.ink3, formatter: (day: string) => dayShort(day), interval: (i: number) => i === 0 || i === Math.floor(rows.length / 2) || i === rows.length - 1 } },
      yAxis: { type: 'value', splitNumber: 3, splitLine: { lineStyle: { color: inks.grid } }, axisLabel: { color: inks.ink3, showMaxLabel: !target, formatter: (value: number) => moneyShort(value, brief.currency) }, max: target ? Math.ceil(Math.max(target, high ?? 0) * 1.06) : undefined },
      series: [
        { name: t('home.won'), type: 'line', step: 'end', symbol: 'none', lineStyle: { width: 2, color: inks.fact }, itemStyle: { color: inks.fact }, data: rows.map((row) => (str(row, 'day') <= brief.day ? num(row, 'won') : null)),
          markLine: target ? { silent: true, symbol: 'none', label: { position: 'insideStartTop', color: inks.ink, formatter: `${t('home.quota')} ${moneyShort(target, brief.currency)}` }, lineStyle: { color: inks.ref, type: 'solid', width: 1 }, data: [{ yAxis: target }] } : undefined },
        ...(high !== null ? range(inks, rows, brief, [low!, middle!, high]) : []),
        ...(target ? [{ name: t('home.pace'), type: 'line', symbol: 'none', lineStyle: { width: 1, type: 'dashed', color: inks.ref }, itemStyle: { color: inks.ref }, data: rows.map((row) => num(row, 'pace')) }] : []),
      ],
    }),
    [rows, target, brief, low, middle, high],
  );
  if (!rows.length) return null;
  const now = rows.filter((row) => str(row, 'day') <= brief.day).at(-1);
  const label = t('home.progressSays', { won: money(Math.round(num(now, 'won') ?? 0), brief.currency), day: dayPlain(brief.day), end: dayPlain(addDays(brief.period.to_day, -1)) });
  return (
    <Chart label={label} height={height} option={option}
      table={
        <div style={{ maxHeight: height, overflow: 'auto' }}>
          <table className="table">
            <thead><tr><th>{t('home.day')}</th><th className="num">{t('home.won')}</th><th className="num">{t('home.pace')}</th></tr></thead>
            <tbody>{rows.filter((row) => str(row, 'day') <= brief.day).map((row) => (
              <tr key={str(row, 'day')}><td>{dayPlain(str(row, 'day'))}</td><td className="num">{money(Math.round(num(row, 'won') ?? 0), brief.currency)}</td><td className="num">{num(row, 'pace') === null ? '–' : money(Math.round(num(row, 'pace')!), brief.currency)}</td></tr>
            ))}</tbody>
          </table>
        </div>
      } />
  );
}
