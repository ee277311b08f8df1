// A list whose order the person sets: by dragging the handle, or with the arrows on it.
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { IconGripVertical } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from './i18n';
import styles from './sort_list.module.css';

interface Props<T> {
  list: T[];
  keyOf: (one: T) => string | number;
  labelOf: (one: T) => string;
  /** Moves what is at from to to, as places of the list without it. */
  onMove: (from: number, to: number) => void;
  canMove: boolean;
  children: (one: T, index: number) => ReactNode;
}

interface ItemProps {
  list: string;
  index: number;
  label: string;
  canMove: boolean;
  onMove: (from: number, to: number) => void;
  onKey: (event: KeyboardEvent, index: number) => void;
  children: ReactNode;
}

function Item({ list, index, label, canMove, onMove, onKey, children }: ItemProps) {
  const place = useRef<HTMLLIElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const [over, setOver] = useState(false);
  const move = useRef(onMove);
  move.current = onMove;
  useEffect(() => {
    if (!place.current || !handle.current || !canMove) return;
    const isOurs = (data: Record<string | symbol, unknown>) => data.list === list;
    const undrag = draggable({ element: place.current, dragHandle: handle.current, getInitialData: () => ({ list, index }) });
    const undrop = dropTargetForElements({
      element: place.current,
      canDrop: ({ source }) => isOurs(source.data),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        if (source.data.index !== index) move.current(Number(source.data.index), index);
      },
    });
    return () => {
      undrag();
      undrop();
    };
  }, [list, index, canMove]);
  return (
    <li ref={place} className={styles.item} data-over={over || undefined}>
      {canMove && (
        <button ref={handle} type="button" className={styles.handle} aria-label={t('sort.move', { what: label })} title={t('sort.help')} data-handle={index} onKeyDown={(event) => onKey(event, index)}>
          <IconGripVertical size={14} stroke={1.6} aria-hidden />
        </button>
      )}
      {children}
    </li>
  );
}

let count = 0;

export function SortList<T>({ list, keyOf, labelOf, onMove, canMove, children }: Props<T>) {
  const [name] = useState(() => `sort${++count}`);
  const box = useRef<HTMLUListElement>(null);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current !== null) box.current?.querySelector<HTMLElement>(`[data-handle="${wanted.current}"]`)?.focus();
    wanted.current = null;
  }, [list]);
  const onKey = (event: KeyboardEvent, index: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const to = index + by;
    if (to < 0 || to >= list.length) return;
    wanted.current = to;
    onMove(index, to);
  };
  return (
    <ul ref={box} className={styles.list}>
      {list.map((one, index) => (
        <Item key={keyOf(one)} list={name} index={index} label={labelOf(one)} canMove={canMove} onMove={onMove} onKey={onKey}>
          {children(one, index)}
        </Item>
      ))}
    </ul>
  );
}

export function moved<T>(list: T[], from: number, to: number): T[] {
  const made = list.toSpliced(from, 1);
  return made.toSpliced(to, 0, list[from] as T);
}
