// The tree: goals and their key results, each with its value, way, course, chance, pillar and owner. A title opens what
// can be said and done about it.
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { dayPlain, initials, percent } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { chanceText, elapsed, endText, inOrder, valueText, type Goal, type Node, type Pillar, type Result } from './data';
import styles from './goals.module.css';
import { GoalPanel, ResultPanel } from './panels';
import { Badge } from './vision_card';

function Spark({ result }: { result: Result }) {
  const points = result.history;
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length < 2) return <span className={styles.spark} />;
  const values = points.map((one) => one.value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const line = points.map((one, i) => `${((i / (points.length - 1)) * 62 + 1).toFixed(1)},${(20 - ((one.value - low) / span) * 18).toFixed(1)}`).join(' ');
  const says = t('goals.courseSays', { first: valueText(result, first.value), from: dayPlain(first.day), last: valueText(result, last.value), to: dayPlain(last.day) });
  return <svg className={styles.spark} viewBox="0 0 64 22" preserveAspectRatio="none" role="img" aria-label={says}><title>{says}</title><polyline points={line} /></svg>;
}

function Way({ progress, pace }: { progress: number | null; pace: number }) {
  if (progress === null) return <span />;
  const says = t('goals.progressSays', { share: percent(progress), pace: percent(pace) });
  return <span className={styles.way} role="img" aria-label={says} title={says}><i style={{ width: `${progress * 100}%` }} /><b style={{ insetInlineStart: `calc(${pace * 100}% - 1px)` }} /></span>;
}

function Chance({ one, isBehind, end }: { one: { chance: number | null; chance_by?: string }; isBehind: boolean; end?: ReturnType<typeof endText> }) {
  const how = one.chance_by && one.chance_by !== 'none' ? t(`goals.how.${one.chance_by}` as Key) : undefined;
  const says = [how, end ? t('goals.endSays', end) : null].filter(Boolean).join('. ');
  return (
    <span className={styles.chance} title={says || undefined}>
      <span className={one.chance === null ? 'small ink3' : `medium${isBehind ? ' down' : ''}`}>{chanceText(one)}</span>
      {end && <span className="small ink3 cut" aria-label={t('goals.endSays', end)}>{end.low}–{end.high}</span>}
    </span>
  );
}

const valueCell = (result: Result) => {
  if (result.known !== 'known' || result.value === null) return result.known === 'withheld' ? <span className="withheld small">{t('goals.known.withheld')}</span> : <span className="small ink3">{t(`goals.known.${result.known === 'known' ? 'not_told' : result.known}` as Key)}</span>;
  const words = { value: valueText(result, result.value), target: valueText(result, result.target) };
  return <><span className="medium">{words.value}</span><span className="small ink3">{t(result.direction === 'at_most' ? 'goals.atMost' : 'goals.atLeast')} {words.target}</span></>;
};

interface Shared {
  pillars: Pillar[];
  goals: Goal[];
  day: string;
  canEdit: boolean;
  open: string | null;
  setOpen: (key: string | null) => void;
}

function ResultRow({ goal, result, depth, shared }: { goal: Goal; result: Result; depth: number; shared: Shared }) {
  const key = `r${result.id}`;
  const isOpen = shared.open === key;
  return (
    <li style={{ '--depth': depth + 1 } as React.CSSProperties}>
      <div className={styles.row}>
        <span className={styles.name}><button type="button" className={styles.title} aria-expanded={isOpen} onClick={() => shared.setOpen(isOpen ? null : key)}>{result.name}</button></span>
        <span className={styles.nowCell}>{valueCell(result)}</span>
        <Way progress={result.progress} pace={elapsed(goal, shared.day)} />
        <Spark result={result} />
        <Chance one={result} isBehind={result.chance !== null && result.chance < 0.5} end={endText(result)} />
        <Badge pillars={shared.pillars} id={goal.pillar} />
        <span className="avatar" title={goal.owner_name} aria-hidden>{initials(goal.owner_name)}</span>
        <span className={`small ink3 ${styles.figureCell}`}>{t(result.measure ? 'goals.isLive' : 'goals.isHand')}</span>
      </div>
      {isOpen && <ResultPanel goal={goal} result={result} canEdit={shared.canEdit && goal.may_change} />}
    </li>
  );
}

function GoalRow({ node, shared, isFolded, onFold }: { node: Node; shared: Shared; isFolded: boolean; onFold: () => void }) {
  const { goal, depth } = node;
  const key = `g${goal.id}`;
  const isOpen = shared.open === key;
  return (
    <li style={{ '--depth': depth } as React.CSSProperties}>
      <div className={styles.row} data-goal data-off={goal.state === 'dropped' || undefined}>
        <span className={styles.name}>
          <button type="button" className={styles.twist} aria-expanded={!isFolded} aria-label={t(isFolded ? 'goals.unfold' : 'goals.fold', { name: goal.name })} onClick={onFold}><IconChevronDown size={14} stroke={1.8} aria-hidden /></button>
          <button type="button" className={styles.title} aria-expanded={isOpen} onClick={() => shared.setOpen(isOpen ? null : key)}>{goal.name}</button>
        </span>
        <span className={`${styles.nowCell} small`}>{goal.state === 'active' ? <span className="ink3">{goal.progress === null ? '–' : percent(goal.progress)}</span> : <span className={goal.state === 'reached' ? 'good medium' : 'ink2 medium'}>{t(`goals.${goal.state}`)}</span>}</span>
        <Way progress={goal.state === 'active' ? goal.progress : null} pace={elapsed(goal, shared.day)} />
        <span className={styles.spark} />
        {goal.state === 'active' && goal.chance !== null ? <Chance one={{ chance: goal.chance }} isBehind={goal.chance < 0.5} /> : <span />}
        <Badge pillars={shared.pillars} id={goal.pillar} />
        <span className="avatar" title={goal.owner_name} aria-hidden>{initials(goal.owner_name)}</span>
        <span className={`small ink3 ${styles.figureCell}`} />
      </div>
      {isOpen && <GoalPanel goal={goal} goals={shared.goals} pillars={shared.pillars} canEdit={shared.canEdit && goal.may_change} />}
      {!isFolded && <ul>{goal.key_results.map((result) => <ResultRow key={result.id} goal={goal} result={result} depth={depth} shared={shared} />)}</ul>}
    </li>
  );
}

export function GoalTree({ goals, all, pillars, day, canEdit, open, setOpen }: { goals: Goal[]; all: Goal[] } & Omit<Shared, 'goals'>) {
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const nodes = inOrder(goals);
  const isFoldedAll = nodes.length > 0 && nodes.every((one) => folded.has(one.goal.id));
  const fold = (id: number) => setFolded((old) => (old.has(id) ? new Set([...old].filter((one) => one !== id)) : new Set([...old, id])));
  return (
    <section className={`card ${styles.tree}`} aria-label={t('goals.tree')}>
      <div className="card-head"><h2>{t('goals.tree')}</h2><span className="ink3 cut">{t('goals.treeSub')}</span><button className="linklike small end" onClick={() => setFolded(isFoldedAll ? new Set() : new Set(nodes.map((one) => one.goal.id)))}>{t(isFoldedAll ? 'goals.unfoldAll' : 'goals.foldAll')}</button></div>
      <div className={styles.cols} aria-hidden><span>{t('goals.colName')}</span><span className="num">{t('goals.colNow')}</span><span>{t('goals.colWay')}</span><span>{t('goals.colCourse')}</span><span>{t('goals.colChance')}</span><span /><span /><span>{t('goals.colFigure')}</span></div>
      {nodes.length ? <ul>{nodes.map((node) => <GoalRow key={node.goal.id} node={node} shared={{ pillars, goals: all, day, canEdit, open, setOpen }} isFolded={folded.has(node.goal.id)} onFold={() => fold(node.goal.id)} />)}</ul> : <p className="ink3 card-body">{t('goals.noneSuch')}</p>}
    </section>
  );
}
