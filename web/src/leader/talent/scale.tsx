// Where somebody stands from 1 to 5: the interval as a bar, the estimate as a dot, the own word as a ring, what is asked
// for as a mark. Never the number alone.
import { number } from '../../base/format';
import { t } from '../../base/i18n';
import styles from './talent.module.css';
import type { Estimate } from './talent_data';

interface Props {
  of: Estimate;
  self?: number | null;
  wanted?: number | null;
  name?: string;
}

const at = (level: number) => `${((level - 1) / 4) * 100}%`;

/** In words, for the screen reader and the pointer. */
export function told(of: Estimate, self?: number | null, name?: string): string {
  if (of.estimate === null || of.low === null || of.high === null) return t('talent.unseen');
  const parts = [t('talent.told', { estimate: number(of.estimate, 1), low: number(of.low, 1), high: number(of.high, 1) }), ...(of.sources.people ? [t('talent.fromPeople', { n: of.sources.people })] : [])];
  if (of.sources.certificates) parts.push(t('talent.fromCertificates', { n: of.sources.certificates }));
  if (of.sources.sessions) parts.push(t('talent.fromSessions', { n: of.sources.sessions }));
  if (self) parts.push(t('talent.ownWord', { n: self }));
  return `${name ? `${name}: ` : ''}${parts.join(', ')}`;
}

export function Scale({ of, self, wanted, name }: Props) {
  const words = told(of, self, name);
  return (
    <span className={styles.scale} role="img" aria-label={words} title={words}>
      {[1, 2, 3, 4, 5].map((level) => <i key={level} className={styles.tick} style={{ insetInlineStart: at(level) }} />)}
      {of.low !== null && of.high !== null && <i className={styles.bar} style={{ insetInlineStart: at(of.low), inlineSize: `${((of.high - of.low) / 4) * 100}%` }} />}
      {wanted && <i className={styles.wanted} style={{ insetInlineStart: at(wanted) }} />}
      {self && <i className={styles.self} style={{ insetInlineStart: at(self) }} />}
      {of.estimate !== null && <i className={styles.dot} style={{ insetInlineStart: at(of.estimate) }} />}
    </span>
  );
}

export function Legend({ hasWanted }: { hasWanted?: boolean }) {
  return (
    <p className={`small ink3 ${styles.legend}`}>
      <span><i className={styles.keyDot} />{t('talent.keyDot')}</span>
      <span><i className={styles.keyBar} />{t('talent.keyBar')}</span>
      <span><i className={styles.keySelf} />{t('talent.keySelf')}</span>
      {hasWanted && <span><i className={styles.keyWanted} />{t('talent.keyWanted')}</span>}
    </p>
  );
}
