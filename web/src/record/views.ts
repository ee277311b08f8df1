// Saved and pinned views. A view is an address ("/opportunities?stage=in.(3,4)&order=...") with a name; the server
// keeps them as records, so that they follow the person and can be shared with a team.
import { post, patch, remove } from '../base/api';
import { useMeta, type Meta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { useSession } from '../base/session';
import type { Page, Row } from '../base/types';

export interface View {
  id: number;
  rev: number;
  name: string;
  to: string;
  entity: string;
  layout: 'list' | 'board';
  team: number | null;
  isPinned: boolean;
  isMine: boolean;
  position: number;
}

const ENTITY = 'saved_view';

function toView(row: Row, meta: Meta, me: number): View | null {
  const entity = meta.byName.get(String(row.entity));
  if (!entity) return null;
  const layout = row.layout === 'board' ? 'board' : 'list';
  const columns = row.columns ? `_columns=${encodeURIComponent(String(row.columns))}` : '';
  const query = [String(row.query ?? ''), columns].filter(Boolean).join('&');
  return {
    id: row.id,
    rev: row.rev,
    name: String(row.name ?? ''),
    to: `${layout === 'board' ? '/pipeline' : `/${entity.plural}`}${query ? `?${query}` : ''}`,
    entity: entity.name,
    layout,
    team: (row.team as number | null) ?? null,
    isPinned: Boolean(row.is_pinned),
    isMine: row.owner === me,
    position: Number(row.position ?? 0),
  };
}

export function useViews(entity?: string): View[] {
  const meta = useMeta();
  const me = useSession().user.id;
  const kind = meta.byName.get(ENTITY);
  const { data } = useGet<Page>(`/${kind?.plural}`, { params: { limit: 200 }, now: true, of: [ENTITY], isOff: !kind, staleMs: 60_000 });
  const views = (data?.rows ?? []).map((row) => toView(row, meta, me)).filter((view): view is View => view !== null);
  return views.filter((view) => !entity || view.entity === entity).sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
}

export const usePinned = () => useViews().filter((view) => view.isPinned && view.isMine);

export interface ViewInput {
  name: string;
  entity: string;
  layout: 'list' | 'board';
  query: string;
  columns: string | null;
  is_pinned: boolean;
}

export async function saveView(input: Partial<ViewInput>, old?: View): Promise<void> {
  if (old) await patch(`/saved_views/${old.id}`, input, { ifMatch: old.rev });
  else await post('/saved_views', input);
  refresh([ENTITY]);
}

export async function removeView(view: View): Promise<number> {
  const { seq } = await remove(`/saved_views/${view.id}`);
  refresh([ENTITY]);
  return seq;
}
