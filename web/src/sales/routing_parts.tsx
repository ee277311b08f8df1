// Steps of a routing decision: rules in order, the people of the one that was met, whose turn it was.
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { instant } from '../base/format';
import { t } from '../base/i18n';
import styles from './routing.module.css';

export interface Candidate {
  user: number;
  name: string;
  state: 'free' | 'chosen' | 'away' | 'full' | 'day_full' | 'gone';
  limit: number | null;
  until: string | null;
}

export interface Step {
  rule: number;
  name: string;
  condition: string | null;
  is_met: boolean;
  people: Candidate[];
}

const stateText = (one: Candidate) => {
  if (one.state === 'chosen') return one.until ? t('routing.firstAtWork', { at: instant(one.until) }) : t('routing.chosen');
  if (one.state === 'away') return one.until ? t('routing.awayUntil', { at: instant(one.until) }) : t('routing.away');
  if (one.state === 'full') return t('routing.full', { n: one.limit ?? 0 });
  if (one.state === 'day_full') return t('routing.dayFull', { n: one.limit ?? 0 });
  return one.state === 'gone' ? t('routing.gone') : t('routing.free');
};

export function Steps({ steps }: { steps: Step[] }) {
  if (!steps.length) return <p className="ink3">{t('routing.noRules')}</p>;
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <li key={step.rule}>
          <div className="row" style={{ gap: 6 }}>
            {step.is_met ? <IconCheck size={15} className="good" aria-hidden /> : <IconMinus size={15} className="ink3" aria-hidden />}
            <span className={step.is_met ? 'medium' : 'ink3'}>{step.name}</span>
            <span className="small ink3">{step.is_met ? t('routing.met') : t('routing.notMet')}</span>
          </div>
          {step.is_met && !step.people.length && <p className="small ink3">{t('routing.noPeople')}</p>}
          {step.people.length > 0 && (
            <ul className={styles.people}>
              {step.people.map((one) => (
                <li key={one.user} data-chosen={one.state === 'chosen' || undefined}>
                  <span className="cut">{one.name}</span>
                  <span className="small ink3">{stateText(one)}</span>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

/** "in 25 min", "2 h late": what a clock of the first answer says. */
export function clockText(respondBy: string): { text: string; isLate: boolean } {
  const minutes = Math.round((Date.parse(respondBy) - Date.now()) / 60_000);
  const size = Math.abs(minutes);
  const span = size < 90 ? t('routing.minutes', { n: size }) : size < 48 * 60 ? t('routing.hours', { n: Math.round(size / 60) }) : t('routing.days', { n: Math.round(size / 1440) });
  return minutes < 0 ? { text: t('routing.late', { span }), isLate: true } : { text: t('routing.left', { span }), isLate: false };
}
