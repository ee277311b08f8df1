// Saved and pinned views. A view is an address ("/opportunities?stage=in.(3,4)&order=...") with a name; the server
// keeps them as records, so that they follow the person and can be shared.
import { useMeta } from '../base/meta';
import { useGet } from '../base/query';
import type { Page, Row } from '../base/types';

export interface View {
  id: number;
  rev: number;
  name: string;
  to: string;
  isPinned: boolean;
  isShared: boolean;
  isMine: boolean;
}

export const VIEW_ENTITY = 'saved_view';

function toView(row: Row): View {
  const query = String(row.query ?? '');
  return {
    id: row.id,
    rev: row.rev,
    name: String(row.name ?? ''),
    to: `${String(row.page ?? '/')}${query ? `?${query}` : ''}`,
    isPinned: Boolean(row.is_pinned),
    isShared: Boolean(row.is_shared),
    isMine: true,
  };
}

export function useViews(): View[] {
  const meta = useMeta();
  const entity = meta.byName.get(VIEW_ENTITY);
  const { data } = useGet<Page>(`/${entity?.plural ?? 'saved_views'}`, { params: { limit: 200, order: 'name' }, now: true, of: [VIEW_ENTITY], isOff: !entity });
  return (data?.rows ?? []).map(toView);
}

export const usePinned = () => useViews().filter((view) => view.isPinned);
