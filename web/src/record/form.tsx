// A form drawn from the metadata. What is asked first: what is required and what is usual; the rest is folded.
import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError, get, newKey, post } from '../base/api';
import { useDraft } from '../base/draft';
import { t } from '../base/i18n';
import { fieldOf, has, isLong, isWritable, useMeta, type Meta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { useSession } from '../base/session';
import { problemText, say } from '../base/toast';
import type { Entity, Field, Page, Row, Value } from '../base/types';
import { usualColumns } from './columns';
import { FieldInput } from './editor';
import styles from './form.module.css';

interface Typed {
  key: string;
  values: Record<string, Value>;
  names: Record<string, string | null>;
}

interface Props {
  entity: Entity;
  /** Values it starts with, from the address or from where it was opened. */
  start?: Record<string, Value>;
  startNames?: Record<string, string | null>;
  draftKey: string;
  onSaved: (row: Row) => void;
  onCancel: () => void;
}

function fieldsFirst(entity: Entity): Set<string> {
  const first = new Set(usualColumns(entity));
  for (const field of entity.fields) if (has(field, 'required') || field.custom) first.add(field.name);
  return first;
}

/** The first choice of a required reference into an ordered list (pipeline, then its first stage). */
async function firstChoices(entity: Entity, meta: Meta, values: Record<string, Value>): Promise<{ values: Record<string, Value>; names: Record<string, string | null> }> {
  const made = { values: {} as Record<string, Value>, names: {} as Record<string, string | null> };
  for (const field of entity.fields) {
    const target = field.type === 'ref' && has(field, 'required') ? meta.byName.get(field.ref ?? '') : undefined;
    if (!target || !['pipeline', 'stage'].includes(target.name) || values[field.name]) continue;
    const pipeline = values.pipeline ?? made.values.pipeline;
    const order = fieldOf(target, 'position') ? 'position' : undefined;
    const page = await get<Page>(`/${target.plural}`, { filter: target.name === 'stage' && pipeline ? `pipeline=eq.${pipeline}` : '', params: { limit: 1, order } });
    const row = page.rows[0];
    if (!row) continue;
    made.values[field.name] = row.id;
    made.names[field.name] = String(row[target.name_field] ?? '');
  }
  return made;
}

function Duplicates({ entity, name }: { entity: Entity; name: string }) {
  const [late] = useDebouncedValue(name.trim(), 300);
  const found = useGet<Page>(`/${entity.plural}/duplicates`, { params: { name: late }, now: true, isOff: late.length < 4, of: [entity.name] });
  const rows = late.length < 4 ? [] : (found.data?.rows ?? []);
  if (!rows.length) return null;
  return (
    <div className={styles.hint} role="status">
      <span className="medium">{t('record.looksLike')}</span>{' '}
      {rows.slice(0, 3).map((row, i) => (
        <span key={row.id}>
          {i > 0 && ', '}
          <Link href={`/${entity.plural}/${row.id}`}>{String(row[entity.name_field] ?? row.id)}</Link>
        </span>
      ))}
    </div>
  );
}

interface GridProps {
  entity: Entity;
  fields: Field[];
  typed: Typed;
  errors: Record<string, string>;
  put: (field: Field, value: Value, name?: string | null) => void;
}

function FieldGrid({ entity, fields, typed, errors, put }: GridProps) {
  return (
    <div className={styles.grid}>
      {fields.map((field) => (
        <div key={field.name} data-wide={isLong(field) || field.name === entity.name_field || undefined} data-field={field.name}>
          <FieldInput entity={entity} field={field} value={typed.values[field.name] ?? null} row={typed.values} names={typed.names} error={errors[field.name]} autoFocus={field.name === entity.name_field && field.type === 'text'}
            onChange={(value, name) => put(field, value, name)} />
          {field.name === entity.name_field && <Duplicates entity={entity} name={String(typed.values[field.name] ?? '')} />}
        </div>
      ))}
    </div>
  );
}

const trimmed = (values: Record<string, Value>) =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === 'string' ? v.trim() || null : v]).filter(([, v]) => v !== null && v !== undefined));

export function CreateForm({ entity, start, startNames, draftKey, onSaved, onCancel }: Props) {
  const meta = useMeta();
  const session = useSession();
  const form = useRef<HTMLFormElement>(null);
  const isOwn = entity.owner_field && !entity.fills_owner;
  const owner = isOwn ? { [entity.owner_field!]: session.user.id } : {};
  const ownerName = isOwn ? { [entity.owner_field!]: session.user.name } : {};
  const draft = useDraft<Typed>(draftKey, { key: newKey(), values: { ...owner, ...start }, names: { ...ownerName, ...startNames } });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const failed = useRef<string | null>(null);
  const usual = useRef<Promise<Record<string, Value>>>(Promise.resolve({}));
  const [general, setGeneral] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const first = useMemo(() => fieldsFirst(entity), [entity]);
  const writable = entity.fields.filter((f) => isWritable(f, true) && f.name !== entity.currency_field && f.name !== 'unmatched');
  const typed = draft.value;

  useEffect(() => {
    let isGone = false;
    usual.current = firstChoices(entity, meta, typed.values).then((made) => {
      if (!isGone && Object.keys(made.values).length)
        draft.set((old) => ({ ...old, values: { ...made.values, ...old.values }, names: { ...made.names, ...old.names } }));
      return made.values;
    }, () => ({}));
    return () => {
      isGone = true;
    };
  }, [entity.name]);

  const put = (field: Field, value: Value, name?: string | null) => {
    setErrors((old) => ({ ...old, [field.name]: '' }));
    // Another content is another save: a repeat of the old key would answer with the old record.
    draft.set((old) => ({ key: newKey(), values: { ...old.values, [field.name]: value }, names: { ...old.names, [field.name]: name ?? null } }));
  };

  const fail = (field: string | undefined, text: string) => {
    const known = field && writable.some((f) => f.name === field);
    if (!known) return setGeneral(text);
    if (!first.has(field)) setOpen(true);
    setErrors({ [field]: text });
    failed.current = field;
  };

  // Once what failed is drawn, its place in the folded part of the form too.
  useEffect(() => {
    if (failed.current) form.current?.querySelector<HTMLElement>(`[data-field="${failed.current}"] input, [data-field="${failed.current}"] textarea`)?.focus();
    failed.current = null;
  }, [errors]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    if (isBusy) return;
    setGeneral(null);
    setBusy(true);
    // Whoever is faster than the first choices is not asked for them.
    const values = { ...(await usual.current), ...typed.values };
    const missing = writable.find((f) => has(f, 'required') && (values[f.name] ?? '') === '' && f.name !== entity.owner_field);
    if (missing) {
      setBusy(false);
      return fail(missing.name, t('record.needed', { what: missing.label }));
    }
    try {
      const { data, seq } = await post<Row>(`/${entity.plural}`, trimmed(values), { key: typed.key });
      draft.clear();
      say({ text: t('record.created', { what: entity.label, name: String(data[entity.name_field] ?? '') }), seq });
      refresh([entity.name]);
      onSaved(data);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fail(error.problem.field, problemText(error));
    } finally {
      setBusy(false);
    }
  }

  const more = writable.filter((f) => !first.has(f.name));
  const grid = { entity, typed, errors, put };
  return (
    <form ref={form} onSubmit={submit} noValidate className={styles.form} aria-label={t('record.newTitle', { what: entity.label.toLowerCase() })}
      onKeyDown={(e) => {
        if ((e.ctrlKey || e.metaKey) && e.key === 'Enter') void submit(e);
      }}>
      {draft.wasKept && (
        <div className={styles.hint}>
          {t('record.draftKept')}{' '}
          <button type="button" className="linklike" onClick={() => { draft.clear(); draft.set({ key: newKey(), values: { ...owner, ...start }, names: { ...ownerName, ...startNames } }); }}>
            {t('record.draftDrop')}
          </button>
        </div>
      )}
      <FieldGrid {...grid} fields={writable.filter((f) => first.has(f.name))} />
      {more.length > 0 && (
        <>
          <button type="button" className={styles.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? <IconChevronDown size={15} aria-hidden /> : <IconChevronRight size={15} aria-hidden className="flip" />}
            {t('record.moreFields', { n: more.length })}
          </button>
          {isOpen && <FieldGrid {...grid} fields={more} />}
        </>
      )}
      {general && (
        <p className={styles.error} role="alert">
          {general}
        </p>
      )}
      <div className={styles.foot}>
        <Button type="submit" variant="filled" loading={isBusy}>
          {t('record.create', { what: entity.label.toLowerCase() })}
        </Button>
        <Button variant="subtle" onClick={() => { draft.clear(); onCancel(); }}>
          {t('cancel')}
        </Button>
        <span className="small ink3">{t('record.submitKey')}</span>
      </div>
    </form>
  );
}
