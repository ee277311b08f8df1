// People and teams on a day: /people?view=lines&day=2027-04-01&who=p12. The time machine says what was known when,
// the day says for when.
import { Button, Drawer, SegmentedControl, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useMediaQuery } from '@mantine/hooks';
import { useAsOf } from '../base/as_of';
import { dayFull, today } from '../base/format';
import { t } from '../base/i18n';
import { useKeys } from '../base/keys';
import { fieldOf, may, useMeta } from '../base/meta';
import { Bones, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { useIsPhone } from '../base/width';
import { lineTree, peopleIn, sift, teamTree, useOrg, type Org } from './people_data';
import { AskedForm, type Asked } from './people_forms';
import { Overview, PersonPanel, TeamPanel } from './people_panels';
import { choiceOf, PeopleTree } from './people_tree';
import { rooms } from '../rooms';
import styles from './people.module.css';
import { StarterForm } from './starter_form';

/** What other rooms have to say of a person. */
const panels = rooms.flatMap((room) => room.panels ?? []).filter((panel) => panel.entity === 'user').map((panel) => ({ Panel: lazy(panel.load) }));

function usePlace() {
  const params = new URLSearchParams(useSearch());
  const [, go] = useLocation();
  const set = (part: Record<string, string | null>) => {
    for (const [name, value] of Object.entries(part)) {
      if (value) params.set(name, value);
      else params.delete(name);
    }
    const text = params.toString();
    go(text ? `/people?${text}` : '/people', { replace: true });
  };
  return { view: params.get('view') === 'lines' ? 'lines' : 'teams', day: params.get('day') ?? undefined, who: params.get('who'), set };
}

function DayBar({ day, asked, onDay }: { day: string; asked: string | undefined; onDay: (day: string | null) => void }) {
  if (!asked || asked === today()) return null;
  return (
    <div className={styles.ahead} role="status">
      <span>{t(day > today() ? 'people.ahead' : 'people.behind', { day: dayFull(day) })}</span>
      <Button size="compact-sm" onClick={() => onDay(null)}>{t('people.toToday')}</Button>
    </div>
  );
}

interface ChosenProps {
  org: Org;
  who: string | null;
  canEdit: boolean;
  onChoose: (choice: string | null) => void;
  onAsk: (asked: Asked) => void;
}

function Chosen(props: ChosenProps) {
  const id = Number(props.who?.slice(1));
  const person = props.who?.startsWith('p') ? props.org.byPerson.get(id) : undefined;
  const team = props.who?.startsWith('t') ? props.org.byTeam.get(id) : undefined;
  if (person)
    return (
      <>
        <PersonPanel key={person.id} {...props} person={person} />
        <Suspense fallback={null}>{panels.map(({ Panel }, i) => <Panel key={`${i} ${person.id}`} row={{ id: person.id, rev: 0, name: person.name }} />)}</Suspense>
      </>
    );
  if (team) return <TeamPanel key={team.id} {...props} team={team} />;
  return null;
}

export default function PeoplePage() {
  const place = usePlace();
  const meta = useMeta();
  const asOf = useAsOf();
  const isPhone = useIsPhone();
  const isNarrow = useMediaQuery('(max-width: 899px)', window.innerWidth < 900, { getInitialValueInEffect: false }) ?? false;
  const { org, error, refetch } = useOrg(place.day);
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const byLine = place.view === 'lines';
  const canEdit = !asOf && may(meta.byName.get('reporting_line'), 'change');
  const tree = useMemo(() => (org ? (byLine ? lineTree(org) : teamTree(org)) : []), [org, byLine]);
  const shown = useMemo(() => sift(tree, words), [tree, words]);
  const kinds = (fieldOf(meta.byName.get('team')!, 'kind')?.choices ?? []).map((one) => ({ value: one.name, label: one.label }));
  useTitle(t('people.title'));
  useKeys(t('people.title'), [
    { keys: 'f', label: t('people.find'), run: () => document.querySelector<HTMLElement>('[data-find-person]')?.focus() },
    { keys: 'n', label: t('people.starter'), run: () => (canEdit ? setAsked({ kind: 'starter', team: null }) : false) },
    { keys: 'Escape', label: t('people.close'), run: () => (place.who ? place.set({ who: null }) : false) },
  ]);
  if (error && !org) return <div className="page"><Failing error={error} retry={() => void refetch()} /></div>;
  const active = org?.people.filter((one) => one.is_active).length ?? 0;
  const choose = (choice: string | null) => place.set({ who: choice });
  const panel = org && <Chosen org={org} who={place.who} canEdit={canEdit} onChoose={choose} onAsk={setAsked} />;
  const hasPanel = Boolean(org && place.who && (place.who.startsWith('p') ? org.byPerson : org.byTeam).has(Number(place.who.slice(1))));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('people.title')}</h1>
        {org && <span className="sub">{t('people.sub', { n: active, teams: org.teams.length })}</span>}
        {canEdit && (
          <div className="actions">
            <Button onClick={() => setAsked({ kind: 'newTeam', parent: null })}>{t('people.newTeam')}</Button>
            <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAsked({ kind: 'starter', team: null })}>{t('people.starter')}</Button>
          </div>
        )}
      </header>
      <div className={styles.tools}>
        <SegmentedControl aria-label={t('people.view')} value={place.view} data={[{ value: 'teams', label: t('people.byTeam') }, { value: 'lines', label: t('people.byLine') }]} onChange={(view) => place.set({ view: view === 'lines' ? view : null })} />
        <TextInput className={styles.find} type="search" aria-label={t('people.find')} placeholder={t('people.find')} data-find-person="" leftSection={<IconSearch size={15} stroke={1.6} aria-hidden />} value={words} maxLength={200} onChange={(e) => setWords(e.currentTarget.value)} />
        <label className={styles.day}>
          <span className="ink2">{t('people.on')}</span>
          <TextInput type="date" aria-label={t('people.dayLabel')} value={place.day ?? org?.day ?? ''} onChange={(e) => place.set({ day: e.currentTarget.value && e.currentTarget.value !== today() ? e.currentTarget.value : null })} />
        </label>
      </div>
      {org && <DayBar day={org.day} asked={place.day} onDay={(day) => place.set({ day })} />}
      <div className={styles.columns}>
        <div className="card">
          {!org ? <Bones count={10} /> : shown.length ? (
            <PeopleTree key={place.view} org={org} branches={shown} byLine={byLine} isSifted={Boolean(words.trim())} levels={isPhone ? 1 : peopleIn({ key: '', children: tree }).size > 400 ? 2 : 9} chosen={place.who} onChoose={(branch) => choose(choiceOf(branch) === place.who ? null : choiceOf(branch))} />
          ) : <p className={`ink3 ${styles.none}`}>{t('people.nobody')}</p>}
          {org && !org.teams.length && canEdit && <p className={`ink2 ${styles.none}`}>{t('people.firstTeam')} <button className="linklike" onClick={() => setAsked({ kind: 'newTeam', parent: null })}>{t('people.newTeam')}</button></p>}
        </div>
        {org && (!hasPanel || isNarrow) && <aside className={styles.rail} aria-label={t('people.gaps')}><Overview org={org} canEdit={canEdit} onChoose={choose} onAsk={setAsked} /></aside>}
        {hasPanel && !isNarrow && <aside className={styles.rail} aria-label={t('record.facts')}>{panel}</aside>}
      </div>
      {isNarrow && (
        <Drawer opened={hasPanel} onClose={() => choose(null)} position="bottom" size="88%" withCloseButton={false} padding={0}>
          {panel}
        </Drawer>
      )}
      {org && asked && asked.kind !== 'starter' && <AskedForm org={org} asked={asked} kinds={kinds} onClose={() => setAsked(null)} />}
      {org && asked?.kind === 'starter' && <StarterForm org={org} team={asked.team} onClose={() => setAsked(null)} onMade={(id) => { setAsked(null); choose(`p${id}`); }} />}
    </div>
  );
}
