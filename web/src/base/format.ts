// Numbers, money, days and instants as the person reads them: locale and zone of the person, else of the
// browser and the company. Minus is U+2212.
import { locale } from './i18n';

interface Ground {
  zone: string;
  currency: string;
  today: string;
}

let ground: Ground = { zone: 'UTC', currency: 'USD', today: new Date().toISOString().slice(0, 10) };

export function setGround(next: Ground) {
  ground = next;
  makers.clear();
}
export const companyCurrency = () => ground.currency;
export const today = () => ground.today;
export const zone = () => ground.zone;

const makers = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function maker<T>(key: string, make: () => T): T {
  const full = `${locale()}|${key}`;
  let made = makers.get(full) as T | undefined;
  if (!made) {
    made = make();
    makers.set(full, made as never);
  }
  return made;
}

const minus = (text: string) => text.replace(/-/g, '−');

export function number(value: number, digits = 2): string {
  return minus(maker(`n${digits}`, () => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits })).format(value));
}

export function percent(share: number, digits = 0): string {
  return minus(
    maker(`p${digits}`, () => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: digits })).format(share),
  );
}

function currencyMaker(currency: string, opt: Intl.NumberFormatOptions): Intl.NumberFormat {
  const make = (code: string) => new Intl.NumberFormat(locale(), { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol', ...opt });
  try {
    return make(currency);
  } catch {
    // Not three letters: the number has to do, in the company's form.
    return make(ground.currency);
  }
}

/** Whole units without decimals; cents only where there are any. */
export function money(value: number, currency = ground.currency): string {
  const whole = Number.isInteger(value);
  const opt = whole ? { maximumFractionDigits: 0, minimumFractionDigits: 0 } : {};
  return minus(maker(`m${currency}${whole}`, () => currencyMaker(currency, opt)).format(value));
}

/** $6.4M, for axes and small places. */
export function moneyShort(value: number, currency = ground.currency): string {
  const opt = { notation: 'compact', maximumFractionDigits: 2 } as const;
  return minus(maker(`s${currency}`, () => currencyMaker(currency, opt)).format(value));
}

export const signed = (value: number, text: (v: number) => string) => (value > 0 ? `+${text(value)}` : text(value));

/** A calendar day is no instant: it is read in UTC so that no zone moves it. */
const dayDate = (day: string) => new Date(`${day.slice(0, 10)}T00:00:00Z`);

export function dayDiff(day: string, from = ground.today): number {
  return Math.round((dayDate(day).getTime() - dayDate(from).getTime()) / 86_400_000);
}

export function addDays(day: string, days: number): string {
  return new Date(dayDate(day).getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

export function dayIn(day: string, opt: Intl.DateTimeFormatOptions): string {
  const key = `d${JSON.stringify(opt)}`;
  return maker(key, () => new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...opt })).format(dayDate(day));
}

/** "today", "Wed" within a week, "11 Dec", "11 Dec 2025" in another year. */
export function day(value: string): string {
  const diff = dayDiff(value);
  if (diff >= -1 && diff <= 1) return relative(diff);
  if (diff > 1 && diff < 7) return dayIn(value, { weekday: 'short' });
  const isThisYear = value.slice(0, 4) === ground.today.slice(0, 4);
  return dayIn(value, isThisYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' });
}

export const dayFull = (value: string) => dayIn(value, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
export const dayPlain = (value: string) => dayIn(value, { day: 'numeric', month: 'short', year: 'numeric' });

/** Without the year: for axes. */
export const dayShort = (value: string) => dayIn(value, { day: 'numeric', month: 'short' });

export function relative(days: number): string {
  return maker('r', () => new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })).format(days, 'day');
}

const instantIn = (value: string, opt: Intl.DateTimeFormatOptions) =>
  maker(`i${JSON.stringify(opt)}`, () => new Intl.DateTimeFormat(locale(), { timeZone: ground.zone, ...opt })).format(new Date(value));

/** The day of an instant in the person's zone, as ISO text. */
export function dayOf(value: string): string {
  const parts = maker('iso', () => new Intl.DateTimeFormat('en-CA', { timeZone: ground.zone })).format(new Date(value));
  return parts;
}

export const clock = (value: string) => instantIn(value, { hour: '2-digit', minute: '2-digit' });

/** "09:14" today, "Fri 17:42" within a week, else the day. */
export function instant(value: string): string {
  const diff = dayDiff(dayOf(value));
  if (diff === 0) return clock(value);
  if (Math.abs(diff) < 7) return `${instantIn(value, { weekday: 'short' })} ${clock(value)}`;
  return day(dayOf(value));
}

export const instantFull = (value: string) =>
  instantIn(value, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' });

/** Without accents and case: what people type to find it. */
export const plainText = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? [...(words[words.length - 1] ?? '')][0] ?? '' : [...(words[0] ?? '')][1] ?? '';
  return (first + last).toLocaleUpperCase(locale());
}
