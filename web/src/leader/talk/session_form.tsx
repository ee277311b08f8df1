// A coaching session, noted: on what, with which rubric and scores, what was seen, what comes next.
import { Button, Modal, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { patch, post } from '../../base/api';
import { useDraft } from '../../base/draft';
import { today } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { say, sayError } from '../../base/toast';
import type { Field, Page, Row } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import styles from './talk.module.css';
import { betweenFilter } from './talk_data';

export const KINDS = ['deal', 'call', 'field', 'talk'] as const;
export type Kind = (typeof KINDS)[number];
const deal: Field = { name: 'opportunity', label: '', type: 'ref', ref: 'opportunity', flags: [] };

export interface SessionWish {
  person: number;
  name: string;
  deal?: { id: number; name: string };
  /** The series it is part of. */
  plan?: number;
  skill?: string;
  /** Planned before; what is noted now is how it went. */
  session?: { id: number; kind: Kind; day: string };
}

interface Typed {
  kind: Kind;
  day: string;
  minutes: string;
  deal: { id: number | null; name: string | null };
  rubric: number | null;
  scores: Record<number, number>;
  skill: string;
  note: string;
  agreed: string;
  plan: number | null;
  /** Not said: the one that runs between the two, if it is one. */
  series?: number | null;
}

const ANCHORS = [['1', 'low'], ['2', 'second'], ['3', 'middle'], ['4', 'fourth'], ['5', 'high']] as const;

/** The words of the chosen number; before one is chosen, of both ends. */
function anchorText(line: Row, score: number | undefined): string {
  const said = ANCHORS.filter(([n, field]) => line[field] && (score ? Number(n) === score : n === '1' || n === '5'));
  return said.map(([n, field]) => `${n}: ${String(line[field])}`).join('. ');
}

function Scores({ rubric, scores, set }: { rubric: number; scores: Record<number, number>; set: (scores: Record<number, number>) => void }) {
  const { data } = useGet<Page>('/rubric_lines', { filter: `rubric=eq.${rubric}&or=(is_retired.is.null,is_retired.is.false)`, params: { order: 'position', limit: 50 }, of: ['rubric_line'] });
  return (
    <ul className={styles.scores}>
      {(data?.rows ?? []).map((line) => (
        <li key={line.id}>
          <span><span className="medium">{String(line.text)}</span><span className="small ink3" aria-live="polite">{anchorText(line, scores[line.id])}</span></span>
          <SegmentedControl aria-label={String(line.text)} value={String(scores[line.id] ?? '')} onChange={(value) => set({ ...scores, [line.id]: Number(value) })} data={['1', '2', '3', '4', '5']} />
        </li>
      ))}
    </ul>
  );
}

async function saveSession(me: number, wish: SessionWish, typed: Typed, series: number | null): Promise<number> {
  const said = {
    kind: typed.kind, day: typed.day, minutes: typed.minutes ? Number(typed.minutes) : null, opportunity: typed.deal.id, state: 'held', coaching_plan: series,
    rubric: typed.rubric, plan: typed.plan, skill: typed.skill.trim() || null, note: typed.note.trim() || null, agreed: typed.agreed.trim() || null,
  };
  const { data, seq } = wish.session ? await patch<Row>(`/coaching_sessions/${wish.session.id}`, said) : await post<Row>('/coaching_sessions', { coach: me, person: wish.person, ...said });
  for (const [line, score] of Object.entries(typed.scores)) await post('/coaching_scores', { session: data.id, line: Number(line), score });
  return seq;
}

export function SessionForm({ wish, onClose }: { wish: SessionWish; onClose: () => void }) {
  const me = useSession().user.id;
  const draft = useDraft<Typed>(`coach.${wish.person}.${wish.deal?.id ?? 0}.${wish.session?.id ?? 0}`, { kind: wish.session?.kind ?? (wish.deal ? 'deal' : 'call'), day: wish.session && wish.session.day < today() ? wish.session.day : today(), minutes: '30', deal: { id: wish.deal?.id ?? null, name: wish.deal?.name ?? null }, rubric: null, scores: {}, skill: wish.skill ?? '', note: '', agreed: '', plan: null });
  const [isBusy, setBusy] = useState(false);
  const rubrics = useGet<Page>('/rubrics', { params: { limit: 100, order: 'position' }, of: ['rubric'] });
  const series = useGet<Page>('/coaching_plans', { filter: `${betweenFilter('author', 'other', { me, other: wish.person })}&state=eq.active`, params: { limit: 20 }, of: ['coaching_plan'] });
  const plans = useGet<Page>('/development_plans', { filter: `person=eq.${wish.person}&state=eq.active`, params: { limit: 20 }, of: ['development_plan'] });
  const typed = draft.value;
  const running = series.data?.rows ?? [];
  const part = typed.series !== undefined ? typed.series : (wish.plan ?? (running.length === 1 ? running[0]!.id : null));
  const set = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part }));
  const fitting = (rubrics.data?.rows ?? []).filter((one) => !one.is_retired && (one.kind === typed.kind || one.also === typed.kind));
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const seq = await saveSession(me, wish, typed, part);
      say({ text: t('coach.saved', { name: wish.name }), seq });
      refresh(['coaching_session', 'coaching_score']);
      draft.clear();
      onClose();
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
  }
  return (
    <Modal opened onClose={onClose} title={t('coach.title', { name: wish.name })} size={560} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <SegmentedControl aria-label={t('coach.kind')} value={typed.kind} onChange={(kind) => set({ kind: kind as Kind, rubric: null, scores: {} })} data={KINDS.map((kind) => ({ value: kind, label: t(`coach.kind.${kind}`) }))} />
        <div className={styles.formPairs}>
          <TextInput type="date" label={t('talk.day')} required max={today()} value={typed.day} onChange={(e) => set({ day: e.currentTarget.value })} />
          <NumberInput label={t('coach.minutes')} min={1} max={1440} allowDecimal={false} hideControls value={typed.minutes} onChange={(value) => set({ minutes: String(value) })} />
          {typed.kind !== 'talk' && <RefPicker field={deal} label={t('coach.deal')} value={typed.deal.id} name={typed.deal.name} onPick={(id, name) => set({ deal: { id, name } })} />}
          {fitting.length > 0 && <Select label={t('coach.rubric')} clearable value={typed.rubric ? String(typed.rubric) : null} onChange={(value) => set({ rubric: value ? Number(value) : null, scores: {} })} data={fitting.map((one) => ({ value: String(one.id), label: String(one.name) }))} />}
          <TextInput label={t('coach.skill')} maxLength={120} value={typed.skill} onChange={(e) => set({ skill: e.currentTarget.value })} />
          {running.length > 0 && <Select label={t('series.partOf')} clearable value={part ? String(part) : null} onChange={(value) => set({ series: value ? Number(value) : null })} data={running.map((one) => ({ value: String(one.id), label: String(one.goal) }))} />}
          {Boolean(plans.data?.rows.length) && <Select label={t('coach.plan')} clearable value={typed.plan ? String(typed.plan) : null} onChange={(value) => set({ plan: value ? Number(value) : null })} data={plans.data!.rows.map((one) => ({ value: String(one.id), label: String(one.goal) }))} />}
        </div>
        {typed.rubric && <Scores rubric={typed.rubric} scores={typed.scores} set={(scores) => set({ scores })} />}
        <Textarea label={t('coach.note')} autosize minRows={2} maxLength={15900} value={typed.note} onChange={(e) => set({ note: e.currentTarget.value })} />
        <Textarea label={t('coach.agreed')} autosize minRows={1} maxLength={3900} value={typed.agreed} onChange={(e) => set({ agreed: e.currentTarget.value })} />
        <p className="small ink3">{t('coach.twoSee')}</p>
        <div className="row"><Button type="submit" variant="filled" loading={isBusy} disabled={!typed.day}>{t('coach.save')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}
