// Putting up a contest or a leaderboard: what is measured, of whom, from when to when, what decides.
import { Button, Checkbox, Modal, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { ApiError, post } from '../base/api';
import { addDays, today } from '../base/format';
import { t, type Key } from '../base/i18n';
import { refresh, useGet } from '../base/query';
import { problemText, say } from '../base/toast';
import type { Page } from '../base/types';
import { useMeasures, type Rule } from './standings';
import styles from './standings.module.css';

const RULES: Rule[] = ['most', 'first_to_target', 'most_improved', 'all_who_pass'];
const TIES = ['shared', 'earlier', 'more_deals'] as const;

function useChoices() {
  const measures = useMeasures();
  const people = useGet<Page>('/users', { params: { limit: 1000, order: 'name' }, filter: 'is_active=is.true', of: ['user'], now: true });
  const teams = useGet<Page>('/teams', { params: { limit: 1000, order: 'name' }, of: ['team'], now: true });
  const named = (page: Page | undefined) => (page?.rows ?? []).map((row) => ({ value: String(row.id), label: String(row.name) }));
  return { measures: (measures.data?.rows ?? []).map((one) => ({ value: one.name, label: one.label })), unitOf: (name: string) => measures.data?.rows.find((one) => one.name === name)?.unit, people: named(people.data), teams: named(teams.data) };
}

function useSaving(onClose: () => void) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function run(event: FormEvent, work: () => Promise<void>) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await work();
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    } finally {
      setBusy(false);
    }
  }
  return { problem, isBusy, run };
}

function Acts({ problem, isBusy, isReady, onClose }: { problem: string | null; isBusy: boolean; isReady: boolean; onClose: () => void }) {
  return (
    <div className={styles.acts}>
      {problem && <span className="bad grow" role="alert">{problem}</span>}
      <Button onClick={onClose}>{t('standings.cancel')}</Button>
      <Button type="submit" variant="filled" loading={isBusy} disabled={!isReady}>{t('standings.make')}</Button>
    </div>
  );
}

export function ContestForm({ onClose }: { onClose: () => void }) {
  const choices = useChoices();
  const [, go] = useLocation();
  const { problem, isBusy, run } = useSaving(onClose);
  const [v, setV] = useState({ name: '', measure: 'won', rule: 'most' as Rule, target: '' as number | string, from: today(), last: addDays(today(), 29), among: 'people', ids: [] as string[], tie: 'shared', base: 1 as number | string, grace: 0 as number | string, prize: '', isOpen: true });
  const put = (part: Partial<typeof v>) => setV((old) => ({ ...old, ...part }));
  const hasTarget = v.rule === 'first_to_target' || v.rule === 'all_who_pass';
  const isReady = Boolean(v.name.trim() && v.from && v.last && v.ids.length && (!hasTarget || v.target !== ''));
  const save = async () => {
    const { data, seq } = await post<{ id: number }>('/contests', { name: v.name.trim(), measure: v.measure, rule: v.rule, target: hasTarget ? Number(v.target) : null, from_day: v.from, to_day: addDays(v.last, 1), among: v.among, tie: v.tie, base_min: Number(v.base) || 1, grace_days: Number(v.grace) || 0, prize: v.prize.trim() || null, is_open: v.isOpen });
    for (const id of v.ids) await post('/contest_entries', { contest: data.id, [v.among === 'teams' ? 'team' : 'user']: Number(id) });
    say({ text: t('standings.saidNew', { name: v.name.trim() }), seq });
    refresh(['contest', 'contest_entry']);
    go(`/standings?contest=${data.id}`);
  };
  return (
    <Modal opened onClose={onClose} title={t('standings.newContest')} size={640} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={(event) => void run(event, save)}>
        <TextInput className={styles.all} label={t('standings.name')} value={v.name} maxLength={120} required data-autofocus onChange={(e) => put({ name: e.currentTarget.value })} />
        <Select label={t('standings.measure')} value={v.measure} data={choices.measures} searchable allowDeselect={false} onChange={(measure) => put({ measure: measure ?? 'won' })} />
        <Select label={t('standings.rule')} value={v.rule} data={RULES.map((rule) => ({ value: rule, label: t(`standings.ruleName.${rule}`) }))} allowDeselect={false} onChange={(rule) => put({ rule: (rule ?? 'most') as Rule })} />
        {hasTarget && <NumberInput label={t(choices.unitOf(v.measure) === 'share' ? 'standings.targetShare' : 'standings.target')} value={v.target} min={0} hideControls onChange={(target) => put({ target })} />}
        {hasTarget && <span />}
        <TextInput type="date" label={t('standings.from')} value={v.from} required onChange={(e) => put({ from: e.currentTarget.value })} />
        <TextInput type="date" label={t('standings.last')} value={v.last} required min={v.from} onChange={(e) => put({ last: e.currentTarget.value })} />
        <Select label={t('standings.among')} value={v.among} data={[{ value: 'people', label: t('standings.people') }, { value: 'teams', label: t('standings.teams') }]} allowDeselect={false} onChange={(among) => put({ among: among ?? 'people', ids: [] })} />
        <Select label={t('standings.tie')} value={v.tie} data={TIES.map((tie) => ({ value: tie, label: t(`standings.tie.${tie}`) }))} allowDeselect={false} onChange={(tie) => put({ tie: tie ?? 'shared' })} />
        <MultiSelect className={styles.all} label={t('standings.takePart')} value={v.ids} data={v.among === 'teams' ? choices.teams : choices.people} searchable onChange={(ids) => put({ ids })} />
        <NumberInput label={t('standings.baseMin')} value={v.base} min={1} onChange={(base) => put({ base })} />
        <NumberInput label={t('standings.grace')} value={v.grace} min={0} max={14} onChange={(grace) => put({ grace })} />
        <TextInput className={styles.all} label={t('standings.prize')} value={v.prize} maxLength={500} onChange={(e) => put({ prize: e.currentTarget.value })} />
        {v.among === 'people' && <Checkbox className={styles.all} label={t('standings.isOpen')} checked={v.isOpen} onChange={(e) => put({ isOpen: e.currentTarget.checked })} />}
        <Acts problem={problem} isBusy={isBusy} isReady={isReady} onClose={onClose} />
      </form>
    </Modal>
  );
}

const PERIODS = ['month', 'quarter', 'year', '90_days'];

export function BoardForm({ onClose }: { onClose: () => void }) {
  const choices = useChoices();
  const [, go] = useLocation();
  const { problem, isBusy, run } = useSaving(onClose);
  const [v, setV] = useState({ name: '', measure: 'won', period: 'quarter', among: 'people', team: '', base: 1 as number | string, isOpen: true });
  const put = (part: Partial<typeof v>) => setV((old) => ({ ...old, ...part }));
  const save = async () => {
    const { data, seq } = await post<{ id: number }>('/leaderboards', { name: v.name.trim(), measure: v.measure, period: v.period, among: v.among, team: v.among === 'people' && v.team ? Number(v.team) : null, base_min: Number(v.base) || 1, is_open: v.isOpen });
    say({ text: t('standings.saidNew', { name: v.name.trim() }), seq });
    refresh(['leaderboard']);
    go(`/standings?board=${data.id}`);
  };
  return (
    <Modal opened onClose={onClose} title={t('standings.newBoard')} size={560} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={(event) => void run(event, save)}>
        <TextInput className={styles.all} label={t('standings.name')} value={v.name} maxLength={120} required data-autofocus onChange={(e) => put({ name: e.currentTarget.value })} />
        <Select label={t('standings.measure')} value={v.measure} data={choices.measures} searchable allowDeselect={false} onChange={(measure) => put({ measure: measure ?? 'won' })} />
        <Select label={t('standings.period')} value={v.period} data={PERIODS.map((one) => ({ value: one, label: t(`standings.period.${one}` as Key) }))} allowDeselect={false} onChange={(period) => put({ period: period ?? 'quarter' })} />
        <Select label={t('standings.among')} value={v.among} data={[{ value: 'people', label: t('standings.people') }, { value: 'teams', label: t('standings.teams') }]} allowDeselect={false} onChange={(among) => put({ among: among ?? 'people' })} />
        {v.among === 'people' ? <Select label={t('standings.team')} value={v.team} data={[{ value: '', label: t('standings.allOfMine') }, ...choices.teams]} searchable allowDeselect={false} onChange={(team) => put({ team: team ?? '' })} /> : <span />}
        <NumberInput label={t('standings.baseMin')} value={v.base} min={1} onChange={(base) => put({ base })} />
        <Checkbox className={styles.all} label={t('standings.isOpen')} checked={v.isOpen} onChange={(e) => put({ isOpen: e.currentTarget.checked })} />
        <Acts problem={problem} isBusy={isBusy} isReady={Boolean(v.name.trim())} onClose={onClose} />
      </form>
    </Modal>
  );
}
