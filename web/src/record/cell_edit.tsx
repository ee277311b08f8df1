// Editing in a cell: Enter or leaving saves, Escape leaves it as it was. A refusal or a conflict stays under the
// cell with what was typed.
import { Button, Popover } from '@mantine/core';
import { useRef, useState } from 'react';
import { ApiError } from '../base/api';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import { problemText } from '../base/toast';
import type { Entity, Field, Row, Value } from '../base/types';
import styles from './cell_edit.module.css';
import { Conflict } from './conflict';
import { FieldInput } from './editor';
import { ConflictError, save, type Changes } from './save';

interface Props {
  entity: Entity;
  field: Field;
  row: Row;
  /** What is typed first, instead of the value. */
  first?: string;
  onDone: (how: 'saved' | 'left', move?: 'down' | 'none') => void;
}

const same = (a: Value | undefined, b: Value | undefined) => (a ?? null) === (b ?? null) || String(a ?? '') === String(b ?? '');

export function CellEdit({ entity, field, row, first, onDone }: Props) {
  const base = useRef(row);
  const start = (row[field.name] as Value | undefined) ?? null;
  const typedFirst = first !== undefined && field.type === 'text' ? first : undefined;
  const [value, setValue] = useState<Value>(typedFirst ?? start);
  const latest = useRef<{ value: Value; name?: string | null }>({ value: typedFirst ?? start });
  const [extra, setExtra] = useState<{ field: Field; value: Value; name?: string | null } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [conflict, setConflict] = useState<ConflictError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isOver = useRef(false);

  const end = (how: 'saved' | 'left', move: 'down' | 'none' = 'none') => {
    if (isOver.current) return;
    isOver.current = true;
    onDone(how, move);
  };

  async function commit(made: Value, move: 'down' | 'none' = 'none', more: Changes = {}) {
    if (isOver.current || isBusy || conflict) return;
    const clean = typeof made === 'string' ? made.trim() || null : made;
    if (same(clean, start) && !Object.keys(more).length) return end('left', move);
    setBusy(true);
    setError(null);
    try {
      await save(entity, base.current, { [field.name]: clean, ...more });
      end('saved', move);
    } catch (e) {
      if (e instanceof ConflictError) setConflict(e);
      else if (e instanceof ApiError) refused(e);
      else throw e;
    } finally {
      setBusy(false);
    }
  }

  /** The record asks for another field with this one (a lost deal for its reason): ask here. */
  function refused(e: ApiError) {
    setError(problemText(e));
    const asked = e.problem.field && e.problem.field !== field.name ? fieldOf(entity, e.problem.field) : undefined;
    if (asked) setExtra({ field: asked, value: (base.current[asked.name] as Value) ?? null });
  }

  const isOpen = Boolean(error || conflict);
  const picks = field.type === 'choice' || field.type === 'ref' || field.type === 'bool';
  return (
    <Popover opened={isOpen} position="bottom-start" trapFocus={Boolean(conflict || extra)} withinPortal onClose={() => undefined} closeOnClickOutside={false}>
      <Popover.Target>
        <div className={styles.cell} data-busy={isBusy || undefined} data-bad={isOpen || undefined}
          onKeyDown={(e) => {
            e.stopPropagation();
            if (e.key === 'Escape') end('left');
            else if ((e.key === 'Enter' || e.key === 'Tab') && !picks) {
              e.preventDefault();
              void commit(latest.current.value, e.key === 'Enter' ? 'down' : 'none');
            }
          }}
          onBlur={(e) => {
            if (!picks && !isOpen && !e.currentTarget.contains(e.relatedTarget as globalThis.Node | null)) void commit(latest.current.value);
          }}>
          <FieldInput entity={entity} field={field} value={value} row={row as Record<string, Value>} names={row.names} isBare autoFocus
            onChange={(next, name) => {
              latest.current = { value: next, name };
              setValue(next);
              setError(null);
              setExtra(null);
            }}
            onCommit={(next, name) => {
              latest.current = { value: next, name };
              void commit(next);
            }}
            onClose={() => setTimeout(() => same(latest.current.value, start) && end('left'), 60)} />
        </div>
      </Popover.Target>
      <Popover.Dropdown onKeyDown={(e) => e.stopPropagation()}>
        {conflict ? (
          <Conflict entity={entity} conflict={conflict} yourNames={{ [field.name]: latest.current.name ?? null }} onKeep={() => end('left')}
            onSave={() => {
              base.current = conflict.current;
              setConflict(null);
              isOver.current = false;
              void save(entity, conflict.current, conflict.changes).then(() => end('saved'), (e) => e instanceof ConflictError && setConflict(e));
            }} />
        ) : (
          <div className={styles.refused}>
            <p className={extra ? 'medium' : 'bad'} role="alert">{error}</p>
            {extra && (
              <FieldInput entity={entity} field={extra.field} value={extra.value} row={row as Record<string, Value>} names={{ [extra.field.name]: extra.name ?? null }} autoFocus
                onChange={(v, name) => setExtra({ ...extra, value: v, name })} />
            )}
            <div className="row">
              {extra && (
                <Button variant="filled" loading={isBusy} onClick={() => void commit(latest.current.value, 'none', { [extra.field.name]: extra.value })}>
                  {t('save')}
                </Button>
              )}
              <Button variant={extra ? 'subtle' : 'default'} onClick={() => end('left')}>
                {t('cancel')}
              </Button>
            </div>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
