// The rows of a list, page by page as one scrolls. A commit on another screen changes one row: it is read alone
// when many pages are here, else the pages are read anew.
import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { ApiError, get } from '../base/api';
import { useAsOf } from '../base/as_of';
import { liveStore } from '../base/events';
import { client } from '../base/query';
import type { Entity, Page, Row } from '../base/types';
import type { ListState } from './list_state';
import { spread } from './save';

export const PAGE_ROWS = 200;
const FEW_PAGES = 2;

export interface ListData {
  rows: Row[];
  count: number | null;
  countIsExact: boolean;
  error: ApiError | null;
  isLoading: boolean;
  isOld: boolean;
  hasMore: boolean;
  isMore: boolean;
  more: () => void;
  again: () => void;
}

export function useList(entity: Entity, state: ListState, extra = ''): ListData {
  const asOf = useAsOf();
  const filter = [state.filterText, extra].filter(Boolean).join('&');
  const params = { order: state.words ? undefined : state.orderText, search: state.words || undefined };
  const key = [`/${entity.plural}`, filter, params, asOf];
  const query = useInfiniteQuery<Page, ApiError, InfiniteData<Page>, unknown[], string | null>({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      get<Page>(`/${entity.plural}`, { filter, params: { ...params, limit: PAGE_ROWS, cursor: pageParam, count: pageParam ? undefined : 'exact' }, signal }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
    placeholderData: (old) => old,
    meta: { of: [] },
  });
  useLiveRows(entity, key, asOf, () => void query.refetch());
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? [], [pages]);
  const first = pages?.[0];
  return {
    rows,
    count: first?.count ?? null,
    countIsExact: first?.count_is_exact ?? true,
    error: query.error,
    isLoading: query.isLoading,
    isOld: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    isMore: query.isFetchingNextPage,
    more: () => {
      if (!query.isFetchingNextPage && query.hasNextPage) void query.fetchNextPage();
    },
    again: () => void query.refetch(),
  };
}

function useLiveRows(entity: Entity, key: unknown[], asOf: string | null, again: () => void) {
  useEffect(() => {
    if (asOf) return;
    let timer = 0;
    const touched = new Set<number>();
    let seen = liveStore.get().last?.seq ?? 0;
    const settle = () => {
      timer = 0;
      const ids = [...touched];
      touched.clear();
      const data = client.getQueryData<InfiniteData<Page>>(key);
      if (!data || data.pages.length <= FEW_PAGES || ids.length > 20) return again();
      const shown = new Set(data.pages.flatMap((page) => page.rows.map((row) => row.id)));
      for (const id of ids) if (shown.has(id)) void get<Row>(`/${entity.plural}/${id}`).then((row) => spread(entity, row), again);
    };
    const stop = liveStore.watch(() => {
      const event = liveStore.get().last;
      if (!event || event.entity !== entity.name || event.seq < seen) return;
      seen = event.seq;
      touched.add(event.id);
      if (!timer) timer = window.setTimeout(settle, 500);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [entity.name, JSON.stringify(key), asOf]);
}
