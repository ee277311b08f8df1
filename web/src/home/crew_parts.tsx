// Of the leader's home: goals that may not be reached, and the balance of one's own two hats.
import { Button } from '@mantine/core';
import { useLocation } from 'wouter';
import { addDays, number, percent, today } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import { Bones } from '../base/states';
import type { Page } from '../base/types';
import { chanceText, elapsed, useTree, type Goal } from '../leader/goals/data';
import styles from './home.module.css';
import { Card, Meter } from './parts';

const SHOWN = 5;
/** This far behind an even pace one looks at it, where no chance can be said. */
const BEHIND = 0.15;

function offTrack(goal: Goal, day: string): boolean {
  if (goal.state !== 'active' || !goal.may_change) return false;
  return goal.chance !== null ? goal.chance < 0.5 : goal.progress !== null && goal.progress < elapsed(goal, day) - BEHIND;
}

export function GoalsOffTrack() {
  const { byName } = useMeta();
  const [, go] = useLocation();
  const isOff = !byName.has('objective');
  const { data } = useTree(undefined, undefined, isOff);
  if (isOff) return null;
  const rows = (data?.goals ?? []).filter((goal) => offTrack(goal, data!.day)).sort((a, b) => (a.chance ?? 1) - (b.chance ?? 1));
  return (
    <Card title={t('crew.goals')} sub={rows.length ? number(rows.length, 0) : ''} span={4} hint={t('crew.goalsHint')}>
      {!data ? <Bones count={3} height={44} /> : !rows.length ? <p className={`ink3 ${styles.nothing}`}>{t('crew.goalsNone')}</p> : (
        <ul className="lines">
          {rows.slice(0, SHOWN).map((goal) => (
            <li key={goal.id} className="row">
              <span className={styles.dealName}>
                <span className="medium">{goal.name}</span>
                <span className="small ink3">{goal.owner_name}{goal.progress !== null && `, ${t('crew.goalsWay', { share: percent(goal.progress) })}`}</span>
              </span>
              {goal.chance !== null && <span className="num down medium">{chanceText({ chance: goal.chance })}</span>}
              <Button style={{ flexShrink: 0 }} onClick={() => go(`/vision?open=g${goal.id}`)}>{t('crew.open')}</Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/* ---- the two hats ---- */

const WEEKS = 8;

function useCount(path: string, filter: string, of: string, isOff: boolean): number | undefined {
  const { data } = useGet<Page>(path, { filter, params: { limit: 1, count: 'exact' }, of: [of], isOff });
  return isOff ? 0 : data?.count ?? undefined;
}

export function Balance() {
  const me = useSession().user.id;
  const { byName } = useMeta();
  const since = addDays(today(), -7 * WEEKS);
  const talks = useCount('/one_on_ones', `leader=eq.${me}&state=eq.held&day=gte.${since}`, 'one_on_one', !byName.has('one_on_one'));
  const sessions = useCount('/coaching_sessions', `coach=eq.${me}&day=gte.${since}&or=(state.eq.held,state.is.null)`, 'coaching_session', !byName.has('coaching_session'));
  const kept = useCount('/action_items', `owner=eq.${me}&state=eq.done&done_day=gte.${since}`, 'action_item', !byName.has('action_item'));
  const done = useCount('/activities', `owner=eq.${me}&done_day=gte.${since}`, 'activity', !byName.has('activity'));
  const closed = useCount('/opportunities', `owner=eq.${me}&closed_day=gte.${since}`, 'opportunity', !byName.has('opportunity'));
  const all = [talks, sessions, kept, done, closed];
  const isThere = all.every((one) => one !== undefined);
  const people = (talks ?? 0) + (sessions ?? 0) + (kept ?? 0);
  const deals = (done ?? 0) + (closed ?? 0);
  const whole = people + deals;
  const line = (label: string, count: number, sub: string) => (
    <li className={styles.cover}>
      <span><span className="medium">{label}</span><span className="small ink3">{sub}</span></span>
      <Meter share={count / Math.max(1, whole)} label={t('crew.balanceSays', { label, share: percent(count / Math.max(1, whole)) })} />
      <span className="num">{percent(count / Math.max(1, whole))}</span>
    </li>
  );
  return (
    <Card title={t('crew.balance')} sub={t('crew.balanceSub', { n: WEEKS })} span={4} hint={t('crew.balanceHint')} end={t('crew.onlyYou')}>
      {!isThere ? <Bones count={2} height={44} /> : !whole ? <p className={`ink3 ${styles.nothing}`}>{t('crew.balanceNone')}</p> : (
        <ul className="lines">
          {line(t('crew.hatPeople'), people, t('crew.hatPeopleOf', { talks: talks!, sessions: sessions!, kept: kept! }))}
          {line(t('crew.hatDeals'), deals, t('crew.hatDealsOf', { done: done!, closed: closed! }))}
        </ul>
      )}
    </Card>
  );
}
