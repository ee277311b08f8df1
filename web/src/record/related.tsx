// What points to this record: contacts and deals of an account, line items of a deal; from the references in the
// metadata, nothing is listed by hand.
import { IconPlus } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { fieldOf, may, referrers, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { Bones } from '../base/states';
import type { Entity, Field, Page, Row } from '../base/types';
import { isNumeric, usualColumns } from './columns';
import { Value } from './value';

const SHOWN = 8;
const ELSEWHERE = new Set(['activity', 'attachment', 'attachment_chunk', 'saved_view', 'stage_move', 'tagging']);

export interface Relation {
  entity: Entity;
  field: Field;
}

export function useRelations(entity: Entity): Relation[] {
  const meta = useMeta();
  return referrers(meta, entity).filter(({ entity: other }) => !ELSEWHERE.has(other.name) && may(other, 'read') && other.reach === 'line');
}

export function useRelated({ entity, field }: Relation, id: number) {
  return useGet<Page>(`/${entity.plural}`, { filter: `${field.name}=eq.${id}`, params: { limit: SHOWN, count: 'exact' }, of: [entity.name] });
}

function columnsOf(entity: Entity, link: Field): Field[] {
  const names = usualColumns(entity).filter((name) => name !== link.name && name !== 'next_step_day' && name !== 'next_step');
  return names.map((name) => fieldOf(entity, name)!).filter(Boolean).slice(0, 5);
}

function Table({ entity, field, rows }: Relation & { rows: Row[] }) {
  const columns = columnsOf(entity, field);
  const nameOf = (row: Row) => {
    const name = fieldOf(entity, entity.name_field);
    return name?.type === 'ref' ? (row.names?.[name.name] ?? `${entity.label} ${row.id}`) : String(row[entity.name_field] ?? `${entity.label} ${row.id}`);
  };
  return (
    <table className="table">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} className={isNumeric(column) ? 'num' : ''} scope="col">
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            {columns.map((column) => (
              <td key={column.name} className={isNumeric(column) ? 'num' : ''} style={{ maxWidth: 240 }}>
                {column.name === entity.name_field ? (
                  <Link href={`/${entity.plural}/${row.id}`} className="quiet medium cut" style={{ display: 'block' }}>
                    {nameOf(row)}
                  </Link>
                ) : (
                  <Value entity={entity} field={column} row={row} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RelatedCard({ entity, field, id, twice }: Relation & { id: number; twice: boolean }) {
  const asOf = useAsOf();
  const page = useRelated({ entity, field }, id);
  const count = page.data?.count ?? 0;
  const canMake = may(entity, 'create') && !asOf;
  if (page.data && !page.data.rows.length && !canMake) return null;
  const title = twice ? `${entity.label_plural}, ${field.label.toLowerCase()}` : entity.label_plural;
  return (
    <section>
      <div className="card-head">
        <h2>{title}</h2>
        {page.data && <span className="ink3">{count || t('list.count', { n: 0 })}</span>}
        <span className="end row">
          {count > SHOWN && <Link href={`/${entity.plural}?${field.name}=eq.${id}`}>{t('record.all', { n: count })}</Link>}
          {canMake && (
            <Link href={`/${entity.plural}/new?${field.name}=${id}`} className="row" style={{ gap: 3 }} aria-label={t('record.addField', { what: entity.label.toLowerCase() })}>
              <IconPlus size={14} aria-hidden /> {t('record.addOne')}
            </Link>
          )}
        </span>
      </div>
      {page.isLoading && <Bones count={2} height={32} />}
      {page.data && page.data.rows.length > 0 && <Table entity={entity} field={field} rows={page.data.rows} />}
    </section>
  );
}

export function Related({ entity, id }: { entity: Entity; id: number }) {
  const relations = useRelations(entity);
  return (
    <div style={{ paddingBottom: 10 }}>
      {relations.map((relation) => (
        <RelatedCard key={`${relation.entity.name}.${relation.field.name}`} {...relation} id={id} twice={relations.filter((other) => other.entity === relation.entity).length > 1} />
      ))}
    </div>
  );
}
