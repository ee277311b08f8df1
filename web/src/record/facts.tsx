// The facts of a record at its side: each value is changed where it stands.
import { IconLock, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../base/i18n';
import { has, isLong, isWritable } from '../base/meta';
import type { Entity, Field, Row, Value as Plain } from '../base/types';
import { CellEdit } from './cell_edit';
import { usualColumns } from './columns';
import styles from './facts.module.css';
import { LongEdit } from './long_edit';
import { Value } from './value';

interface FactProps {
  entity: Entity;
  field: Field;
  row: Row;
  canEdit: boolean;
  /** The value now, when another instant is shown. */
  differs?: boolean;
}

export function Fact({ entity, field, row, canEdit, differs }: FactProps) {
  const [isEditing, setEditing] = useState(false);
  const value = row[field.name] as Plain | undefined;
  const isEmpty = value === null || value === undefined || value === '';
  const isPrivate = has(field, 'private');
  const long = isLong(field);
  const editable = canEdit && isWritable(field, false);
  return (
    <div className={styles.fact} data-long={long || undefined} data-differs={differs || undefined} data-private={isPrivate || undefined} data-fact={field.name}>
      <dt className={styles.label} title={field.help ?? undefined}>
        {isPrivate && <IconLock size={12} aria-label={t('record.private')} />} {field.label}
      </dt>
      <dd className={styles.value}>
        {isEditing && !long ? (
          <CellEdit entity={entity} field={field} row={row} onDone={() => setEditing(false)} />
        ) : isEditing ? (
          <LongEdit entity={entity} field={field} row={row} onDone={() => setEditing(false)} />
        ) : editable ? (
          <div className={styles.edit} onClick={(e) => !(e.target as HTMLElement).closest('a') && setEditing(true)}>
            {long && !isEmpty ? <span className={styles.text}>{String(value)}</span> : <Value entity={entity} field={field} row={row} />}
            <button className={isEmpty ? styles.add : styles.pencil} aria-label={t(isEmpty ? 'record.addField' : 'record.editField', { what: field.label })}>
              {isEmpty ? t('record.add') : <IconPencil size={14} stroke={1.7} aria-hidden />}
            </button>
          </div>
        ) : (
          <div className={styles.plain}>{isEmpty ? <span className="ink3">–</span> : long ? <span className={styles.text}>{String(value)}</span> : <Value entity={entity} field={field} row={row} />}</div>
        )}
      </dd>
    </div>
  );
}

const isEmptyIn = (row: Row, field: Field) => row[field.name] === null || row[field.name] === undefined || row[field.name] === '';

interface FactsProps {
  /** Shown elsewhere on the page. */
  except?: string[];
  entity: Entity;
  row: Row;
  now?: Row;
  canEdit: boolean;
}

export function Facts({ entity, row, now, canEdit, except = [] }: FactsProps) {
  const [all, setAll] = useState(false);
  const usual = new Set(usualColumns(entity));
  const fields = entity.fields.filter((f) => f.type !== 'bytes' && f.name !== entity.name_field && f.name !== entity.currency_field && !except.includes(f.name));
  const isFirst = (f: Field) => usual.has(f.name) || has(f, 'required') || Boolean(f.custom) || !isEmptyIn(row, f);
  const shown = fields.filter((f) => all || isFirst(f));
  const hidden = fields.length - fields.filter(isFirst).length;
  return (
    <>
      <dl className={styles.list}>
        {shown.map((field) => (
          <Fact key={field.name} entity={entity} field={field} row={row} canEdit={canEdit} differs={Boolean(now && now[field.name] !== row[field.name])} />
        ))}
      </dl>
      {hidden > 0 && (
        <button className={`linklike ${styles.more}`} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('record.fewerFacts') : t('record.moreFields', { n: hidden })}
        </button>
      )}
    </>
  );
}
