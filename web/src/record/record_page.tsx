// A record: what it is, where it stands, what happened, what belongs to it, and its facts at the side.
import { Button, Menu, Tabs } from '@mantine/core';
import { IconChevronRight, IconDots } from '@tabler/icons-react';
import { Suspense, lazy, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link, useLocation, useParams, useSearch } from 'wouter';
import { get, remove, type ApiError } from '../base/api';
import { useAsOf } from '../base/as_of';
import { day, dayFull } from '../base/format';
import { t } from '../base/i18n';
import { useKeys } from '../base/keys';
import { fieldOf, may, useMeta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { say, sayError } from '../base/toast';
import type { Entity, Field, Row, Value as Plain } from '../base/types';
import { useQuery } from '@tanstack/react-query';
import Missing from '../frame/missing';
import { rooms } from '../rooms';
import { Escalate } from './escalate';
import { Facts } from './facts';
import { Files, useFileLink } from './files';
import { PastSlider } from './past_slider';
import styles from './record_page.module.css';
import { Related, useRelations } from './related';
import { CellEdit } from './cell_edit';
import { Shares } from './shares';
import { StagePath } from './stage_path';
import { Timeline, useHistory } from './timeline';
import { currencyOf, valueText, Value, Who } from './value';
import { money } from '../base/format';

const KEY_FIGURES = ['amount', 'value', 'close_day', 'start_day', 'end_day', 'owner', 'industry', 'title', 'email', 'phone', 'status', 'state', 'due_day', 'kind'];

function Title({ entity, row, canEdit }: { entity: Entity; row: Row; canEdit: boolean }) {
  const [isEditing, setEditing] = useState(false);
  const field = fieldOf(entity, entity.name_field);
  const name = field?.type === 'ref' ? row.names?.[field.name] : (row[entity.name_field] as string | null);
  const text = name || `${entity.label} ${row.id}`;
  if (isEditing && field)
    return (
      <div style={{ width: 420, maxWidth: '100%' }}>
        <CellEdit entity={entity} field={field} row={row} onDone={() => setEditing(false)} />
      </div>
    );
  return (
    <h1 className={styles.title} dir="auto" data-edit={canEdit || undefined} onDoubleClick={() => canEdit && field?.type === 'text' && setEditing(true)} title={canEdit ? t('record.titleHelp') : undefined}>
      {text}
    </h1>
  );
}

function KeyFigure({ entity, field, row }: { entity: Entity; field: Field; row: Row }) {
  const value = row[field.name] as Plain;
  const isDay = field.type === 'date';
  return (
    <div className={styles.figure}>
      <dt>{field.label}</dt>
      <dd title={isDay ? dayFull(String(value)) : undefined}>
        {field.type === 'money' ? money(Number(value), currencyOf(entity, row)) : isDay ? day(String(value)) : field.ref === 'user' ? (
          <span className="row" style={{ gap: 6 }}>
            <Who name={row.names?.[field.name] ?? '?'} /> {row.names?.[field.name]}
          </span>
        ) : (
          <Value entity={entity} field={field} row={row} />
        )}
      </dd>
    </div>
  );
}

function Figures({ entity, row }: { entity: Entity; row: Row }) {
  const fields = KEY_FIGURES.map((name) => fieldOf(entity, name)).filter((f): f is Field => Boolean(f && f.name !== entity.name_field && (row[f.name] ?? '') !== ''));
  if (!fields.length) return null;
  return (
    <dl className={styles.figures}>
      {fields.slice(0, 5).map((field) => (
        <KeyFigure key={field.name} entity={entity} field={field} row={row} />
      ))}
    </dl>
  );
}

function useRecord(entity: Entity, id: string, seq: number | null) {
  const now = useGet<Row>(`/${entity.plural}/${id}`, { of: [entity.name] });
  const then = useQuery<Row, ApiError>({
    queryKey: [`/${entity.plural}/${id}`, '', {}, `seq:${seq}`],
    queryFn: ({ signal }) => get<Row>(`/${entity.plural}/${id}`, { params: { as_of: `seq:${seq}` }, now: true, signal }),
    enabled: seq !== null,
    placeholderData: (old) => old,
  });
  return { now, then };
}

function More({ entity, row, onEscalate }: { entity: Entity; row: Row; onEscalate: (() => void) | null }) {
  const [, go] = useLocation();
  const take = async () => {
    try {
      const { seq } = await remove(`/${entity.plural}/${row.id}`, { ifMatch: row.rev });
      say({ text: t('record.removed', { name: String(row[entity.name_field] ?? entity.label) }), seq });
      refresh([entity.name]);
      go(`/${entity.plural}`);
    } catch (error) {
      sayError(error);
    }
  };
  if (!onEscalate && !may(entity, 'remove')) return null;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button aria-label={t('more')} px={8}>
          <IconDots size={17} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {onEscalate && <Menu.Item onClick={onEscalate}>{t('escalate.title')}</Menu.Item>}
        {may(entity, 'remove') && entity.reach === 'line' && <Menu.Item onClick={() => go(`/${entity.plural}/${row.id}/merge`)}>{t('merge.menu')}</Menu.Item>}
        {may(entity, 'remove') && <Menu.Item onClick={() => void take()}>{t('record.remove', { what: entity.label.toLowerCase() })}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

const panels = rooms.flatMap((room) => room.panels ?? []).map((panel) => ({ ...panel, Panel: lazy(panel.load) }));

/** What rooms add to the pages of this entity. */
function Panels({ entity, row }: { entity: Entity; row: Row }) {
  return (
    <Suspense fallback={null}>
      {panels.filter((one) => one.entity === entity.name).map(({ Panel }, i) => <Panel key={i} row={row} />)}
    </Suspense>
  );
}

function Body({ entity, id }: { entity: Entity; id: string }) {
  const asOf = useAsOf();
  const meta = useMeta();
  const [seq, setSeq] = useState<number | null>(null);
  const { now, then } = useRecord(entity, id, seq);
  const history = useHistory(entity, Number(id));
  const relations = useRelations(entity);
  const files = useFileLink(entity);
  const [tab, setTab] = useState<string>(new URLSearchParams(useSearch()).get('_tab') ?? 'timeline');
  const [isEscalating, setEscalating] = useState(false);
  const mayChange = may(entity, 'change') && !asOf;
  const canEdit = mayChange && seq === null;
  const escalation = meta.byName.get('escalation');
  useKeys(t('record.keys', { what: entity.label }), [
    { keys: 'a', label: t('record.keyNote'), run: () => { flushSync(() => setTab('timeline')); document.querySelector<HTMLElement>('[data-composer]')?.focus(); } },
    { keys: '1', label: t('record.timeline'), run: () => setTab('timeline') },
    { keys: '2', label: t('record.related'), run: () => setTab('related') },
    { keys: '3', label: t('record.files'), run: () => setTab('files') },
  ]);
  useTitle(now.data ? recordName(entity, now.data) : entity.label);
  if (now.error) return now.error.status === 404 ? <Missing /> : <div className="page"><Failing error={now.error} retry={() => void now.refetch()} /></div>;
  if (!now.data) return <div className="page"><div style={{ height: 62 }} /><div className="card"><Bones count={8} /></div></div>;
  const row = seq === null ? now.data : (then.data ?? now.data);
  const canEscalate = !asOf && escalation && may(escalation, 'create') && entity.name !== 'escalation' && entity.reach === 'line';
  const hasStages = fieldOf(entity, 'stage') && fieldOf(entity, 'pipeline');
  const parent = fieldOf(entity, 'account');
  return (
    <div className="page">
      <header className={`page-head ${styles.head}`}>
        <nav className={styles.crumbs} aria-label={t('record.where')}>
          <Link href={`/${entity.plural}`}>{entity.label_plural}</Link>
          {parent?.ref && row.account && row.names?.account ? (
            <>
              <IconChevronRight size={13} aria-hidden className="flip" />
              <Link href={`/accounts/${row.account}`}>{row.names.account}</Link>
            </>
          ) : null}
        </nav>
        <Title entity={entity} row={row} canEdit={canEdit} />
        <div className="actions">
          <More entity={entity} row={row} onEscalate={canEscalate ? () => setEscalating(true) : null} />
        </div>
      </header>
      <Figures entity={entity} row={row} />
      {hasStages && <StagePath entity={entity} row={row} canEdit={canEdit} />}
      <div className={styles.columns}>
        <div className={`card ${styles.main}`}>
          <Tabs value={tab} onChange={(next) => setTab(next ?? 'timeline')} keepMounted={false}>
            <Tabs.List px={16}>
              <Tabs.Tab value="timeline">{t('record.timeline')}</Tabs.Tab>
              {relations.length > 0 && <Tabs.Tab value="related">{t('record.related')}</Tabs.Tab>}
              {files.field && <Tabs.Tab value="files">{t('record.files')}</Tabs.Tab>}
              {entity.reach === 'line' && entity.owner_field && <Tabs.Tab value="shares">{t('record.shares')}</Tabs.Tab>}
            </Tabs.List>
            <Tabs.Panel value="timeline">
              <Timeline entity={entity} row={now.data} canEdit={mayChange} />
            </Tabs.Panel>
            <Tabs.Panel value="related">
              <Related entity={entity} id={now.data.id} />
            </Tabs.Panel>
            <Tabs.Panel value="files">
              <Files entity={entity} row={now.data} />
            </Tabs.Panel>
            <Tabs.Panel value="shares">
              <Shares entity={entity} row={now.data} canEdit={mayChange} />
            </Tabs.Panel>
          </Tabs>
        </div>
        <aside className={`card ${styles.rail}`} aria-label={t('record.facts')}>
          {!asOf && <PastSlider versions={history.data?.rows ?? []} seq={seq} onChange={setSeq} />}
          <Panels entity={entity} row={row} />
          <Facts entity={entity} row={row} now={seq === null ? undefined : now.data} canEdit={canEdit} except={panels.filter((one) => one.entity === entity.name).flatMap((one) => one.fields)} />
        </aside>
      </div>
      {isEscalating && escalation && <Escalate escalation={escalation} entity={entity} row={now.data} onClose={() => setEscalating(false)} />}
    </div>
  );
}

export default function RecordPage() {
  const { plural, id } = useParams<{ plural: string; id: string }>();
  const meta = useMeta();
  const entity = meta.byPlural.get(plural);
  if (!entity || !/^\d+$/.test(id)) return <Missing />;
  return <Body key={`${plural}/${id}`} entity={entity} id={id} />;
}

/** A record's name as others may need it. */
export const recordName = (entity: Entity, row: Row) => valueText(entity, fieldOf(entity, entity.name_field)!, row[entity.name_field] as Plain, row) || `${entity.label} ${row.id}`;
