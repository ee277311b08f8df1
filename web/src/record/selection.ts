// Which rows are chosen: some, or all that fit the filter (then the server is asked by filter, not by ids).
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Row } from '../base/types';

export interface Selection {
  ids: number[];
  isAll: boolean;
  count: number;
  has: (id: number) => boolean;
  toggle: (row: Row, index: number, rows: Row[], isRange: boolean) => void;
  setShown: (rows: Row[]) => void;
  setAll: () => void;
  clear: () => void;
}

export function useSelection(total: number | null): Selection {
  const [ids, setIds] = useState<Set<number>>(new Set());
  const [isAll, setAll] = useState(false);
  const last = useRef(0);
  const clear = useCallback(() => {
    setIds(new Set());
    setAll(false);
  }, []);
  return useMemo(
    () => ({
      ids: [...ids],
      isAll,
      count: isAll ? (total ?? ids.size) : ids.size,
      has: (id) => isAll || ids.has(id),
      toggle(row, index, rows, isRange) {
        setAll(false);
        const next = new Set(ids);
        const turnsOn = !ids.has(row.id);
        const [from, to] = isRange ? [Math.min(last.current, index), Math.max(last.current, index)] : [index, index];
        for (const one of rows.slice(from, to + 1)) turnsOn ? next.add(one.id) : next.delete(one.id);
        last.current = index;
        setIds(next);
      },
      setShown(rows) {
        setAll(false);
        setIds(new Set(rows.map((row) => row.id)));
      },
      setAll: () => setAll(true),
      clear,
    }),
    [ids, isAll, total, clear],
  );
}
