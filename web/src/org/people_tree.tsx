// The tree of teams and people, or of reporting lines: one line each, arrows walk it, Enter opens.
import { IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { initials } from '../base/format';
import { t } from '../base/i18n';
import { wears, type Branch, type Org, type Person } from './people_data';
import styles from './people.module.css';
import { planText, roleText } from './people_words';

interface Line {
  branch: Branch;
  level: number;
  parent: string | null;
}

function linesOf(branches: Branch[], isOpen: (branch: Branch) => boolean, level = 1, parent: string | null = null, into: Line[] = []): Line[] {
  for (const branch of branches) {
    into.push({ branch, level, parent });
    if (branch.children.length && isOpen(branch)) linesOf(branch.children, isOpen, level + 1, branch.key, into);
  }
  return into;
}

function Hats({ person }: { person: Person }) {
  return (
    <span className={styles.hats}>
      {person.hats.map((hat) => (
        <span key={hat.id} className={styles.hat} data-role={hat.role}>{roleText(hat.role)}</span>
      ))}
      {!person.hats.length && person.is_active && <span className={styles.hat}>{roleText('rep')}</span>}
    </span>
  );
}

function PersonLine({ org, branch, byLine }: { org: Org; branch: Branch; byLine: boolean }) {
  const person = branch.person!;
  const below = org.reports.get(person.id)?.length ?? 0;
  const plans = org.plansOf.get(person.id) ?? [];
  const manager = person.manager ? org.byPerson.get(person.manager)?.name : undefined;
  const team = person.team ? org.byTeam.get(person.team)?.name : undefined;
  return (
    <>
      <span className="avatar" aria-hidden>{initials(person.name)}</span>
      <span className={styles.name}>
        <span className="medium cut">{person.name}</span>
        <span className="small ink3 cut">{[branch.isLead && t('people.leads'), person.title].filter(Boolean).join(', ')}</span>
      </span>
      <Hats person={person} />
      <span className={`${styles.tie} cut`}>{byLine ? team : manager && t('people.reportsTo', { name: manager })}</span>
      <span className={`num ${styles.count}`}>{below > 0 && t('people.below', { n: below })}</span>
      {plans.length > 0 && <span className={`small ${styles.plan}`}>{planText(plans[0]!)}{plans.length > 1 && ` ${t('people.morePlans', { n: plans.length - 1 })}`}</span>}
    </>
  );
}

function TeamLine({ org, branch }: { org: Org; branch: Branch }) {
  const team = branch.team!;
  const lead = team.lead ? org.byPerson.get(team.lead) : undefined;
  const members = org.members.get(team.id)?.length ?? 0;
  return (
    <>
      <span className={styles.name} data-team="">
        <span className="strong cut">{team.name}</span>
      </span>
      <span className={`${styles.tie} cut`}>{lead ? (wears(lead, 'leader') || wears(lead, 'manager') ? t('people.ledBy', { name: lead.name }) : t('people.ledByNoHat', { name: lead.name })) : t('people.noLead')}</span>
      <span className={`num ${styles.count}`}>{members > 0 && t('people.members', { n: members })}</span>
    </>
  );
}

interface Props {
  org: Org;
  branches: Branch[];
  byLine: boolean;
  /** Everything is open: what is shown was searched for. */
  isSifted: boolean;
  /** How many levels are open at first. */
  levels: number;
  chosen: string | null;
  onChoose: (branch: Branch) => void;
}

export const choiceOf = (branch: Branch) => (branch.person ? `p${branch.person.id}` : branch.team ? `t${branch.team.id}` : null);

export function PeopleTree({ org, branches, byLine, isSifted, levels, chosen, onChoose }: Props) {
  const [turned, setTurned] = useState<Record<string, boolean>>({});
  const first = useMemo(() => {
    const keys = new Set<string>();
    const walk = (list: Branch[], level: number) => list.forEach((one) => { if (level <= levels && (!one.group || one.group === 'noTeam')) keys.add(one.key); walk(one.children, level + 1); });
    walk(branches, 1);
    return keys;
  }, [branches, levels]);
  const isOpen = (branch: Branch) => isSifted || (turned[branch.key] ?? first.has(branch.key));
  const lines = linesOf(branches, isOpen);
  const [at, setAt] = useState<string | null>(null);
  const here = lines.find((line) => line.branch.key === at) ?? lines.find((line) => choiceOf(line.branch) === chosen) ?? lines[0];
  const box = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (wantsFocus.current) box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    wantsFocus.current = false;
  }, [at]);

  const goTo = (line: Line | undefined) => {
    if (!line || line.branch.key === here?.branch.key) return;
    wantsFocus.current = true;
    setAt(line.branch.key);
  };
  const turn = (branch: Branch, open: boolean) => setTurned((old) => ({ ...old, [branch.key]: open }));
  const act = (branch: Branch) => (branch.group ? turn(branch, !isOpen(branch)) : onChoose(branch));

  function onKey(event: KeyboardEvent) {
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = lines.indexOf(here);
    const hasBelow = here.branch.children.length > 0;
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(lines[index + 1]),
      ArrowUp: () => goTo(lines[index - 1]),
      Home: () => goTo(lines[0]),
      End: () => goTo(lines[lines.length - 1]),
      ArrowRight: () => (hasBelow && !isOpen(here.branch) ? turn(here.branch, true) : hasBelow && goTo(lines[index + 1])),
      ArrowLeft: () => (hasBelow && isOpen(here.branch) && !isSifted ? turn(here.branch, false) : goTo(lines.find((line) => line.branch.key === here.parent))),
      Enter: () => act(here.branch),
      ' ': () => act(here.branch),
    };
    const run = moves[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  return (
    <div ref={box} role="tree" aria-label={t(byLine ? 'people.byLine' : 'people.byTeam')} onKeyDown={onKey} className={styles.tree}>
      {lines.map(({ branch, level }) => {
        const hasBelow = branch.children.length > 0;
        const open = isOpen(branch);
        return (
          <div key={branch.key} role="treeitem" className={styles.line} tabIndex={branch.key === here?.branch.key ? 0 : -1} aria-level={level} aria-expanded={hasBelow ? open : undefined} aria-selected={choiceOf(branch) !== null && choiceOf(branch) === chosen}
            data-team={branch.person ? undefined : ''} style={{ '--level': level - 1 } as React.CSSProperties} onFocus={() => setAt(branch.key)} onClick={() => act(branch)}>
            <span className={styles.caret} data-open={open || undefined} aria-hidden onClick={(event) => { if (!hasBelow) return; event.stopPropagation(); turn(branch, !open); }}>
              {hasBelow && <IconChevronRight size={14} stroke={1.8} className="flip" />}
            </span>
            {branch.person ? <PersonLine org={org} branch={branch} byLine={byLine} /> : branch.team ? <TeamLine org={org} branch={branch} /> : (
              <span className={styles.name} data-team=""><span className="strong">{t(`people.group.${branch.group!}`)} <span className="ink3">{branch.children.length}</span></span></span>
            )}
          </div>
        );
      })}
    </div>
  );
}
