// Everything that waits for the person, by kind.
import { t } from '../base/i18n';
import { useTitle } from '../base/title';
import { NotificationGroups } from './notifications';
import styles from './notifications.module.css';

export default function NotificationsPage() {
  useTitle(t('note.title'));
  return (
    <div className="page">
      <header className="page-head"><h1>{t('note.title')}</h1></header>
      <div className={styles.page}><NotificationGroups /></div>
    </div>
  );
}
