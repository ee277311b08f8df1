// Home of a rep: my number and pace, my next steps, deals that need me, my next 1:1, my promises.
import { useState } from 'react';
import { Link } from 'wouter';
import { day, dayFull, dayPlain, money, number, percent, signed } from '../base/format';
import { t } from '../base/i18n';
import { Alerts } from './alerts';
import { How } from '../base/how';
import { To, useBehind } from './behind';
import { num, rowsOf, str, useBrief, type Brief } from './brief';
import styles from './home.module.css';
import { Promises } from './leader';
import { Card, Choosers, DealLine, Escalations, Greeting, Nothing, Outlook, Waiting, shareText } from './parts';
import { Progress } from './progress';

function MyNumber({ brief }: { brief: Brief }) {
  const hrefOf = useBehind('won_count,due_by_end', brief.period.from_day, undefined, true);
  const quarter = rowsOf(brief, 'quarter')[0];
  const target = num(quarter, 'target');
  const gap = num(quarter, 'gap');
  return (
    <Card title={t('rep.number')} sub={`${brief.period.label.replace(/^FY/, '')}, ${dayPlain(brief.period.from_day)}`} span={8} hint={brief.sections.quarter?.note}>
      <div className={styles.progress}>
        <div className={styles.figures}>
          <div>
            <p className="figure"><To href={hrefOf('won_count')} label={`${t('home.won')}: ${money(Math.round(num(quarter, 'won') ?? 0), brief.currency)}`}>{money(Math.round(num(quarter, 'won') ?? 0), brief.currency)}</To></p>
            <p className="ink3">{target ? t('home.ofQuota', { share: shareText(num(quarter, 'attainment')), quota: money(Math.round(target), brief.currency) }) : t('home.noQuota')}</p>
          </div>
          {gap !== null && (
            <div>
              <p className="small ink3"><How says={[t('home.gapHow')]}>{gap < 0 ? t('home.behind') : t('home.ahead')}</How></p>
              <p className={`figure2 ${gap < 0 ? 'down' : ''}`}>{signed(Math.round(gap), (v) => money(v, brief.currency))}</p>
            </div>
          )}
          <Outlook brief={brief} />
          <div>
            <p className="small ink3">{t('rep.due')}</p>
            <p className="figure2">{money(Math.round(num(quarter, 'due') ?? 0), brief.currency)}</p>
            <p className="small ink3"><To href={hrefOf('due_by_end')} label={`${t('rep.due')}: ${t('list.count', { n: num(quarter, 'due_count') ?? 0 })}`}>{t('list.count', { n: num(quarter, 'due_count') ?? 0 })}</To></p>
          </div>
        </div>
        <div className="grow"><Progress brief={brief} height={200} /></div>
      </div>
    </Card>
  );
}

function Steps({ brief }: { brief: Brief }) {
  const section = brief.sections.next_steps;
  if (!section) return null;
  return (
    <Card title={t('rep.steps')} sub={section.rows.length ? number(section.rows.length, 0) : ''} span={8} hint={section.note}>
      {section.rows.length ? (
        <ul className={`lines ${styles.deals}`}>
          {section.rows.map((line, i) => {
            const due = str(line, 'due_day');
            const isLate = (num(line, 'overdue_days') ?? 0) > 0;
            const about = str(line, 'about');
            const activity = num(line, 'activity');
            return (
              <li key={i} className={styles.step}>
                <span className={styles.dealName}>
                  <Link className="medium cut quiet" href={activity === null ? `/opportunities/${line.opportunity}` : `/activities/${activity}`}>{str(line, 'what')}</Link>
                  {about && <span className="small ink3 cut">{about}</span>}
                </span>
                <span className={isLate ? 'down medium' : 'ink3'} title={due && dayFull(due)}>{due ? day(due) : ''}</span>
              </li>
            );
          })}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

function Deals({ brief, name, title }: { brief: Brief; name: string; title: string }) {
  const section = brief.sections[name];
  if (!section) return null;
  return (
    <Card title={title} sub={section.rows.length ? number(section.rows.length + section.left_out, 0) : ''} span={8} hint={section.note}>
      {section.rows.length ? (
        <ul className={`lines ${styles.deals}`}>
          {section.rows.map((line) => (
            <DealLine key={String(line.opportunity)} line={line} brief={brief} isOwn>
              <span className={(num(line, 'overdue_days') ?? 0) > 0 ? `down ${styles.dealDay}` : styles.dealDay}>{str(line, 'close_day') ? day(str(line, 'close_day')) : ''}</span>
              <span className={styles.why}>{name === 'closing' ? percent(num(line, 'win_prob') ?? 0) : str(line, 'why').split('; ').slice(0, 2).join('; ')}</span>
            </DealLine>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

function NextTalk({ brief }: { brief: Brief }) {
  const section = brief.sections.next_one_on_one;
  const line = section?.rows[0];
  if (!section) return null;
  return (
    <Card title={t('rep.talk')} span={4} hint={section.note} end={<Link href="/coaching">{t('rep.talks')}</Link>}>
      {line ? (
        <div className="card-body">
          <p className="medium"><Link className="quiet" href={`/coaching/${line.one_on_one}`}>{[str(line, 'with'), str(line, 'day') && day(str(line, 'day'))].filter(Boolean).join(', ')}</Link></p>
          <p className={`ink2 ${styles.agenda}`}>{str(line, 'agenda') || t('rep.noAgenda')}</p>
        </div>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

function Activity({ brief }: { brief: Brief }) {
  const section = brief.sections.activity;
  if (!section) return null;
  const columns = section.columns.filter((column) => column.kind !== 'id');
  return (
    <Card title={t('rep.activity')} span={4} hint={section.note}>
      {section.rows.length ? (
        <table className="table">
          <thead><tr>{columns.map((column, i) => <th key={column.name} className={i ? 'num' : ''}>{column.label}</th>)}</tr></thead>
          <tbody>{section.rows.map((line, r) => <tr key={r}>{columns.map((column, i) => <td key={column.name} className={i ? 'num' : ''}>{typeof line[column.name] === 'number' ? number(line[column.name] as number, 0) : String(line[column.name] ?? '')}</td>)}</tr>)}</tbody>
        </table>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

export default function RepHome() {
  const [period, setPeriod] = useState<string>();
  const { data: brief, error, refetch } = useBrief('rep', { period });
  if (!brief) return <Waiting error={error} retry={() => void refetch()} />;
  return (
    <div className="page">
      <Greeting sub={dayFull(brief.day)} actions={<Choosers brief={brief} period={period} onPeriod={setPeriod} />} />
      <div className="grid12">
        <MyNumber brief={brief} />
        <div className={styles.stack} style={{ gridColumn: 'span 4' }}>
          <NextTalk brief={brief} />
          <Alerts brief={brief} span={4} />
          <Escalations brief={brief} span={4} />
        </div>
        <Steps brief={brief} />
        <Promises brief={brief} span={4} />
        <Deals brief={brief} name="stuck" title={t('home.risk')} />
        <Activity brief={brief} />
        <Deals brief={brief} name="closing" title={t('rep.closing')} />
      </div>
    </div>
  );
}
