// What one is asked about others.
import { t } from '../../base/i18n';
import { useTitle } from '../../base/title';
import styles from './profile.module.css';
import { AskedCard } from './rounds';

export default function FeedbackPage() {
  useTitle(t('profile.askedOfYou'));
  return (
    <div className="page">
      <div className="page-head"><h1>{t('profile.askedOfYou')}</h1></div>
      <div className={styles.narrow}><AskedCard /></div>
    </div>
  );
}
