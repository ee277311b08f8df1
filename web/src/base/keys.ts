// Keyboard shortcuts: a page says what its keys do while it is there; the sheet behind "?" lists them.
import { useLayoutEffect, useRef } from 'react';
import { makeStore, useStore } from './store';

export interface Shortcut {
  /** "c", "/", "?", "mod+k", "shift+x", "g h" (one after the other), "ArrowDown", "Escape". */
  keys: string;
  label: string;
  /** Returning false passes the key on. */
  run: (event: KeyboardEvent) => void | boolean;
  /** Also while typing in a field (only with mod or Escape). */
  whileTyping?: boolean;
  /** Not in the sheet. */
  isHidden?: boolean;
}
export interface Group {
  title: string;
  list: Shortcut[];
}

const groups = makeStore<Group[]>([]);
export const useShortcutGroups = () => useStore(groups);

const SEQUENCE_MS = 900;
let pending = { key: '', at: 0 };

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|range)$/.test((target as HTMLInputElement).type);
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const shift = event.shiftKey && event.key.length > 1 ? 'shift+' : '';
  return `${mod}${shift}${key}`;
}

function matches(shortcut: Shortcut, name: string, now: number): boolean {
  const words = shortcut.keys.split(' ');
  if (words.length === 1) return words[0] === name;
  return words[0] === pending.key && now - pending.at < SEQUENCE_MS && words[1] === name;
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const name = nameOf(event);
  const now = Date.now();
  const typing = isTyping(event.target);
  const list = groups.get().slice().reverse().flatMap((g) => g.list);
  // Two keys in a row win over the second alone.
  const order = [...list.filter((s) => s.keys.includes(' ')), ...list.filter((s) => !s.keys.includes(' '))];
  for (const shortcut of order) {
    if (typing && !shortcut.whileTyping) continue;
    if (!matches(shortcut, name, now)) continue;
    if (shortcut.run(event) === false) continue;
    event.preventDefault();
    pending = { key: '', at: 0 };
    return;
  }
  pending = typing ? { key: '', at: 0 } : { key: name, at: now };
}

window.addEventListener('keydown', onKey);

export function useKeys(title: string, list: Shortcut[], isOn = true) {
  const now = useRef(list);
  now.current = list;
  const shape = list.map((s) => s.keys + s.label).join('|');
  // With the drawing, not some time after it: whoever sees the page may use its keys.
  useLayoutEffect(() => {
    if (!isOn) return;
    const group: Group = {
      title,
      list: now.current.map((shortcut, i) => ({ ...shortcut, run: (event) => now.current[i]?.run(event) })),
    };
    groups.set((old) => [...old, group]);
    return () => groups.set((old) => old.filter((g) => g !== group));
  }, [title, shape, isOn]);
}
