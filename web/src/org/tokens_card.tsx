// Tokens with which programs act as oneself. A new one is shown once.
import { Button, Select, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, post, remove } from '../base/api';
import { dayPlain, instant } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { problemText, say, sayError } from '../base/toast';
import styles from './settings.module.css';

interface Token {
  id: string;
  label: string;
  scope: string;
  created: string;
  expires: string | null;
  revoked: string | null;
}

const SCOPES = [
  ['read', 'settings.scopeRead'],
  ['write', 'settings.scopeWrite'],
  ['read,people', 'settings.scopeReadPeople'],
  ['write,people', 'settings.scopeWritePeople'],
] as const;
const scopeLabel = (scope: string) => t(SCOPES.find(([name]) => name === scope)?.[1] ?? 'settings.scopeRead');

export function TokensCard() {
  const { data, error, refetch } = useGet<{ rows: Token[] }>('/tokens', { now: true });
  const [label, setLabel] = useState('');
  const [scope, setScope] = useState('read');
  const [expires, setExpires] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function make(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    try {
      const { data: token } = await post<{ token: string }>('/tokens', { label: label.trim(), scope, ...(expires ? { expires } : {}) });
      setMade(token.token);
      setLabel('');
      void refetch();
    } catch (e) {
      setProblem(e instanceof ApiError ? problemText(e) : String(e));
    }
  }
  async function end(token: Token) {
    try {
      await remove(`/tokens/${token.id}`);
      say({ text: t('settings.tokenEnded', { label: token.label }) });
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  const live = data?.rows.filter((token) => !token.revoked) ?? [];
  return (
    <section className="card" aria-label={t('settings.tokens')}>
      <div className="card-head"><h2>{t('settings.tokens')}</h2></div>
      <p className="ink2 card-body">{t('settings.tokensHelp')}</p>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={1} height={44} /> : (
        <ul className="lines">
          {live.map((token) => (
            <li key={token.id} className={styles.line}>
              <span className={styles.text}>
                <span className="medium">{token.label}</span> <span className="tag">{scopeLabel(token.scope)}</span>
                <span className="small ink3" style={{ display: 'block' }}>{t('settings.tokenSays', { since: instant(token.created) })}{token.expires ? `, ${t('settings.tokenUntil', { day: dayPlain(token.expires.slice(0, 10)) })}` : ''}</span>
              </span>
              <Button onClick={() => void end(token)}>{t('settings.revoke')}</Button>
            </li>
          ))}
        </ul>
      )}
      {made && <div className={`card-body ${styles.secret}`} role="status"><span className="medium">{t('settings.tokenOnce')}</span> <code>{made}</code></div>}
      <form className={styles.form} onSubmit={make}>
        <TextInput label={t('settings.tokenLabel')} value={label} error={problem} onChange={(e) => setLabel(e.currentTarget.value)} />
        <Select label={t('settings.scope')} value={scope} allowDeselect={false} data={SCOPES.map(([value, key]) => ({ value, label: t(key) }))} onChange={(value) => setScope(value ?? 'read')} />
        <TextInput type="date" label={t('settings.tokenExpires')} value={expires} onChange={(e) => setExpires(e.currentTarget.value)} />
        <Button type="submit" disabled={!label.trim()}>{t('settings.tokenMake')}</Button>
      </form>
    </section>
  );
}
