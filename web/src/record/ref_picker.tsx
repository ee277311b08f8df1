// Choosing a record of another entity: type to search, arrows to choose, and what is not there yet is created in
// place. Few records (stages, reasons) are listed at once.
import { CloseButton, Combobox, InputBase, Loader, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { plainText } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf, has, may, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import type { Entity, Field, Page, Row, Value } from '../base/types';
import { QuickCreate } from './quick_create';

interface Props {
  field: Field;
  value: number | null;
  name?: string | null;
  /** The record the reference is part of: a stage is one of its pipeline. */
  row?: Record<string, Value>;
  label?: string;
  ariaLabel?: string;
  description?: string | null;
  error?: string | null;
  required?: boolean;
  autoFocus?: boolean;
  onPick: (id: number | null, name: string | null) => void;
  onClose?: () => void;
}

const ORDERED = ['position', 'rank', 'sort'];

/** Records to choose from. Until those of the words are there, of the ones that were found before only such as fit. */
export function useChoices(target: Entity | undefined, words: string, row?: Record<string, Value>): { rows: Row[]; isFetching: boolean } {
  const [late] = useDebouncedValue(words.trim(), 120);
  const nameField = target && fieldOf(target, target.name_field);
  const parts: string[] = [];
  if (late && target && nameField)
    parts.push(has(nameField, 'searched') ? `search=${encodeURIComponent(late)}` : `${nameField.name}=${encodeURIComponent(`ilike.*${late}*`)}`);
  if (target?.name === 'stage' && row?.pipeline) parts.push(`pipeline=eq.${row.pipeline}`);
  if (target?.name === 'user' && fieldOf(target, 'is_active')) parts.push('is_active=is.true');
  const order = target && (ORDERED.find((name) => fieldOf(target, name)) ?? (nameField && has(nameField, 'sorted') ? nameField.name : undefined));
  const found = useGet<Page>(`/${target?.plural}`, {
    filter: parts.join('&'),
    params: { limit: 20, order: late && nameField && has(nameField, 'searched') ? undefined : order },
    of: target ? [target.name] : [],
    isOff: !target,
    keepOld: true,
  });
  const isOld = found.isPlaceholderData || late !== words.trim();
  const wanted = plainText(words.trim());
  const rows = found.data?.rows ?? [];
  return {
    rows: isOld && wanted ? rows.filter((one) => plainText(nameIn(target, one)).includes(wanted)) : rows,
    isFetching: found.isFetching || isOld,
  };
}

const nameIn = (target: Entity | undefined, row: Row) => String(row[target?.name_field ?? 'id'] ?? `#${row.id}`);

export function RefPicker(props: Props) {
  const meta = useMeta();
  const target = meta.byName.get(props.field.ref ?? '');
  const [words, setWords] = useState<string | null>(props.autoFocus ? '' : null);
  const [making, setMaking] = useState<string | null>(null);
  const box = useCombobox({
    defaultOpened: props.autoFocus,
    onDropdownClose: () => {
      setWords(null);
      box.resetSelectedOption();
      props.onClose?.();
    },
    onDropdownOpen: () => box.selectFirstOption(),
  });
  const found = useChoices(target, words ?? '', props.row);
  const rows = found.rows;
  const nameOf = (row: Row) => nameIn(target, row);
  const shown = props.name ?? (props.value ? `#${props.value}` : '');

  const pick = (key: string) => {
    if (key === 'create') {
      setMaking(words ?? '');
    } else {
      const row = rows.find((r) => String(r.id) === key);
      if (row) props.onPick(row.id, nameOf(row));
    }
    box.closeDropdown();
  };

  return (
    <>
      <Combobox store={box} onOptionSubmit={pick} withinPortal>
        <Combobox.Target>
          <InputBase
            label={props.label}
            aria-label={props.ariaLabel}
            description={props.description}
            error={props.error}
            required={props.required}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data-autofocus={props.autoFocus || undefined}
            autoFocus={props.autoFocus}
            autoComplete="off"
            value={words ?? shown}
            placeholder={words !== null ? shown : undefined}
            onFocus={() => box.openDropdown()}
            onClick={() => box.openDropdown()}
            onBlur={() => box.closeDropdown()}
            onKeyDown={(e) => e.key === 'Escape' && box.dropdownOpened && e.stopPropagation()}
            onChange={(e) => {
              setWords(e.currentTarget.value);
              box.openDropdown();
              box.updateSelectedOptionIndex();
            }}
            rightSectionPointerEvents="all"
            rightSection={
              found.isFetching && words ? (
                <Loader size={14} />
              ) : props.value && !props.required ? (
                <CloseButton size="sm" aria-label={t('record.clear', { what: props.label ?? props.field.label })} tabIndex={-1} onMouseDown={(e) => e.preventDefault()} onClick={() => props.onPick(null, null)} />
              ) : null
            }
          />
        </Combobox.Target>
        <Combobox.Dropdown>
          <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={props.field.label}>
            {rows.map((row) => (
              <Combobox.Option key={row.id} value={String(row.id)} active={row.id === props.value}>
                <span className="row">
                  <span className="cut">{nameOf(row)}</span>
                  <span className="small ink3 cut">{row.names?.account ?? row.names?.pipeline ?? ''}</span>
                </span>
              </Combobox.Option>
            ))}
            {!rows.length && !found.isFetching && <Combobox.Empty>{t('record.noneFound')}</Combobox.Empty>}
            {target && may(target, 'create') && words && !found.isFetching && (
              <Combobox.Option value="create">{t('record.createNamed', { what: target.label.toLowerCase(), name: words })}</Combobox.Option>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {making !== null && target && (
        <QuickCreate
          entity={target}
          name={making}
          onDone={(row) => {
            setMaking(null);
            if (row) props.onPick(row.id, nameOf(row));
          }}
        />
      )}
    </>
  );
}
