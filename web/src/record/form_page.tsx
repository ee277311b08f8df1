// A new record: /opportunities/new?account=12 starts with what the address says.
import { useEffect, useState } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';
import { get } from '../base/api';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { fieldOf, may, useMeta } from '../base/meta';
import { useTitle } from '../base/title';
import { Bones, Empty } from '../base/states';
import type { Entity, Row, Value } from '../base/types';
import Missing from '../frame/missing';
import { CreateForm } from './form';

interface Start {
  values: Record<string, Value>;
  names: Record<string, string | null>;
}

/** Numbers stay numbers; references get the name of what they point to. */
function useStart(entity: Entity | undefined, search: string): Start | null {
  const meta = useMeta();
  const [start, setStart] = useState<Start | null>(null);
  useEffect(() => {
    if (!entity) return;
    const made: Start = { values: {}, names: {} };
    const waits: Promise<void>[] = [];
    for (const [name, text] of new URLSearchParams(search)) {
      const field = fieldOf(entity, name);
      if (!field) continue;
      made.values[name] = ['ref', 'int', 'real', 'money'].includes(field.type) ? Number(text) : field.type === 'bool' ? text === 'true' : text;
      const target = meta.byName.get(field.ref ?? '');
      if (field.type === 'ref' && target)
        waits.push(get<Row>(`/${target.plural}/${text}`).then((row) => void (made.names[name] = String(row[target.name_field] ?? '')), () => undefined));
    }
    let isGone = false;
    void Promise.all(waits).then(() => !isGone && setStart(made));
    return () => {
      isGone = true;
    };
  }, [entity?.name, search]);
  return start;
}

export default function FormPage() {
  const { plural } = useParams<{ plural: string }>();
  const meta = useMeta();
  const entity = meta.byPlural.get(plural);
  const search = useSearch();
  const asOf = useAsOf();
  const [, go] = useLocation();
  const start = useStart(entity, search);
  useTitle(entity ? t('record.newTitle', { what: entity.label.toLowerCase() }) : null);
  if (!entity || !may(entity, 'create')) return <Missing />;
  if (asOf) return <Empty title={t('create.readOnly')} />;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('record.newTitle', { what: entity.label.toLowerCase() })}</h1>
      </header>
      <div className="card" style={{ padding: '18px 20px 20px', maxWidth: 802 }}>
        {start ? (
          <CreateForm key={search} entity={entity} start={start.values} startNames={start.names} draftKey={`new.${entity.name}.${search}`}
            onSaved={(row) => go(`/${entity.plural}/${row.id}`)} onCancel={() => (history.length > 1 ? history.back() : go(`/${entity.plural}`))} />
        ) : (
          <Bones count={4} />
        )}
      </div>
    </div>
  );
}
