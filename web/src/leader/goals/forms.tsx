// A goal, and a key result: made and changed.
import { Button, Checkbox, Modal, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { patch, post } from '../../base/api';
import { addDays, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import { useSession } from '../../base/session';
import type { Field } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import { act } from './act';
import { type Goal, type Pillar, type Result } from './data';
import styles from './goals.module.css';

const owner: Field = { name: 'owner', label: '', type: 'ref', ref: 'user', flags: ['required'] };
const team: Field = { name: 'team', label: '', type: 'ref', ref: 'team', flags: [] };

/* ---- goal ---- */

function firstTyped(goal: Goal | null, parent: Goal | undefined, me: { id: number; name: string }) {
  const year = today().slice(0, 4);
  const from = goal ?? parent;
  return {
    name: goal?.name ?? '',
    text: goal?.text ?? '',
    owner: goal ? { id: goal.owner as number | null, name: goal.owner_name as string | null } : { id: me.id as number | null, name: me.name as string | null },
    team: { id: goal?.team ?? null, name: null as string | null },
    parent: goal ? goal.parent : (parent?.id ?? null),
    pillar: goal ? goal.pillar : null,
    from: from?.from_day ?? `${year}-01-01`,
    last: from ? addDays(from.to_day, -1) : `${year}-12-31`,
    isOpen: goal ? goal.is_open : true,
  };
}

interface GoalFormProps {
  goal: Goal | null;
  parent?: Goal;
  goals: Goal[];
  pillars: Pillar[];
  onClose: () => void;
}

export function GoalForm({ goal, parent, goals, pillars, onClose }: GoalFormProps) {
  const session = useSession();
  const [typed, setTyped] = useState(() => firstTyped(goal, parent, session.user));
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const mayOpen = session.roles.some((role) => role === 'manager' || role === 'leader' || role === 'executive');
  async function submit(event: FormEvent) {
    event.preventDefault();
    const inherited = goals.find((one) => one.id === typed.parent)?.pillar ?? null;
    const body = {
      name: typed.name.trim(), text: typed.text.trim() || null, owner: typed.owner.id, team: typed.team.id, parent: typed.parent,
      // The tree shows the pillar a goal inherits; only another one is its own.
      pillar: typed.pillar === inherited ? null : typed.pillar,
      from_day: typed.from, to_day: addDays(typed.last, 1), is_open: mayOpen ? typed.isOpen : undefined,
    };
    const doing = goal ? patch(`/objectives/${goal.id}`, body, { ifMatch: goal.rev }) : post('/objectives', body);
    if (await act(doing, t('goals.saved', { name: body.name }), ['objective'])) onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t(goal ? 'goals.editTitle' : 'goals.newTitle')} size={520} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput label={t('goals.name')} required value={typed.name} maxLength={255} data-autofocus onChange={(e) => set({ name: e.currentTarget.value })} />
        <Textarea label={t('goals.text')} value={typed.text} autosize minRows={2} maxLength={7900} onChange={(e) => set({ text: e.currentTarget.value })} />
        <div className={styles.pairs}>
          <RefPicker field={owner} label={t('goals.owner')} value={typed.owner.id} name={typed.owner.name} required onPick={(id, name) => set({ owner: { id, name } })} />
          <RefPicker field={team} label={t('goals.team')} value={typed.team.id} name={typed.team.name} onPick={(id, name) => set({ team: { id, name } })} />
          <Select label={t('goals.parent')} searchable clearable placeholder={t('goals.noParent')} value={typed.parent === null ? null : String(typed.parent)} onChange={(value) => set({ parent: value ? Number(value) : null })} data={goals.filter((one) => one.id !== goal?.id).map((one) => ({ value: String(one.id), label: one.name }))} />
          <Select label={t('goals.pillar')} clearable placeholder={t('goals.noPillar')} value={typed.pillar === null ? null : String(typed.pillar)} onChange={(value) => set({ pillar: value ? Number(value) : null })} data={pillars.map((one) => ({ value: String(one.id), label: one.name }))} />
          <TextInput type="date" label={t('goals.from')} required value={typed.from} onChange={(e) => set({ from: e.currentTarget.value })} />
          <TextInput type="date" label={t('goals.to')} required value={typed.last} onChange={(e) => set({ last: e.currentTarget.value })} />
        </div>
        {mayOpen && <Checkbox label={t('goals.isOpen')} description={t('goals.isOpenHelp')} checked={typed.isOpen} onChange={(e) => set({ isOpen: e.currentTarget.checked })} />}
        <div className="row"><Button type="submit" variant="filled" disabled={!typed.name.trim() || !typed.owner.id}>{t('goals.save')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}

/* ---- key result ---- */

interface Measure {
  name: string;
  label: string;
  unit: string;
  formula: string;
}

const firstResult = (result: Result | null) => {
  const scale = result?.unit === 'share' ? 100 : 1;
  const text = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(Math.round(value * scale * 1e6) / 1e6));
  return { name: result?.name ?? '', kind: result && !result.measure ? 'manual' : 'measure', measure: result?.measure ?? 'won', whose: result?.whose ?? 'line', direction: result?.direction ?? 'at_least', start: text(result?.start), target: text(result?.target), unit: (!result?.measure && result?.unit) || '' };
};

export function ResultForm({ goal, result, onClose }: { goal: Goal; result: Result | null; onClose: () => void }) {
  const { data } = useGet<{ rows: Measure[] }>('/measures', { now: true, staleMs: 300_000 });
  const [typed, setTyped] = useState(() => firstResult(result));
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const measure = data?.rows.find((one) => one.name === typed.measure);
  const isLive = typed.kind === 'measure';
  const isShare = isLive && measure?.unit === 'share';
  const scaled = (text: string) => (text.trim() === '' ? null : Number(text) / (isShare ? 100 : 1));
  async function submit(event: FormEvent) {
    event.preventDefault();
    const name = typed.name.trim() || measure?.label || '';
    const body = { name, kind: typed.kind, measure: isLive ? typed.measure : null, whose: typed.whose, direction: typed.direction, start: scaled(typed.start), target: scaled(typed.target), unit: isLive ? null : typed.unit.trim() || null };
    const doing = result ? patch(`/key_results/${result.id}`, body, { ifMatch: result.rev }) : post('/key_results', { objective: goal.id, ...body });
    if (await act(doing, t('goals.saved', { name }), ['key_result'])) onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t(result ? 'goals.editResult' : 'goals.addResult')} size={480} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <p className="ink2">{goal.name}</p>
        <SegmentedControl aria-label={t('goals.kind')} value={typed.kind} onChange={(kind) => set({ kind })} data={[{ value: 'measure', label: t('goals.live') }, { value: 'manual', label: t('goals.byHand') }]} />
        {isLive && <Select label={t('goals.measure')} description={measure?.formula} inputWrapperOrder={['label', 'input', 'description']} searchable allowDeselect={false} value={typed.measure} onChange={(value) => value && set({ measure: value })} data={(data?.rows ?? []).map((one) => ({ value: one.name, label: one.label }))} />}
        <TextInput label={t('goals.resultName')} required={!isLive} placeholder={isLive ? measure?.label : undefined} value={typed.name} maxLength={255} data-autofocus onChange={(e) => set({ name: e.currentTarget.value })} />
        <div className={styles.pairs}>
          {isLive && <Select label={t('goals.whose')} allowDeselect={false} value={typed.whose} onChange={(value) => value && set({ whose: value as Result['whose'] })} data={[{ value: 'owner', label: t('goals.whoseOwner') }, { value: 'line', label: t('goals.whoseLine') }, { value: 'all', label: t('goals.whoseAll') }]} />}
          <Select label={t('goals.direction')} allowDeselect={false} value={typed.direction} onChange={(value) => value && set({ direction: value as Result['direction'] })} data={[{ value: 'at_least', label: t('goals.atLeast') }, { value: 'at_most', label: t('goals.atMost') }]} />
          <NumberInput label={t('goals.start')} value={typed.start} hideControls onChange={(value) => set({ start: String(value) })} />
          <NumberInput label={t('goals.target')} description={isShare ? t('goals.shareHelp') : undefined} inputWrapperOrder={['label', 'input', 'description']} required value={typed.target} hideControls onChange={(value) => set({ target: String(value) })} />
          {!isLive && <TextInput label={t('goals.unit')} value={typed.unit} maxLength={40} onChange={(e) => set({ unit: e.currentTarget.value })} />}
        </div>
        <div className="row"><Button type="submit" variant="filled" disabled={typed.target === '' || (!isLive && !typed.name.trim())}>{t('goals.save')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}
