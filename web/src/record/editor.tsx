// The input of one field, by its type: the same in forms, in cells and in bulk changes.
import { NumberInput, Select, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { t } from '../base/i18n';
import { toInstant } from '../frame/past';
import { locale } from '../base/i18n';
import { zone } from '../base/format';
import { has, isLong } from '../base/meta';
import type { Entity, Field, Value } from '../base/types';
import { RefPicker } from './ref_picker';
import { currencyOf, isShare } from './value';

export interface InputProps {
  entity: Entity;
  field: Field;
  value: Value;
  /** The other values of the record, for currency and dependent references. */
  row: Record<string, Value>;
  names?: Record<string, string | null>;
  error?: string | null;
  /** In a cell: no label, opens at once. */
  isBare?: boolean;
  autoFocus?: boolean;
  onChange: (value: Value, name?: string | null) => void;
  /** A choice has been made, or Enter: what a cell saves at. */
  onCommit?: (value: Value, name?: string | null) => void;
  onClose?: () => void;
}

function separators(): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale()).formatToParts(-12345.6);
  return { decimal: parts.find((p) => p.type === 'decimal')?.value ?? '.', group: parts.find((p) => p.type === 'group')?.value ?? ',' };
}

/** An instant as the wall clock of the person's zone, for <input type="datetime-local">. */
function toWall(value: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone(), hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(new Date(value));
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

function common(props: InputProps) {
  const { field } = props;
  return {
    label: props.isBare ? undefined : field.label,
    'aria-label': props.isBare ? field.label : undefined,
    description: props.isBare ? undefined : field.help,
    error: props.error,
    required: has(field, 'required'),
    autoFocus: props.autoFocus,
    'data-autofocus': props.autoFocus || undefined,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    name: field.name,
  };
}

function NumberField(props: InputProps) {
  const { entity, field, value } = props;
  const { decimal, group } = separators();
  const isPercent = isShare(field);
  const scale = isPercent ? 100 : 1;
  const shown = value === null || value === undefined ? '' : Math.round(Number(value) * scale * 1e6) / 1e6;
  const suffix = field.type === 'money' ? ` ${currencyOf(entity, props.row)}` : isPercent ? ' %' : undefined;
  return (
    <NumberInput {...common(props)} value={shown} hideControls decimalSeparator={decimal} thousandSeparator={group} suffix={suffix} decimalScale={field.type === 'int' ? 0 : field.type === 'money' ? 2 : 6}
      inputMode="decimal" onChange={(next) => props.onChange(next === '' || typeof next === 'string' && !next.trim() ? null : Number(next) / scale)}
      onFocus={(e) => e.currentTarget.select()} />
  );
}

function ChoiceField(props: InputProps) {
  const { field, value } = props;
  const data = (field.choices ?? []).map((c) => ({ value: c.name, label: c.label }));
  const [open] = useState(Boolean(props.isBare && props.autoFocus));
  return (
    <Select {...common(props)} data={data} value={value === null ? null : String(value)} searchable={data.length > 7} clearable={!has(field, 'required')} defaultDropdownOpened={open}
      clearButtonProps={{ 'aria-label': t('record.clear', { what: field.label }) }} nothingFoundMessage={t('record.noneFound')} checkIconPosition="right"
      onChange={(next) => {
        props.onChange(next);
        props.onCommit?.(next);
      }}
      onDropdownClose={props.onClose} />
  );
}

function BoolField(props: InputProps) {
  const data = [
    { value: 'true', label: t('yes') },
    { value: 'false', label: t('no') },
  ];
  const value = props.value === null || props.value === undefined ? null : String(Boolean(props.value));
  return (
    <Select {...common(props)} data={data} value={value} clearable={!has(props.field, 'required')} defaultDropdownOpened={props.isBare && props.autoFocus} onDropdownClose={props.onClose}
      clearButtonProps={{ 'aria-label': t('record.clear', { what: props.field.label }) }}
      onChange={(next) => {
        const made = next === null ? null : next === 'true';
        props.onChange(made);
        props.onCommit?.(made);
      }} />
  );
}

export function FieldInput(props: InputProps) {
  const { field, value } = props;
  const text = value === null || value === undefined ? '' : String(value);
  switch (field.type) {
    case 'money':
    case 'int':
    case 'real':
      return <NumberField {...props} />;
    case 'choice':
      return <ChoiceField {...props} />;
    case 'bool':
      return <BoolField {...props} />;
    case 'date':
      return <TextInput {...common(props)} type="date" value={text} onChange={(e) => props.onChange(e.currentTarget.value || null)} />;
    case 'instant':
      return <TextInput {...common(props)} type="datetime-local" value={text ? toWall(text) : ''}
        onChange={(e) => {
          const [day, time] = e.currentTarget.value.split('T');
          props.onChange(day && time ? toInstant(day, time) : null);
        }} />;
    case 'ref':
      return (
        <RefPicker field={field} value={value === null ? null : Number(value)} name={props.names?.[field.name]} row={props.row} label={props.isBare ? undefined : field.label} ariaLabel={props.isBare ? field.label : undefined}
          description={props.isBare ? undefined : field.help} error={props.error} required={has(field, 'required')} autoFocus={props.autoFocus} onClose={props.onClose}
          onPick={(id, name) => {
            props.onChange(id, name);
            props.onCommit?.(id, name);
          }} />
      );
    default:
      if (isLong(field) && !props.isBare)
        return <Textarea {...common(props)} value={text} autosize minRows={2} maxRows={10} maxLength={field.max ?? undefined} onChange={(e) => props.onChange(e.currentTarget.value)} />;
      return <TextInput {...common(props)} value={text} maxLength={field.max ?? 255} onChange={(e) => props.onChange(e.currentTarget.value)} autoComplete="off" />;
  }
}
