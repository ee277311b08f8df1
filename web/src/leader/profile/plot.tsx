// The six aspects as paired dots: what one did and what others say, each with its interval of 80 %, over the range the role
// asks for. Both ends are good ends. Every row is a button that shows what is behind it.
import { percent } from '../../base/format';
import { t } from '../../base/i18n';
import type { Aspect } from './profile_data';
import styles from './profile.module.css';

const at = (share: number) => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;

function sentence(one: Aspect): string {
  const parts = [];
  parts.push(one.acts ? t('profile.actsSay', { at: percent(one.acts.tilt), low: percent(one.acts.low), high: percent(one.acts.high), n: one.acts.count }) : t('profile.noActs'));
  parts.push(one.feedback ? t('profile.othersSay', { at: percent(one.feedback.mean), low: percent(one.feedback.low), high: percent(one.feedback.high), n: one.feedback.count }) : t('profile.noOthers'));
  if (one.range) parts.push(t('profile.rangeSays', { low: percent(one.range.low), high: percent(one.range.high) }));
  return parts.join('. ');
}

function Track({ one }: { one: Aspect }) {
  const { acts, feedback, range } = one;
  return (
    <svg className={styles.track} width="100%" height="44" aria-hidden>
      {range && <rect className={styles.range} x={at(range.low)} y="5" width={at(range.high - range.low)} height="34" rx="4" />}
      <line className={styles.axis} x1="0" x2="100%" y1="22" y2="22" />
      {['0.1%', '50%', '99.9%'].map((x) => <line key={x} className={styles.tick} x1={x} x2={x} y1="18" y2="26" />)}
      {acts && feedback && <line className={styles.pair} x1={at(acts.tilt)} y1="14" x2={at(feedback.mean)} y2="30" />}
      {acts && <line className={styles.actsBar} x1={at(acts.low)} x2={at(acts.high)} y1="14" y2="14" />}
      {acts && <circle className={styles.actsDot} cx={at(acts.tilt)} cy="14" r="5" />}
      {feedback && <line className={styles.toldBar} x1={at(feedback.low)} x2={at(feedback.high)} y1="30" y2="30" />}
      {feedback && <circle className={styles.toldDot} cx={at(feedback.mean)} cy="30" r="4.5" />}
      {feedback?.own != null && <path className={styles.ownMark} d="M0 -4 L4 0 L0 4 L-4 0 Z" style={{ transform: 'translateY(30px)', translate: at(feedback.own) }} />}
    </svg>
  );
}

export function Legend({ hasOwn }: { hasOwn: boolean }) {
  return (
    <ul className={styles.legend} aria-label={t('profile.legend')}>
      <li><svg width="22" height="10" aria-hidden><line className={styles.actsBar} x1="1" x2="21" y1="5" y2="5" /><circle className={styles.actsDot} cx="11" cy="5" r="4" /></svg>{t('profile.acts')}</li>
      <li><svg width="22" height="10" aria-hidden><line className={styles.toldBar} x1="1" x2="21" y1="5" y2="5" /><circle className={styles.toldDot} cx="11" cy="5" r="3.5" /></svg>{t('profile.others')}</li>
      {hasOwn && <li><svg width="10" height="10" aria-hidden><path className={styles.ownMark} d="M5 1 L9 5 L5 9 L1 5 Z" /></svg>{t('profile.own')}</li>}
      <li><svg width="16" height="10" aria-hidden><rect className={styles.range} width="16" height="10" rx="2" /></svg>{t('profile.range')}</li>
    </ul>
  );
}

export function Plot({ aspects, picked, onPick }: { aspects: Aspect[]; picked: string | null; onPick?: (name: string) => void }) {
  return (
    <div className={styles.plot}>
      <div className={styles.ends} aria-hidden><span>{t('profile.managerEnd')}</span><span>{t('profile.leaderEnd')}</span></div>
      {aspects.map((one) => {
        const inside = (
          <>
            <span className={styles.name}>{one.label}</span>
            <span className={styles.low}>{one.low_label}</span>
            <Track one={one} />
            <span className="sr">{sentence(one)}</span>
            <span className={styles.high}>{one.high_label}</span>
            <span className={`${styles.count} ${one.acts?.is_thin ? 'warn medium' : 'ink3'}`}>{one.acts ? t('profile.countActs', { n: one.acts.count }) : t('profile.none')}</span>
          </>
        );
        return onPick
          ? <button key={one.name} type="button" className={styles.aspect} aria-pressed={picked === one.name} onClick={() => onPick(one.name)}>{inside}</button>
          : <div key={one.name} className={styles.aspect}>{inside}</div>;
      })}
    </div>
  );
}

const band = (low: number, high: number) => `${percent(low)} – ${percent(high)}`;

/** The same as figures. */
export function Table({ aspects }: { aspects: Aspect[] }) {
  return (
    <div className={styles.scroll}>
      <table className="table">
        <thead><tr><th>{t('profile.aspect')}</th><th className="num">{t('profile.acts')}</th><th className="num">{t('profile.interval')}</th><th className="num">{t('profile.others')}</th><th className="num">{t('profile.interval')}</th><th className="num">{t('profile.range')}</th></tr></thead>
        <tbody>
          {aspects.map((one) => (
            <tr key={one.name}>
              <td>{one.label}</td>
              <td className="num">{one.acts ? percent(one.acts.tilt) : '–'}</td>
              <td className="num ink3">{one.acts ? band(one.acts.low, one.acts.high) : '–'}</td>
              <td className="num">{one.feedback ? percent(one.feedback.mean) : '–'}</td>
              <td className="num ink3">{one.feedback ? band(one.feedback.low, one.feedback.high) : '–'}</td>
              <td className="num ink3">{one.range ? band(one.range.low, one.range.high) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
