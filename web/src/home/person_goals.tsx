// The goals one person answers for, with their key results, on the page of the person: the same measures as the figures there.
import { Link } from 'wouter';
import { How } from '../base/how';
import { dayPlain } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { chanceText, elapsed, useTree, valueText } from '../leader/goals/data';
import styles from './home.module.css';
import { Card, Meter } from './parts';

export function PersonGoals({ user }: { user: number }) {
  const { byName } = useMeta();
  const { data } = useTree(undefined, undefined, !byName.has('objective'));
  const goals = (data?.goals ?? []).filter((goal) => goal.owner === user && goal.state === 'active');
  if (!data || !goals.length) return null;
  return (
    <Card title={t('score.goals')} sub={t('score.goalsSub')} span={12} end={<Link href="/vision">{t('score.allGoals')}</Link>}>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('score.goals')}>
        <table className="table">
          <thead><tr><th>{t('score.goal')}</th><th>{t('score.result')}</th><th className="num">{t('score.goalNow')}</th><th className="num">{t('score.goalTarget')}</th><th>{t('score.goalWay')}</th><th className="num">{t('score.goalChance')}</th></tr></thead>
          <tbody>{goals.flatMap((goal) => goal.key_results.map((one, i) => (
            <tr key={one.id}>
              <td>{i === 0 && <Link className="quiet medium" href={`/vision?open=g${goal.id}`}>{goal.name}</Link>}{i === 0 && <span className="small ink3" style={{ display: 'block' }}>{t('score.goalUntil', { day: dayPlain(goal.to_day) })}</span>}</td>
              <td><How says={[one.formula]}>{one.name}</How></td>
              <td className="num medium">{one.value === null ? '–' : valueText(one, one.value)}</td>
              <td className="num">{valueText(one, one.target)}</td>
              <td>{one.progress === null ? '–' : <Meter share={one.progress} mark={elapsed(goal, data.day)} label={`${one.name}: ${Math.round(one.progress * 100)} %`} />}</td>
              <td className="num">{chanceText(one)}</td>
            </tr>
          )))}</tbody>
        </table>
      </div>
    </Card>
  );
}
