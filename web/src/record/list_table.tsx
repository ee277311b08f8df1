// The rows: virtual, so that ten thousand feel like ten; one cell at a time has the keyboard.
import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { getCoreRowModel, useReactTable, type ColumnDef, type ColumnSizingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { fieldOf, isWritable, may } from '../base/meta';
import { linkTo } from '../base/plain_link';
import { keep, kept } from '../base/store';
import type { Entity, Field, Row } from '../base/types';
import { CellEdit } from './cell_edit';
import { isNumeric, widthOf } from './columns';
import type { ListData } from './list_data';
import { canSort, type ListState } from './list_state';
import styles from './list_table.module.css';
import type { Selection } from './selection';
import { Value } from './value';

const ROW = 33;
const CHECK = 40;
const AHEAD = 30;

interface At {
  row: number;
  column: number;
}
interface Editing extends At {
  first?: string;
}

interface Props {
  entity: Entity;
  state: ListState;
  data: ListData;
  selection: Selection;
  canSelect: boolean;
}

function useColumns(entity: Entity, state: ListState) {
  const widthsKey = `coxswain.widths.${entity.name}`;
  const [sizing, setSizing] = useState<ColumnSizingState>(() => kept<ColumnSizingState>(localStorage, widthsKey) ?? {});
  const columns = useMemo<ColumnDef<Row>[]>(
    () =>
      state.columns
        .map((name) => fieldOf(entity, name))
        .filter((field): field is Field => Boolean(field))
        .map((field) => ({ id: field.name, accessorFn: (row) => row[field.name], size: widthOf(entity, field), minSize: 64, maxSize: 720, meta: field })),
    [entity, state.columns],
  );
  const table = useReactTable<Row>({
    data: [],
    columns,
    getCoreRowModel: getCoreRowModel(),
    columnResizeMode: 'onChange',
    state: { columnSizing: sizing },
    onColumnSizingChange: setSizing,
  });
  useEffect(() => keep(localStorage, widthsKey, sizing), [sizing, widthsKey]);
  return table;
}

function SortMark({ state, name }: { state: ListState; name: string }) {
  if (state.order?.field !== name || state.words) return null;
  return state.order.isDown ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />;
}

function Head({ entity, state, table, template, width, selection, rows, canSelect }: { entity: Entity; state: ListState; table: ReturnType<typeof useColumns>; template: string; width: number; selection: Selection; rows: Row[]; canSelect: boolean }) {
  const sort = (name: string) => {
    const isSame = state.order?.field === name;
    state.set({ order: isSame && state.order?.isDown ? null : { field: name, isDown: isSame } });
  };
  const all = rows.length > 0 && rows.every((row) => selection.has(row.id));
  return (
    <div role="row" aria-rowindex={1} className={styles.head} style={{ gridTemplateColumns: template, width }}>
      {canSelect && (
        <div role="columnheader" className={styles.check}>
          <Checkbox aria-label={t('list.selectAll')} checked={all} indeterminate={!all && selection.count > 0} onChange={() => selection.setShown(all ? [] : rows)} tabIndex={-1} />
        </div>
      )}
      {table.getFlatHeaders().map((header) => {
        const field = header.column.columnDef.meta as Field;
        const isSortable = canSort(entity, field.name) && !state.words;
        const order = state.order?.field === field.name && !state.words ? (state.order.isDown ? 'descending' : 'ascending') : undefined;
        return (
          <div key={field.name} role="columnheader" aria-sort={order} className={`${styles.th} ${isNumeric(field) ? styles.right : ''}`} title={field.help ?? undefined}>
            {isSortable ? (
              <button className={styles.sort} onClick={() => sort(field.name)} aria-label={t(order === 'ascending' ? 'list.sortDown' : 'list.sortUp', { what: field.label })}>
                <span className="cut">{field.label}</span> <SortMark state={state} name={field.name} />
              </button>
            ) : (
              <span className="cut">{field.label}</span>
            )}
            <span className={styles.grip} aria-hidden onMouseDown={header.getResizeHandler()} onTouchStart={header.getResizeHandler()} onDoubleClick={() => header.column.resetSize()} />
          </div>
        );
      })}
    </div>
  );
}

function NameCell({ entity, field, row }: { entity: Entity; field: Field; row: Row }) {
  const text = row[field.name];
  return (
    <a {...linkTo(`/${entity.plural}/${row.id}`)} className={`${styles.name} cut`} dir="auto" tabIndex={-1}>
      {text === null || text === undefined || text === '' ? `${entity.label} ${row.id}` : String(text)}
    </a>
  );
}

interface LineProps {
  entity: Entity;
  fields: Field[];
  row: Row;
  index: number;
  start: number;
  template: string;
  /** Column with the keyboard; -1: none here. */
  at: number;
  /** Column that is edited; -1: none here. */
  editing: number;
  first?: string;
  isChosen: boolean;
  canSelect: boolean;
  mayEdit: boolean;
  onPoint: (row: number, column: number) => void;
  onEdit: (row: number, column: number) => void;
  onDone: (move?: 'down' | 'none') => void;
  onToggle: (row: Row, index: number, isRange: boolean) => void;
}

function Cell({ line, field, column }: { line: LineProps; field: Field; column: number }) {
  const { entity, row, index } = line;
  const isName = field.name === entity.name_field;
  const canEdit = line.mayEdit && isWritable(field, false);
  return (
    <div role="gridcell" id={`cell-${index}-${column}`} aria-colindex={column + 1} className={isNumeric(field) ? `${styles.td} ${styles.right}` : styles.td} data-at={line.at === column || undefined} data-first={isName || undefined}
      aria-readonly={!canEdit || undefined} onMouseDown={() => line.onPoint(index, column)} onDoubleClick={canEdit ? () => line.onEdit(index, column) : undefined}>
      {line.editing === column ? (
        <CellEdit entity={entity} field={field} row={row} first={line.first} onDone={(_, move) => line.onDone(move)} />
      ) : isName ? (
        <NameCell entity={entity} field={field} row={row} />
      ) : (
        <Value entity={entity} field={field} row={row} />
      )}
    </div>
  );
}

/** Only what changed is drawn anew: a row stays as it is while others scroll past. */
const Line = memo(function Line(props: LineProps) {
  const { entity, row, index, isChosen } = props;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={props.canSelect ? isChosen : undefined} className={styles.row} data-at={props.at >= 0 || undefined}
      style={{ gridTemplateColumns: props.template, transform: `translateY(${props.start}px)`, height: ROW }}>
      {props.canSelect && (
        <div role="gridcell" className={styles.check} onClick={(e) => e.target === e.currentTarget && props.onToggle(row, index, e.shiftKey)}>
          <input type="checkbox" className={styles.box} aria-label={t('list.select', { name: String(row[entity.name_field] ?? row.id) })} checked={isChosen} tabIndex={-1} onChange={(e) => props.onToggle(row, index, (e.nativeEvent as MouseEvent).shiftKey)} />
        </div>
      )}
      {props.fields.map((field, column) => (
        <Cell key={field.name} line={props} field={field} column={column} />
      ))}
    </div>
  );
});

export function ListTable({ entity, state, data, selection, canSelect }: Props) {
  const asOf = useAsOf();
  const [, go] = useLocation();
  const scroll = useRef<HTMLDivElement>(null);
  const table = useColumns(entity, state);
  const leaves = table.getAllLeafColumns();
  const fields = useMemo(() => leaves.map((column) => column.columnDef.meta as Field), [leaves]);
  const [at, setAt] = useState<At>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<Editing | null>(null);
  const mayEdit = !asOf && may(entity, 'change');
  const canEdit = (field: Field | undefined) => Boolean(field && mayEdit && isWritable(field, false));
  const total = data.rows.length + (data.hasMore ? 1 : 0);
  const virtual = useVirtualizer({ count: total, getScrollElement: () => scroll.current, estimateSize: () => ROW, overscan: 8 });
  const items = virtual.getVirtualItems();
  const lastShown = items[items.length - 1]?.index ?? 0;

  useEffect(() => {
    if (data.hasMore && lastShown >= data.rows.length - AHEAD) data.more();
  }, [lastShown, data.rows.length, data.hasMore]);
  // Other rows begin at their first cell; while drawing, so that no key pressed right after the rows came is undone.
  const asked = JSON.stringify([state.filterText, state.orderText, state.words]);
  const [shown, setShown] = useState(asked);
  if (shown !== asked) {
    setShown(asked);
    setAt({ row: 0, column: 0 });
    setEditing(null);
  }
  useLayoutEffect(() => void scroll.current?.scrollTo({ top: 0 }), [asked]);

  const sizes = table.getAllLeafColumns().map((column) => column.getSize());
  const width = sizes.reduce((sum, size) => sum + size, canSelect ? CHECK : 0);
  const template = `${canSelect ? `${CHECK}px ` : ''}${sizes.map((size, i) => (i === sizes.length - 1 ? `minmax(${size}px, 1fr)` : `${size}px`)).join(' ')}`;
  const row = data.rows[at.row];

  const move = (rows: number, columns: number) => {
    const next = { row: Math.max(0, Math.min(data.rows.length - 1, at.row + rows)), column: Math.max(0, Math.min(fields.length - 1, at.column + columns)) };
    setAt(next);
    virtual.scrollToIndex(next.row, { align: 'auto' });
  };
  const edit = (first?: string) => {
    if (row && canEdit(fields[at.column])) setEditing({ ...at, first });
  };
  const done = (how?: 'down' | 'none') => {
    setEditing(null);
    if (how === 'down') move(1, 0);
    scroll.current?.focus({ preventScroll: true });
  };

  // Rows keep their handlers; what these reach is always the newest.
  const latest = useRef({ done, selection, rows: data.rows });
  latest.current = { done, selection, rows: data.rows };
  const point = useCallback((r: number, c: number) => setAt((old) => (old.row === r && old.column === c ? old : { row: r, column: c })), []);
  const startEdit = useCallback((r: number, c: number) => setEditing({ row: r, column: c }), []);
  const doneNow = useCallback((how?: 'down' | 'none') => latest.current.done(how), []);
  const toggle = useCallback((one: Row, index: number, isRange: boolean) => latest.current.selection.toggle(one, index, latest.current.rows, isRange), []);

  const onKey = (event: KeyboardEvent) => {
    if (editing || event.target !== event.currentTarget || !row) return;
    const steps: Record<string, [number, number]> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [20, 0], PageUp: [-20, 0], Home: [0, -99], End: [0, 99], j: [1, 0], k: [-1, 0] };
    const isMod = event.ctrlKey || event.metaKey || event.altKey;
    const step = isMod ? undefined : steps[event.key];
    if (step) move(step[0], document.dir === 'rtl' && event.key.startsWith('Arrow') ? -step[1] : step[1]);
    else if (event.key === 'F2' || (event.key === 'e' && !isMod)) edit();
    else if (event.key === 'o' && !isMod) go(`/${entity.plural}/${row.id}`);
    else if (event.key === 'Enter' && !isMod) fields[at.column]?.name === entity.name_field ? go(`/${entity.plural}/${row.id}`) : edit();
    else if ((event.key === 'x' || event.key === ' ') && canSelect && !isMod) selection.toggle(row, at.row, data.rows, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={scroll} className={styles.scroll} role="grid" tabIndex={0} aria-label={t('list.table', { what: entity.label_plural })} aria-rowcount={data.count ?? -1} aria-colcount={fields.length} aria-multiselectable={canSelect || undefined}
      aria-activedescendant={row ? `cell-${at.row}-${at.column}` : undefined} onKeyDown={onKey} data-old={data.isOld || undefined}>
      <div className={styles.inner} style={{ minWidth: width }}>
        <div role="rowgroup" className={styles.sticky}>
          <Head entity={entity} state={state} table={table} template={template} width={width} selection={selection} rows={data.rows} canSelect={canSelect} />
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const one = data.rows[item.index];
            if (!one)
              return (
                <div key="more" role="row" className={styles.more} style={{ transform: `translateY(${item.start}px)`, height: ROW }}>
                  <span role="gridcell">{t('list.more')}</span>
                </div>
              );
            const isHere = item.index === at.row;
            const isEdited = editing?.row === item.index;
            return (
              <Line key={one.id} entity={entity} fields={fields} row={one} index={item.index} start={item.start} template={template} at={isHere ? at.column : -1} editing={isEdited ? editing.column : -1} first={isEdited ? editing.first : undefined}
                isChosen={selection.has(one.id)} canSelect={canSelect} mayEdit={mayEdit} onPoint={point} onEdit={startEdit} onDone={doneNow} onToggle={toggle} />
            );
          })}
        </div>
      </div>
    </div>
  );
}
