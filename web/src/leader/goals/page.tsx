// Vision and goals: on the left what one reads in two minutes, on the right how far it is; below what pulls apart.
import { Button, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useAsOf } from '../../base/as_of';
import { number, moneyShort, today } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { useHat } from '../../base/look';
import { may, useMeta } from '../../base/meta';
import { useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { useTree, useVision, type Contradiction, type Goal, type Tree } from './data';
import { GoalForm, ResultForm } from './forms';
import styles from './goals.module.css';
import { GoalTree } from './tree';
import { VisionCard } from './vision_card';

/* ---- filters: the address keeps them ---- */

interface Choice {
  owner?: string;
  team?: string;
  period?: string;
  open?: string;
}

function useChoice(): [Choice, (name: keyof Choice, value: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const get = (name: keyof Choice) => search.get(name) ?? undefined;
  const set = (name: keyof Choice, value: string | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  return [{ owner: get('owner'), team: get('team'), period: get('period'), open: get('open') }, set];
}

/** The days of a choice: without any the server takes those that run on the day that is looked at. */
function spanOf(period: string | undefined, day: string): { from?: string; to?: string } {
  const year = Number(day.slice(0, 4)) - (period === 'last' ? 1 : 0);
  return period ? { from: `${year}-01-01`, to: `${year + 1}-01-01` } : {};
}

function Filters({ tree, choice, set }: { tree: Tree | undefined; choice: Choice; set: (name: keyof Choice, value: string | null) => void }) {
  const { data } = useGet<{ teams: { id: number; name: string }[] }>('/people', { of: ['team'] });
  const owners = new Map((tree?.goals ?? []).map((goal) => [goal.owner, goal.owner_name]));
  const used = new Set((tree?.goals ?? []).map((goal) => goal.team));
  const teams = (data?.teams ?? []).filter((one) => used.has(one.id));
  return (
    <>
      <Select w={150} aria-label={t('goals.period')} allowDeselect={false} value={choice.period ?? ''} onChange={(value) => set('period', value)} data={[{ value: '', label: t('goals.periodNow') }, { value: 'year', label: t('goals.periodYear') }, { value: 'last', label: t('goals.periodLast') }]} />
      <Select w={160} aria-label={t('goals.owner')} searchable clearable placeholder={t('goals.filterOwner')} value={choice.owner ?? null} onChange={(value) => set('owner', value)} data={[...owners].map(([id, name]) => ({ value: String(id), label: name }))} />
      {teams.length > 0 && <Select w={130} aria-label={t('goals.team')} clearable placeholder={t('goals.filterTeam')} value={choice.team ?? null} onChange={(value) => set('team', value)} data={teams.map((one) => ({ value: String(one.id), label: one.name }))} />}
    </>
  );
}

/* ---- contradictions ---- */

function sums(one: Contradiction, goal: Goal | undefined, value: number | null): string {
  if (value === null) return '–';
  const result = goal?.key_results.find((other) => other.measure === one.measure);
  return result?.unit === 'money' ? moneyShort(value, result.currency) : number(value, 1);
}

function Against({ tree, canEdit, onShow }: { tree: Tree; canEdit: boolean; onShow: (goal: Goal) => void }) {
  const [form, setForm] = useState<{ goal: Goal; kind: 'edit' | 'result' } | null>(null);
  const byId = new Map(tree.goals.map((goal) => [goal.id, goal]));
  const { byName } = useMeta();
  return (
    <section className="card" aria-label={t('goals.against')}>
      <div className="card-head"><h2>{t('goals.against')}</h2>{tree.contradictions.length > 0 && <span className="ink3">{number(tree.contradictions.length, 0)}</span>}{byName.has('pay_plan') && <Link className="small end" href="/pay_plans">{t('goals.payPlans')}</Link>}</div>
      {!tree.contradictions.length ? <p className="ink3 card-body">{t('goals.againstNone')}</p> : (
        <ul className={`lines ${styles.against}`}>
          {tree.contradictions.map((one, i) => {
            const goal = byId.get(one.goal);
            if (!goal) return null;
            const words = { goal: goal.name, other: byId.get(one.other ?? 0)?.name ?? '', asks: sums(one, goal, one.asks), against: sums(one, goal, one.against), owner: goal.owner_name, label: one.label ?? '', plan: one.pay_plan_name ?? '' };
            const kind = one.kind === 'nothing_measured' ? 'result' : 'edit';
            const mayChange = canEdit && goal.may_change;
            return (
              <li key={i}>
                <span className={styles.diamond} aria-hidden />
                <span>{t(`goals.c.${one.kind}` as Key, words)}</span>
                {one.pay_plan !== null && <Link className="small" href={`/pay_plans/${one.pay_plan}`}>{t('goals.c.action.plan')}</Link>}
                <Button onClick={() => (mayChange ? setForm({ goal, kind }) : onShow(goal))}>{t(mayChange ? (kind === 'result' ? 'goals.c.action.result' : 'goals.c.action.edit') : 'goals.c.action.show')}</Button>
              </li>
            );
          })}
        </ul>
      )}
      {form?.kind === 'result' && <ResultForm goal={form.goal} result={null} onClose={() => setForm(null)} />}
      {form?.kind === 'edit' && <GoalForm goal={form.goal} goals={tree.goals} pillars={[]} onClose={() => setForm(null)} />}
    </section>
  );
}

/* ---- the page ---- */

/** Those that fit, and what they serve, so that the tree stays one. */
function fitting(goals: Goal[], choice: Choice): Goal[] {
  if (!choice.owner && !choice.team) return goals;
  const byId = new Map(goals.map((goal) => [goal.id, goal]));
  const kept = new Set<number>();
  for (const goal of goals) {
    if ((choice.owner && String(goal.owner) !== choice.owner) || (choice.team && String(goal.team) !== choice.team)) continue;
    for (let at: Goal | undefined = goal; at && !kept.has(at.id); at = at.parent === null ? undefined : byId.get(at.parent)) kept.add(at.id);
  }
  return goals.filter((goal) => kept.has(goal.id));
}

export default function VisionGoalsPage() {
  const session = useSession();
  const asOf = useAsOf();
  const { byName } = useMeta();
  const [choice, set] = useChoice();
  const [isNew, setNew] = useState(false);
  const hasGoals = byName.has('objective');
  const span = spanOf(choice.period, asOf?.slice(0, 10) ?? today());
  const vision = useVision();
  const tree = useTree(span.from, span.to, !hasGoals);
  useHat('crew', hasRole(session, 'leader'));
  useTitle(t('goals.title'));
  const pillars = vision.data?.pillars ?? [];
  const canEdit = !asOf;
  const mayCreate = canEdit && may(byName.get('objective'), 'create');
  const open = choice.open ?? null;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('goals.title')}</h1>
        <div className="actions">
          {hasGoals && <Filters tree={tree.data} choice={choice} set={set} />}
          {mayCreate && <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setNew(true)}>{t('goals.new')}</Button>}
        </div>
      </header>
      <div className={styles.layout}>
        {byName.has('vision') && (vision.error && !vision.data ? <div className="card"><Failing error={vision.error} retry={() => void vision.refetch()} /></div> : vision.data ? <VisionCard page={vision.data} /> : <div className="card"><Bones count={6} /></div>)}
        {hasGoals && (
          <div className={styles.stack}>
            {tree.error && !tree.data ? <div className="card"><Failing error={tree.error} retry={() => void tree.refetch()} /></div> : !tree.data ? <div className="card"><Bones count={9} height={44} /></div> : !tree.data.goals.length ? (
              <div className="card"><Empty title={t('goals.none')} actions={mayCreate && <Button variant="filled" onClick={() => setNew(true)}>{t('goals.newTitle')}</Button>}>{t('goals.noneHelp')}</Empty></div>
            ) : (
              <>
                <GoalTree goals={fitting(tree.data.goals, choice)} all={tree.data.goals} pillars={pillars} day={tree.data.day} canEdit={canEdit} open={open} setOpen={(key) => set('open', key)} />
                <Against tree={tree.data} canEdit={canEdit} onShow={(goal) => set('open', `g${goal.id}`)} />
              </>
            )}
          </div>
        )}
      </div>
      {isNew && <GoalForm goal={null} goals={tree.data?.goals ?? []} pillars={pillars} onClose={() => setNew(false)} />}
    </div>
  );
}
