// Settings: one's own sign-in for everybody; the company, its backups and its log for administrators.
import { t } from '../base/i18n';
import { hasRole, useSession } from '../base/session';
import { AccessCard } from './access_card';
import { AuditCard, BackupCard, CompanyCard, ResetLinkCard } from './company_cards';
import { PasswordCard, SessionsCard } from './own_cards';
import { SecondFactorCard } from './second_factor_card';
import styles from './settings.module.css';
import { TokensCard } from './tokens_card';

export default function SettingsPage() {
  const session = useSession();
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('settings.title')}</h1>
        <span className="sub">{session.user.email}</span>
      </header>
      <div className={styles.column}>
        {hasRole(session, 'admin') && (
          <>
            <CompanyCard />
            <ResetLinkCard />
            <BackupCard />
            <AuditCard />
          </>
        )}
        <PasswordCard />
        <SecondFactorCard />
        <SessionsCard />
        <TokensCard />
        <AccessCard />
      </div>
    </div>
  );
}
