// What waits and what was lost: ageing, risk, slippage, reasons, hygiene, and what activity came to.
import { useState } from 'react';
import { Link } from 'wouter';
import { How } from '../base/how';
import { dayPlain, money, moneyShort, number } from '../base/format';
import { t, type Key } from '../base/i18n';
import { DealsBehind, Opens, Records, useBehind } from './behind';
import { days, share } from './flow_panels';
import { Panel, Split, Wide } from './parts';
import { dealsHref, useFigures, type Ageing, type Choice, type Ground, type Hygiene, type Reasons, type Risk, type Slippage } from './figures';
import { figure, type Measure } from './standings';
import styles from './analysis.module.css';

function Segments({ data, choice }: { data: Ageing; choice: Choice }) {
  const [shown, show] = useBehind();
  return (
    <>
      <Wide label={t('analysis.byProduct')}><table className="table">
        <thead><tr><th>{t('score.product')}</th><th>{t('analysis.stage')}</th><th className="num">{t('analysis.openDeals')}</th><th className="num">{t('analysis.usual')}</th><th className="num">{t('analysis.over')}</th></tr></thead>
        <tbody>{data.segments.filter((one) => one.count).map((one) => (
          <tr key={`${one.product}-${one.stage}`}>
            <td className="cut">{one.name ?? t('score.noProduct')}</td><td>{one.label}</td><td className="num">{number(one.count, 0)}</td>
            <td className="num"><How says={[t('analysis.usualOf', { n: one.usual_count })]}>{days(one.usual_days)}</How></td>
            <td className="num">{one.over_count ? <Opens behind={{ key: `s${one.product}-${one.stage}`, title: `${one.name ?? t('score.noProduct')}, ${one.label}: ${t('analysis.over')}`, path: '/pipeline/ageing', params: { product: `eq.${one.product}`, stage: `eq.${one.stage}` } }} shown={shown} show={show}>{number(one.over_count, 0)}</Opens> : '–'}</td>
          </tr>
        ))}</tbody>
      </table></Wide>
      {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
    </>
  );
}

export function AgeingPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Ageing>('/pipeline/ageing', choice);
  const [shown, show] = useBehind();
  const [isSplit, setSplit] = useState(false);
  return (
    <Panel title={t('analysis.ageing')} span={6} reading={reading} sub={t('analysis.ageingSub')} hint={t('analysis.ageingHint')}
      end={Boolean(reading.data?.segments.length) && <button type="button" className="linklike" aria-pressed={isSplit} onClick={() => setSplit(!isSplit)}>{t(isSplit ? 'analysis.wholeStages' : 'analysis.byProduct')}</button>}>
      {(data) => isSplit ? <Segments data={data} choice={choice} /> : (
        <>
          <Wide label={t('analysis.ageing')}><table className="table">
            <thead><tr><th>{t('analysis.stage')}</th><th className="num">{t('analysis.openDeals')}</th><th className="num">{t('analysis.median')}</th><th className="num">{t('analysis.usual')}</th><th className="num">{t('analysis.over')}</th></tr></thead>
            <tbody>{data.stages.map((stage) => (
              <tr key={stage.stage}>
                <td>{stage.label}</td>
                <td className="num"><Records href={dealsHref(stage.filter)} label={`${stage.label}: ${stage.count}`}>{number(stage.count, 0)}</Records></td>
                <td className="num">{days(stage.median_days)}</td>
                <td className="num"><How says={[t('analysis.usualOf', { n: stage.usual_count })]}>{days(stage.usual_days)}</How></td>
                <td className="num">{stage.over_count ? <Opens behind={{ key: `over${stage.stage}`, title: `${stage.label}: ${t('analysis.over')}`, path: '/pipeline/ageing', params: { stage: `eq.${stage.stage}` } }} shown={shown} show={show}><span className="warn">{number(stage.over_count, 0)} · {moneyShort(stage.over_amount, data.currency)}</span></Opens> : '–'}</td>
              </tr>
            ))}</tbody>
          </table></Wide>
          {shown ? <DealsBehind behind={shown} choice={choice} close={() => show(null)} /> : (
            <ul className={`lines ${styles.tight}`}>{data.deals.slice(0, 5).map((deal) => (
              <li key={deal.id} className={styles.dealLine}>
                <Link className="cut quiet medium" href={`/opportunities/${deal.id}`}>{deal.name}</Link>
                <span className="cut ink3">{deal.owner_name}, {deal.stage_label}</span>
                <span className="num">{t('analysis.daysOf', { n: deal.days, usual: deal.usual_days })}</span>
              </li>
            ))}</ul>
          )}
        </>
      )}
    </Panel>
  );
}

export function RiskPanel({ choice }: { choice: Choice }) {
  const [reason, setReason] = useState<string | null>(null);
  const [shown, show] = useBehind();
  const reading = useFigures<Risk>('/pipeline/risk', choice, { reason: reason ?? undefined });
  const why = (one: Risk['rows'][number]['reasons'][number]) => t(`analysis.risk.${one.key}` as Key, { n: one.days ?? one.times ?? 0, usual: one.usual_days ?? 0 });
  return (
    <Panel title={t('analysis.riskTitle')} span={8} reading={reading} sub={reading.data && t('analysis.sumOf', { n: reading.data.count, sum: moneyShort(reading.data.amount, reading.data.currency) })} hint={t('analysis.riskHint')}>
      {(data) => (
        <>
          <div className={styles.chips} role="group" aria-label={t('analysis.reasons')}>
            {data.reasons.filter((one) => one.count).map((one) => (
              <button key={one.key} type="button" className={styles.chip} aria-pressed={reason === one.key} onClick={() => { show(null); setReason(reason === one.key ? null : one.key); }}>{t(`analysis.riskName.${one.key}` as Key)} <span className="ink3">{number(one.count, 0)}</span></button>
            ))}
          </div>
          {!data.rows.length && <p className="ink3">{t('analysis.noRisk')}</p>}
          {!shown && <ul className={`lines ${styles.tight}`}>{data.rows.slice(0, 10).map((deal) => (
            <li key={deal.id} className={styles.riskLine}>
              <Link className="cut quiet medium" href={`/opportunities/${deal.id}`}>{deal.name}</Link>
              <span className="cut ink3">{deal.owner_name}</span>
              <span className="num">{money(Math.round(deal.amount), data.currency)}</span>
              <span className="cut ink2" title={deal.reasons.map(why).join(', ')}>{deal.reasons.map(why).join(', ')}</span>
            </li>
          ))}</ul>}
          {data.rows.length + data.more_count > 10 && !shown && <p className="small"><Opens behind={{ key: `risk${reason}`, title: reason ? `${t('analysis.riskTitle')}: ${t(`analysis.riskName.${reason}` as Key)}` : t('analysis.riskTitle'), path: '/pipeline/risk', params: { reason: reason ?? undefined } }} shown={shown} show={show}>{t('analysis.allDeals', { n: data.rows.length + data.more_count })}</Opens></p>}
          {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
        </>
      )}
    </Panel>
  );
}

export function SlippagePanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Slippage>('/pipeline/slippage', choice);
  const [shown, show] = useBehind();
  return (
    <Panel title={t('analysis.slippage')} span={4} reading={reading} sub={reading.data?.period.label} hint={reading.data?.formula}>
      {(data) => {
        const most = Math.max(1, ...data.pushes.map((one) => one.count));
        const out = data.moves.find((one) => one.key === 'pushed_out');
        const text = (times: number) => `${times ? t('analysis.times', { n: times }) : t('analysis.never')}${times >= 4 ? '+' : ''}`;
        return (
          <>
            <p className={styles.lead}><span className="figure2">{share(data.rate)}</span> <Opens behind={{ key: 'out', title: t('analysis.move.pushed_out'), path: '/pipeline/slippage', params: { move: 'pushed_out' } }} shown={shown} show={show} count={out?.count ?? 0}><span className="ink2">{t('analysis.pushed')}</span></Opens></p>
            <p className="small ink3">{t('analysis.openPushed')}</p>
            <ul className={styles.steps}>{data.pushes.map((one) => (
              <li key={one.times}>
                <span className="cut">{text(one.times)}</span>
                <Split whole={most} label={t('analysis.deals', { n: one.count })} parts={[{ kind: 'fact', value: one.count }]} />
                <span className="num"><Opens behind={{ key: `p${one.times}`, title: text(one.times), path: '/pipeline/slippage', params: { pushed: one.times } }} shown={shown} show={show} count={one.count} label={`${text(one.times)}: ${one.count}`}>{number(one.count, 0)}</Opens></span>
              </li>
            ))}</ul>
            {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
          </>
        );
      }}
    </Panel>
  );
}

export function ReasonsPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Reasons>('/pipeline/reasons', choice);
  return (
    <Panel title={t('analysis.lossReasons')} span={6} reading={reading} sub={reading.data?.period.label} hint={t('analysis.reasonsHint')}>
      {(data) => (
        <>
          <p className={styles.lead}>
            <Records href={dealsHref(data.won.filter)}>{t('analysis.wonSum', { n: data.won.count, sum: moneyShort(data.won.amount, data.currency) })}</Records>
            {' · '}
            <Records href={dealsHref(data.lost.filter)}>{t('analysis.lostSum', { n: data.lost.count, sum: moneyShort(data.lost.amount, data.currency) })}</Records>
          </p>
          {data.rows.length ? (
            <ul className={styles.steps}>{data.rows.map((row) => (
              <li key={row.reason ?? 0}>
                <Records className="cut quiet" href={dealsHref(row.filter)}>{row.label ?? t('analysis.noReason')}</Records>
                <Split whole={data.lost.count} label={share(row.share)} parts={[{ kind: 'fact', value: row.count }]} />
                <span className="num">{share(row.share)} · {number(row.count, 0)} · {moneyShort(row.amount, data.currency)}</span>
              </li>
            ))}</ul>
          ) : <p className="ink3">{t('analysis.noneLost')}</p>}
        </>
      )}
    </Panel>
  );
}

export function HygienePanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Hygiene>('/pipeline/hygiene', choice);
  const [shown, show] = useBehind();
  return (
    <Panel title={t('analysis.hygiene')} span={6} reading={reading} sub={reading.data && t('analysis.sumOf', { n: reading.data.count, sum: moneyShort(reading.data.amount, reading.data.currency) })} hint={t('analysis.hygieneHint')}>
      {(data) => (
        <>
          <ul className={styles.steps}>{data.problems.map((one) => {
            const name = t(`analysis.problem.${one.key}` as Key);
            return (
              <li key={one.key}>
                {one.filter && one.count > 0 ? <Records className="cut quiet" href={dealsHref(one.filter)}>{name}</Records>
                  : <span className="cut"><Opens behind={{ key: one.key, title: name, path: '/pipeline/hygiene', params: { problem: one.key } }} shown={shown} show={show} count={one.count}>{name}</Opens></span>}
                <Split whole={data.count} label={t('analysis.deals', { n: one.count })} parts={[{ kind: 'fact', value: one.count }]} />
                <span className="num">{number(one.count, 0)} · {moneyShort(one.amount, data.currency)}</span>
              </li>
            );
          })}</ul>
          {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
        </>
      )}
    </Panel>
  );
}

interface Answer extends Ground {
  measures: Measure[];
  total: { values: Record<string, number | null>; filters: Record<string, string | null> };
}

/** What is done, and what it comes to. */
export function ActivityPanel({ choice }: { choice: Choice }) {
  const reading = useFigures<Answer>('/measures/query', choice, { measure: 'activities,calls,meetings,emails,activities_per_created,activities_per_win,active_share' });
  return (
    <Panel title={t('analysis.activity')} span={12} reading={reading} sub={reading.data?.period.label} hint={t('analysis.activityHint')}>
      {(data) => (
        <dl className={styles.figures}>{data.measures.map((one) => {
          const text = figure(data.total.values[one.name], one.unit, data.currency, true);
          const filter = data.total.filters[one.name];
          return (
            <div key={one.name}>
              <dt><How says={[one.formula, t('score.asOf', { day: dayPlain(data.day) })]}>{one.label}</How></dt>
              <dd>{filter && one.records && text !== '–' ? <Records href={`/${one.records}?${filter}`} label={`${one.label}: ${text}`}>{text}</Records> : text}</dd>
            </div>
          );
        })}</dl>
      )}
    </Panel>
  );
}
