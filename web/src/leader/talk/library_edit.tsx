// What the editors of the library share: texts that are saved when one leaves them, an order that is put by hand, and
// retiring in place of deleting, so that what was scored or asked with something keeps its words.
import { ActionIcon, Textarea, TextInput } from '@mantine/core';
import { IconArchive, IconArchiveOff } from '@tabler/icons-react';
import { useEffect, useState, type FormEvent, type KeyboardEvent } from 'react';
import { patch, post } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh } from '../../base/query';
import { moved } from '../../base/sort_list';
import { say, sayError } from '../../base/toast';
import type { Row } from '../../base/types';
import styles from './library.module.css';

export interface Kept {
  plural: string;
  entity: string;
}
export const RUBRIC: Kept = { plural: 'rubrics', entity: 'rubric' };
export const LINE: Kept = { plural: 'rubric_lines', entity: 'rubric_line' };
export const QUESTION: Kept = { plural: 'coaching_questions', entity: 'coaching_question' };
export const TEMPLATE: Kept = { plural: 'talk_templates', entity: 'talk_template' };

export const inOrder = (rows: Row[] | undefined) => [...(rows ?? [])].sort((a, b) => Number(a.position ?? Infinity) - Number(b.position ?? Infinity) || a.id - b.id);

export async function keep(what: Kept, id: number, changes: Record<string, unknown>): Promise<boolean> {
  try {
    await patch(`/${what.plural}/${id}`, changes);
    refresh([what.entity]);
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}

export async function put(what: Kept, row: Record<string, unknown>): Promise<number | null> {
  try {
    const { data } = await post<Row>(`/${what.plural}`, row);
    refresh([what.entity]);
    return data.id;
  } catch (error) {
    sayError(error);
    return null;
  }
}

export async function reorder(what: Kept, rows: Row[], from: number, to: number) {
  try {
    for (const [at, row] of moved(rows, from, to).entries()) if (row.position !== at + 1) await patch(`/${what.plural}/${row.id}`, { position: at + 1 });
  } catch (error) {
    sayError(error);
  }
  refresh([what.entity]);
}

interface TextProps {
  label: string;
  value: string;
  max: number;
  isRequired?: boolean;
  isLong?: boolean;
  isBare?: boolean;
  canEdit: boolean;
  onSave: (text: string | null) => Promise<boolean>;
}

/** Saved when one leaves it, or with Enter; Escape takes it back. */
export function SavedText({ label, value, max, isRequired, isLong, isBare, canEdit, onSave }: TextProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const leave = async () => {
    const made = text.trim();
    if (made === value) return setText(value);
    if ((!made && isRequired) || !(await onSave(made || null))) setText(value);
  };
  const shared = { value: text, maxLength: max, readOnly: !canEdit, onBlur: () => void leave(), [isBare ? 'aria-label' : 'label']: label };
  const keys = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') setText(value);
    if (event.key === 'Enter' && !isLong) event.currentTarget.blur();
  };
  return isLong ? <Textarea {...shared} autosize minRows={1} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={keys} /> : <TextInput {...shared} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={keys} />;
}

export function AddText({ label, max, onAdd }: { label: string; max: number; onAdd: (text: string) => Promise<boolean> }) {
  const [text, setText] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim() && (await onAdd(text.trim()))) setText('');
  }
  return <form className={styles.add} onSubmit={submit}><TextInput aria-label={label} placeholder={label} value={text} maxLength={max} onChange={(e) => setText(e.currentTarget.value)} /></form>;
}

export function Retire({ what, row, name }: { what: Kept; row: Row; name: string }) {
  const isRetired = Boolean(row.is_retired);
  async function turn() {
    try {
      const { seq } = await patch(`/${what.plural}/${row.id}`, { is_retired: !isRetired });
      say({ text: t(isRetired ? 'library.saidBack' : 'library.saidRetired', { name }), seq });
      refresh([what.entity]);
    } catch (error) {
      sayError(error);
    }
  }
  const label = t(isRetired ? 'library.back' : 'library.retire', { name });
  return <ActionIcon variant="subtle" size={26} aria-label={label} title={label} onClick={() => void turn()}>{isRetired ? <IconArchiveOff size={15} aria-hidden /> : <IconArchive size={15} aria-hidden />}</ActionIcon>;
}
