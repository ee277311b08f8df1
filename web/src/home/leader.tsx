// Home of the leader's hat: who needs time and why, promises, wins to recognise, newcomers, load.
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAsOf } from '../base/as_of';
import { patch, post } from '../base/api';
import { day, dayFull, moneyShort, number } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { refresh } from '../base/query';
import { useSession } from '../base/session';
import { say, sayError } from '../base/toast';
import { PlanForm, type Wish } from '../leader/talk/plan';
import { Alerts } from './alerts';
import { rowsOf, num, str, useBrief, type Brief, type Line } from './brief';
import { Cadence } from './cadence';
import { Balance, GoalsOffTrack } from './crew_parts';
import styles from './home.module.css';
import { Card, Escalations, Face, Greeting, Meter, Nothing, Waiting } from './parts';

function Needs({ brief }: { brief: Brief }) {
  const section = brief.sections.one_on_ones;
  const [, go] = useLocation();
  const [wish, setWish] = useState<Wish | null>(null);
  if (!section) return null;
  return (
    <Card title={t('crew.needs')} sub={section.rows.length ? number(section.rows.length, 0) : ''} span={8} hint={section.note} end={<span className={styles.legend}><i data-kind="h" /> {t('crew.held')} <i data-kind="m" /> {t('crew.missed')} <i data-kind="c" /> {t('crew.cancelled')}</span>}>
      {section.rows.length ? (
        <ul className="lines">
          {section.rows.map((line, i) => (
            <li key={String(line.user)} className={styles.need}>
              <Face name={str(line, 'person')} />
              <span className={styles.dealName}>
                <Link className="medium quiet cut" href={line.one_on_one ? `/coaching/${line.one_on_one}` : `/people?who=p${line.user}`}>{str(line, 'person')}</Link>
                <span className="small ink3">{num(line, 'days_since') === null ? t('crew.never') : t('crew.daysAgo', { n: num(line, 'days_since')! })}</span>
              </span>
              <span className={styles.cadencePlace}>
                <Cadence letters={str(line, 'last')} />
                <span className="small ink3">{num(line, 'usual_days') !== null && t('crew.usual', { n: num(line, 'usual_days')! })}</span>
              </span>
              <span className={styles.why}>{str(line, 'why') || (str(line, 'next_day') ? t('crew.planned', { day: day(str(line, 'next_day')) }) : t('crew.onTime'))}</span>
              <Button variant={i === 0 ? 'filled' : 'default'} onClick={() => line.one_on_one ? go(`/coaching/${line.one_on_one}`) : setWish({ person: num(line, 'user'), name: str(line, 'person'), last: str(line, 'last_day') || null, usual: num(line, 'usual_days') })}>{line.one_on_one ? t('crew.prepare') : t('crew.plan')}</Button>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
      {wish && <PlanForm wish={wish} onClose={() => setWish(null)} />}
    </Card>
  );
}

export function Promises({ brief, span }: { brief: Brief; span: number }) {
  const section = brief.sections.promises;
  const asOf = useAsOf();
  if (!section) return null;
  async function done(line: Line) {
    try {
      const { seq } = await patch(`/action_items/${line.action_item}`, { state: 'done' });
      say({ text: t('crew.promiseDone', { text: str(line, 'text') }), seq });
      refresh(['action_item']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <Card title={t('crew.promises')} sub={section.rows.length ? number(section.rows.length, 0) : ''} span={span} hint={section.note}>
      {section.rows.length ? (
        <ul className="lines">
          {section.rows.map((line) => (
            <li key={String(line.action_item)} className={styles.promise}>
              <Checkbox aria-label={t('crew.tick', { text: str(line, 'text') })} checked={false} disabled={Boolean(asOf)} onChange={() => void done(line)} />
              <span className="grow">
                {line.one_on_one ? <Link className="quiet" href={`/coaching/${line.one_on_one}`}>{str(line, 'text')}</Link> : <span>{str(line, 'text')}</span>}
                <span className="small ink3"> {t('crew.byTo', { by: str(line, 'by') === 'you' ? t('crew.you') : str(line, 'by'), to: str(line, 'to') === 'you' ? t('crew.you') : str(line, 'to') })}</span>
              </span>
              <span className={(num(line, 'overdue_days') ?? 0) > 0 ? 'down medium' : 'ink3'}>{(num(line, 'overdue_days') ?? 0) > 0 ? t('crew.late', { n: num(line, 'overdue_days')! }) : str(line, 'due_day') ? day(str(line, 'due_day')) : ''}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

/** Wins since the last held talk with whoever won them; to those further down one has no talk. */
function Wins({ brief }: { brief: Brief }) {
  const section = brief.sections.wins;
  const { byName } = useMeta();
  const asOf = useAsOf();
  const me = useSession().user.id;
  const [isPut, setPut] = useState<ReadonlySet<number>>(new Set());
  if (!section) return null;
  const spoken = new Map(rowsOf(brief, 'one_on_ones').map((line) => [num(line, 'user'), str(line, 'last_day')]));
  const rows = section.rows.filter((line) => !(spoken.get(num(line, 'user')) && str(line, 'won_day') <= spoken.get(num(line, 'user'))!));
  async function put(line: Line) {
    try {
      const { seq } = await post('/agenda_items', { author: me, other: num(line, 'user'), text: t('crew.agendaText', { deal: str(line, 'deal') }) });
      setPut((old) => new Set([...old, num(line, 'opportunity') ?? 0]));
      say({ text: t('crew.saidAgenda', { name: str(line, 'person') }), seq });
      refresh(['agenda_item']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <Card title={t('crew.recognise')} sub={t('crew.recogniseSub')} span={4} hint={section.note}>
      {rows.length ? (
        <ul className="lines">
          {rows.slice(0, 6).map((line) => (
            <li key={String(line.opportunity)} className="row">
              <Face name={str(line, 'person')} />
              <span className={styles.dealName}>
                <span className="medium cut">{str(line, 'person')}</span>
                <Link className="small ink3 cut quiet" href={`/opportunities/${line.opportunity}`}>{str(line, 'deal')}</Link>
              </span>
              <span className="num">{moneyShort(num(line, 'amount') ?? 0, brief.currency)}</span>
              {byName.has('agenda_item') && !asOf && <Button style={{ flexShrink: 0 }} disabled={isPut.has(num(line, 'opportunity') ?? 0)} onClick={() => void put(line)}>{t('crew.toAgenda')}</Button>}
            </li>
          ))}
        </ul>
      ) : (
        <p className={`ink3 ${styles.nothing}`}>{section.rows.length ? t('crew.recogniseNone') : (section.note ?? t('crew.recogniseNone'))}</p>
      )}
    </Card>
  );
}

function Newcomers({ brief }: { brief: Brief }) {
  const section = brief.sections.newcomers;
  if (!section) return null;
  return (
    <Card title={t('crew.newcomers')} sub={section.rows.length ? number(section.rows.length, 0) : ''} span={4} hint={section.note}>
      {section.rows.length ? (
        <ul className="lines">
          {section.rows.slice(0, 7).map((line) => (
            <li key={String(line.user)} className={styles.cover}>
              <span>
                <Link className="medium quiet" href={`/people?who=p${line.user}`}>{str(line, 'person')}</Link>
                <span className="small ink3">{num(line, 'first_win_days') === null ? t('crew.noWin', { n: num(line, 'days') ?? 0 }) : t('crew.firstWin', { n: num(line, 'first_win_days')! })}</span>
              </span>
              <Meter share={(num(line, 'ramp') ?? 0) / 1.5} mark={1 / 1.5} label={t('crew.rampSays', { n: number((num(line, 'ramp') ?? 0) * 100, 0) })} />
              <span className="num">{moneyShort(num(line, 'won_90') ?? 0, brief.currency)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

function Load({ brief }: { brief: Brief }) {
  const rows = rowsOf(brief, 'load');
  return (
    <Card title={t('crew.load')} sub={t('crew.loadSub')} span={4} hint={brief.sections.load?.note}>
      {rows.length ? (
        <ul className="lines">
          {rows.slice(0, 7).map((line) => (
            <li key={String(line.user)} className={styles.cover}>
              <span>
                <Link className="medium quiet" href={`/people?who=p${line.user}`}>{str(line, 'person')}</Link>
                <span className="small ink3">{moneyShort(num(line, 'amount') ?? 0, brief.currency)}</span>
              </span>
              <Meter share={(num(line, 'count_ratio') ?? 0) / 2} mark={0.5} label={t('crew.loadSays', { n: number(num(line, 'count_ratio') ?? 0, 1) })} />
              <span className="num">{number(num(line, 'count') ?? 0, 0)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={brief.sections.load} />
      )}
    </Card>
  );
}

export default function LeaderHome() {
  const { data: brief, error, refetch } = useBrief('leader', {});
  if (!brief) return <Waiting error={error} retry={() => void refetch()} />;
  return (
    <div className="page">
      <Greeting sub={dayFull(brief.day)} />
      <div className="grid12">
        <div className={styles.stack} style={{ gridColumn: 'span 8' }}>
          <Needs brief={brief} />
          <Alerts brief={brief} span={8} />
          <div className={styles.pair}>
            <GoalsOffTrack />
            <Balance />
          </div>
          <div className={styles.pair}>
            <Newcomers brief={brief} />
            <Load brief={brief} />
          </div>
        </div>
        <div className={styles.stack} style={{ gridColumn: 'span 4' }}>
          <Escalations brief={brief} span={4} />
          <Promises brief={brief} span={4} />
          <Wins brief={brief} />
        </div>
      </div>
    </div>
  );
}
