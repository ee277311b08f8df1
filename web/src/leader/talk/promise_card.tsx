// What the two have promised each other, in this talk or before: it comes back until it is done or dropped with a reason.
import { Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { patch, post } from '../../base/api';
import { useDraft } from '../../base/draft';
import { addDays, day, dayDiff, dayFull, initials, today } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { Bones, Failing } from '../../base/states';
import { say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import styles from './talk.module.css';
import { betweenFilter, type Talk, type Two } from './talk_data';

interface Promised extends Row {
  owner: number;
  text: string;
  due_day: string | null;
  done_day: string | null;
  state: 'open' | 'done' | 'dropped';
}

async function put(item: Promised, changes: Record<string, unknown>, said: string) {
  try {
    const { seq } = await patch(`/action_items/${item.id}`, changes);
    say({ text: said, seq });
    refresh(['action_item']);
  } catch (error) {
    sayError(error);
  }
}

function DropForm({ item, onClose }: { item: Promised; onClose: () => void }) {
  const [reason, setReason] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    await put(item, { state: 'dropped', reason: reason.trim() }, t('talk.saidDropped', { text: item.text }));
    onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t('talk.dropTitle')} size={420} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <p className="ink2">{item.text}</p>
        <Textarea aria-label={t('talk.dropTitle')} description={t('talk.dropHelp')} inputWrapperOrder={['input', 'description']} value={reason} autosize minRows={2} maxLength={1900} data-autofocus onChange={(e) => setReason(e.currentTarget.value)} />
        <div className="row"><Button type="submit" variant="filled" disabled={!reason.trim()}>{t('talk.drop')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}

function Line({ item, two, canEdit, onDrop }: { item: Promised; two: Two; canEdit: boolean; onDrop: () => void }) {
  const isOpen = item.state === 'open';
  const late = isOpen && item.due_day ? -dayDiff(item.due_day) : 0;
  const who = item.names?.owner ?? '';
  const tick = () => void put(item, { state: isOpen ? 'done' : 'open' }, t(isOpen ? 'talk.kept' : 'talk.reopened', { text: item.text }));
  return (
    <li className={styles.promise} data-closed={!isOpen || undefined}>
      <Checkbox checked={!isOpen} disabled={!canEdit} aria-label={t('talk.kept', { text: item.text })} onChange={tick} />
      <span className={styles.promiseText} dir="auto">{item.text}</span>
      <span className={styles.promiseEnd}>
        {isOpen ? (
          <>
            {canEdit && <button className="linklike small" onClick={onDrop}>{t('talk.drop')}</button>}
            {item.due_day && <span className={late > 0 ? 'down medium' : 'ink3'} title={dayFull(item.due_day)}>{late > 0 ? t('talk.late', { n: late }) : day(item.due_day)}</span>}
          </>
        ) : <span className={item.state === 'done' ? 'good' : 'ink3'} title={item.reason ? String(item.reason) : undefined}>{t(item.state === 'done' ? 'talk.done' : 'talk.dropped', { day: item.done_day ? day(item.done_day) : '' })}</span>}
        <span className="avatar sm" title={item.owner === two.me ? t('talk.you') : who}>{initials(who)}</span>
      </span>
    </li>
  );
}

function AddForm({ talk, two }: { talk: Talk; two: Two }) {
  const draft = useDraft(`talk.promise.${talk.id}`, { text: '', owner: String(two.me), due: addDays(today(), 7) });
  const typed = draft.value;
  const set = (part: Partial<typeof typed>) => draft.set((old) => ({ ...old, ...part }));
  async function add(event: FormEvent) {
    event.preventDefault();
    const text = typed.text.trim();
    if (!text) return;
    try {
      const { seq } = await post('/action_items', { author: two.me, other: two.other, owner: Number(typed.owner), one_on_one: talk.id, text, due_day: typed.due || null });
      say({ text: t('talk.promised', { text }), seq });
      set({ text: '' });
      draft.clear();
      refresh(['action_item']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <form className={styles.promiseForm} onSubmit={add}>
      <TextInput label={t('talk.promise')} value={typed.text} maxLength={1900} onChange={(e) => set({ text: e.currentTarget.value })} />
      <Select label={t('talk.by')} value={typed.owner} allowDeselect={false} data={[{ value: String(two.me), label: t('talk.you') }, { value: String(two.other), label: two.otherName }]} onChange={(owner) => set({ owner: owner ?? typed.owner })} />
      <TextInput type="date" label={t('talk.due')} value={typed.due} onChange={(e) => set({ due: e.currentTarget.value })} />
      <Button type="submit" disabled={!typed.text.trim()}>{t('talk.addPromise')}</Button>
    </form>
  );
}

export function PromiseCard({ talk, two, canEdit }: { talk: Talk; two: Two; canEdit: boolean }) {
  const between = betweenFilter('author', 'other', two);
  const of = ['action_item'];
  const open = useGet<Page>('/action_items', { filter: `${between}&state=eq.open`, params: { order: 'due_day', limit: 50 }, of });
  const here = useGet<Page>('/action_items', { filter: `one_on_one=eq.${talk.id}&state=in.(done,dropped)`, params: { limit: 50 }, of });
  const [dropped, setDropped] = useState<Promised | null>(null);
  const rows = [...(open.data?.rows ?? []), ...(here.data?.rows ?? [])] as Promised[];
  return (
    <section className="card" aria-label={t('talk.promises')}>
      <div className="card-head"><h2>{t('talk.promises')}</h2><span className="ink3">{t('talk.promisesSub')}</span></div>
      {open.error && !open.data ? <Failing error={open.error} retry={() => void open.refetch()} /> : !open.data ? <Bones count={2} height={40} /> : !rows.length ? <p className="ink3 card-body">{t('talk.noPromises')}</p> : (
        <ul className="lines">{rows.map((item) => <Line key={item.id} item={item} two={two} canEdit={canEdit} onDrop={() => setDropped(item)} />)}</ul>
      )}
      {canEdit && <AddForm talk={talk} two={two} />}
      {dropped && <DropForm item={dropped} onClose={() => setDropped(null)} />}
    </section>
  );
}
