// Making a coaching plan: towards what, and its first sessions at once; and planning one more of it.
import { Button, Modal, NumberInput, SegmentedControl, TextInput, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { ApiError, post } from '../../base/api';
import { useDraft } from '../../base/draft';
import { addDays, day as dayText } from '../../base/format';
import { t } from '../../base/i18n';
import { useMeta } from '../../base/meta';
import { refresh } from '../../base/query';
import { useSession } from '../../base/session';
import { problemText, say } from '../../base/toast';
import type { Field, Row } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import { nextDay } from './plan';
import { daysFrom, PLANNED, planOne, type Planned, type Series } from './series_data';
import styles from './talk.module.css';

const userField: Field = { name: 'person', label: '', type: 'ref', ref: 'user', flags: ['required'] };
const dealField: Field = { name: 'opportunity', label: '', type: 'ref', ref: 'opportunity', flags: [] };

export interface SeriesWish {
  person: number | null;
  name: string | null;
  skill?: string;
}

const useKinds = () => {
  const { byName } = useMeta();
  return PLANNED.filter((kind) => byName.has(kind === 'one_on_one' ? 'one_on_one' : 'coaching_session')).map((kind) => ({ value: kind, label: t(kind === 'one_on_one' ? 'series.talk' : `coach.kind.${kind}`) }));
};

interface Typed {
  goal: string;
  skill: string;
  kind: Planned;
  first: string;
  count: number;
  every: number;
}

async function make(me: number, person: number, typed: Typed): Promise<{ id: number; seq: number }> {
  const days = daysFrom(typed.first, typed.count, typed.every);
  const last = days.at(-1) ?? typed.first;
  const { data, seq } = await post<Row>('/coaching_plans', { author: me, other: person, coach: me, goal: typed.goal.trim(), skill: typed.skill.trim() || null, to_day: addDays(last, 1) });
  for (const day of days) await planOne({ plan: data.id, coach: me, person, kind: typed.kind, day });
  return { id: data.id, seq };
}

export function SeriesForm({ wish, onClose }: { wish: SeriesWish; onClose: () => void }) {
  const me = useSession().user.id;
  const kinds = useKinds();
  const [, go] = useLocation();
  const [who, setWho] = useState({ id: wish.person, name: wish.name });
  const draft = useDraft<Typed>(`series.${wish.person ?? 0}`, { goal: '', skill: wish.skill ?? '', kind: 'call', first: nextDay(null, 7), count: 4, every: 14 });
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const typed = draft.value;
  const set = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part }));
  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    setBusy(true);
    try {
      const { id, seq } = await make(me, who.id!, typed);
      refresh(['coaching_plan']);
      draft.clear();
      say({ text: t('series.saidNew', { name: who.name ?? '' }), seq });
      onClose();
      go(`/coaching/plans/${id}`);
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
    setBusy(false);
  }
  return (
    <Modal opened onClose={onClose} title={wish.name ? t('series.newWith', { name: wish.name }) : t('series.new')} size={520} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        {wish.person === null && <RefPicker field={userField} label={t('talk.who')} value={who.id} name={who.name} required onPick={(id, name) => setWho({ id, name })} />}
        <Textarea label={t('series.goal')} placeholder={t('series.goalHint')} autosize minRows={2} required maxLength={1900} data-autofocus value={typed.goal} onChange={(e) => set({ goal: e.currentTarget.value })} />
        <TextInput label={t('coach.skill')} maxLength={120} value={typed.skill} onChange={(e) => set({ skill: e.currentTarget.value })} />
        <SegmentedControl aria-label={t('coach.kind')} value={typed.kind} onChange={(kind) => set({ kind: kind as Planned })} data={kinds} />
        <div className={styles.formTriples}>
          <NumberInput label={t('series.count')} min={1} max={12} allowDecimal={false} value={typed.count} onChange={(value) => set({ count: Number(value) || 1 })} />
          <TextInput type="date" label={t('series.first')} required value={typed.first} onChange={(e) => set({ first: e.currentTarget.value })} />
          <NumberInput label={t('series.every')} min={1} max={90} allowDecimal={false} value={typed.every} onChange={(value) => set({ every: Number(value) || 1 })} />
        </div>
        <p className="small ink3">{t('series.makes', { n: typed.count, first: dayText(typed.first), last: dayText(daysFrom(typed.first, typed.count, typed.every).at(-1) ?? typed.first) })} {t('coach.twoSee')}</p>
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row"><Button type="submit" variant="filled" loading={isBusy} disabled={!who.id || !typed.goal.trim() || !typed.first}>{t('series.make')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}

/** One more of a series. */
export function PlanSessionForm({ series, onClose }: { series: Series; onClose: () => void }) {
  const kinds = useKinds();
  const [kind, setKind] = useState<Planned>(series.entries.at(-1)?.kind ?? 'call');
  const [day, setDay] = useState(nextDay(addDays(series.next.due_day ?? addDays(series.entries.at(-1)?.day ?? series.from_day, 14), -14), 14));
  const [deal, setDeal] = useState<{ id: number | null; name: string | null }>({ id: null, name: null });
  const [problem, setProblem] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    try {
      const { seq } = await planOne({ plan: series.id, coach: series.coach, person: series.person, kind, day, deal: kind === 'one_on_one' ? null : deal.id });
      say({ text: t('series.saidPlanned', { day: dayText(day) }), seq });
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('series.plan')} size={440} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <SegmentedControl aria-label={t('coach.kind')} value={kind} onChange={(value) => setKind(value as Planned)} data={kinds} />
        <TextInput type="date" label={t('talk.day')} required value={day} onChange={(e) => setDay(e.currentTarget.value)} />
        {kind !== 'one_on_one' && <RefPicker field={dealField} label={t('coach.deal')} value={deal.id} name={deal.name} onPick={(id, name) => setDeal({ id, name })} />}
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row"><Button type="submit" variant="filled" disabled={!day}>{t('series.plan')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}
