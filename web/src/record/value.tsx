// One value as people read it: money with its currency, days relative and exact on hover, references as links.
import { IconCheck } from '@tabler/icons-react';
import { companyCurrency, day, dayFull, initials, instant, instantFull, money, number, percent } from '../base/format';
import { t } from '../base/i18n';
import { recordPath, useMeta } from '../base/meta';
import { linkTo } from '../base/plain_link';
import type { Entity, Field, Row, Value as Plain } from '../base/types';

export const isShare = (field: Field) => field.type === 'real' && field.min === 0 && field.max === 1;

export function currencyOf(entity: Entity, row: Partial<Row>): string {
  const code = entity.currency_field ? row[entity.currency_field] : null;
  return typeof code === 'string' && code ? code : companyCurrency();
}

/** Where no link is wanted: titles, sentences, exports of a cell. */
export function valueText(entity: Entity, field: Field, value: Plain | undefined, row: Partial<Row> = {}, name?: string | null): string {
  if (value === null || value === undefined || value === '') return '';
  switch (field.type) {
    case 'money':
      return money(Number(value), currencyOf(entity, row));
    case 'int':
      return number(Number(value), 0);
    case 'real':
      return isShare(field) ? percent(Number(value)) : number(Number(value), 4);
    case 'bool':
      return value ? t('yes') : t('no');
    case 'date':
      return day(String(value));
    case 'instant':
      return instant(String(value));
    case 'choice':
      return field.choices?.find((c) => c.name === value)?.label ?? String(value);
    case 'ref':
      return name ?? row.names?.[field.name] ?? `#${value}`;
    default:
      return String(value);
  }
}

function exact(field: Field, value: Plain): string | undefined {
  if (field.type === 'date') return dayFull(String(value));
  if (field.type === 'instant') return instantFull(String(value));
  return undefined;
}

export function Who({ name, size = 'sm' }: { name: string; size?: 'sm' | '' | 'lg' }) {
  return (
    <span className={`avatar ${size}`} aria-hidden>
      {initials(name)}
    </span>
  );
}

interface Props {
  entity: Entity;
  field: Field;
  row: Row;
  isLink?: boolean;
}

export function Value({ entity, field, row, isLink = true }: Props) {
  const meta = useMeta();
  const value = row[field.name] as Plain | undefined;
  if (value === null || value === undefined || value === '') return null;
  const text = valueText(entity, field, value, row);
  if (field.type === 'bool') return value ? <IconCheck size={15} stroke={2} aria-label={t('yes')} /> : <span className="ink3">{t('no')}</span>;
  if (field.type === 'ref' && field.ref && row.names?.[field.name]) {
    const isPerson = field.ref === 'user';
    const inside = (
      <>
        {isPerson && <Who name={text} />}{' '}
        <span className="cut" dir="auto">
          {text}
        </span>
      </>
    );
    if (!isLink || isPerson || !meta.byName.get(field.ref)?.owner_field) return <span className="row" style={{ gap: 6 }}>{inside}</span>;
    return (
      <a {...linkTo(recordPath(meta, field.ref, Number(value)))} className="cut quiet" dir="auto" tabIndex={-1}>
        {text}
      </a>
    );
  }
  return (
    <span className="cut" dir="auto" title={exact(field, value)}>
      {text}
    </span>
  );
}
