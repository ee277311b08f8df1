// Fields that the company adds to its records.
import { Button, Checkbox, Select, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, patch, post, remove } from '../base/api';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { client } from '../base/query';
import { problemText, say, sayError } from '../base/toast';
import type { Entity, Field, FieldType } from '../base/types';
import styles from './settings.module.css';

const TYPES: FieldType[] = ['text', 'choice', 'int', 'real', 'money', 'date', 'instant', 'bool', 'ref'];
const FIRST = ['opportunity', 'account', 'contact', 'lead', 'activity'];
const FLAGS = ['searched', 'sorted', 'personal'] as const;
const typeText = (type: FieldType) => t(`fields.type.${type}` as 'fields.type.text');

/** Everything is drawn from the metadata: it is read anew. */
const readAgain = () => client.invalidateQueries({ predicate: (query) => query.queryKey[0] === '/meta' });

function FieldLine({ field }: { field: Field }) {
  const [isSure, setSure] = useState(false);
  const [label, setLabel] = useState<string | null>(null);
  async function retire() {
    if (!isSure) return setSure(true);
    try {
      await remove(`/fields/${field.custom}`);
      say({ text: t('fields.saidRetired', { name: field.label }) });
      await readAgain();
    } catch (error) {
      sayError(error);
    }
  }
  async function rename(event: FormEvent) {
    event.preventDefault();
    const next = label?.trim();
    if (!next || next === field.label) return setLabel(null);
    try {
      await patch(`/fields/${field.custom}`, { label: next });
      say({ text: t('fields.saidRenamed', { was: field.label, name: next }) });
      setLabel(null);
      await readAgain();
    } catch (error) {
      sayError(error);
    }
  }
  if (label !== null)
    return (
      <li>
        <form className={styles.line} onSubmit={(event) => void rename(event)}>
          <TextInput className={styles.text} aria-label={t('fields.label')} value={label} maxLength={60} autoFocus onChange={(e) => setLabel(e.currentTarget.value)} />
          <Button variant="subtle" onClick={() => setLabel(null)}>{t('cancel')}</Button>
          <Button type="submit" variant="filled" disabled={!label.trim()}>{t('fields.rename')}</Button>
        </form>
      </li>
    );
  const facts = [typeText(field.type), field.choices?.map((one) => one.label).join(', '), ...FLAGS.filter((flag) => field.flags.includes(flag)).map((flag) => t(`fields.${flag}`))];
  return (
    <li className={styles.line}>
      <span className={styles.text}>
        <span className="medium">{field.label}</span> <span className="small ink3">{field.name}</span>
        <span className="small ink3" style={{ display: 'block' }}>{isSure ? t('fields.sure', { name: field.label }) : facts.filter(Boolean).join('; ')}</span>
      </span>
      {isSure && <Button variant="subtle" onClick={() => setSure(false)}>{t('cancel')}</Button>}
      {!isSure && <Button variant="subtle" onClick={() => setLabel(field.label)}>{t('fields.rename')}</Button>}
      <Button onClick={() => void retire()}>{t('fields.retire')}</Button>
    </li>
  );
}

interface Typed {
  label: string;
  type: FieldType;
  choices: string;
  ref: string;
  flags: string[];
}
const blank: Typed = { label: '', type: 'text', choices: '', ref: 'account', flags: [] };

function AddForm({ entity, entities }: { entity: Entity; entities: Entity[] }) {
  const [typed, setTyped] = useState(blank);
  const [problem, setProblem] = useState<string | null>(null);
  const put = (part: Partial<Typed>) => setTyped((old) => ({ ...old, ...part }));
  async function add(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    const choices = typed.choices.split('\n').map((line) => line.trim()).filter(Boolean);
    try {
      await post('/fields', { entity: entity.name, label: typed.label.trim(), type: typed.type, flags: typed.flags, ...(typed.type === 'choice' ? { choices } : {}), ...(typed.type === 'ref' ? { ref: typed.ref } : {}) });
      say({ text: t('fields.saidNew', { name: typed.label.trim() }) });
      setTyped(blank);
      await readAgain();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  return (
    <form onSubmit={add}>
      <div className={styles.form}>
        <TextInput label={t('fields.label')} value={typed.label} maxLength={60} onChange={(e) => put({ label: e.currentTarget.value })} />
        <Select label={t('fields.type')} value={typed.type} allowDeselect={false} data={TYPES.map((type) => ({ value: type, label: typeText(type) }))} onChange={(type) => put({ type: (type as FieldType) ?? typed.type })} />
        {typed.type === 'ref' && <Select label={t('fields.ref')} value={typed.ref} allowDeselect={false} searchable data={entities.map((one) => ({ value: one.name, label: one.label }))} onChange={(ref) => put({ ref: ref ?? typed.ref })} />}
        {typed.type === 'choice' && <Textarea label={t('fields.choices')} value={typed.choices} autosize minRows={3} maxRows={12} onChange={(e) => put({ choices: e.currentTarget.value })} />}
      </div>
      <div className={styles.form}>
        {FLAGS.map((flag) => (
          <Checkbox key={flag} label={t(`fields.${flag}`)} checked={typed.flags.includes(flag)} onChange={(e) => put({ flags: e.currentTarget.checked ? [...typed.flags, flag] : typed.flags.filter((one) => one !== flag) })} />
        ))}
        <Button type="submit" variant="filled" disabled={!typed.label.trim()}>{t('fields.add')}</Button>
      </div>
      {problem && <p className="bad card-body" role="alert">{problem}</p>}
    </form>
  );
}

export default function FieldsSection() {
  const meta = useMeta();
  const entities = [...meta.entities.filter((one) => one.reach !== 'participants')].sort((a, b) => {
    const place = (one: Entity) => (FIRST.includes(one.name) ? FIRST.indexOf(one.name) : FIRST.length);
    return place(a) - place(b) || a.label.localeCompare(b.label);
  });
  const [name, setName] = useState('opportunity');
  const entity = meta.byName.get(name) ?? entities[0];
  if (!entity) return null;
  const own = entity.fields.filter((field) => field.custom);
  const count = (one: Entity) => one.fields.filter((field) => field.custom).length;
  return (
    <section className="card" aria-label={t('fields.title')}>
      <div className="card-head"><h2>{t('fields.title')}</h2></div>
      <p className="ink2 card-body">{t('fields.help')}</p>
      <div className={styles.form}>
        <Select label={t('fields.of')} value={entity.name} allowDeselect={false} searchable data={entities.map((one) => ({ value: one.name, label: count(one) ? `${one.label_plural} (${count(one)})` : one.label_plural }))} onChange={(next) => setName(next ?? name)} />
      </div>
      {own.length ? <ul className="lines">{own.map((field) => <FieldLine key={field.name} field={field} />)}</ul> : <p className="ink3 card-body">{t('fields.none', { what: entity.label_plural })}</p>}
      <AddForm key={entity.name} entity={entity} entities={entities} />
    </section>
  );
}
