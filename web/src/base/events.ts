// The live stream: every commit that one may see names an entity and a record. What is shown of them is read
// anew, gathered over a short while. EventSource comes back by itself, with Last-Event-ID.
import { client, refresh } from './query';
import { makeStore } from './store';

export interface LiveEvent {
  seq: number;
  entity: string;
  id: number;
  op: string;
}

export const liveStore = makeStore<{ isOpen: boolean; last: LiveEvent | null }>({ isOpen: false, last: null });

const GATHER_MS = 400;
let source: EventSource | null = null;
let gathered = new Set<string>();
let timer = 0;

function flush() {
  timer = 0;
  const names = gathered;
  gathered = new Set();
  if (names.has('custom_field')) void client.invalidateQueries({ queryKey: ['/meta'] });
  refresh(names);
}

function hear(text: string) {
  let event: LiveEvent;
  try {
    event = JSON.parse(text) as LiveEvent;
  } catch {
    return;
  }
  gathered.add(event.entity);
  liveStore.set((old) => ({ ...old, last: event }));
  if (!timer) timer = window.setTimeout(flush, GATHER_MS);
}

export function startEvents() {
  if (source) return;
  source = new EventSource('/api/v1/events');
  source.onopen = () => liveStore.set((old) => ({ ...old, isOpen: true }));
  source.onerror = () => liveStore.set((old) => ({ ...old, isOpen: false }));
  source.onmessage = (event) => hear(event.data);
  source.addEventListener('gone', (event) => hear((event as MessageEvent<string>).data));
  source.addEventListener('reset', () => void client.invalidateQueries());
}

export function stopEvents() {
  source?.close();
  source = null;
}
