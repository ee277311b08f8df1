// Several choices or records at once, for "is any of".
import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import type { Field } from '../base/types';
import styles from './multi_pick.module.css';
import { useChoices } from './ref_picker';

interface Option {
  value: string;
  label: string;
}

function useOptions(field: Field, words: string): Option[] {
  const meta = useMeta();
  const target = field.type === 'ref' ? meta.byName.get(field.ref ?? '') : undefined;
  const found = useChoices(target, words);
  if (field.type === 'choice') return (field.choices ?? []).map((c) => ({ value: c.name, label: c.label })).filter((o) => o.label.toLowerCase().includes(words.toLowerCase()));
  const rows = found.rows.map((row) => ({ value: String(row.id), label: String(row[target?.name_field ?? 'id'] ?? row.id) }));
  return target?.name === 'user' && !words ? [{ value: 'me', label: t('ask.me') }, ...rows] : rows;
}

export function MultiPick({ field, value, onChange }: { field: Field; value: string[]; onChange: (next: string[]) => void }) {
  const [words, setWords] = useState('');
  const options = useOptions(field, words);
  const isMany = field.type === 'ref' || options.length > 8;
  return (
    <fieldset className={styles.box}>
      <legend className="sr">{t('ask.value')}</legend>
      {isMany && <TextInput aria-label={t('nav.search')} placeholder={t('nav.search')} value={words} onChange={(e) => setWords(e.currentTarget.value)} data-autofocus />}
      <div className={styles.list}>
        {options.map((option) => (
          <Checkbox key={option.value} label={option.label} checked={value.includes(option.value)} onChange={(e) => onChange(e.currentTarget.checked ? [...value, option.value] : value.filter((v) => v !== option.value))} />
        ))}
        {!options.length && <p className="ink3">{t('record.noneFound')}</p>}
      </div>
    </fieldset>
  );
}
