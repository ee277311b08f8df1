// What waits for the person: escalations asked of them that have no answer yet.
import { Link } from 'wouter';
import { day } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { Bones } from '../base/states';
import type { Records } from '../base/record_types';
import styles from './notifications.module.css';

interface Note {
  id: string;
  title: string;
  detail: string;
  to: string;
  day: string | null;
}
interface NoteList {
  rows: Note[];
}

type Escalation = Records['escalation'] & { names?: Record<string, string> };

function useNotes() {
  const meta = useMeta();
  const page = useGet<{ rows: Escalation[] }>('/escalations', {
    filter: 'asked_of=eq.me&state=eq.open',
    params: { order: 'due_day', limit: 20 },
    of: ['escalation'],
    now: true,
    isOff: !meta.byName.get('escalation'),
  });
  const rows: Note[] = (page.data?.rows ?? []).map((row) => ({
    id: String(row.id),
    title: row.subject ?? '',
    detail: t('note.asks', { who: row.names?.owner ?? t('record.somebody') }),
    to: `/escalations/${row.id}`,
    day: row.due_day ?? null,
  }));
  return { list: { rows } as NoteList, isLoading: page.isLoading };
}

export const useNotificationCount = () => useNotes().list.rows.length;

export function NotificationList() {
  const { list, isLoading } = useNotes();
  return (
    <div>
      <h2 className={styles.head}>{t('note.title')}</h2>
      {isLoading && <Bones count={2} />}
      {!isLoading && !list.rows.length && (
        <div className={styles.none}>
          <p>{t('note.none')}</p>
          <p className="small ink3">{t('note.noneHelp')}</p>
        </div>
      )}
      <div className="lines">
        {list.rows.map((note) => (
          <Link key={note.id} href={note.to} className={styles.note}>
            <span className="grow">
              <span className="medium cut" style={{ display: 'block' }}>
                {note.title}
              </span>
              <span className="small ink3">{note.detail}</span>
            </span>
            {note.day && <span className="small ink3">{day(note.day)}</span>}
          </Link>
        ))}
      </div>
    </div>
  );
}
