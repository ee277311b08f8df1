// The smallest thing that React can watch: a value, set, and told.
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  get(): T;
  set(next: T | ((old: T) => T)): void;
  watch(tell: () => void): () => void;
}

export function makeStore<T>(first: T, onSet?: (value: T) => void): Store<T> {
  let value = first;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const made = typeof next === 'function' ? (next as (old: T) => T)(value) : next;
      if (Object.is(made, value)) return;
      value = made;
      onSet?.(value);
      watchers.forEach((tell) => tell());
    },
    watch(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.watch, store.get, store.get);
}

export function keep(area: Storage, key: string, value: unknown) {
  try {
    if (value === null || value === undefined) area.removeItem(key);
    else area.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the app works without it.
  }
}

export function kept<T>(area: Storage, key: string): T | null {
  try {
    const text = area.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
