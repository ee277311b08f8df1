// Redeeming a reset link: /reset#token or /reset?token=. The fragment never reaches a log.
import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, post } from '../base/api';
import { t } from '../base/i18n';
import { problemText, say } from '../base/toast';
import { Mark } from './mark';
import styles from './sign_in.module.css';

const LEAST = 10;

function tokenHere(): string {
  const hash = location.hash.replace(/^#/, '');
  const params = new URLSearchParams(hash.includes('=') ? hash : location.search);
  return params.get('token') ?? hash;
}

export function ResetPage({ onDone }: { onDone: () => void }) {
  const [token] = useState(tokenHere);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (password.length < LEAST) return setError(t('reset.short'));
    if (password !== again) return setError(t('reset.differ'));
    setBusy(true);
    try {
      await post('/password-reset', { token, password }, { open: true });
      say({ text: t('reset.done') });
      onDone();
    } catch (e) {
      setError(e instanceof ApiError ? problemText(e) : String(e));
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <Mark size={36} />
        <h1 className={styles.title}>{t('reset.title')}</h1>
        <p className={styles.sub}>{t('reset.help')}</p>
        <form onSubmit={submit} className={styles.form}>
          <PasswordInput label={t('reset.new')} autoFocus autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('signin.show') }} />
          <PasswordInput label={t('reset.again')} autoComplete="new-password" value={again} error={error} onChange={(e) => setAgain(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('signin.show') }} />
          <Button type="submit" variant="filled" fullWidth loading={isBusy} className={styles.go}>
            {t('reset.go')}
          </Button>
        </form>
      </div>
    </main>
  );
}
