// Reading through TanStack Query. A key is [path, filter, params, instant]; `of` names the entities an answer is made
// of, so that a commit on one of them (events.ts) reads it anew.
import { QueryClient, keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ApiError, get, type Params } from './api';
import { useAsOf } from './as_of';

export interface Reading {
  params?: Params;
  filter?: string;
  /** Singular names of entities; "*" is any. */
  of?: string[];
  now?: boolean;
  isOff?: boolean;
  keepOld?: boolean;
  staleMs?: number;
  /** Read anew as often as this while it is shown: for what no event tells of. */
  againMs?: number;
}

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 20_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => error instanceof ApiError && (error.isOffline || error.status === 503) && count < 2,
    },
    mutations: { networkMode: 'always' },
  },
});

export function useGet<T>(path: string, reading: Reading = {}): UseQueryResult<T, ApiError> {
  const asOf = useAsOf();
  return useQuery<T, ApiError>({
    queryKey: [path, reading.filter ?? '', reading.params ?? {}, reading.now ? null : asOf],
    queryFn: ({ signal }) => get<T>(path, { params: reading.params, filter: reading.filter, now: reading.now, signal }),
    meta: { of: reading.of ?? [] },
    enabled: !reading.isOff,
    placeholderData: reading.keepOld ? keepPreviousData : undefined,
    staleTime: reading.staleMs,
    refetchInterval: reading.againMs,
  });
}

/** Everything made of one of these entities is read anew (what is on screen at once, the rest when shown). */
export function refresh(entities: Iterable<string>) {
  const names = new Set(entities);
  void client.invalidateQueries({
    predicate: (query) => {
      const of = (query.meta?.of ?? []) as string[];
      return of.some((name) => name === '*' || names.has(name));
    },
  });
}
