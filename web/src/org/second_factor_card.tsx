// The second factor: a code from an authenticator. The recovery codes are shown once.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Suspense, lazy, useState, type FormEvent } from 'react';
import { ApiError, get, post } from '../base/api';
import { t } from '../base/i18n';
import { signedIn, useSession } from '../base/session';
import { problemText, say } from '../base/toast';
import type { Session } from '../base/types';
import styles from './settings.module.css';

const Qr = lazy(() => import('../base/qr'));

interface Begun {
  secret: string;
  uri: string;
}

export function SecondFactorCard() {
  const { has_totp: isOn } = useSession();
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);

  /** Does one step; what the server refuses stands at the field. */
  async function step(act: () => Promise<void>) {
    setError(null);
    try {
      await act();
      setText('');
    } catch (e) {
      setError(e instanceof ApiError ? problemText(e) : String(e));
    }
  }
  const readAgain = async () => signedIn(await get<Session>('/session', { now: true }));
  const begin = () => step(async () => setBegun((await post<Begun>('/totp')).data));
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    void step(async () => {
      const { data } = await post<{ recovery_codes: string[] }>('/totp/confirm', { code: text.trim() });
      setCodes(data.recovery_codes);
      setBegun(null);
      await readAgain();
    });
  };
  const end = (event: FormEvent) => {
    event.preventDefault();
    void step(async () => {
      await post('/totp/remove', { password: text });
      setCodes(null);
      say({ text: t('settings.factorEnded') });
      await readAgain();
    });
  };
  return (
    <section className="card" aria-label={t('settings.factor')}>
      <div className="card-head">
        <h2>{t('settings.factor')}</h2>
        <span className="end tag">{isOn ? t('settings.on') : t('settings.off')}</span>
      </div>
      <div className="card-body">
        <p className="ink2">{t('settings.factorHelp')}</p>
        {!isOn && !begun && <Button mt={10} onClick={() => void begin()}>{t('settings.factorBegin')}</Button>}
        {!isOn && !begun && error && <p className="bad" role="alert">{error}</p>}
        {begun && (
          <div className={styles.scan}>
            <Suspense fallback={<div className={styles.qr} />}><Qr text={begun.uri} label={t('settings.factorPicture')} className={styles.qr} /></Suspense>
            <div className={styles.secret}>
              <span>{t('settings.factorScan')}</span> <code>{begun.secret}</code> <a href={begun.uri}>{t('settings.factorOpen')}</a>
            </div>
          </div>
        )}
        {codes && (
          <>
            <p className="medium">{t('settings.codes')}</p>
            <div className={styles.codes}>{codes.map((code) => <code key={code}>{code}</code>)}</div>
          </>
        )}
      </div>
      {begun && (
        <form className={styles.form} onSubmit={confirm}>
          <TextInput label={t('settings.factorCode')} inputMode="numeric" autoComplete="one-time-code" value={text} error={error} onChange={(e) => setText(e.currentTarget.value)} />
          <Button type="submit" variant="filled" disabled={!text}>{t('settings.factorConfirm')}</Button>
        </form>
      )}
      {isOn && (
        <form className={styles.form} onSubmit={end}>
          <PasswordInput label={t('settings.current')} autoComplete="current-password" value={text} error={error} onChange={(e) => setText(e.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('signin.show') }} />
          <Button type="submit" disabled={!text}>{t('settings.factorEnd')}</Button>
        </form>
      )}
    </section>
  );
}
