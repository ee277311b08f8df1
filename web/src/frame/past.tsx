// The time machine: a day or a moment is chosen here, the band says which, and the slider moves along the saves.
import { Button, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { setAsOf, useAsOf } from '../base/as_of';
import { addDays, dayDiff, dayFull, dayOf, dayPlain, instantFull, today, zone } from '../base/format';
import { t } from '../base/i18n';
import { makeStore } from '../base/store';
import { say } from '../base/toast';
import styles from './past.module.css';

export const pastPickerStore = makeStore(false);

const isSeq = (asOf: string) => asOf.startsWith('seq:');
const isDay = (asOf: string) => /^\d{4}-\d\d-\d\d$/.test(asOf);

/** A wall clock in the person's zone as an instant. Two rounds settle the days the clocks change. */
export function toInstant(day: string, time: string): string {
  let guess = Date.parse(`${day}T${time}:00Z`);
  const wanted = guess;
  for (let round = 0; round < 2; round++) {
    const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone(), hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(new Date(guess));
    const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '00';
    const shown = Date.parse(`${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:00Z`);
    guess += wanted - shown;
  }
  return new Date(guess).toISOString();
}

export function PastPicker({ onDone }: { onDone: () => void }) {
  const asOf = useAsOf();
  const [day, setDay] = useState(asOf && !isSeq(asOf) ? (isDay(asOf) ? asOf : dayOf(asOf)) : addDays(today(), -7));
  const [time, setTime] = useState('');
  const go = (instant: string | null) => {
    setAsOf(instant);
    onDone();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (day) go(time ? toInstant(day, time) : day);
  };
  const quick = [
    [t('past.yesterday'), addDays(today(), -1)],
    [t('past.week'), addDays(today(), -7)],
    [t('past.month'), addDays(today(), -30)],
    [t('past.quarter'), addDays(today(), -91)],
  ] as const;
  return (
    <form onSubmit={submit} className={styles.picker} aria-label={t('past.title')}>
      <h2>{t('past.title')}</h2>
      <p className="small ink2">{t('past.help')}</p>
      <div className={styles.quick}>
        {quick.map(([label, value]) => (
          <button type="button" key={value} className={styles.chip} onClick={() => go(value)}>
            {label}
          </button>
        ))}
      </div>
      <div className={styles.fields}>
        <TextInput type="date" label={t('past.day')} value={day} max={today()} onChange={(e) => setDay(e.currentTarget.value)} data-autofocus />
        <TextInput type="time" label={t('past.time')} value={time} onChange={(e) => setTime(e.currentTarget.value)} />
      </div>
      <div className="row">
        <Button type="submit" variant="filled" disabled={!day}>
          {t('past.show')}
        </Button>
        {asOf && (
          <Button variant="subtle" onClick={() => go(null)}>
            {t('past.back')}
          </Button>
        )}
      </div>
    </form>
  );
}

function words(asOf: string): { title: string; sub: string } {
  if (isSeq(asOf)) return { title: t('past.seqTitle', { seq: asOf.slice(4) }), sub: t('past.seq', { seq: asOf.slice(4) }) };
  const day = isDay(asOf) ? asOf : dayOf(asOf);
  const ago = t('past.ago', { n: Math.max(0, -dayDiff(day)) });
  return isDay(asOf) ? { title: t('past.endOf', { day: dayFull(asOf) }), sub: ago } : { title: instantFull(asOf), sub: ago };
}

const SPAN_DAYS = 365;

export function PastBand() {
  const asOf = useAsOf() ?? '';
  const day = isSeq(asOf) ? today() : isDay(asOf) ? asOf : dayOf(asOf);
  const back = Math.min(SPAN_DAYS, Math.max(0, -dayDiff(day)));
  const [slid, setSlid] = useState(back);
  const span = useMemo(() => Math.max(SPAN_DAYS / 4, Math.ceil(back * 1.25)), [back]);
  useEffect(() => setSlid(back), [back]);
  const { title, sub } = words(asOf);
  const settle = () => {
    if (slid !== back) setAsOf(slid === 0 ? null : addDays(today(), -slid));
  };
  const copy = async () => {
    const address = new URL(location.href);
    address.searchParams.set('as_of', asOf);
    await navigator.clipboard.writeText(address.toString());
    say({ text: t('past.copied') });
  };
  return (
    <div className={styles.band} role="status">
      <IconClock size={18} stroke={1.6} aria-hidden />
      <strong className="cut">{title.charAt(0).toUpperCase() + title.slice(1)}</strong>
      <span className={`${styles.sub} cut`}>{sub}</span>
      <span className={styles.slide}>
        <input type="range" min={0} max={span} step={1} value={span - slid} aria-label={t('past.slider')} aria-valuetext={dayPlain(addDays(today(), -slid))}
          onChange={(e) => setSlid(span - Number(e.currentTarget.value))} onPointerUp={settle} onKeyUp={settle} onBlur={settle} />
        <span className={styles.ends}>
          <span>{dayPlain(addDays(today(), -span))}</span>
          <span>{slid === back ? '' : dayPlain(addDays(today(), -slid))}</span>
          <span>{t('past.now')}</span>
        </span>
      </span>
      <button className={styles.link} onClick={() => void copy()}>
        {t('past.copy')}
      </button>
      <button className={styles.back} onClick={() => setAsOf(null)}>
        {t('past.back')}
      </button>
    </div>
  );
}
