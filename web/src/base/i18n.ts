// Words come from catalogues: English is complete and the type of all others. A message is a text with {names},
// or one text per plural category of Intl.PluralRules, chosen by {n}.
import type { Catalogue, Key, Message } from '../lang/en';
import { makeStore, useStore } from './store';

export interface Language {
  code: string;
  dir: 'ltr' | 'rtl';
  words: Partial<Catalogue>;
}

let language: Language = { code: 'en', dir: 'ltr', words: {} };
let fallback: Partial<Catalogue> = {};
let shown = navigator.language || 'en';
let rules = new Intl.PluralRules('en');

const turn = makeStore(0);

export function setFallback(words: Catalogue) {
  fallback = words;
}

/** locale is for numbers and dates ("en-GB"), language for words. */
export function setLanguage(next: Language, forNumbers: string) {
  language = next;
  shown = valid(forNumbers) ?? next.code;
  rules = new Intl.PluralRules(next.code);
  document.documentElement.lang = next.code;
  document.documentElement.dir = next.dir;
  turn.set((n) => n + 1);
}

function valid(code: string): string | null {
  try {
    return Intl.getCanonicalLocales(code.replace('_', '-'))[0] ?? null;
  } catch {
    return null;
  }
}

export const locale = () => shown;
export const isRightToLeft = () => language.dir === 'rtl';
/** Components that show words watch this. */
export const useLanguage = () => useStore(turn);

export type Words = Record<string, string | number>;

function pick(message: Message, words: Words | undefined): string {
  if (typeof message === 'string') return message;
  const n = Number(words?.n ?? 0);
  const category = n === 0 && message.zero !== undefined ? 'zero' : rules.select(n);
  return message[category] ?? message.other;
}

export function t(key: Key, words?: Words): string {
  const message = language.words[key] ?? fallback[key];
  if (message === undefined) return key;
  const text = pick(message, words);
  if (!words) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = words[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(shown).format(value) : value;
  });
}
export type { Key };
