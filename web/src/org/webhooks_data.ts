// Webhooks as the API tells them, and what can be done to one.
import { ApiError, patch, post, remove } from '../base/api';
import { t } from '../base/i18n';
import { refresh, useGet } from '../base/query';
import { problemText, say, sayError } from '../base/toast';
import type { Entity, Page, Row } from '../base/types';

export interface Hook extends Row {
  name: string;
  owner: number;
  url: string;
  /** Names with commas between; nothing: all. */
  entities: string | null;
  events: string | null;
  is_active: boolean;
  off_reason: string | null;
}

export interface Delivery {
  number: number;
  event: number;
  at: string;
  ms: number;
  status: number | null;
  error: string | null;
}

export interface Deliveries {
  has_secret: boolean;
  failures: number;
  next: string | null;
  rows: Delivery[];
}

export const EVENTS = ['created', 'changed', 'removed'] as const;
export type HookEvent = (typeof EVENTS)[number];

/** The reason the program gives when an address is not one of the public network. */
const NOT_PUBLIC = 'the address is not a public one';

export const isTaken = (one: Delivery) => one.status !== null && one.status >= 200 && one.status < 300;
export const isPrivate = (one: Delivery) => one.error === NOT_PUBLIC;
export const listOf = (names: string | null) => (names ?? '').split(',').map((name) => name.trim()).filter(Boolean);

export const useHooks = () => useGet<Page>('/webhooks', { params: { order: 'name', limit: 100 }, of: ['webhook'], now: true });

/** Deliveries are in no event stream: they are read anew while somebody looks at them. */
export const useDeliveries = (id: number, againMs?: number) => useGet<Deliveries>(`/webhooks/${id}/deliveries`, { now: true, of: ['webhook'], againMs });

/** "Deals, Accounts: created, removed", or all of it. */
export function toldText(hook: Hook, byName: Map<string, Entity>): string {
  const entities = listOf(hook.entities).map((name) => byName.get(name)?.label_plural ?? name);
  const events = listOf(hook.events).map((name) => t(`hooks.${name}` as 'hooks.created'));
  return t('hooks.tells', { what: entities.join(', ') || t('hooks.allRecords'), events: events.join(', ') || t('hooks.allEvents') });
}

export async function makeSecret(hook: Hook): Promise<string> {
  const { data } = await post<{ secret: string }>(`/webhooks/${hook.id}/secret`, null);
  refresh(['webhook']);
  return data.secret;
}

export async function switchHook(hook: Hook, isOn: boolean) {
  try {
    const { seq } = await patch(`/webhooks/${hook.id}`, { is_active: isOn });
    say({ text: t(isOn ? 'hooks.saidOn' : 'hooks.saidOff', { name: hook.name }), seq });
    refresh(['webhook']);
  } catch (error) {
    sayError(error);
  }
}

export async function removeHook(hook: Hook) {
  try {
    await remove(`/webhooks/${hook.id}`);
    say({ text: t('hooks.saidGone', { name: hook.name }) });
    refresh(['webhook']);
  } catch (error) {
    sayError(error);
  }
}

/** Asks for one more delivery; what became of it is read by the caller. */
export async function sendAgain(hook: Hook, number: number | null): Promise<boolean> {
  try {
    await post(number === null ? `/webhooks/${hook.id}/test` : `/webhooks/${hook.id}/deliveries/${number}/redeliver`, null);
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}

export const wordsOf = (error: unknown) => (error instanceof ApiError ? problemText(error) : String(error));
