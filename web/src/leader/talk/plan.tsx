// Planning a talk: with whom, on which day.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { ApiError, post } from '../../base/api';
import { addDays, day as dayText, dayDiff, today } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh } from '../../base/query';
import { useSession } from '../../base/session';
import { problemText, say } from '../../base/toast';
import type { Field, Row } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import styles from './talk.module.css';

export interface Wish {
  /** Unknown: it is asked for. */
  person: number | null;
  name: string | null;
  /** Who leads it; oneself when nothing is said. */
  leader?: number;
  last?: string | null;
  usual?: number | null;
}

const field: Field = { name: 'person', label: '', type: 'ref', ref: 'user', flags: ['required'] };
const USUAL = 14;

/** The usual days after the last one, or tomorrow when that has passed; never on a weekend. */
export function nextDay(last: string | null | undefined, usual: number | null | undefined): string {
  const wished = addDays(last ?? today(), usual ?? USUAL);
  const made = dayDiff(wished) < 1 ? addDays(today(), 1) : wished;
  const weekday = new Date(`${made}T00:00:00Z`).getUTCDay();
  return weekday === 6 ? addDays(made, 2) : weekday === 0 ? addDays(made, 1) : made;
}

export function PlanForm({ wish, onClose }: { wish: Wish; onClose: () => void }) {
  const me = useSession().user.id;
  const [, go] = useLocation();
  const [who, setWho] = useState({ id: wish.person, name: wish.name });
  const [day, setDay] = useState(nextDay(wish.last, wish.usual));
  const [problem, setProblem] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    try {
      const { data, seq } = await post<Row>('/one_on_ones', { leader: wish.leader ?? me, person: who.id, day });
      refresh(['one_on_one']);
      say({ text: t('talk.saidNew', { name: wish.name ?? who.name ?? '', day: dayText(day) }), seq });
      onClose();
      go(`/coaching/${data.id}`);
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  return (
    <Modal opened onClose={onClose} title={wish.name ? t('talk.planTitleWith', { name: wish.name }) : t('talk.planTitle')} size={400} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        {wish.person === null && <RefPicker field={field} label={t('talk.who')} value={who.id} name={who.name} required onPick={(id, name) => setWho({ id, name })} />}
        <TextInput type="date" label={t('talk.day')} value={day} required onChange={(e) => setDay(e.currentTarget.value)} />
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row">
          <Button type="submit" variant="filled" disabled={!who.id || !day}>{t('talk.plan')}</Button>
          <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}
