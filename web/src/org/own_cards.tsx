// One's own password, and where one is signed in.
import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, post, remove } from '../base/api';
import { instant } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { problemText, say, sayError } from '../base/toast';
import styles from './settings.module.css';

export function PasswordCard() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function change(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await post('/password', { current, password });
      say({ text: t('settings.passwordDone') });
      setCurrent('');
      setPassword('');
    } catch (e) {
      setError(e instanceof ApiError ? problemText(e) : String(e));
    } finally {
      setBusy(false);
    }
  }
  const eye = { 'aria-label': t('signin.show') };
  return (
    <section className="card" aria-label={t('settings.password')}>
      <div className="card-head"><h2>{t('settings.password')}</h2></div>
      <p className="ink2 card-body">{t('settings.passwordHelp')}</p>
      <form className={styles.form} onSubmit={change}>
        <PasswordInput label={t('settings.current')} autoComplete="current-password" value={current} onChange={(e) => setCurrent(e.currentTarget.value)} visibilityToggleButtonProps={eye} />
        <PasswordInput label={t('reset.new')} autoComplete="new-password" value={password} error={error} onChange={(e) => setPassword(e.currentTarget.value)} visibilityToggleButtonProps={eye} />
        <Button type="submit" loading={isBusy} disabled={!current || !password}>{t('settings.passwordGo')}</Button>
      </form>
    </section>
  );
}

interface SignIn {
  id: string;
  created: string;
  seen: string;
  agent: string | null;
  is_this: boolean;
}

export function SessionsCard() {
  const { data, error, refetch } = useGet<{ rows: SignIn[] }>('/sessions', { now: true });
  async function end(one: SignIn) {
    try {
      await remove(`/sessions/${one.id}`);
      say({ text: t('settings.sessionEnded') });
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('settings.sessions')}>
      <div className="card-head"><h2>{t('settings.sessions')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={2} height={44} /> : (
        <ul className="lines">
          {data.rows.map((one) => (
            <li key={one.id} className={styles.line}>
              <span className={styles.text}>
                <span className="medium">{one.agent || t('settings.unknownAgent')}</span> {one.is_this && <span className="tag">{t('settings.thisOne')}</span>}
                <span className="small ink3" style={{ display: 'block' }}>{t('settings.sessionSays', { seen: instant(one.seen), since: instant(one.created) })}</span>
              </span>
              {!one.is_this && <Button onClick={() => void end(one)}>{t('settings.end')}</Button>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
