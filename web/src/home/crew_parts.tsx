// Of the leader's home: goals that may not be reached, and the balance of one's own two hats.
import { Button } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { Bones } from '../base/states';
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

interface Tally {
  count: number;
  minutes: number;
  timed_count: number;
}
interface TwoHats {
  weeks: number;
  formula: string;
  hats: (Tally & { hat: 'people' | 'deals'; share: number | null; kinds: (Tally & { kind: string; records: string; filter: string })[] })[];
}

/** The server counts, of oneself alone; each figure leads to the records behind it. */
export function Balance() {
  const { byName } = useMeta();
  const { data } = useGet<TwoHats>('/balance', { of: ['one_on_one', 'coaching_session', 'action_item', 'activity', 'opportunity'] });
  const plurals = new Set([...byName.values()].map((one) => one.plural));
  const count = data?.hats.reduce((sum, hat) => sum + hat.count, 0) ?? 0;
  return (
    <Card title={t('crew.balance')} sub={data ? t('crew.balanceSub', { n: data.weeks }) : ''} span={4} hint={t('crew.balanceHint')} end={t('crew.onlyYou')}>
      {!data ? <Bones count={2} height={44} /> : !count ? <p className={`ink3 ${styles.nothing}`}>{t('crew.balanceNone')}</p> : (
        <ul className="lines">
          {data.hats.map((hat) => {
            const label = t(hat.hat === 'people' ? 'crew.hatPeople' : 'crew.hatDeals');
            return (
              <li key={hat.hat} className={styles.cover}>
                <span>
                  <span className="medium">{label}</span>
                  <span className="small ink3">
                    {hat.kinds.map((kind, i) => {
                      const words = t(`crew.act.${kind.kind}` as Key, { n: kind.count });
                      return <span key={kind.kind}>{i > 0 && ', '}{plurals.has(kind.records) && kind.count > 0 ? <Link className="quiet" href={`/${kind.records}?${kind.filter}`}>{words}</Link> : words}</span>;
                    })}
                    {hat.timed_count > 0 && `; ${t('crew.hours', { hours: number(hat.minutes / 60, 1), n: hat.timed_count })}`}
                  </span>
                </span>
                <Meter share={hat.share ?? 0} label={t('crew.balanceSays', { label, share: percent(hat.share ?? 0) })} />
                <span className="num">{percent(hat.share ?? 0)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
