// Signing in: address and password, then the authenticator's code if there is one. Also laid over the page when
// a session ends in the middle of work.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { ApiError, post } from '../base/api';
import { t } from '../base/i18n';
import { signedIn } from '../base/session';
import { problemText } from '../base/toast';
import type { Session } from '../base/types';
import { useWords } from '../lang';
import { Mark } from './mark';
import styles from './sign_in.module.css';

interface Try {
  email: string;
  password: string;
  code: string;
  wantsCode: boolean;
  error: string | null;
  isBusy: boolean;
}

async function signIn(tried: Try): Promise<Session> {
  const body = { email: tried.email.trim(), password: tried.password, ...(tried.wantsCode ? { code: tried.code.replace(/\s/g, '') } : {}) };
  const { data } = await post<Session>('/session', body, { open: true });
  await useWords(data.user.locale);
  return data;
}

function CapsHint({ isOn }: { isOn: boolean }) {
  return (
    <p className={styles.caps} aria-live="polite">
      {isOn && (
        <>
          <IconArrowUp size={14} aria-hidden /> {t('signin.caps')}
        </>
      )}
    </p>
  );
}

export function SignInForm({ email = '' }: { email?: string }) {
  const [tried, setTried] = useState<Try>({ email, password: '', code: '', wantsCode: false, error: null, isBusy: false });
  const [caps, setCaps] = useState(false);
  const [help, setHelp] = useState(false);
  const put = (part: Partial<Try>) => setTried((old) => ({ ...old, ...part }));
  const watchCaps = (event: KeyboardEvent) => setCaps(event.getModifierState?.('CapsLock') ?? false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (tried.isBusy) return;
    put({ isBusy: true, error: null });
    try {
      signedIn(await signIn(tried));
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      if (e.status === 401 && e.code === 'totp_required') return put({ isBusy: false, wantsCode: true, code: '' });
      const wrong = tried.wantsCode ? t('signin.codeWrong') : t('signin.wrong');
      put({ isBusy: false, code: '', error: e.status === 401 ? wrong : problemText(e) });
    }
  }

  return (
    <form onSubmit={submit} className={styles.form}>
      {tried.wantsCode ? (
        <TextInput label={t('signin.code')} description={t('signin.codeHelp')} value={tried.code} autoFocus autoComplete="one-time-code" inputMode="text" name="code"
          error={tried.error} onChange={(e) => put({ code: e.currentTarget.value })} inputWrapperOrder={['label', 'input', 'description', 'error']} />
      ) : (
        <>
          <TextInput label={t('signin.email')} type="email" name="email" autoComplete="username" required withAsterisk={false} autoFocus={!email} value={tried.email}
            onChange={(e) => put({ email: e.currentTarget.value })} readOnly={Boolean(email)} />
          <div className={styles.passwordHead}>
            <label htmlFor="password">{t('signin.password')}</label>
            <button type="button" className="linklike" onClick={() => setHelp(!help)} aria-expanded={help}>
              {t('signin.forgotten')}
            </button>
          </div>
          <PasswordInput id="password" name="password" autoComplete="current-password" required value={tried.password} autoFocus={Boolean(email)} data-autofocus={email ? true : undefined} error={tried.error}
            onKeyUp={watchCaps} onKeyDown={watchCaps} onChange={(e) => put({ password: e.currentTarget.value })}
            visibilityToggleButtonProps={{ 'aria-label': t('signin.show'), tabIndex: 0 }} />
          {help ? <p className="small ink2">{t('signin.forgottenHelp')}</p> : <CapsHint isOn={caps} />}
        </>
      )}
      <Button type="submit" variant="filled" fullWidth loading={tried.isBusy} className={styles.go}>
        {t('signin.go')}
      </Button>
      {tried.wantsCode && (
        <Button variant="subtle" fullWidth onClick={() => put({ wantsCode: false, error: null, password: '' })}>
          {t('signin.back')}
        </Button>
      )}
    </form>
  );
}

export function SignInPage() {
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <Mark size={36} />
        <h1 className={styles.title}>{t('signin.title')}</h1>
        <p className={styles.sub}>{t('signin.sub')}</p>
        <SignInForm />
      </div>
      <footer className={styles.foot}>{t('signin.server')}</footer>
    </main>
  );
}
