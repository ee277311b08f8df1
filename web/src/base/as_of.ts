// The time machine: null is now, otherwise the instant (a date, an ISO instant or "seq:N") that every reading
// is asked as of. Kept for the tab alone; a link carries it as ?as_of=.
import { keep, kept, makeStore, useStore } from './store';

const KEY = 'coxswain.as_of';

function first(): string | null {
  const asked = new URLSearchParams(location.search).get('as_of');
  return asked || kept<string>(sessionStorage, KEY);
}

export const asOfStore = makeStore<string | null>(first(), (value) => keep(sessionStorage, KEY, value));

export const asOfNow = () => asOfStore.get();
export const useAsOf = () => useStore(asOfStore);
export const setAsOf = (instant: string | null) => asOfStore.set(instant);
