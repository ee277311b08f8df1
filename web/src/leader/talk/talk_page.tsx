// One talk in two columns: agenda, notes and promises; beside them the prep sheet.
import { Button, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, Redirect, useLocation, useParams } from 'wouter';
import { useMediaQuery } from '@mantine/hooks';
import { useAsOf } from '../../base/as_of';
import { addDays, day, dayFull, initials, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { useMeta } from '../../base/meta';
import { useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { sayError } from '../../base/toast';
import type { Page } from '../../base/types';
import Missing from '../../frame/missing';
import { AgendaCard } from './agenda_card';
import { PrivateCard, SharedCard } from './note_cards';
import { PlanForm } from './plan';
import { Prep } from './prep';
import { PromiseCard } from './promise_card';
import { SeriesCard } from './series_card';
import { SessionCard } from './session_card';
import { useSheet } from './sheet';
import styles from './talk.module.css';
import { betweenFilter, changeTalk, type Talk, type Two } from './talk_data';

const SAID = { held: 'talk.saidHeld', missed: 'talk.saidMissed', cancelled: 'talk.saidCancelled', planned: 'talk.saidPlanned' } as const;

function useNeighbours(talk: Talk) {
  const filter = `leader=eq.${talk.leader}&person=eq.${talk.person}`;
  const of = ['one_on_one'];
  const before = useGet<Page>('/one_on_ones', { filter: `${filter}&day=lt.${talk.day}`, params: { order: 'day.desc', limit: 8 }, of });
  const after = useGet<Page>('/one_on_ones', { filter: `${filter}&day=gt.${talk.day}`, params: { order: 'day', limit: 1 }, of });
  const past = (before.data?.rows ?? []) as Talk[];
  return { before: past[0], held: past.find((one) => one.state === 'held'), after: after.data?.rows[0] as Talk | undefined };
}

function Actions({ talk, two, hasNext, onPlan }: { talk: Talk; two: Two; hasNext: boolean; onPlan: () => void }) {
  const put = (state: Talk['state']) => void changeTalk(talk, { state }, t(SAID[state], { name: two.otherName })).catch(sayError);
  const others = (['missed', 'cancelled', 'planned'] as const).filter((state) => state !== talk.state);
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target><Button px={8} aria-label={t('more')}><IconDots size={17} aria-hidden /></Button></Menu.Target>
        <Menu.Dropdown>{others.map((state) => <Menu.Item key={state} onClick={() => put(state)}>{t(`talk.${state}`)}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
      {talk.state === 'planned' ? (
        <Button variant="filled" disabled={talk.day > today()} onClick={() => put('held')}>{t('talk.held')}</Button>
      ) : !hasNext && <Button variant="filled" onClick={onPlan}>{t('talk.planNext')}</Button>}
    </>
  );
}

function Body({ talk, me }: { talk: Talk; me: number }) {
  const session = useSession();
  const isLeader = talk.leader === me;
  const two: Two = { me, other: isLeader ? talk.person : talk.leader, otherName: (isLeader ? talk.names?.person : talk.names?.leader) ?? '?', isLeader };
  const asOf = useAsOf();
  const [, go] = useLocation();
  const isNarrow = useMediaQuery('(max-width: 899px)', window.innerWidth < 900, { getInitialValueInEffect: false }) ?? false;
  const [tab, setTab] = useState<'notes' | 'prep'>('notes');
  const [isPlanning, setPlanning] = useState(false);
  const { before, held, after } = useNeighbours(talk);
  const { sheet } = useSheet(talk);
  const { byName } = useMeta();
  const canEdit = !asOf;
  useHat('crew', isLeader && hasRole(session, 'leader'));
  useTitle(`${two.otherName}, ${day(talk.day)}`);
  const move = (next: string) => next && next !== talk.day && void changeTalk(talk, { day: next }, t('talk.saidDay', { name: two.otherName, day: day(next) })).catch(sayError);
  return (
    <div className="page">
      <header className={`page-head ${styles.head}`}>
        <span className="avatar lg" aria-hidden>{initials(two.otherName)}</span>
        <h1 dir="auto"><Link className="quiet" href={`/people?who=p${two.other}`}>{two.otherName}</Link></h1>
        {talk.state === 'planned' && canEdit ? (
          <TextInput key={talk.day} className={styles.dayInput} type="date" aria-label={t('talk.day')} defaultValue={talk.day} onBlur={(e) => move(e.currentTarget.value)} onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()} />
        ) : <span className="sub">{dayFull(talk.day)}</span>}
        <span className="tag">{t(`talk.${talk.state}`)}</span>
        <div className="actions">
          {before && <Button px={9} aria-label={t('talk.before', { day: day(before.day) })} onClick={() => go(`/coaching/${before.id}`)} leftSection={<IconChevronLeft size={15} className="flip" aria-hidden />}>{day(before.day)}</Button>}
          {after && <Button px={9} aria-label={t('talk.after', { day: day(after.day) })} onClick={() => go(`/coaching/${after.id}`)} rightSection={<IconChevronRight size={15} className="flip" aria-hidden />}>{day(after.day)}</Button>}
          <Button onClick={() => go(`/one_on_ones?leader=eq.${talk.leader}&person=eq.${talk.person}&order=day.desc`)}>{t('talk.allWith')}</Button>
          {canEdit && <Actions talk={talk} two={two} hasNext={Boolean(after)} onPlan={() => setPlanning(true)} />}
        </div>
      </header>
      {isNarrow && <SegmentedControl fullWidth mb={12} aria-label={t('talk.show')} value={tab} onChange={(value) => setTab(value as typeof tab)} data={[{ value: 'notes', label: t('talk.tabNotes') }, { value: 'prep', label: t('talk.tabPrep') }]} />}
      <div className={styles.columns}>
        {(!isNarrow || tab === 'notes') && (
          <div className={styles.stack}>
            <AgendaCard talk={talk} two={two} before={before} canEdit={canEdit} />
            <SharedCard talk={talk} two={two} canEdit={canEdit} />
            <PrivateCard talk={talk} two={two} canEdit={canEdit} />
            <PromiseCard talk={talk} two={two} canEdit={canEdit} />
            {byName.has('coaching_plan') && <SeriesCard two={two} canEdit={canEdit} />}
            {byName.has('coaching_session') && <SessionCard filter={betweenFilter('coach', 'person', two)} me={me} wish={isLeader ? { person: two.other, name: two.otherName } : undefined} canEdit={canEdit} all={`/coaching_sessions?${betweenFilter('coach', 'person', two)}&order=day.desc`} />}
          </div>
        )}
        {(!isNarrow || tab === 'prep') && <div className={styles.stack}><Prep talk={talk} two={two} since={held?.day ?? addDays(talk.day, -30)} canEdit={canEdit} /></div>}
      </div>
      {isPlanning && <PlanForm wish={{ person: talk.person, name: two.otherName, leader: talk.leader, last: talk.day, usual: sheet?.rhythm.every_days }} onClose={() => setPlanning(false)} />}
    </div>
  );
}

export default function TalkPage() {
  const { id } = useParams<{ id: string }>();
  const { user } = useSession();
  const isId = /^\d+$/.test(id);
  // The other one's changes come with no event: they are read anew now and then.
  const { data, error, refetch } = useGet<Talk>(`/one_on_ones/${id}`, { of: ['one_on_one'], isOff: !isId, againMs: 20_000 });
  if (id === 'new') return <Redirect to="/coaching" replace />;
  if (!isId || error?.status === 404) return <Missing />;
  if (error && !data) return <div className="page"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!data) return <div className="page"><div style={{ height: 62 }} /><div className="card"><Bones count={8} /></div></div>;
  return <Body key={data.id} talk={data} me={user.id} />;
}
