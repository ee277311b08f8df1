// Pipeline analysis: what changed between two instants, where deals stand still, how they flow, why they are lost, and what
// wants tidying. Every figure leads to its deals; the time machine and both views work on all of it.
import { useState } from 'react';
import { Link } from 'wouter';
import { addDays, dayPlain, dayShort, money, moneyShort, number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { useTitle } from '../base/title';
import { Choices, Panel, Split } from './parts';
import { dealsHref, useChoice, useFigures, type Ageing, type Choice, type Funnel, type Hygiene, type Reasons, type Risk, type Slippage, type Velocity, type Waterfall } from './figures';
import { ByTable, Columns, MovedDeals } from './waterfall';
import styles from './analysis.module.css';

const days = (value: number | null) => (value === null ? '–' : t('analysis.days', { n: Math.round(value) }));
const share = (value: number | null) => (value === null ? '–' : percent(value));

/** The waterfall of the period chosen, until its end or the instant that is looked at. */
function useChanges(choice: Choice) {
  const ground = useFigures<Velocity>('/pipeline/velocity', choice); // says which days the period has
  const from = ground.data?.period.from_day;
  const last = ground.data && addDays(ground.data.period.to_day, -1);
  const to = last && ground.data && last <= ground.data.day ? last : undefined;
  const reading = useFigures<Waterfall>('/pipeline/waterfall', { team: choice.team, view: choice.view }, { from, to, by: choice.by ?? 'owner' }, !from);
  return { from, to, reading };
}

function Changes({ choice }: { choice: Choice }) {
  const [open, setOpen] = useState<string | null>(null);
  const { from, to, reading } = useChanges(choice);
  return (
    <Panel title={t('analysis.waterfall')} span={8} reading={reading} sub={from && reading.data && `${dayShort(from)} – ${dayShort(to ?? reading.data.day)}`} hint={t('analysis.waterfallHint')}>
      {(data) => (
        <>
          <Columns data={data} open={open} onOpen={setOpen} />
          {open && <MovedDeals choice={{ team: choice.team, view: choice.view }} move={open} from={from} to={to} />}
        </>
      )}
    </Panel>
  );
}

function ByPanel({ choice }: { choice: Choice }) {
  const by = choice.by ?? 'owner';
  const { reading } = useChanges(choice);
  return (
    <Panel title={t(by === 'team' ? 'analysis.byTeam' : 'analysis.byOwner')} span={12} reading={reading} sub={t('analysis.bySays')}>
      {(data) => <ByTable data={data} by={by} />}
    </Panel>
  );
}

function FunnelPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Funnel>('/pipeline/funnel', choice);
  return (
    <Panel title={t('analysis.funnel')} span={4} reading={reading} sub={reading.data && t('analysis.created', { period: reading.data.period.label })} hint={t('analysis.funnelHint')}>
      {(data) => {
        const whole = data.steps[0]?.entered ?? 0;
        if (!whole) return <p className="ink3">{t('analysis.noneCreated')}</p>;
        return (
          <ul className={styles.steps}>
            {data.steps.map((step) => (
              <li key={step.stage}>
                <span className="cut"><span className="medium">{step.label}</span> <span className="small ink3">{t('analysis.ofEntered', { n: step.onward, all: step.entered })}</span></span>
                <Split whole={whole} label={`${step.label}: ${t('analysis.stepSays', { onward: step.onward, still: step.still, lost: step.lost })}`} parts={[{ kind: 'fact', value: step.onward }, { kind: 'still', value: step.still }, { kind: 'lost', value: step.lost }]} />
                <span className="num medium" title={t('analysis.knownHint')}>{share(step.onward_share_known)}</span>
              </li>
            ))}
            <li className={styles.legend}><i data-kind="fact" />{t('analysis.onward')}<i data-kind="still" />{t('analysis.still')}<i data-kind="lost" />{t('analysis.lost')}</li>
          </ul>
        );
      }}
    </Panel>
  );
}

function VelocityPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Velocity>('/pipeline/velocity', choice);
  return (
    <Panel title={t('analysis.velocity')} span={6} reading={reading} sub={reading.data?.period.label} hint={reading.data?.formula}>
      {(data) => (
        <>
          <dl className={styles.figures}>
            <div><dt>{t('analysis.perDay')}</dt><dd>{data.velocity === null ? '–' : moneyShort(data.velocity, data.currency)}</dd></div>
            <div><dt>{t('analysis.openDeals')}</dt><dd>{number(data.pipeline_count, 0)}</dd></div>
            <div><dt>{t('analysis.winRate')}</dt><dd>{share(data.win_rate)}</dd></div>
            <div><dt>{t('analysis.averageDeal')}</dt><dd>{data.average_deal === null ? '–' : moneyShort(data.average_deal, data.currency)}</dd></div>
            <div><dt>{t('analysis.cycle')}</dt><dd>{days(data.cycle)}</dd></div>
          </dl>
          <table className="table">
            <thead><tr><th>{t('analysis.stage')}</th><th className="num">{t('analysis.onward')}</th><th className="num">{t('analysis.half')}</th><th className="num">{t('analysis.most')}</th></tr></thead>
            <tbody>{data.stages.map((stage) => <tr key={stage.stage}><td>{stage.label}</td><td className="num">{number(stage.onward, 0)}</td><td className="num">{days(stage.median_days)}</td><td className="num">{days(stage.most_days)}</td></tr>)}</tbody>
          </table>
        </>
      )}
    </Panel>
  );
}

function AgeingPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Ageing>('/pipeline/ageing', choice);
  return (
    <Panel title={t('analysis.ageing')} span={6} reading={reading} sub={t('analysis.ageingSub')} hint={t('analysis.ageingHint')}>
      {(data) => (
        <>
          <table className="table">
            <thead><tr><th>{t('analysis.stage')}</th><th className="num">{t('analysis.openDeals')}</th><th className="num">{t('analysis.median')}</th><th className="num">{t('analysis.usual')}</th><th className="num">{t('analysis.over')}</th></tr></thead>
            <tbody>{data.stages.map((stage) => (
              <tr key={stage.stage}>
                <td><Link className="quiet" href={dealsHref(stage.filter)}>{stage.label}</Link></td>
                <td className="num">{number(stage.count, 0)}</td>
                <td className="num">{days(stage.median_days)}</td>
                <td className="num" title={t('analysis.usualOf', { n: stage.usual_count })}>{days(stage.usual_days)}</td>
                <td className="num">{stage.over_count ? <span className="warn">{number(stage.over_count, 0)} · {moneyShort(stage.over_amount, data.currency)}</span> : '–'}</td>
              </tr>
            ))}</tbody>
          </table>
          <ul className={`lines ${styles.tight}`}>{data.deals.slice(0, 5).map((deal) => (
            <li key={deal.id} className={styles.dealLine}>
              <Link className="cut quiet medium" href={`/opportunities/${deal.id}`}>{deal.name}</Link>
              <span className="cut ink3">{deal.owner_name}, {deal.stage_label}</span>
              <span className="num">{t('analysis.daysOf', { n: deal.days, usual: deal.usual_days })}</span>
            </li>
          ))}</ul>
        </>
      )}
    </Panel>
  );
}

function RiskPanel({ choice }: { choice: Choice }) {
  const [reason, setReason] = useState<string | null>(null);
  const reading = useFigures<Risk>('/pipeline/risk', choice, { reason: reason ?? undefined });
  const why = (one: Risk['rows'][number]['reasons'][number]) => t(`analysis.risk.${one.key}` as Key, { n: one.days ?? one.times ?? 0, usual: one.usual_days ?? 0 });
  return (
    <Panel title={t('analysis.riskTitle')} span={8} reading={reading} sub={reading.data && t('analysis.sumOf', { n: reading.data.count, sum: moneyShort(reading.data.amount, reading.data.currency) })} hint={t('analysis.riskHint')}>
      {(data) => (
        <>
          <div className={styles.chips} role="group" aria-label={t('analysis.reasons')}>
            {data.reasons.filter((one) => one.count).map((one) => (
              <button key={one.key} type="button" className={styles.chip} aria-pressed={reason === one.key} onClick={() => setReason(reason === one.key ? null : one.key)}>{t(`analysis.riskName.${one.key}` as Key)} <span className="ink3">{number(one.count, 0)}</span></button>
            ))}
          </div>
          {!data.rows.length && <p className="ink3">{t('analysis.noRisk')}</p>}
          <ul className={`lines ${styles.tight}`}>{data.rows.slice(0, 12).map((deal) => (
            <li key={deal.id} className={styles.riskLine}>
              <Link className="cut quiet medium" href={`/opportunities/${deal.id}`}>{deal.name}</Link>
              <span className="cut ink3">{deal.owner_name}</span>
              <span className="num">{money(Math.round(deal.amount), data.currency)}</span>
              <span className="cut ink2" title={deal.reasons.map(why).join(', ')}>{deal.reasons.map(why).join(', ')}</span>
            </li>
          ))}</ul>
          {data.rows.length + data.more_count > 12 && <p className="small ink3">{t('analysis.more', { n: data.rows.length + data.more_count - 12 })}</p>}
        </>
      )}
    </Panel>
  );
}

function SlippagePanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Slippage>('/pipeline/slippage', choice);
  return (
    <Panel title={t('analysis.slippage')} span={4} reading={reading} sub={reading.data?.period.label} hint={reading.data?.formula}>
      {(data) => {
        const most = Math.max(1, ...data.pushes.map((one) => one.count));
        return (
          <>
            <p className={styles.lead}><span className="figure2">{share(data.rate)}</span> <span className="ink3">{t('analysis.pushed')}</span></p>
            <ul className={styles.steps}>{data.pushes.map((one) => (
              <li key={one.times}>
                <span className="cut">{one.times ? t('analysis.times', { n: one.times }) : t('analysis.never')}{one.times >= 4 ? '+' : ''}</span>
                <Split whole={most} label={t('analysis.deals', { n: one.count })} parts={[{ kind: 'fact', value: one.count }]} />
                <span className="num">{number(one.count, 0)}</span>
              </li>
            ))}</ul>
          </>
        );
      }}
    </Panel>
  );
}

function ReasonsPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Reasons>('/pipeline/reasons', choice);
  return (
    <Panel title={t('analysis.lossReasons')} span={6} reading={reading} sub={reading.data && t('analysis.wonLost', { won: reading.data.won.count, lost: reading.data.lost.count, period: reading.data.period.label })}>
      {(data) => data.rows.length ? (
        <ul className={styles.steps}>{data.rows.map((row) => (
          <li key={row.reason ?? 0}>
            <Link className="cut quiet" href={dealsHref(row.filter)}>{row.label ?? t('analysis.noReason')}</Link>
            <Split whole={data.lost.count} label={share(row.share)} parts={[{ kind: 'fact', value: row.count }]} />
            <span className="num">{number(row.count, 0)} · {moneyShort(row.amount, data.currency)}</span>
          </li>
        ))}</ul>
      ) : <p className="ink3">{t('analysis.noneLost')}</p>}
    </Panel>
  );
}

function HygienePanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Hygiene>('/pipeline/hygiene', choice);
  return (
    <Panel title={t('analysis.hygiene')} span={6} reading={reading} sub={reading.data && t('analysis.sumOf', { n: reading.data.count, sum: moneyShort(reading.data.amount, reading.data.currency) })} hint={t('analysis.hygieneHint')}>
      {(data) => (
        <ul className={styles.steps}>{data.problems.map((one) => (
          <li key={one.key}>
            {one.filter ? <Link className="cut quiet" href={dealsHref(one.filter)}>{t(`analysis.problem.${one.key}` as Key)}</Link> : <span className="cut">{t(`analysis.problem.${one.key}` as Key)}</span>}
            <Split whole={data.count} label={t('analysis.deals', { n: one.count })} parts={[{ kind: 'fact', value: one.count }]} />
            <span className="num">{number(one.count, 0)} · {moneyShort(one.amount, data.currency)}</span>
          </li>
        ))}</ul>
      )}
    </Panel>
  );
}

export default function AnalysisPage() {
  const [choice, set] = useChoice();
  const velocity = useFigures<Velocity>('/pipeline/velocity', choice);
  useTitle(t('analysis.title'));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('analysis.title')}</h1>
        {velocity.data && <span className="ink3">{dayPlain(velocity.data.day)}</span>}
        <div className="actions"><Choices choice={choice} set={set} withBy /></div>
      </header>
      {velocity.data && velocity.data.unrated_count > 0 && <p className="small warn">{t('analysis.unrated', { n: velocity.data.unrated_count })}</p>}
      <div className="grid12">
        <Changes choice={choice} />
        <FunnelPanel choice={choice} />
        <ByPanel choice={choice} />
        <RiskPanel choice={choice} />
        <SlippagePanel choice={choice} />
        <VelocityPanel choice={choice} />
        <AgeingPanel choice={choice} />
        <ReasonsPanel choice={choice} />
        <HygienePanel choice={choice} />
      </div>
    </div>
  );
}
