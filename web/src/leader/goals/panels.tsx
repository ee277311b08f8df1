// What opens below a line of the tree: of a goal its text, who takes part and its acts; of a key result how it is known,
// the last check-in and the next.
import { ActionIcon, Button, Modal, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { patch, post, remove } from '../../base/api';
import { useDraft } from '../../base/draft';
import { addDays, dayPlain } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { useGet } from '../../base/query';
import type { Field, Page } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import { act } from './act';
import { endText, type Goal, type Pillar, type Result } from './data';
import { GoalForm, ResultForm } from './forms';
import styles from './goals.module.css';

const who: Field = { name: 'user', label: '', type: 'ref', ref: 'user', flags: ['required'] };

/* ---- a goal ---- */

function DropForm({ goal, onClose }: { goal: Goal; onClose: () => void }) {
  const [reason, setReason] = useState('');
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await act(patch(`/objectives/${goal.id}`, { state: 'dropped', reason: reason.trim() }), t('goals.saidDropped', { name: goal.name }), ['objective'])) onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t('goals.dropTitle')} size={420} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <p className="ink2">{goal.name}</p>
        <Textarea label={t('goals.reason')} description={t('goals.dropHelp')} inputWrapperOrder={['label', 'input', 'description']} required value={reason} autosize minRows={2} maxLength={990} data-autofocus onChange={(e) => setReason(e.currentTarget.value)} />
        <div className="row"><Button type="submit" variant="filled" disabled={!reason.trim()}>{t('goals.drop')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
      </form>
    </Modal>
  );
}

function Members({ goal, canEdit }: { goal: Goal; canEdit: boolean }) {
  const { data } = useGet<Page>('/objective_members', { filter: `objective=eq.${goal.id}`, params: { limit: 100 }, of: ['objective_member'] });
  const [isAdding, setAdding] = useState(false);
  const [pick, setPick] = useState<{ id: number | null; name: string | null; part: string }>({ id: null, name: null, part: '' });
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await act(post('/objective_members', { objective: goal.id, user: pick.id, part: pick.part.trim() || null }), t('goals.saved', { name: goal.name }), ['objective_member'])) setAdding(false);
  }
  const rows = data?.rows ?? [];
  return (
    <div className={styles.two}>
      <ul className={styles.members} aria-label={t('goals.members')}>
        <li className="small ink3">{t('goals.members')}</li>
        {data && !rows.length && <li className="small ink3">{t('goals.noMembers')}</li>}
        {rows.map((row) => (
          <li key={row.id}>
            <span>{row.names?.user}</span>{row.part && <span className="small ink3">{String(row.part)}</span>}
            {canEdit && <ActionIcon variant="subtle" size={22} aria-label={t('goals.removeMember', { name: row.names?.user ?? '' })} onClick={() => void act(remove(`/objective_members/${row.id}`), t('goals.saidRemoved', { name: row.names?.user ?? '' }), ['objective_member'])}><IconX size={13} aria-hidden /></ActionIcon>}
          </li>
        ))}
        {canEdit && !isAdding && <li><button className="linklike small" onClick={() => setAdding(true)}>{t('goals.addMember')}</button></li>}
      </ul>
      {isAdding && (
        <form className={styles.inline} onSubmit={submit}>
          <RefPicker field={who} label={t('goals.addMember')} value={pick.id} name={pick.name} required autoFocus onPick={(id, name) => setPick({ ...pick, id, name })} />
          <TextInput className="grow" label={t('goals.part')} value={pick.part} maxLength={250} onChange={(e) => setPick({ ...pick, part: e.currentTarget.value })} />
          <Button type="submit" disabled={!pick.id}>{t('goals.add')}</Button><Button variant="subtle" onClick={() => setAdding(false)}>{t('cancel')}</Button>
        </form>
      )}
    </div>
  );
}

export function GoalPanel({ goal, goals, pillars, canEdit }: { goal: Goal; goals: Goal[]; pillars: Pillar[]; canEdit: boolean }) {
  const [form, setForm] = useState<'edit' | 'below' | 'result' | 'drop' | null>(null);
  const close = () => setForm(null);
  const put = (state: Goal['state']) => void act(patch(`/objectives/${goal.id}`, { state }), t('goals.saved', { name: goal.name }), ['objective']);
  return (
    <div className={styles.panel}>
      <p className="small ink3">{goal.owner_name}, {dayPlain(goal.from_day)} – {dayPlain(addDays(goal.to_day, -1))}, {t(goal.is_open ? 'goals.open' : 'goals.closed')}</p>
      {goal.text && <p className="ink2" dir="auto">{goal.text}</p>}
      {goal.state === 'dropped' && goal.reason && <p><span className="small ink3">{t('goals.dropped')}:</span> {goal.reason}</p>}
      <Members goal={goal} canEdit={canEdit} />
      {canEdit && (
        <div className={styles.tools}>
          <Button onClick={() => setForm('result')}>{t('goals.addResult')}</Button>
          <Button onClick={() => setForm('edit')}>{t('goals.edit')}</Button>
          <Button onClick={() => setForm('below')}>{t('goals.newBelow')}</Button>
          {goal.state === 'active' ? (
            <>
              <Button variant="subtle" onClick={() => put('reached')}>{t('goals.markReached')}</Button>
              <Button variant="subtle" onClick={() => put('missed')}>{t('goals.markMissed')}</Button>
              <Button variant="subtle" onClick={() => setForm('drop')}>{t('goals.drop')}</Button>
            </>
          ) : <Button variant="subtle" onClick={() => put('active')}>{t('goals.reopen')}</Button>}
        </div>
      )}
      {form === 'edit' && <GoalForm goal={goal} goals={goals} pillars={pillars} onClose={close} />}
      {form === 'below' && <GoalForm goal={null} parent={goal} goals={goals} pillars={pillars} onClose={close} />}
      {form === 'result' && <ResultForm goal={goal} result={null} onClose={close} />}
      {form === 'drop' && <DropForm goal={goal} onClose={close} />}
    </div>
  );
}

/* ---- a key result ---- */

function CheckIn({ result }: { result: Result }) {
  const draft = useDraft(`goals.check.${result.id}`, { value: '', sure: '', text: '' });
  const typed = draft.value;
  const set = (part: Partial<typeof typed>) => draft.set((old) => ({ ...old, ...part }));
  const number = (text: string) => (text.trim() === '' ? null : Number(text));
  async function submit(event: FormEvent) {
    event.preventDefault();
    const body = { key_result: result.id, value: result.measure ? undefined : number(typed.value), confidence: number(typed.sure), text: typed.text.trim() || null };
    if (!(await act(post('/check_ins', body), t('goals.saidCheckIn'), ['check_in']))) return;
    draft.set({ value: '', sure: '', text: '' });
    draft.clear();
  }
  return (
    <form className={styles.inline} onSubmit={submit} aria-label={t('goals.checkIn')}>
      {!result.measure && <NumberInput w={110} label={t('goals.value')} value={typed.value} required hideControls onChange={(value) => set({ value: String(value) })} />}
      <NumberInput w={130} label={t('goals.confidence')} value={typed.sure} min={0} max={10} allowDecimal={false} hideControls onChange={(value) => set({ sure: String(value) })} />
      <TextInput className="grow" label={t('goals.happened')} value={typed.text} maxLength={3900} onChange={(e) => set({ text: e.currentTarget.value })} />
      <Button type="submit" disabled={result.measure ? !typed.text.trim() && !typed.sure : !typed.value}>{t('goals.checkIn')}</Button>
    </form>
  );
}

const WHOSE = { owner: 'goals.whoseOwner', line: 'goals.whoseLine', all: 'goals.whoseAll' } as const;

export function ResultPanel({ goal, result, canEdit }: { goal: Goal; result: Result; canEdit: boolean }) {
  const [isEditing, setEditing] = useState(false);
  const end = endText(result);
  return (
    <div className={styles.panel}>
      {result.formula && <p className="small ink3">{result.formula} {t('goals.whose')}: {t(WHOSE[result.whose])}.</p>}
      {result.chance_by !== 'none' && <p className="small ink3">{t(`goals.how.${result.chance_by}` as Key)}.{end && ` ${t('goals.endSays', end)}.`}</p>}
      {result.check_in_day && <p dir="auto">{result.check_in_text} <span className="small ink3">{result.confidence === null ? t('goals.lastSaidOnly', { day: dayPlain(result.check_in_day) }) : t('goals.lastSaid', { day: dayPlain(result.check_in_day), n: result.confidence })}</span></p>}
      {canEdit && <CheckIn result={result} />}
      <div className={styles.tools}>
        {canEdit && <Button onClick={() => setEditing(true)}>{t('goals.edit')}</Button>}
        {canEdit && <Button variant="subtle" onClick={() => void act(remove(`/key_results/${result.id}`), t('goals.saidRemoved', { name: result.name }), ['key_result'])}>{t('goals.removeResult')}</Button>}
        <Link className="small" href={`/check_ins?key_result=eq.${result.id}&order=day.desc`} style={{ alignSelf: 'center' }}>{t('goals.allCheckIns')}</Link>
      </div>
      {isEditing && <ResultForm goal={goal} result={result} onClose={() => setEditing(false)} />}
    </div>
  );
}
