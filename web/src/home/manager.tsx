// Home of the manager's hat: the quarter against its pace, what has moved since the last look, what needs a hand.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { day, dayFull, dayPlain, money, moneyShort, number, percent, signed } from '../base/format';
import { t } from '../base/i18n';
import { Alerts } from './alerts';
import { How } from '../base/how';
import { To, useBehind } from './behind';
import { num, rowsOf, str, useBrief, type Brief, type Line } from './brief';
import styles from './home.module.css';
import { Card, Choosers, DealLine, Escalations, Face, Greeting, Meter, Nothing, Outlook, Waiting, Waterfall, shareText, sinceText, useLastLook } from './parts';
import { Progress } from './progress';

function Figures({ brief, team }: { brief: Brief; team: string | undefined }) {
  const hrefOf = useBehind('won_count', brief.period.from_day, team);
  const quarter = rowsOf(brief, 'quarter')[0];
  const target = num(quarter, 'target');
  const gap = num(quarter, 'gap');
  return (
    <div className={styles.figures}>
      <div>
        <p className="figure"><To href={hrefOf('won_count')} label={`${t('home.won')}: ${money(Math.round(num(quarter, 'won') ?? 0), brief.currency)}`}>{money(Math.round(num(quarter, 'won') ?? 0), brief.currency)}</To></p>
        <p className="ink3">{target ? t('home.ofQuota', { share: shareText(num(quarter, 'attainment')), quota: money(Math.round(target), brief.currency) }) : t('home.noQuota')}</p>
      </div>
      {gap !== null && (
        <div>
          <p className="small ink3"><How says={[t('home.gapHow')]}>{gap < 0 ? t('home.behind') : t('home.ahead')}</How></p>
          <p className={`figure2 ${gap < 0 ? 'down' : ''}`}>{signed(Math.round(gap), (v) => money(v, brief.currency))}</p>
          <p className="small ink3">{t('home.paceNow', { share: shareText(num(quarter, 'pace')) })}</p>
        </div>
      )}
      <Outlook brief={brief} />
      <div>
        <p className="small ink3">{t('home.wonCount')}</p>
        <p className="figure2"><To href={hrefOf('won_count')} label={`${t('home.wonCount')}: ${num(quarter, 'won_count') ?? 0}`}>{number(num(quarter, 'won_count') ?? 0, 0)}</To></p>
      </div>
    </div>
  );
}

function Due({ brief, line, isFirst, team }: { brief: Brief; line: Line; isFirst: boolean; team: string | undefined }) {
  const name = isFirst ? 'due_by_end' : 'due';
  const hrefOf = useBehind(name, str(line, 'from_day'), team);
  const text = t('home.openDue', { sum: moneyShort(num(line, 'due') ?? 0, brief.currency), n: num(line, 'due_count') ?? 0 });
  return <span className="small ink3 cut"><To href={hrefOf(name)} label={`${str(line, 'period').replace(/^FY/, '')}: ${text}`}>{text}</To></span>;
}

function Coverage({ brief, team }: { brief: Brief; team: string | undefined }) {
  return (
    <Card title={t('home.coverage')} sub={t('home.coverageSub')} span={4} hint={brief.sections.coverage?.note}>
      <ul className="lines">
        {rowsOf(brief, 'coverage').map((line, i) => {
          const cover = num(line, 'coverage');
          return (
            <li key={str(line, 'period')} className={styles.cover}>
              <span>
                <span className="medium">{str(line, 'period').replace(/^FY/, '')}</span>
                <Due brief={brief} line={line} isFirst={i === 0} team={team} />
              </span>
              {cover === null ? <span className="small ink3">{t(num(line, 'target') === null ? 'home.noQuotaYet' : 'home.reached')}</span> : <Meter share={cover / 5} mark={3 / 5} label={t('home.coverSays', { n: number(cover, 1) })} />}
              <span className="num medium">{cover === null ? '–' : `${number(cover, 2)}×`}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Risk({ brief }: { brief: Brief }) {
  const section = brief.sections.stuck;
  const [, go] = useLocation();
  if (!section) return null;
  const sum = section.rows.reduce((all, line) => all + (num(line, 'amount') ?? 0), 0);
  return (
    <Card title={t('home.risk')} sub={section.rows.length ? t('home.riskSub', { n: section.rows.length, all: section.rows.length + section.left_out, sum: moneyShort(sum, brief.currency) }) : ''} span={8} hint={section.note}
      end={<Link href="/pipeline?order=stage_day">{t('home.riskAll')}</Link>}>
      {section.rows.length ? (
        <ul className={`lines ${styles.deals}`}>
          {section.rows.map((line) => (
            <DealLine key={String(line.opportunity)} line={line} brief={brief}>
              <span className={styles.dealDay} title={str(line, 'close_day') && dayFull(str(line, 'close_day'))}>{str(line, 'close_day') ? day(str(line, 'close_day')) : ''}</span>
              <span className={styles.why}>{str(line, 'why').split('; ').slice(0, 2).join('; ')}</span>
              <Button onClick={() => go(`/opportunities/${line.opportunity}`)}>{t('home.open')}</Button>
            </DealLine>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

function Targets({ brief }: { brief: Brief }) {
  const rows = rowsOf(brief, 'targets');
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, 8);
  if (!rows.length) return null;
  return (
    <Card title={t('home.targets')} sub={t('home.targetsSub')} span={8} hint={brief.sections.targets?.note} end={rows.length > 8 && <button className="linklike" onClick={() => setAll(!all)}>{all ? t('home.fewer') : t('home.allOf', { n: rows.length })}</button>}>
      <div className={styles.scroll}>
        <table className="table">
          <thead><tr><th>{t('home.who')}</th><th className="num">{t('home.won')}</th><th className="num">{t('home.quota')}</th><th>{t('home.attainment')}</th><th className="num">{t('home.toPace')}</th></tr></thead>
          <tbody>
            {shown.map((line, i) => (
              <tr key={i}>
                <td><Link className="quiet row" href={line.user ? `/performance/${line.user}` : `/people?who=t${line.team}`}><Face name={str(line, 'who')} /> <span className="cut">{str(line, 'who')}</span></Link></td>
                <td className="num">{money(Math.round(num(line, 'result') ?? 0), brief.currency)}</td>
                <td className="num">{money(Math.round(num(line, 'target') ?? 0), brief.currency)}</td>
                <td><span className="row"><Meter share={(num(line, 'attainment') ?? 0) / 1.5} mark={(num(line, 'pace') ?? 0) / 1.5} label={percent(num(line, 'attainment') ?? 0)} /> <span className="num">{shareText(num(line, 'attainment'))}</span></span></td>
                <td className={`num ${(num(line, 'gap') ?? 0) < 0 ? 'down' : ''}`}>{signed(Math.round(num(line, 'gap') ?? 0), (v) => moneyShort(v, brief.currency))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Stages({ brief }: { brief: Brief }) {
  const rows = rowsOf(brief, 'pipeline');
  const top = Math.max(1, ...rows.filter((line) => line.stage_id).map((line) => num(line, 'amount') ?? 0));
  return (
    <Card title={t('home.stages')} sub={t('home.stagesSub')} span={4} hint={brief.sections.pipeline?.note}>
      {rows.length ? (
        <ul className="lines">
          {rows.map((line) => (
            <li key={str(line, 'stage')} className={styles.cover}>
              <span>
                {line.stage_id ? <Link className="medium quiet" href={`/opportunities?stage=eq.${line.stage_id}`}>{str(line, 'stage')}</Link> : <span className="medium">{str(line, 'stage')}</span>}
                <span className="small ink3">{t('list.count', { n: num(line, 'count') ?? 0 })}</span>
              </span>
              {line.stage_id ? <Meter share={(num(line, 'amount') ?? 0) / top} label={money(num(line, 'amount') ?? 0, brief.currency)} /> : <span />}
              <span className="num medium">{moneyShort(num(line, 'amount') ?? 0, brief.currency)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={brief.sections.pipeline} />
      )}
    </Card>
  );
}

function Gaps({ brief }: { brief: Brief }) {
  const rows = rowsOf(brief, 'quota_gaps');
  if (!rows.length) return null;
  return (
    <Card title={t('home.quotaGaps')} sub={number(rows.length, 0)} span={4} hint={brief.sections.quota_gaps?.note} end={<Link href="/quotas">{t('home.setQuota')}</Link>}>
      <ul className="lines">
        {rows.slice(0, 6).map((line) => (
          <li key={String(line.user)} className="row">
            <Face name={str(line, 'person')} />
            <span className="grow cut">{str(line, 'person')}</span>
            <span className="num ink3">{moneyShort(num(line, 'amount') ?? 0, brief.currency)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export default function ManagerHome() {
  const [team, setTeam] = useState<string>();
  const [period, setPeriod] = useState<string>();
  const since = useLastLook();
  const { data: brief, error, refetch } = useBrief('manager', { team, period, since });
  if (!brief) return <Waiting error={error} retry={() => void refetch()} />;
  return (
    <div className="page">
      <Greeting sub={dayFull(brief.day)} actions={<Choosers brief={brief} period={period} onPeriod={setPeriod} team={team} onTeam={setTeam} />} />
      <div className="grid12">
        <Card title={t('home.attainmentPace')} sub={`${brief.period.label.replace(/^FY/, '')}, ${dayPlain(brief.period.from_day)}`} span={8} hint={`${brief.sections.quarter?.note ?? ''} ${brief.sections.progress?.note ?? ''}`}>
          <div className={styles.progress}>
            <Figures brief={brief} team={team} />
            <div className="grow"><Progress brief={brief} /></div>
          </div>
        </Card>
        <Card title={since ? t('home.sinceLook') : t('home.sinceWeek')} sub={sinceText(brief)} span={4} hint={brief.sections.due_moves?.note}>
          <Waterfall brief={brief} section="due_moves" dealKey="due_key" />
          <p className={`small ink3 ${styles.foot}`}>{t('home.fallFoot')}</p>
        </Card>
        <Alerts brief={brief} span={12} />
        <Risk brief={brief} />
        <div className={styles.stack} style={{ gridColumn: 'span 4' }}>
          <Coverage brief={brief} team={team} />
          <Stages brief={brief} />
          <Escalations brief={brief} span={4} />
          <Gaps brief={brief} />
        </div>
        <Targets brief={brief} />
      </div>
    </div>
  );
}
