// Light, dark or the system's; and which hat colours the page.
import { useEffect } from 'react';
import { keep, kept, makeStore, useStore } from './store';

export type Scheme = 'light' | 'dark' | 'auto';
export type Hat = 'course' | 'crew';
interface Look {
  scheme: Scheme;
  hat: Hat;
}

const KEY = 'coxswain.look';
const old = kept<Partial<Look>>(localStorage, KEY) ?? {};

export const lookStore = makeStore<Look>(
  { scheme: old.scheme ?? 'auto', hat: old.hat ?? 'course' },
  (value) => {
    keep(localStorage, KEY, value);
    paint(value);
  },
);

const darkQuery = matchMedia('(prefers-color-scheme: dark)');

export const isDark = (look: Look) => look.scheme === 'dark' || (look.scheme === 'auto' && darkQuery.matches);

function paint(look: Look) {
  const root = document.documentElement;
  root.setAttribute('data-hat', look.hat);
  root.style.removeProperty('background');
}

export function useLook() {
  return useStore(lookStore);
}
export const setHat = (hat: Hat) => lookStore.set((look) => ({ ...look, hat }));
/** A page that belongs to one hat is shown in it, however one came there. */
export function useHat(hat: Hat, isOn: boolean) {
  useEffect(() => {
    if (isOn) setHat(hat);
  }, [hat, isOn]);
}
export const setScheme = (scheme: Scheme) => lookStore.set((look) => ({ ...look, scheme }));
