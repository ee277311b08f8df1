// What waits for the person, and what others did to their records. Looking at the list makes it seen.
import { IconBellRinging, IconCertificate, IconMessageCircleQuestion, IconCheckbox, IconFlag, IconMessage, IconPlugOff, IconUserShare, type Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { day, dayDiff, dayFull, number } from '../base/format';
import { t } from '../base/i18n';
import { recordPath, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import { Bones, Empty, Failing } from '../base/states';
import { keep, kept, makeStore, useStore } from '../base/store';
import styles from './notifications.module.css';

interface Note {
  kind: 'asked' | 'answered' | 'handed_over' | 'promise' | 'webhook_off' | 'alert' | 'feedback' | 'certificate_ends' | 'certificate_ended';
  title: string | null;
  detail: string | null;
  entity: string;
  record: number;
  day: string | null;
  seq: number;
  is_new: boolean;
}
interface Notes {
  rows: Note[];
  count: number;
  new_count: number;
  seq: number;
}

const ICONS: Record<Note['kind'], Icon> = { asked: IconFlag, answered: IconMessage, handed_over: IconUserShare, promise: IconCheckbox, webhook_off: IconPlugOff, alert: IconBellRinging, feedback: IconMessageCircleQuestion, certificate_ends: IconCertificate, certificate_ended: IconCertificate };

/** The commit up to which the person has seen them, in this browser. */
const seenStore = makeStore<Record<string, number>>(kept<Record<string, number>>(localStorage, 'coxswain.seen') ?? {}, (value) => keep(localStorage, 'coxswain.seen', value));

function useNotes() {
  const me = String(useSession().user.id);
  const since = useStore(seenStore)[me];
  const notes = useGet<Notes>('/notifications', { params: { since }, now: true, of: ['escalation', 'action_item', 'opportunity', 'account', 'webhook', 'alert', 'certificate_passed'], keepOld: true, staleMs: 30_000 });
  return { me, notes };
}

/** Looking at them makes them seen: when the list is closed again, so that what is new stays marked while it is read. */
function useSeenNotes() {
  const { me, notes } = useNotes();
  const seq = notes.data?.seq;
  useEffect(
    () => () => {
      if (seq) seenStore.set((old) => ({ ...old, [me]: seq }));
    },
    [seq, me],
  );
  return { notes };
}

export const useNotificationCount = () => useNotes().notes.data?.new_count ?? 0;

const SHOWN = 8;
const KINDS = ['asked', 'feedback', 'alert', 'promise', 'certificate_ended', 'certificate_ends', 'answered', 'handed_over'] as const;

function Line({ note }: { note: Note }) {
  const meta = useMeta();
  const Mark = ICONS[note.kind] ?? IconFlag;
  return (
    <Link href={note.kind === 'alert' ? '/watch' : note.kind === 'feedback' ? `/feedback/${note.record}` : recordPath(meta, note.entity, note.record)} className={styles.note} data-new={note.is_new || undefined}>
      <Mark size={16} stroke={1.6} aria-hidden className={styles.icon} />
      <span className="grow">
        <span className={styles.title}>{note.title ?? meta.byName.get(note.entity)?.label}</span>
        <span className="small ink3">{[t(`note.${note.kind}`), note.detail].filter(Boolean).join(', ')}</span>
      </span>
      {note.day && <span className={`small ${(note.kind === 'promise' || note.kind === 'certificate_ended') && dayDiff(note.day) < 0 ? 'down medium' : 'ink3'}`} title={dayFull(note.day)}>{day(note.day)}</span>}
    </Link>
  );
}

/** All of them by kind, on a page of its own; in the bell the newest few. */
export function NotificationGroups() {
  const { notes } = useSeenNotes();
  const rows = notes.data?.rows ?? [];
  if (notes.error && !notes.data) return <div className="card"><Failing error={notes.error} retry={() => void notes.refetch()} /></div>;
  if (!notes.data) return <div className="card"><Bones count={5} /></div>;
  if (!rows.length) return <Empty title={t('note.none')}>{t('note.noneHelp')}</Empty>;
  return (
    <>
      {KINDS.map((kind) => ({ kind, of: rows.filter((note) => note.kind === kind) })).filter(({ of }) => of.length).map(({ kind, of }) => (
        <section key={kind} className="card" aria-label={t(`note.kind.${kind}`)}>
          <div className="card-head"><h2>{t(`note.kind.${kind}`)}</h2><span className="ink3">{number(of.length, 0)}</span></div>
          <div className="lines">{of.map((note) => <Line key={`${note.entity}${note.record}`} note={note} />)}</div>
        </section>
      ))}
      {notes.data.count > rows.length && <p className="small ink3">{t('note.left', { n: notes.data.count - rows.length })}</p>}
    </>
  );
}

export function NotificationList() {
  const { notes } = useSeenNotes();
  const rows = notes.data?.rows ?? [];
  return (
    <div>
      <h2 className={styles.head}>{t('note.title')}</h2>
      {notes.isLoading && <Bones count={2} />}
      {notes.error && !notes.data && <Failing error={notes.error} retry={() => void notes.refetch()} />}
      {notes.data && !rows.length && (
        <div className={styles.none}>
          <p>{t('note.none')}</p>
          <p className="small ink3">{t('note.noneHelp')}</p>
        </div>
      )}
      <div className={`lines ${styles.list}`}>
        {rows.slice(0, SHOWN).map((note) => <Line key={`${note.kind}${note.entity}${note.record}`} note={note} />)}
      </div>
      {rows.length > 0 && <div className={styles.all}><Link href="/notifications">{t('note.all', { n: notes.data?.count ?? rows.length })}</Link></div>}
    </div>
  );
}
