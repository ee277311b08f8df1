// Filters as chips one can read ("Close day by 31 Dec"); a click changes them. Groups are "any of these".
import { Button, Popover, Select } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { dayPlain } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import type { Entity, Field, Page, Value } from '../base/types';
import { FieldInput } from './editor';
import { asksOf, filterFields, fromCond, listOf, listText, toCond, type Ask, type Cond, type Group, type Node } from './filter';
import styles from './filter_bar.module.css';
import type { ListState } from './list_state';
import { MultiPick } from './multi_pick';
import { valueText } from './value';

const isDay = (field: Field) => field.type === 'date' || field.type === 'instant';

function askLabel(field: Field, ask: Ask['id']): string {
  if (ask === 'least' && isDay(field)) return t('ask.dayLeast');
  if (ask === 'most' && isDay(field)) return t('ask.dayMost');
  return t(`ask.${ask}`);
}

/** Names of the records a filter names by number. */
function useRefNames(field: Field | undefined, ids: string[]): Map<string, string> {
  const meta = useMeta();
  const target = field?.type === 'ref' ? meta.byName.get(field.ref ?? '') : undefined;
  const numbers = ids.filter((id) => /^\d+$/.test(id));
  const { data } = useGet<Page>(`/${target?.plural}`, { filter: `id=in.(${numbers.join(',')})`, params: { limit: 50 }, isOff: !target || !numbers.length, of: target ? [target.name] : [], staleMs: 60_000 });
  return new Map((data?.rows ?? []).map((row) => [String(row.id), String(row[target?.name_field ?? 'id'] ?? row.id)]));
}

function CondText({ entity, cond }: { entity: Entity; cond: Cond }) {
  const me = useSession().user;
  const field = fieldOf(entity, cond.field);
  const asked = fromCond(cond);
  const values = asked?.ask === 'anyOf' ? listOf(cond) : asked ? [asked.value] : [];
  const names = useRefNames(field, values);
  if (!field || !asked)
    return (
      <span>
        {cond.field} <b>{`${cond.not ? 'not.' : ''}${cond.op}.${cond.value}`}</b>
      </span>
    );
  const one = (value: string) => {
    if (field.type === 'ref') return value === 'me' || value === String(me.id) ? (names.get(value) ?? t('ask.me')) : (names.get(value) ?? `#${value}`);
    const plain: Value = ['int', 'real', 'money'].includes(field.type) ? Number(value) : value;
    // In a filter the day itself, not how far away it is.
    return field.type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value) ? dayPlain(value) : valueText(entity, field, plain);
  };
  const list = values.filter(Boolean).map(one);
  const text = list.length > 2 ? `${list.slice(0, 2).join(', ')} +${list.length - 2}` : list.join(` ${t('list.or')} `);
  return (
    <span className="cut">
      {field.label} {asked.ask !== 'anyOf' && `${askLabel(field, asked.ask)} `}
      <b>{text}</b>
    </span>
  );
}

function CondEditor({ entity, start, onDone }: { entity: Entity; start: Cond | null; onDone: (cond: Cond | null) => void }) {
  const asked = start ? fromCond(start) : null;
  const [name, setName] = useState(start?.field ?? '');
  const field = fieldOf(entity, name);
  const [ask, setAsk] = useState<Ask['id'] | null>(asked?.ask ?? null);
  const [value, setValue] = useState(asked?.value ?? '');
  const fields = filterFields(entity);
  const how = field ? (ask && asksOf(field).includes(ask) ? ask : (asksOf(field)[0] ?? 'is')) : null;
  const wantsValue = how && !['empty', 'filled', 'yes', 'no'].includes(how);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (field && how && (!wantsValue || value !== '')) onDone(toCond(field.name, how, value));
  };
  const single = field ? { ...field, flags: [] } : null;
  return (
    <form onSubmit={submit} className={styles.editor}>
      <Select label={t('ask.field')} placeholder={t('ask.choose')} searchable data={fields.map((f) => ({ value: f.name, label: f.label }))} value={name || null} data-autofocus={!name || undefined} comboboxProps={{ withinPortal: false }} maxDropdownHeight={260}
        onChange={(next) => {
          setName(next ?? '');
          setAsk(null);
          setValue('');
        }} />
      {field && how && (
        <Select label={t('ask.how')} data={asksOf(field).map((a) => ({ value: a, label: askLabel(field, a) }))} value={how} allowDeselect={false} comboboxProps={{ withinPortal: false }}
          onChange={(next) => {
            setAsk(next as Ask['id']);
            if ((next === 'anyOf') !== (how === 'anyOf')) setValue('');
          }} />
      )}
      {single && wantsValue && how === 'anyOf' && <MultiPick field={single} value={value ? listOf({ kind: 'cond', field: name, op: 'in', not: false, value }) : []} onChange={(list) => setValue(list.length ? listText(list) : '')} />}
      {single && wantsValue && how !== 'anyOf' && (
        <FieldInput key={name + how} entity={entity} field={{ ...single, label: t('ask.value'), help: null }} value={value === '' ? null : ['money', 'int', 'real', 'ref'].includes(single.type) ? Number(value) : value} row={{}}
          onChange={(next) => setValue(next === null ? '' : String(next))} autoFocus />
      )}
      <div className="row">
        <Button type="submit" variant="filled" disabled={!field || Boolean(wantsValue && value === '')}>
          {t('ask.apply')}
        </Button>
        {start && (
          <Button variant="subtle" onClick={() => onDone(null)}>
            {t('ask.remove')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Chip({ entity, cond, onChange }: { entity: Entity; cond: Cond; onChange: (cond: Cond | null) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus width={300}>
      <Popover.Target>
        <span className={styles.chip}>
          <button className={styles.chipText} onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
            <CondText entity={entity} cond={cond} />
          </button>
          <button className={styles.chipEnd} aria-label={t('ask.remove')} onClick={() => onChange(null)}>
            <IconX size={13} aria-hidden />
          </button>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <CondEditor entity={entity} start={cond} onDone={(next) => { setOpen(false); onChange(next); }} />
      </Popover.Dropdown>
    </Popover>
  );
}

function AddButton({ entity, label, onAdd, isSmall }: { entity: Entity; label: string; onAdd: (cond: Cond) => void; isSmall?: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus width={300}>
      <Popover.Target>
        <button className={styles.add} data-small={isSmall || undefined} onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} data-add-filter={isSmall ? undefined : ''}>
          <IconPlus size={14} aria-hidden /> {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <CondEditor entity={entity} start={null} onDone={(cond) => { setOpen(false); if (cond) onAdd(cond); }} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** A group within: "any of" (or "all of" inside an "or"), drawn in a frame; deeper ones likewise. */
function GroupChips({ entity, group, onChange, depth }: { entity: Entity; group: Group; onChange: (group: Group | null) => void; depth: number }) {
  const put = (i: number, node: Node | null) => {
    const items = group.items.slice();
    if (node) items[i] = node;
    else items.splice(i, 1);
    onChange(items.length || depth === 0 ? { ...group, items } : null);
  };
  return (
    <>
      {group.items.map((node, i) => (
        <span key={i} className={styles.part}>
          {i > 0 && group.kind === 'or' && <span className="small ink3">{t('list.or')}</span>}
          {node.kind === 'cond' ? (
            <Chip entity={entity} cond={node} onChange={(next) => put(i, next)} />
          ) : (
            <span className={styles.group}>
              <GroupChips entity={entity} group={node} depth={depth + 1} onChange={(next) => put(i, next)} />
              <AddButton entity={entity} isSmall label={node.kind === 'or' ? t('list.or') : t('list.filter')} onAdd={(cond) => put(i, { ...node, items: [...node.items, cond] })} />
            </span>
          )}
        </span>
      ))}
    </>
  );
}

export function FilterBar({ entity, state }: { entity: Entity; state: ListState }) {
  const { filter } = state;
  const add = (node: Node) => state.set({ filter: { ...filter, items: [...filter.items, node] } });
  return (
    <div className={styles.bar}>
      <GroupChips entity={entity} group={filter} depth={0} onChange={(next) => state.set({ filter: next ?? { ...filter, items: [] } })} />
      <AddButton entity={entity} label={t('list.filter')} onAdd={add} />
      {filter.items.length > 0 && <AddButton entity={entity} isSmall label={t('list.filterOr')} onAdd={(cond) => add({ kind: 'or', not: false, items: [cond] })} />}
      {filter.items.length > 1 && (
        <button className="linklike small" onClick={() => state.set({ filter: { ...filter, items: [] } })}>
          {t('list.clear')}
        </button>
      )}
    </div>
  );
}
