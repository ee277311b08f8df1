// Deals as a list, with the way back to the board.
import { useSearch } from 'wouter';
import { may, useMeta } from '../base/meta';
import Missing from '../frame/missing';
import { List } from '../record/list_page';
import { Layouts } from './layouts';

export default function DealsPage() {
  const entity = useMeta().byName.get('opportunity');
  const query = useSearch();
  if (!entity || !may(entity, 'read')) return <Missing />;
  return <List entity={entity} extra={<Layouts here="list" query={query.replace(/(^|&)_columns=[^&]*/, '')} />} />;
}
