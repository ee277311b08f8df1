// What waits for the person, and what others did to their records. Looking at the list makes it seen.
import { IconCheckbox, IconFlag, IconMessage, IconUserShare, type Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { day } from '../base/format';
import { t } from '../base/i18n';
import { recordPath, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import { Bones, Failing } from '../base/states';
import { keep, kept, makeStore, useStore } from '../base/store';
import styles from './notifications.module.css';

interface Note {
  kind: 'asked' | 'answered' | 'handed_over' | 'promise';
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
  new_count: number;
  seq: number;
}

const ICONS: Record<Note['kind'], Icon> = { asked: IconFlag, answered: IconMessage, handed_over: IconUserShare, promise: IconCheckbox };

/** The commit up to which the person has seen them, in this browser. */
const seenStore = makeStore<Record<string, number>>(kept<Record<string, number>>(localStorage, 'coxswain.seen') ?? {}, (value) => keep(localStorage, 'coxswain.seen', value));

function useNotes() {
  const me = String(useSession().user.id);
  const since = useStore(seenStore)[me];
  const notes = useGet<Notes>('/notifications', { params: { since }, now: true, of: ['escalation', 'action_item', 'opportunity', 'account'], keepOld: true, staleMs: 30_000 });
  return { me, notes };
}

export const useNotificationCount = () => useNotes().notes.data?.new_count ?? 0;

export function NotificationList() {
  const meta = useMeta();
  const { me, notes } = useNotes();
  const seq = notes.data?.seq;
  useEffect(() => {
    // When the list is closed again, so that what is new stays marked while it is read.
    return () => {
      if (seq) seenStore.set((old) => ({ ...old, [me]: seq }));
    };
  }, [seq, me]);
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
        {rows.map((note) => {
          const Mark = ICONS[note.kind] ?? IconFlag;
          return (
            <Link key={`${note.kind}${note.entity}${note.record}`} href={recordPath(meta, note.entity, note.record)} className={styles.note} data-new={note.is_new || undefined}>
              <Mark size={16} stroke={1.6} aria-hidden className={styles.icon} />
              <span className="grow">
                <span className={styles.title}>{note.title ?? meta.byName.get(note.entity)?.label}</span>
                <span className="small ink3">{[t(`note.${note.kind}`), note.detail].filter(Boolean).join(', ')}</span>
              </span>
              {note.day && <span className="small ink3">{day(note.day)}</span>}
            </Link>
          );
        })}
      </div>
    </div>
  );
}
