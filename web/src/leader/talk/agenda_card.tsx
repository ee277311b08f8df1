// Points to talk about, each a record of the two: both add and tick them, and what is still open comes up again in the
// next talk. Without the feature that keeps them, and for what was written before, the talk's text.
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { patch, post } from '../../base/api';
import { useDraft } from '../../base/draft';
import { dayFull, dayPlain, initials } from '../../base/format';
import { t } from '../../base/i18n';
import { useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { Bones, Failing } from '../../base/states';
import { moved, SortList } from '../../base/sort_list';
import { say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import { AgendaText } from './agenda_text';
import { Questions } from './library';
import styles from './talk.module.css';
import { betweenFilter, changeAgenda, pointsOf, type Talk, type Two } from './talk_data';

interface Item extends Row {
  author: number;
  one_on_one: number | null;
  text: string;
  state: 'open' | 'talked' | 'dropped';
  day: string | null;
  position: number | null;
}

interface Props {
  talk: Talk;
  two: Two;
  before: Talk | undefined;
  canEdit: boolean;
}

/** A talk to come has all that is open between the two; one that is over has its own points. */
function useItems(talk: Talk, two: Two) {
  const reading = { params: { limit: 100 }, of: ['agenda_item'], againMs: 20_000 };
  const isPlanned = talk.state === 'planned';
  const open = useGet<Page>('/agenda_items', { ...reading, filter: `${betweenFilter('author', 'other', two)}&state=eq.open`, isOff: !isPlanned });
  const own = useGet<Page>('/agenda_items', { ...reading, filter: `one_on_one=eq.${talk.id}&state=neq.dropped` });
  const found = new Map<number, Item>();
  for (const row of [...(open.data?.rows ?? []), ...(own.data?.rows ?? [])] as Item[]) found.set(row.id, row);
  return { items: [...found.values()].sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || a.id - b.id), isThere: Boolean(own.data && (open.data || !isPlanned)), error: own.error ?? open.error, again: own.refetch };
}

function Line({ item, talk, two, canEdit }: { item: Item; talk: Talk; two: Two; canEdit: boolean }) {
  const [isBusy, setBusy] = useState(false);
  const isDone = item.state === 'talked';
  const who = item.names?.author ?? '';
  async function put(state: Item['state'], said: string) {
    setBusy(true);
    try {
      const { seq } = await patch(`/agenda_items/${item.id}`, state === 'talked' ? { state, one_on_one: talk.id } : { state });
      say({ text: said, seq });
      refresh(['agenda_item']);
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
  }
  return (
    <div className={styles.point} data-done={isDone || undefined}>
      <Checkbox checked={isDone} disabled={!canEdit || isBusy} aria-label={t('talk.pointDone', { text: item.text })} onChange={() => void put(isDone ? 'open' : 'talked', t(isDone ? 'talk.reopened' : 'talk.pointDone', { text: item.text }))} />
      <span dir="auto">{item.text}</span>
      {item.day && item.day < talk.day && !isDone && item.one_on_one !== talk.id && <em className="small ink3" title={dayFull(item.day)}>{t('talk.openSince', { day: dayPlain(item.day) })}</em>}
      {canEdit && <ActionIcon variant="subtle" size={24} aria-label={t('talk.removePoint', { text: item.text })} onClick={() => void put('dropped', t('talk.saidDropped', { text: item.text }))}><IconX size={14} aria-hidden /></ActionIcon>}
      <em className="avatar sm" title={item.author === two.me ? t('talk.you') : who}>{initials(who)}</em>
    </div>
  );
}

/** Lines from before points were records: one act makes points of them. */
function Before({ talk, two, canEdit }: Omit<Props, 'before'>) {
  const [isBusy, setBusy] = useState(false);
  const lines = pointsOf(talk.agenda);
  if (!lines.length) return null;
  async function take() {
    setBusy(true);
    try {
      for (const one of lines) {
        await post('/agenda_items', { author: two.me, other: two.other, one_on_one: talk.id, text: one.text, state: one.isDone ? 'talked' : 'open' });
        // Off the text at once: done again after a failure, no line comes twice.
        await changeAgenda(talk, (list) => list.filter((other) => other.text !== one.text));
      }
    } catch (error) {
      sayError(error);
    }
    refresh(['agenda_item']);
    setBusy(false);
  }
  return (
    <div className={`card-body ${styles.textPoints}`}>
      {lines.map((one) => <p key={one.text} className={one.isDone ? 'ink3' : 'ink2'} dir="auto">{one.text}</p>)}
      {canEdit && talk.state === 'planned' && <button className="linklike small" disabled={isBusy} onClick={() => void take()}>{t('talk.makePoints', { n: lines.length })}</button>}
    </div>
  );
}

function AddForm({ talk, two }: { talk: Talk; two: Two }) {
  const draft = useDraft<string>(`talk.point.${talk.id}`, '');
  async function add(event: FormEvent) {
    event.preventDefault();
    const text = draft.value.trim();
    if (!text) return;
    // Emptied first: a second Enter adds nothing twice, and what is typed while it saves stays.
    draft.set('');
    draft.clear();
    try {
      await post('/agenda_items', { author: two.me, other: two.other, one_on_one: talk.id, text });
      refresh(['agenda_item']);
    } catch (error) {
      draft.set((since) => since || text);
      sayError(error);
    }
  }
  return (
    <form className={styles.add} onSubmit={add}>
      <TextInput aria-label={t('talk.addPoint')} placeholder={t('talk.addPoint')} value={draft.value} maxLength={1900} onChange={(e) => draft.set(e.currentTarget.value)} />
      <Button type="submit" disabled={!draft.value.trim()}>{t('talk.addPromise')}</Button>
    </form>
  );
}

function Points({ talk, two, canEdit }: Omit<Props, 'before'>) {
  const { items, isThere, error, again } = useItems(talk, two);
  const [wish, setWish] = useState<number[] | null>(null);
  // As it was just put, until the server's order is here.
  const shown = wish ? [...items].sort((a, b) => (wish.indexOf(a.id) + 1 || Infinity) - (wish.indexOf(b.id) + 1 || Infinity)) : items;
  async function order(from: number, to: number) {
    const next = moved(shown, from, to);
    setWish(next.map((item) => item.id));
    try {
      for (const [at, item] of next.entries()) if (item.position !== at + 1) await patch(`/agenda_items/${item.id}`, { position: at + 1 });
    } catch (error_) {
      setWish(null);
      sayError(error_);
    }
    refresh(['agenda_item']);
  }
  return (
    <section className="card" aria-label={t('talk.agenda')}>
      <div className="card-head"><h2>{t('talk.agenda')}</h2><span className="ink3 cut">{t('talk.agendaBoth')}</span>{canEdit && talk.state === 'planned' && <span className="end"><Questions talk={talk} two={two} /></span>}</div>
      {error && !isThere ? <Failing error={error} retry={() => void again()} /> : !isThere ? <Bones count={2} height={30} /> : (
        <div className={styles.points}>
          <SortList list={shown} keyOf={(item) => item.id} labelOf={(item) => item.text} canMove={canEdit && shown.length > 1} onMove={(from, to) => void order(from, to)}>
            {(item) => <Line item={item} talk={talk} two={two} canEdit={canEdit} />}
          </SortList>
        </div>
      )}
      <Before talk={talk} two={two} canEdit={canEdit} />
      {canEdit && <AddForm talk={talk} two={two} />}
    </section>
  );
}

export function AgendaCard({ talk, two, before, canEdit }: Props) {
  const { byName } = useMeta();
  return byName.has('agenda_item') ? <Points talk={talk} two={two} canEdit={canEdit} /> : <AgendaText talk={talk} before={before} canEdit={canEdit} />;
}
