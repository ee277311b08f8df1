// One person's page: what was brought, how deals were won beside the company's with the same products, each measure's months
// with limits, the way through the stages, the first months. The same for the person and for who leads.
import { useMemo, type ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import { Chart, ground, type ChartInks } from '../base/chart';
import { How } from '../base/how';
import { dayPlain, number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { PersonGoals } from '../home/person_goals';
import { Panel } from './parts';
import { dealsHref, type Funnel } from './figures';
import { WhenChoices } from './performance_page';
import { listHref, measureText, periodText, timesText, useScoreChoice, useScores, valueText, type Measure, type Mix, type Score, type ScoreChoice, type Scores } from './score';
import { intervalText, LargeTrend, RatioBar, ShareBar, twoDigits, verdictText, wholePercent } from './score_parts';
import styles from './score.module.css';

function Card({ title, sub, span, hint, children }: { title: string; sub?: ReactNode; span: number; hint?: string; children: ReactNode }) {
  return (
    <section className="card" style={{ gridColumn: `span ${span}` }} aria-label={title}>
      <div className="card-head"><h2>{title}</h2>{sub && <span className="ink3 cut">{sub}</span>}</div>
      <div className={styles.body}>{children}</div>
      {hint && <p className="small ink3" style={{ padding: '0 16px 12px' }}>{hint}</p>}
    </section>
  );
}

function Figures({ scores, row }: { scores: Scores; row: Score }) {
  return (
    <Card title={t('score.figures')} span={12} sub={periodText(scores)} hint={t('score.legend')}>
      <dl className={styles.facts}>{scores.measures.map((measure) => {
        const href = listHref(measure, row.filters[measure.name]);
        const text = valueText(measure, row.values[measure.name], scores.currency);
        return <div key={measure.name}><dt><How says={[measure.formula, t('score.asOf', { day: dayPlain(scores.day) }), t(scores.view === 'is' ? 'analysis.is' : 'analysis.was')]}>{measureText(measure)}</How></dt><dd>{href ? <Link className="quiet" href={href}>{text}</Link> : text}</dd></div>;
      })}</dl>
    </Card>
  );
}

const rate = (mix: Mix | undefined) => (mix && mix.closed_count ? mix.won_count / mix.closed_count : null);

function Conversion({ scores, row }: { scores: Scores; row: Score }) {
  const one = row.comparison;
  const closed = row.mix.reduce((sum, mix) => sum + mix.closed_count, 0);
  const all = scores.mix.reduce((sum, mix) => sum + mix.closed_count, 0);
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  return (
    <Card title={t('score.conversion')} span={6} sub={t('score.complete')} hint={t('score.conversionHint')}>
      <p className={styles.lead}><span className="medium">{verdictText('comparison', one.verdict)}.</span>{' '}
        <span className="ink2">{t('score.conversionSays', { won: one.won_count, closed: one.closed_count, expected: one.expected_count === null ? '–' : number(one.expected_count, 1) })}</span></p>
      <ul className={styles.rows}>
        <li><span>{t('score.wonOverExpected')}</span><RatioBar ratio={one} label={`${t('score.wonOverExpected')}: ${timesText(one.ratio)}, ${intervalText(one.low, one.high, twoDigits)}`} /><span>{timesText(one.ratio)} <span className="small ink3">{intervalText(one.low, one.high, twoDigits)}</span></span></li>
        <li><span>{t('score.pulledRate')}</span><ShareBar value={one.rate} low={one.rate_low} high={one.rate_high} label={`${t('score.pulledRate')}: ${share(one.rate)}`} /><span>{share(one.rate)} <span className="small ink3">{intervalText(one.rate_low, one.rate_high, wholePercent)}</span></span></li>
      </ul>
      {row.mix.length > 0 && (
        <div className={styles.inner} tabIndex={0} role="group" aria-label={t('score.product')}><table className="table">
          <thead><tr><th>{t('score.product')}</th><th className="num">{t('score.closed')}</th><th className="num">{t('score.ofOwn')}</th><th className="num">{t('score.ofAll')}</th><th className="num">{t('score.m.win_rate')}</th><th className="num">{t('score.company')}</th></tr></thead>
          <tbody>{row.mix.map((mix) => {
            const company = scores.mix.find((other) => other.product === mix.product);
            return (
              <tr key={mix.product ?? 0}>
                <td className="cut"><Link className="quiet" href={dealsHref(`owner=eq.${row.id}&product=${mix.product === null ? 'is.null' : `eq.${mix.product}`}&closed_day=gte.${scores.period.from_day}&closed_day=lt.${scores.period.to_day}`)}>{mix.product_name ?? t('score.noProduct')}</Link></td>
                <td className="num">{number(mix.closed_count, 0)}</td>
                <td className="num">{share(mix.closed_count / closed)}</td>
                <td className="num ink3">{share(company ? company.closed_count / all : null)}</td>
                <td className="num">{share(rate(mix))}</td>
                <td className="num ink3">{share(rate(company))}</td>
              </tr>
            );
          })}</tbody>
        </table></div>
      )}
    </Card>
  );
}

function Stages({ scores, row, choice }: { scores: Scores; row: Score; choice: ScoreChoice }) {
  const period = `${scores.period.from_day}..${scores.day < scores.period.to_day ? scores.day : scores.period.to_day}`;
  const reading = useGet<Funnel>('/pipeline/funnel', { params: { period, view: choice.view }, filter: `owner=eq.${row.id}`, of: ['opportunity', 'stage'], keepOld: true });
  return (
    <Panel title={t('score.stages')} span={6} reading={reading} sub={t('score.stagesSub')} hint={t('score.stagesHint')}>
      {(data) => data.steps.some((step) => step.entered) ? (
        <>
          <ul className={styles.rows}>{data.steps.filter((step) => step.entered).map((step) => (
            <li key={step.stage}>
              <span className="cut">{step.label} <span className="small ink3">{t('analysis.ofEntered', { n: step.onward, all: step.entered })}</span></span>
              <ShareBar value={step.onward_share_known} low={step.onward_low} high={step.onward_high} label={`${step.label}: ${step.onward_share_known === null ? '–' : percent(step.onward_share_known)}, ${intervalText(step.onward_low, step.onward_high, wholePercent)}`} />
              <span>{step.onward_share_known === null ? '–' : percent(step.onward_share_known)} <span className="small ink3">{intervalText(step.onward_low, step.onward_high, wholePercent)}</span></span>
            </li>
          ))}</ul>
          <p className="small"><Link href={dealsHref(data.filter)}>{t('score.stageDeals')}</Link></p>
        </>
      ) : <p className="ink3">{t('analysis.noneCreated')}</p>}
    </Panel>
  );
}

function Pace({ scores, row }: { scores: Scores; row: Score }) {
  const counts = scores.measures.filter((measure) => row.pace[measure.name]);
  const isAdjusted = counts.some((measure) => measure.ramp.length);
  return (
    <Card title={t('score.pace')} span={6} sub={t('score.complete')} hint={`${t('score.paceHint')} ${t(isAdjusted ? 'score.rampTaken' : 'score.rampNot')}`}>
      <ul className={styles.rows}>{counts.map((measure) => {
        const one = row.pace[measure.name]!;
        return (
          <li key={measure.name}>
            <span className="cut">{measureText(measure)} <span className="small ink3">{t('score.ofExpected', { n: number(one.observed_count, 0), all: one.expected_count === null ? '–' : number(one.expected_count, 0) })}</span></span>
            <RatioBar ratio={one} label={`${measureText(measure)}: ${timesText(one.ratio)}, ${intervalText(one.low, one.high, twoDigits)}`} />
            <span>{timesText(one.ratio)} <span className="small ink3">{intervalText(one.low, one.high, twoDigits)}</span></span>
          </li>
        );
      })}</ul>
      <p className={styles.axis}><span>¼ ×</span><span>{t('score.asCompany')}</span><span>4 ×</span></p>
    </Card>
  );
}

function Changes({ scores, row }: { scores: Scores; row: Score }) {
  const rows = scores.measures.filter((measure) => row.changes[measure.name]);
  return (
    <Card title={t('score.changes')} span={6} sub={t('score.changesSub', { n: scores.budget.recent_months })} hint={t('score.changesHint', { share: percent(scores.budget.share / 2, 1), n: scores.budget.changed_count })}>
      <table className="table">
        <thead><tr><th>{t('score.measure')}</th><th className="num">{t('score.was')}</th><th className="num">{t('score.expected')}</th><th>{t('score.says')}</th></tr></thead>
        <tbody>{rows.map((measure) => {
          const one = row.changes[measure.name]!;
          return (
            <tr key={measure.name}>
              <td>{measure.limits === 'rate' ? t('score.winsOfClosed') : measureText(measure)}</td>
              <td className="num">{number(one.observed_count, 0)}</td>
              <td className="num">{one.expected_count === null ? '–' : number(one.expected_count, 1)}</td>
              <td className={one.verdict === 'above' || one.verdict === 'below' ? 'medium' : 'ink3'}>{t(`score.changeIs.${one.verdict}` as Key)}</td>
            </tr>
          );
        })}</tbody>
      </table>
    </Card>
  );
}

function Ramp({ measure, row, scores }: { measure: Measure; row: Score; scores: Scores }) {
  const since = row.months_since_hire;
  const option = useMemo(
    () => (inks: ChartInks) => ({
      ...ground(inks),
      tooltip: { ...(ground(inks).tooltip as object), valueFormatter: (value: unknown) => (typeof value === 'number' ? percent(value) : '–') },
      xAxis: { type: 'category', data: measure.ramp.map((_, i) => i + 1), axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: inks.ink3 } },
      yAxis: { type: 'value', min: 0, max: 1, splitNumber: 2, splitLine: { lineStyle: { color: inks.grid } }, axisLabel: { color: inks.ink3, formatter: (value: number) => percent(value) } },
      series: [{ name: t('score.rampShare'), type: 'line', symbol: 'circle', showAllSymbol: true, lineStyle: { width: 2, color: inks.model }, itemStyle: { color: inks.model },
        symbolSize: (_: unknown, p: { dataIndex: number }) => (p.dataIndex === since ? 12 : 4), data: measure.ramp.map((one, i) => ({ value: one.share, itemStyle: { color: i === since ? inks.fact : inks.model } })) }],
    }),
    [measure, since],
  );
  const place = since === null ? t('score.hireUnknown') : since < measure.ramp.length ? t('score.inRamp', { n: since + 1, share: percent(measure.ramp[since]!.share) }) : t('score.pastRamp', { n: since });
  return (
    <Card title={t('score.ramp')} span={12} sub={measureText(measure)} hint={measure.ramp.length ? t('score.rampHint') : undefined}>
      <p className={styles.lead}>{measure.ramp.length ? place : t('score.rampNot')} {row.is_new && t('score.isNewSays', { n: Math.max(scores.budget.new_months, measure.ramp.length) })}</p>
      {measure.ramp.length > 0 && (
        <Chart label={`${t('score.ramp')}: ${place}`} height={150} option={option}
          table={<table className="table"><thead><tr><th className="num">{t('score.rampMonth')}</th><th className="num">{t('score.rampShare')}</th><th className="num">{t('score.people')}</th></tr></thead><tbody>{measure.ramp.map((one, i) => <tr key={i}><td className="num">{i + 1}</td><td className="num">{percent(one.share)}</td><td className="num">{number(one.people, 0)}</td></tr>)}</tbody></table>} />
      )}
    </Card>
  );
}

export default function PersonPage() {
  const { id } = useParams<{ id: string }>();
  const [choice, set] = useScoreChoice();
  const { data, error, refetch } = useScores(`/performance/${id}`, choice);
  const row = data?.rows[0];
  const wins = data?.measures.find((measure) => measure.name === 'won_count');
  useTitle(row ? `${row.name}: ${t('score.title')}` : t('score.title'));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{row?.name ?? t('score.title')}</h1>
        {data && row && <span className="ink3">{row.months_since_hire === null ? '' : `${t('score.since', { n: row.months_since_hire })}, `}{t('score.asOf', { day: dayPlain(data.day) })}</span>}
        <div className="actions">
          {data?.is_leading && <Link className="small" href="/performance">{t('score.allCards')}</Link>}
          <WhenChoices choice={choice} set={set} />
        </div>
      </header>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={8} height={64} /> : !row ? <Empty title={t('score.noCard')}>{t('score.noCardHelp')}</Empty> : (
        <div className="grid12">
          <Figures scores={data} row={row} />
          <PersonGoals user={row.id} />
          <Conversion scores={data} row={row} />
          <div className={styles.stack}>
            <Stages scores={data} row={row} choice={choice} />
            <Pace scores={data} row={row} />
          </div>
          {data.measures.map((measure) => (
            <Card key={measure.name} title={measureText(measure)} span={6} sub={t(measure.limits !== 'none' && !row.trend[measure.name]!.high.some((value) => value !== null) ? 'score.noLimits' : (`score.lawShort.${measure.limits}` as Key))}>
              <LargeTrend scores={data} measure={measure} row={row} others={data.band?.[measure.name]?.mid} />
            </Card>
          ))}
          <Changes scores={data} row={row} />
          {wins && <Ramp measure={wins} row={row} scores={data} />}
        </div>
      )}
    </div>
  );
}
