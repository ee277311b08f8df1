// The last talks as dots: h held, m missed, c cancelled; oldest first.
import { t } from '../base/i18n';
import styles from './home.module.css';

export function Cadence({ letters }: { letters: string }) {
  if (!letters) return <span className="small ink3">{t('crew.noTalks')}</span>;
  const held = [...letters].filter((one) => one === 'h').length;
  return (
    <span className={styles.cadence} role="img" aria-label={t('crew.cadenceSays', { n: held, all: letters.length })}>
      {[...letters].map((one, i) => (
        <span key={i} data-kind={one} />
      ))}
    </span>
  );
}
