// Programs elsewhere that are told what changes: what each hears, how the last delivery went, and making another.
import { Button, Checkbox, MultiSelect, Switch, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, patch, post } from '../base/api';
import { useDraft } from '../base/draft';
import { clock, instant, instantFull } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { refresh } from '../base/query';
import { useSession } from '../base/session';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import styles from './settings.module.css';
import { EVENTS, isTaken, listOf, makeSecret, switchHook, toldText, useDeliveries, useHooks, wordsOf, type Delivery, type Deliveries, type Hook } from './webhooks_data';
import { HookPanel } from './webhooks_panel';

const lastText = (last: Delivery) => (isTaken(last) ? t('hooks.lastGood', { at: instant(last.at), status: last.status ?? '', ms: last.ms }) : t('hooks.lastBad', { at: instant(last.at), why: last.error ?? String(last.status ?? t('hooks.noAnswer')) }));

function State({ hook, sent }: { hook: Hook; sent: Deliveries | undefined }) {
  if (!hook.is_active) return <span className="tag">{t('hooks.off')}</span>;
  if (sent && !sent.has_secret) return <span className="tag">{t('hooks.waits')}</span>;
  if (sent?.failures) return <span className="tag down">{t('hooks.failing', { n: sent.failures })}</span>;
  return <span className="tag good">{t('hooks.on')}</span>;
}

function HookLine({ hook, onSecret }: { hook: Hook; onSecret: (hook: Hook, secret: string) => void }) {
  const me = useSession().user.id;
  const { byName } = useMeta();
  const [isOpen, setOpen] = useState(false);
  const [isEdited, setEdited] = useState(false);
  const { data: sent } = useDeliveries(hook.id, isOpen ? 3000 : 15_000);
  const last = sent?.rows[0];
  const isMine = hook.owner === me;
  return (
    <li className={styles.hook}>
      <div className={styles.line}>
        <span className={styles.text}>
          <span className="medium">{hook.name}</span> <State hook={hook} sent={sent} />
          <span className={`small ink2 ${styles.address}`}>{hook.url}</span>
          <span className={`small ink3 ${styles.fact}`}>{toldText(hook, byName)}{isMine ? '' : `; ${t('hooks.ownedBy', { name: hook.names?.owner ?? '' })}`}</span>
          {hook.off_reason && !hook.is_active ? <span className={`small bad ${styles.fact}`}>{hook.off_reason}</span> : sent && (
            <span className={`small ${styles.fact} ${last && !isTaken(last) ? 'down' : 'ink3'}`} title={last && instantFull(last.at)}>{last ? lastText(last) : t('hooks.neverSent')}{hook.is_active && sent.failures > 0 && sent.next ? `; ${t('hooks.nextTry', { at: clock(sent.next) })}` : ''}</span>
          )}
        </span>
        {isMine && <Switch checked={hook.is_active} aria-label={t('hooks.active', { name: hook.name })} onChange={(e) => void switchHook(hook, e.currentTarget.checked)} />}
        <Button aria-expanded={isOpen} aria-label={t('hooks.detailsOf', { name: hook.name })} onClick={() => setOpen(!isOpen)}>{t('hooks.details')}</Button>
      </div>
      {isOpen && !isEdited && <HookPanel hook={hook} isMine={isMine} sent={sent} onEdit={() => setEdited(true)} onSecret={(secret) => onSecret(hook, secret)} />}
      {isOpen && isEdited && <HookForm hook={hook} onDone={() => setEdited(false)} onClose={() => setEdited(false)} />}
    </li>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      say({ text: t('hooks.copyFails'), isBad: true });
    }
  }
  return (
    <div className={`${styles.once} card-body`} role="status">
      <span className="medium">{t('hooks.signs')}</span>
      <div className={styles.secret}>
        <code>{secret}</code>
        <Button onClick={() => void copy()}>{t(isCopied ? 'hooks.copied' : 'hooks.copy')}</Button>
        <Button variant="subtle" onClick={onClose}>{t('hooks.kept')}</Button>
      </div>
    </div>
  );
}

interface Typed {
  name: string;
  url: string;
  entities: string[];
  events: string[];
}
const blank: Typed = { name: '', url: '', entities: [], events: [...EVENTS] };
const typedOf = (hook: Hook): Typed => ({ name: hook.name, url: hook.url, entities: listOf(hook.entities), events: hook.events ? listOf(hook.events) : [...EVENTS] });

/** Makes a webhook, or changes the one given; what is typed stays until it is saved. */
export function HookForm({ hook, onDone, onClose }: { hook?: Hook; onDone: (hook: Hook) => void; onClose?: () => void }) {
  const meta = useMeta();
  const draft = useDraft<Typed>(hook ? `settings.webhook.${hook.id}` : 'settings.webhook', hook ? typedOf(hook) : blank);
  const typed = draft.value;
  const put = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part }));
  const [problem, setProblem] = useState<{ field?: string; text: string } | null>(null);
  const at = (field: string) => (problem?.field === field ? problem.text : undefined);
  const kinds = meta.entities.filter((one) => one.reach !== 'participants').map((one) => ({ value: one.name, label: one.label_plural })).sort((a, b) => a.label.localeCompare(b.label));
  const act = hook ? t('hooks.save') : t('hooks.make');
  async function save(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    const isAll = typed.events.length === EVENTS.length;
    const body = { name: typed.name.trim(), url: typed.url.trim(), entities: typed.entities.join(',') || null, events: isAll ? null : typed.events.join(',') };
    try {
      const { data, seq } = hook ? await patch<Hook>(`/webhooks/${hook.id}`, body, { ifMatch: hook.rev }) : await post<Hook>('/webhooks', { ...body, is_active: true });
      say({ text: t(hook ? 'hooks.saidChanged' : 'hooks.saidNew', { name: data.name }), seq });
      draft.set(blank);
      draft.clear();
      refresh(['webhook']);
      onDone(data);
    } catch (error) {
      setProblem({ field: error instanceof ApiError ? error.problem.field : undefined, text: wordsOf(error) });
    }
  }
  const isAtField = problem?.field !== undefined && ['name', 'url', 'entities'].includes(problem.field);
  return (
    <form onSubmit={save} aria-label={act} className={styles.make}>
      <h3 className="card-body">{act}</h3>
      <div className={styles.form}>
        <TextInput label={t('hooks.name')} value={typed.name} maxLength={100} error={at('name')} onChange={(e) => put({ name: e.currentTarget.value })} />
        <TextInput className={styles.broad} label={t('hooks.url')} placeholder="https://example.com/hook" type="text" inputMode="url" autoComplete="off" spellCheck={false} value={typed.url} error={at('url')} onChange={(e) => put({ url: e.currentTarget.value })} />
        <MultiSelect className={styles.all} label={t('hooks.entities')} placeholder={typed.entities.length ? undefined : t('hooks.allRecords')} value={typed.entities} data={kinds} searchable clearable clearButtonProps={{ 'aria-label': t('hooks.allRecords') }} error={at('entities')} onChange={(entities) => put({ entities })} />
      </div>
      <div className={`${styles.form} ${styles.ticks}`}>
        <span className="small ink2" id={`hook-events-${hook?.id ?? 'new'}`}>{t('hooks.tell')}</span>
        <span role="group" aria-labelledby={`hook-events-${hook?.id ?? 'new'}`} className="row">
          {EVENTS.map((name) => <Checkbox key={name} label={t(`hooks.${name}`)} checked={typed.events.includes(name)} onChange={(e) => put({ events: e.currentTarget.checked ? EVENTS.filter((one) => one === name || typed.events.includes(one)) : typed.events.filter((one) => one !== name) })} />)}
        </span>
        <Button type="submit" variant="filled" disabled={!typed.name.trim() || !typed.url.trim() || !typed.events.length}>{act}</Button>
        {onClose && <Button variant="subtle" onClick={() => { draft.clear(); onClose(); }}>{t('cancel')}</Button>}
      </div>
      {problem && !isAtField && <p className="bad card-body" role="alert">{problem.text}</p>}
    </form>
  );
}

export default function WebhooksSection() {
  const { data, error, refetch } = useHooks();
  const [shown, setShown] = useState<{ hook: Hook; secret: string } | null>(null);
  const rows = (data?.rows ?? []) as Hook[];
  const reveal = (hook: Hook, secret: string) => setShown({ hook, secret });
  return (
    <section className="card" aria-label={t('hooks.title')}>
      <div className="card-head"><h2>{t('hooks.title')}</h2></div>
      <p className="ink2 card-body">{t('hooks.help')}</p>
      {shown && <Secret key={shown.secret} secret={shown.secret} onClose={() => setShown(null)} />}
      {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={2} height={60} /> : !rows.length ? <p className="ink3 card-body">{t('hooks.none')}</p> : (
        <ul className="lines">{rows.map((hook) => <HookLine key={hook.id} hook={hook} onSecret={reveal} />)}</ul>
      )}
      <HookForm onDone={(hook) => void makeSecret(hook).then((secret) => reveal(hook, secret), sayError)} />
    </section>
  );
}
