// How deals flow: the funnel of those created in the period, cohort by cohort, how fast they go on, and what became of
// velocity month by month.
import { Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Chart, ground, type ChartInks } from '../base/chart';
import { How } from '../base/how';
import { addDays, dayIn, dayPlain, money, moneyShort, number, percent } from '../base/format';
import { t } from '../base/i18n';
import { DealsBehind, Opens, Records, useBehind, type Behind } from './behind';
import { Panel, Split, Wide } from './parts';
import { dealsHref, useFigures, type Choice, type Funnel, type Step, type Velocity } from './figures';
import styles from './analysis.module.css';

export const days = (value: number | null) => (value === null ? '–' : t('analysis.days', { n: Math.round(value) }));
export const share = (value: number | null) => (value === null ? '–' : percent(value));
export const monthText = (day: string) => dayIn(day, { month: 'short', year: 'numeric' });
const between = (step: Step) => (step.onward_low === null || step.onward_high === null ? '' : t('analysis.interval', { low: percent(step.onward_low), high: percent(step.onward_high) }));

/** The last full months and the running one, as days. */
function monthsUntil(day: string | undefined, count: number): string | undefined {
  if (!day) return undefined;
  const first = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() - count + 1);
  return `${first.toISOString().slice(0, 10)}..${day}`;
}

export function FunnelPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Funnel>('/pipeline/funnel', choice);
  const [shown, show] = useBehind();
  const behind = (step: Step, outcome: 'onward' | 'still' | 'lost'): Behind => ({ key: `${step.stage}-${outcome}`, title: `${step.label}: ${t(`analysis.${outcome}`)}`, path: '/pipeline/funnel', params: { step: step.stage, outcome } });
  return (
    <Panel title={t('analysis.funnel')} span={4} reading={reading} sub={reading.data && t('analysis.created', { period: reading.data.period.label })} hint={t('analysis.funnelHint')}>
      {(data) => {
        const whole = data.steps[0]?.entered ?? 0;
        if (!whole) return <p className="ink3">{t('analysis.noneCreated')}</p>;
        return (
          <>
            <p className={styles.lead}><Records href={dealsHref(data.filter)}>{t('analysis.createdCount', { n: whole })}</Records></p>
            <ul className={styles.steps}>
              {data.steps.map((step) => (
                <li key={step.stage} className={styles.step}>
                  <span className="medium cut">{step.label}</span>
                  <Split whole={whole} label={`${step.label}: ${t('analysis.stepSays', { onward: step.onward, still: step.still, lost: step.lost })}`} parts={[{ kind: 'fact', value: step.onward }, { kind: 'still', value: step.still }, { kind: 'lost', value: step.lost }]} />
                  <span className="num"><How says={[t('analysis.knownHint'), between(step)]}><span className="medium">{share(step.onward_share_known)}</span></How></span>
                  <span className={`small ink2 ${styles.outcomes}`}>
                    {(['onward', 'still', 'lost'] as const).map((outcome) => <Opens key={outcome} behind={behind(step, outcome)} shown={shown} show={show} count={step[outcome]}>{number(step[outcome], 0)} {t(`analysis.${outcome}`)}</Opens>)}
                  </span>
                </li>
              ))}
              <li className={styles.legend}><i data-kind="fact" />{t('analysis.onward')}<i data-kind="still" />{t('analysis.still')}<i data-kind="lost" />{t('analysis.lost')}</li>
            </ul>
            {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
          </>
        );
      }}
    </Panel>
  );
}

export function CohortsPanel({ choice, day }: { choice: Choice; day: string | undefined }) {
  const [count, setCount] = useState('12');
  const [shown, show] = useBehind();
  const period = monthsUntil(day, Number(count));
  const reading = useFigures<Funnel>('/pipeline/funnel', { ...choice, period }, { by: Number(count) > 12 ? 'quarter' : 'month' }, !period);
  const isQuarter = Number(count) > 12;
  const name = (one: string) => (isQuarter ? t('analysis.quarterFrom', { month: monthText(one) }) : monthText(one));
  const spanOf = (one: string) => {
    if (!isQuarter) return one.slice(0, 7);
    const end = new Date(`${one}T00:00:00Z`);
    end.setUTCMonth(end.getUTCMonth() + 3);
    const [first, last] = period!.split('..') as [string, string];
    const to = addDays(end.toISOString().slice(0, 10), -1);
    return `${one > first ? one : first}..${to < last ? to : last}`;
  };
  return (
    <Panel title={t('analysis.cohorts')} span={12} reading={reading} sub={t('analysis.cohortsSub')} hint={t('analysis.cohortsHint')}
      end={<Select w={132} aria-label={t('score.months')} value={count} allowDeselect={false} onChange={(value) => setCount(value ?? '12')} data={['6', '12', '24'].map((n) => ({ value: n, label: t('score.monthCount', { n: Number(n) }) }))} />}>
      {(data) => {
        const cohorts = data.cohorts ?? [];
        const steps = data.steps;
        if (!steps[0]?.entered) return <p className="ink3">{t('analysis.noneCreated')}</p>;
        const behind = (cohort: string | null, step: Step, outcome: 'onward' | 'still' | 'lost'): Behind => ({
          key: `${cohort}-${step.stage}-${outcome}`, title: `${cohort ? name(cohort) : t('analysis.all')}, ${step.label}: ${t(`analysis.${outcome}`)}`, path: '/pipeline/funnel', params: { period: cohort ? spanOf(cohort) : period, step: step.stage, outcome },
        });
        const cell = (cohort: string | null, step: Step) => (
          <td key={step.stage} className={`num ${styles.cohort}`} style={step.onward_share_known === null ? undefined : { backgroundImage: `linear-gradient(to right, var(--accent-soft) ${step.onward_share_known * 100}%, transparent 0)` }}>
            <Opens behind={behind(cohort, step, 'onward')} shown={shown} show={show} count={step.onward}
              label={`${cohort ? name(cohort) : t('analysis.all')}, ${step.label}: ${share(step.onward_share_known)} ${between(step)}, ${t('analysis.stepSays', { onward: step.onward, still: step.still, lost: step.lost })}`}>
              <span title={`${between(step)}; ${t('analysis.stepSays', { onward: step.onward, still: step.still, lost: step.lost })}`}>{share(step.onward_share_known)}</span>
            </Opens>
            {step.still > 0 && <> <Opens behind={behind(cohort, step, 'still')} shown={shown} show={show} label={`${cohort ? name(cohort) : t('analysis.all')}, ${step.label}: ${t('analysis.stillCount', { n: step.still })}`}><span className="small ink3">{t('analysis.stillCount', { n: step.still })}</span></Opens></>}
          </td>
        );
        return (
          <>
            <Wide label={t('analysis.cohorts')}>
              <table className="table">
                <thead><tr><th>{t('analysis.createdIn')}</th><th className="num">{t('analysis.dealsNow')}</th>{steps.map((step) => <th key={step.stage} className="num">{step.label}</th>)}<th className="num">{t('analysis.move.won')}</th></tr></thead>
                <tbody>{cohorts.map((one) => (
                  <tr key={one.day}><td>{name(one.day)}</td><td className="num"><Records href={dealsHref(one.filter)} label={`${name(one.day)}: ${one.steps[0]!.entered}`}>{number(one.steps[0]!.entered, 0)}</Records></td>{one.steps.map((step) => cell(one.day, step))}<td className="num medium">{number(one.won, 0)}</td></tr>
                ))}</tbody>
                <tfoot><tr className="total"><td>{t('analysis.all')}</td><td className="num">{number(steps[0].entered, 0)}</td>{steps.map((step) => cell(null, step))}<td className="num">{number(data.won, 0)}</td></tr></tfoot>
              </table>
            </Wide>
            {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
          </>
        );
      }}
    </Panel>
  );
}

/** Velocity of each month with the deals that were open at its end: a line, the running month apart. */
function Months({ data }: { data: Velocity }) {
  const spans = useMemo(() => data.spans ?? [], [data]);
  const option = useMemo(
    () => (inks: ChartInks) => ({
      ...ground(inks),
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { ...(ground(inks).tooltip as object), valueFormatter: (value: unknown) => (typeof value === 'number' ? money(Math.round(value), data.currency) : '–') },
      xAxis: { type: 'category', data: spans.map((one) => monthText(one.day)), axisTick: { show: false }, axisLine: { lineStyle: { color: inks.line } }, axisLabel: { color: inks.ink3 } },
      yAxis: { type: 'value', splitNumber: 3, splitLine: { lineStyle: { color: inks.grid } }, axisLabel: { color: inks.ink3, formatter: (value: number) => moneyShort(value, data.currency) } },
      series: [{ name: t('analysis.perDay'), type: 'bar', barMaxWidth: 26, data: spans.map((one) => ({ value: one.velocity, itemStyle: { color: one.is_complete ? inks.fact : inks.model } })) }],
    }),
    [spans, data.currency],
  );
  const last = [...spans].reverse().find((one) => one.is_complete && one.velocity !== null);
  if (!last) return <p className="ink3">{t('analysis.nothingThere')}</p>;
  return (
    <Chart label={t('analysis.velocityMonths', { sum: money(Math.round(last.velocity!), data.currency), month: monthText(last.day) })} height={190} option={option}
      table={
        <div style={{ overflow: 'auto' }}><table className="table">
          <thead><tr><th>{t('score.month')}</th><th className="num">{t('analysis.perDay')}</th><th className="num">{t('analysis.openAtEnd')}</th><th className="num">{t('analysis.winRate')}</th><th className="num">{t('analysis.averageDeal')}</th><th className="num">{t('analysis.cycle')}</th></tr></thead>
          <tbody>{spans.map((one) => (
            <tr key={one.day}><td>{monthText(one.day)}</td><td className="num medium">{one.velocity === null ? '–' : moneyShort(one.velocity, data.currency)}</td><td className="num">{number(one.pipeline_count, 0)}</td><td className="num">{share(one.win_rate)}</td><td className="num">{one.average_deal === null ? '–' : moneyShort(one.average_deal, data.currency)}</td><td className="num">{days(one.cycle)}</td></tr>
          ))}</tbody>
        </table></div>
      } />
  );
}

export function VelocityPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Velocity>('/pipeline/velocity', choice);
  const period = monthsUntil(reading.data?.day, 12);
  const year = useFigures<Velocity>('/pipeline/velocity', { ...choice, period }, { by: 'month' }, !period);
  return (
    <Panel title={t('analysis.velocity')} span={6} reading={reading} sub={reading.data?.period.label} hint={`${reading.data?.formula ?? ''} ${t('analysis.velocityHint')}`}>
      {(data) => {
        const says = (text: string) => [text, t('score.asOf', { day: dayPlain(data.day) })];
        const tiles: [keyof Velocity['filters'], string, string][] = [
          ['velocity', t('analysis.perDay'), data.velocity === null ? '–' : moneyShort(data.velocity, data.currency)],
          ['pipeline_count', t('analysis.openDeals'), number(data.pipeline_count, 0)],
          ['win_rate', t('analysis.winRate'), share(data.win_rate)],
          ['average_deal', t('analysis.averageDeal'), data.average_deal === null ? '–' : moneyShort(data.average_deal, data.currency)],
          ['cycle', t('analysis.cycle'), days(data.cycle)],
        ];
        return (
          <>
            <dl className={styles.figures}>{tiles.map(([name, label, text]) => (
              <div key={name}><dt><How says={says(t(`analysis.formula.${name}`))}>{label}</How></dt><dd>{text === '–' ? text : <Records href={dealsHref(data.filters[name])} label={`${label}: ${text}`}>{text}</Records>}</dd></div>
            ))}</dl>
            {year.data && <Months data={year.data} />}
            <Wide label={t('analysis.stage')}><table className="table">
              <thead><tr><th>{t('analysis.stage')}</th><th className="num">{t('analysis.onward')}</th><th className="num">{t('analysis.half')}</th><th className="num">{t('analysis.most')}</th></tr></thead>
              <tbody>{data.stages.map((stage) => <tr key={stage.stage}><td>{stage.label}</td><td className="num"><How says={[t('analysis.stepSays', { onward: stage.onward, still: stage.still, lost: stage.lost })]}>{number(stage.onward, 0)}</How></td><td className="num">{days(stage.median_days)}</td><td className="num">{days(stage.most_days)}</td></tr>)}</tbody>
            </table></Wide>
          </>
        );
      }}
    </Panel>
  );
}
