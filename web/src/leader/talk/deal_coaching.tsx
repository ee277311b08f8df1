// On a deal's page: the coaching on it that one was part of, and noting one on somebody else's deal.
import { useAsOf } from '../../base/as_of';
import { useMeta } from '../../base/meta';
import { hasRole, useSession } from '../../base/session';
import type { Row } from '../../base/types';
import { SessionCard } from './session_card';

export default function DealCoaching({ row }: { row: Row }) {
  const session = useSession();
  const asOf = useAsOf();
  const { byName } = useMeta();
  if (!byName.has('coaching_session')) return null;
  const owner = Number(row.owner ?? 0);
  const coaches = hasRole(session, 'leader', 'manager') && owner > 0 && owner !== session.user.id;
  const wish = coaches ? { person: owner, name: row.names?.owner ?? '', deal: { id: row.id, name: String(row.name) } } : undefined;
  const filter = `opportunity=eq.${row.id}`;
  return <SessionCard filter={filter} me={session.user.id} wish={wish} canEdit={!asOf} all={`/coaching_sessions?${filter}`} />;
}
