// Phones: a row is a card of two lines.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import type { Entity, Value as Plain } from '../base/types';
import styles from './list_cards.module.css';
import type { ListData } from './list_data';
import type { ListState } from './list_state';
import { valueText } from './value';

const CARD = 62;

export function ListCards({ entity, state, data }: { entity: Entity; state: ListState; data: ListData }) {
  const box = useRef<HTMLUListElement>(null);
  const fields = state.columns.map((name) => fieldOf(entity, name)!).filter((f) => f && f.name !== entity.name_field);
  const figure = fields.find((f) => f.type === 'money') ?? fields.find((f) => f.type === 'date' || f.type === 'instant');
  const rest = fields.filter((f) => f !== figure).slice(0, 4);
  const virtual = useVirtualizer({
    count: data.rows.length,
    getScrollElement: () => document.getElementById('page'),
    estimateSize: () => CARD,
    overscan: 10,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => {
    if (data.hasMore && last >= data.rows.length - 20) data.more();
  }, [last, data.rows.length, data.hasMore]);
  return (
    <ul ref={box} className={`card ${styles.list}`} style={{ height: virtual.getTotalSize() + 2 }} aria-label={t('list.table', { what: entity.label_plural })}>
      {items.map((item) => {
        const row = data.rows[item.index];
        if (!row) return null;
        const text = (f: (typeof fields)[number]) => valueText(entity, f, row[f.name] as Plain, row);
        return (
          <li key={row.id} className={styles.item} style={{ transform: `translateY(${item.start - (box.current?.offsetTop ?? 0)}px)`, height: CARD }}>
            <Link href={`/${entity.plural}/${row.id}`} className={styles.link}>
              <span className={styles.top}>
                <span className="medium cut grow">{String(row[entity.name_field] ?? `${entity.label} ${row.id}`)}</span>
                {figure && <span className="strong num">{text(figure)}</span>}
              </span>
              <span className={`small ink3 cut`}>{rest.map(text).filter(Boolean).join(' · ')}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
