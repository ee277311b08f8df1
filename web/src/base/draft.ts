// What is being typed survives a reload, a crash and the end of a session: kept for the tab until saved.
import { useCallback, useEffect, useRef, useState } from 'react';
import { keep, kept } from './store';

export interface Draft<T> {
  value: T;
  set: (next: T | ((old: T) => T)) => void;
  /** Saved or thrown away: forget. */
  clear: () => void;
  /** What was there when the page opened. */
  wasKept: boolean;
}

const PAUSE_MS = 250;

export function useDraft<T>(key: string, first: T): Draft<T> {
  const full = `coxswain.draft.${key}`;
  const start = useRef<T | null>(kept<T>(sessionStorage, full));
  const [value, setValue] = useState<T>(start.current ?? first);
  const latest = useRef(value);
  const timer = useRef(0);
  const flush = useCallback(() => {
    if (!timer.current) return;
    clearTimeout(timer.current);
    timer.current = 0;
    keep(sessionStorage, full, latest.current);
  }, [full]);
  useEffect(() => {
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
    };
  }, [flush]);
  const set = useCallback(
    (next: T | ((old: T) => T)) => {
      setValue((old) => {
        const made = typeof next === 'function' ? (next as (old: T) => T)(old) : next;
        latest.current = made;
        return made;
      });
      clearTimeout(timer.current);
      timer.current = window.setTimeout(flush, PAUSE_MS);
    },
    [flush],
  );
  const clear = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = 0;
    keep(sessionStorage, full, null);
  }, [full]);
  return { value, set, clear, wasKept: start.current !== null };
}
