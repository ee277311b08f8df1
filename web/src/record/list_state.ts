// The address is the view: filter, order, words and columns are read from it and written to it.
import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { fieldOf, has } from '../base/meta';
import type { Entity } from '../base/types';
import { isColumn, usualColumns } from './columns';
import { encode, readFilter, writeFilter, type Group } from './filter';

export interface Order {
  field: string;
  isDown: boolean;
}

export interface ListState {
  filter: Group;
  order: Order | null;
  words: string;
  columns: string[];
  /** The address asks for other columns than the usual ones. */
  hasOwnColumns: boolean;
  /** Encoded filters, as the API takes them. */
  filterText: string;
  orderText: string | undefined;
  /** Everything but columns: what a saved view keeps. */
  query: string;
  search: string;
  set(next: Partial<{ filter: Group; order: Order | null; words: string; columns: string[] | null }>): void;
}

function readOrder(text: string | null): Order | null {
  const first = (text ?? '').split(',')[0] ?? '';
  if (!first) return null;
  const isDown = first.endsWith('.desc');
  return { field: first.replace(/\.(asc|desc)$/, ''), isDown };
}

const orderParam = (order: Order | null) => (order ? `${order.field}${order.isDown ? '.desc' : ''}` : undefined);

/** Lists come in their natural order when nothing is asked: newest activity, next close day. */
export function canSort(entity: Entity, name: string): boolean {
  const field = fieldOf(entity, name);
  return Boolean(field && has(field, 'sorted'));
}

export function useListState(entity: Entity): ListState {
  const [location, go] = useLocation();
  const search = useSearch();
  return useMemo(() => {
    const params = new URLSearchParams(search);
    const filter = readFilter(params);
    const order = readOrder(params.get('order'));
    const words = params.get('search') ?? '';
    const asked = params.get('_columns')?.split(',').filter((name) => {
      const field = fieldOf(entity, name);
      return field && isColumn(field);
    });
    const columns = asked?.length ? asked : usualColumns(entity);
    const filterText = encode(writeFilter(filter));
    const write = (f: Group, o: Order | null, w: string, c: string[] | null) => {
      const pairs = writeFilter(f);
      if (o) pairs.push(['order', orderParam(o) ?? '']);
      if (w.trim()) pairs.push(['search', w.trim()]);
      if (c) pairs.push(['_columns', c.join(',')]);
      return encode(pairs);
    };
    return {
      filter,
      order,
      words,
      columns,
      hasOwnColumns: Boolean(asked?.length),
      filterText,
      orderText: orderParam(order),
      query: write(filter, order, words, null),
      search,
      set(next) {
        const own = next.columns !== undefined ? next.columns : asked?.length ? asked : null;
        const text = write(next.filter ?? filter, next.order !== undefined ? next.order : order, next.words ?? words, own);
        go(text ? `${location}?${text}` : location, { replace: true });
      },
    };
  }, [entity, search, location]);
}
