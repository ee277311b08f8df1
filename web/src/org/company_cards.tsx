// What administrators set: the company and its features, reset links, backups, the proof of the log.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiError, patch, post } from '../base/api';
import { instant, number } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { problemText, say, sayError } from '../base/toast';
import type { Field } from '../base/types';
import { RefPicker } from '../record/ref_picker';
import styles from './settings.module.css';

interface Company {
  name: string | null;
  zone: string;
  currency: string;
  features: { name: string; help: string; is_off: boolean; is_fixed: boolean }[];
}

export function CompanyCard() {
  const { data, error, refetch } = useGet<Company>('/settings', { now: true });
  const [draft, setDraft] = useState<Company | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const shown = useRef<Company | null>(null);
  // What is typed stays when the settings are read anew.
  useEffect(() => {
    setDraft((old) => (old && JSON.stringify(old) !== JSON.stringify(shown.current) ? old : (data ?? null)));
    shown.current = data ?? null;
  }, [data]);
  async function save(event: FormEvent) {
    event.preventDefault();
    if (!draft) return;
    setProblem(null);
    try {
      await patch('/settings', { name: draft.name ?? '', zone: draft.zone, currency: draft.currency, features_off: draft.features.filter((one) => one.is_off).map((one) => one.name) });
      say({ text: t('settings.saved') });
      // Features decide which entities and pages there are.
      if (JSON.stringify(draft.features) !== JSON.stringify(data?.features)) location.reload();
      else void refetch();
    } catch (e) {
      setProblem(e instanceof ApiError ? problemText(e) : String(e));
    }
  }
  const isSame = JSON.stringify(draft) === JSON.stringify(data);
  return (
    <section className="card" aria-label={t('settings.company')}>
      <div className="card-head"><h2>{t('settings.company')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !draft ? <Bones count={3} height={44} /> : (
        <form onSubmit={save}>
          <div className={styles.form}>
            <TextInput label={t('settings.name')} value={draft.name ?? ''} onChange={(e) => setDraft({ ...draft, name: e.currentTarget.value })} />
            <TextInput label={t('settings.zone')} value={draft.zone} onChange={(e) => setDraft({ ...draft, zone: e.currentTarget.value })} />
            <TextInput label={t('settings.currency')} value={draft.currency} maxLength={3} onChange={(e) => setDraft({ ...draft, currency: e.currentTarget.value.toUpperCase() })} />
          </div>
          <ul className="lines">
            {draft.features.map((one, i) => (
              <li key={one.name} className={styles.line}>
                <Checkbox checked={!one.is_off} disabled={one.is_fixed} label={one.help} onChange={(e) => setDraft({ ...draft, features: draft.features.map((old, at) => (at === i ? { ...old, is_off: !e.currentTarget.checked } : old)) })} />
              </li>
            ))}
          </ul>
          <div className={styles.form}>
            <Button type="submit" variant="filled" disabled={isSame}>{t('settings.save')}</Button>
            {problem && <span className="bad" role="alert">{problem}</span>}
          </div>
        </form>
      )}
    </section>
  );
}

const userField: Field = { name: 'user', label: '', type: 'ref', ref: 'user', flags: ['required'] };

export function ResetLinkCard() {
  const [user, setUser] = useState<{ id: number | null; name: string | null }>({ id: null, name: null });
  const [link, setLink] = useState<{ url: string; expires: string } | null>(null);
  async function make(event: FormEvent) {
    event.preventDefault();
    try {
      setLink((await post<{ url: string; expires: string }>('/reset-links', { user: user.id })).data);
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('settings.reset')}>
      <div className="card-head"><h2>{t('settings.reset')}</h2></div>
      <p className="ink2 card-body">{t('settings.resetHelp')}</p>
      <form className={styles.form} onSubmit={make}>
        <div><RefPicker field={userField} label={t('settings.resetWho')} value={user.id} name={user.name} onPick={(id, name) => { setUser({ id, name }); setLink(null); }} /></div>
        <Button type="submit" disabled={!user.id}>{t('settings.resetGo')}</Button>
      </form>
      {link && <div className={`card-body ${styles.secret}`} role="status"><code>{link.url}</code> <span className="small ink3">{t('settings.resetUntil', { at: instant(link.expires) })}</span></div>}
    </section>
  );
}

interface Backups {
  state: 'running' | 'idle';
  done: number;
  all: number;
  error: string | null;
  rows: { name: string; size: number; at: string }[];
}

export function BackupCard() {
  const { data, error, refetch } = useGet<Backups>('/backups', { now: true });
  const isRunning = data?.state === 'running';
  useEffect(() => {
    if (!isRunning) return;
    const again = setInterval(() => void refetch(), 1000);
    return () => clearInterval(again);
  }, [isRunning, refetch]);
  async function begin() {
    try {
      await post('/backups');
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('settings.backups')}>
      <div className="card-head">
        <h2>{t('settings.backups')}</h2>
        <span className="end"><Button onClick={() => void begin()} loading={isRunning}>{t('settings.backupGo')}</Button></span>
      </div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={2} height={44} /> : (
        <>
          {data.error && <p className="bad card-body" role="alert">{data.error}</p>}
          {!data.rows.length && <p className="ink3 card-body">{t('settings.backupNone')}</p>}
          <ul className="lines">
            {data.rows.slice(0, 8).map((one) => (
              <li key={one.name} className={styles.line}>
                <span className={`cut ${styles.text}`}>{one.name}</span>
                <span className="num ink2">{t('settings.megabytes', { n: number(one.size / 1e6, 1) })}</span>
                <span className="ink3">{instant(one.at)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface Proof {
  commits: number;
  versions: number;
  faults: number;
  fault: string | null;
}

export function AuditCard() {
  const { data, error, refetch } = useGet<{ seq: number; at: string; digest: string }>('/audit', { now: true });
  const [proof, setProof] = useState<Proof | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function verify() {
    setBusy(true);
    try {
      setProof((await post<Proof>('/audit')).data);
    } catch (e) {
      sayError(e);
    } finally {
      setBusy(false);
    }
  }
  return (
    <section className="card" aria-label={t('settings.audit')}>
      <div className="card-head">
        <h2>{t('settings.audit')}</h2>
        <span className="end"><Button onClick={() => void verify()} loading={isBusy}>{t('settings.auditGo')}</Button></span>
      </div>
      <div className="card-body">
        <p className="ink2">{t('settings.auditHelp')}</p>
        {error ? <Failing error={error} retry={() => void refetch()} /> : data && <p className={`small ink3 ${styles.digest}`}>{t('settings.auditHead', { seq: number(data.seq, 0), at: instant(data.at), digest: data.digest })}</p>}
        {proof && <p className={proof.faults ? 'bad' : 'good'} role="status">{proof.faults ? `${t('settings.auditBad', { n: proof.faults })} ${proof.fault ?? ''}` : t('settings.auditGood', { commits: number(proof.commits, 0), versions: number(proof.versions, 0) })}</p>}
      </div>
    </section>
  );
}
