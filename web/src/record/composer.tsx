// Writing down what happened or what is to be done, where the record is: kept while it is typed.
import { Button, Textarea, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { ApiError, newKey, post } from '../base/api';
import { useDraft } from '../base/draft';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import { refresh } from '../base/query';
import { problemText, say } from '../base/toast';
import type { Entity, Field, Row } from '../base/types';
import styles from './composer.module.css';

interface Typed {
  key: string;
  kind: string;
  text: string;
  due: string;
}

/** The first line is what it is about; the rest is what was said. */
function split(text: string): { subject: string; body: string | null } {
  const [first = '', ...rest] = text.trim().split('\n');
  const subject = first.length > 200 ? `${first.slice(0, 199)}…` : first;
  const body = first.length > 200 ? text.trim() : rest.join('\n').trim();
  return { subject, body: body || null };
}

export function Composer({ entity, link, row }: { entity: Entity; link: Field; row: Row }) {
  const draft = useDraft<Typed>(`note.${link.ref}.${row.id}`, { key: newKey(), kind: 'note', text: '', due: '' });
  const [isOpen, setOpen] = useState(draft.value.text !== '');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const typed = draft.value;
  const latest = useRef(typed.text);
  latest.current = typed.text;
  const kinds = fieldOf(entity, 'kind')?.choices ?? [];
  const put = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part, key: newKey() }));

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (!typed.text.trim() || isBusy) return;
    const isTask = typed.kind === 'task';
    const body: Record<string, unknown> = { kind: typed.kind, ...split(typed.text), [link.name]: row.id };
    if (isTask) body.due_day = typed.due || null;
    else body.start_us = new Date().toISOString();
    if (link.ref === 'opportunity' && row.account && fieldOf(entity, 'account')) body.account = row.account;
    setBusy(true);
    setError(null);
    try {
      const { seq } = await post<Row>(`/${entity.plural}`, body, { key: typed.key });
      // What was written on while it was saved stays.
      if (latest.current === typed.text) {
        draft.set({ key: newKey(), kind: typed.kind, text: '', due: '' });
        draft.clear();
        setOpen(false);
      }
      say({ text: t('record.noted', { what: kinds.find((k) => k.name === typed.kind)?.label ?? entity.label }), seq });
      refresh([entity.name, link.ref ?? '']);
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      setError(problemText(e));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className={styles.box} onSubmit={submit} data-open={isOpen || undefined}>
      <Textarea aria-label={t('record.compose')} placeholder={t('record.compose')} value={typed.text} autosize minRows={isOpen ? 2 : 1} maxRows={12} maxLength={60_000} error={error} onFocus={() => setOpen(true)} data-composer=""
        onChange={(e) => put({ text: e.currentTarget.value })}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void submit();
          if (e.key === 'Escape' && !typed.text) {
            setOpen(false);
            e.currentTarget.blur();
          }
        }} />
      {isOpen && (
        <div className={styles.foot}>
          <div className={styles.kinds} role="radiogroup" aria-label={fieldOf(entity, 'kind')?.label}>
            {kinds.map((kind) => (
              <button key={kind.name} type="button" role="radio" aria-checked={typed.kind === kind.name} onClick={() => put({ kind: kind.name })}>
                {kind.label}
              </button>
            ))}
          </div>
          {typed.kind === 'task' && <TextInput type="date" aria-label={fieldOf(entity, 'due_day')?.label ?? t('past.day')} value={typed.due} onChange={(e) => put({ due: e.currentTarget.value })} />}
          <span className="grow" />
          <span className="small ink3">{t('record.submitKey')}</span>
          <Button type="submit" variant="filled" loading={isBusy} disabled={!typed.text.trim()}>
            {t('record.note')}
          </Button>
        </div>
      )}
    </form>
  );
}
