// What happened with a record: activities and saves in one line of time, newest first; every save says what it
// changed, who did it and why, and can be taken back.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconCalendarEvent, IconChecks, IconHistory, IconMail, IconNote, IconPhone, type Icon } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { post } from '../base/api';
import { clock, day, dayFull, dayOf, instantFull } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf, may, useMeta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import type { Change, Entity, Page, Row, UndoResult, Version } from '../base/types';
import { Composer } from './composer';
import { Tick } from './tick';
import styles from './timeline.module.css';
import { valueText } from './value';

const ICONS: Record<string, Icon> = { call: IconPhone, meeting: IconCalendarEvent, email: IconMail, task: IconChecks, note: IconNote };
const FIRST = 5;

type Item = { at: string; kind: 'activity'; row: Row } | { at: string; kind: 'save'; version: Version };

export function useHistory(entity: Entity, id: number) {
  return useGet<{ rows: Version[] }>(`/${entity.plural}/${id}/history`, { of: [entity.name] });
}

/** The field of an activity that points to this entity. */
function useActivities(entity: Entity, id: number) {
  const meta = useMeta();
  const activity = meta.byName.get('activity');
  const field = activity?.fields.find((f) => f.type === 'ref' && f.ref === entity.name && f.name !== activity.owner_field);
  const page = useGet<Page>('/activities', { filter: `${field?.name}=eq.${id}`, params: { limit: 200 }, of: ['activity'], isOff: !field });
  return { activity, field, page };
}

/** History from elsewhere stands where it happened, not where it was brought in. */
const saveTime = (version: Version) => (version.imported ? version.from : version.at);

function activityTime(row: Row): string {
  const of = (name: string) => row[name] as string | null | undefined;
  const date = of('done_day') ?? of('due_day') ?? of('created_day');
  return of('start_us') ?? (date ? `${date}T12:00:00Z` : (of('from') ?? '1970-01-01T00:00:00Z'));
}

function Words({ entity, change, row }: { entity: Entity; change: Change; row: Row }) {
  const field = fieldOf(entity, change.field);
  const text = (value: Change['before'], name?: string | null) => (field ? valueText(entity, field, value, { [entity.currency_field ?? '']: row[entity.currency_field ?? ''] }, name) : String(value ?? ''));
  const before = text(change.before, change.before_name);
  const after = text(change.after, change.after_name);
  return (
    <span className={styles.change}>
      <span className="ink2">{change.label ?? field?.label ?? change.field}</span>{' '}
      {before && <s className="ink3">{before}</s>} {before && after && <span className="ink3" aria-label={t('record.to')}>→</span>} <span className="medium">{after || <span className="ink3">{t('record.emptied')}</span>}</span>
    </span>
  );
}

async function takeBack(version: Version, entity: Entity) {
  try {
    const { data } = await post<UndoResult>('/undo', { seq: version.seq });
    const reason = data.items.find((item) => item.reason)?.reason;
    say({ text: data.done ? t('undo.done') : (reason ?? t('undo.nothing')), isBad: !data.done });
    refresh([entity.name]);
  } catch (error) {
    sayError(error);
  }
}

const CAUSES = ['import', 'sync', 'rule', 'job', 'cli', 'undo', 'erase', 'migrate', 'restore', 'api'] as const;
type Cause = (typeof CAUSES)[number];

function Save({ entity, row, version, canUndo }: { entity: Entity; row: Row; version: Version; canUndo: boolean }) {
  const [all, setAll] = useState(false);
  // What a new record was filled with is seen in its facts and by the slider.
  const isNew = version.op === 'created';
  const changes = isNew ? [] : version.changes;
  const shown = all ? changes : changes.slice(0, FIRST);
  const who = version.actor_name ?? t('record.theSystem');
  const cause = CAUSES.find((c) => c === version.cause) as Cause | undefined;
  return (
    <li className={styles.item}>
      <span className={styles.mark} data-kind="save">
        <IconHistory size={13} stroke={1.8} aria-hidden />
      </span>
      <div className={styles.body}>
        <div className={styles.line}>
          <span className="grow">
            <span className="medium">{who}</span> <span className="ink2">{isNew ? t('record.opCreate') : version.op === 'restored' ? t('record.opRestore') : changes.length ? t('record.opChange') : t('record.opSave')}</span>
            {cause && <span className={styles.cause}>{t(`cause.${cause}`)}</span>}
          </span>
          {canUndo && !version.imported && (
            <Tooltip label={t('record.takeBack')}>
              <ActionIcon variant="subtle" className={styles.undo} aria-label={t('record.takeBack')} onClick={() => void takeBack(version, entity)}>
                <IconArrowBackUp size={15} />
              </ActionIcon>
            </Tooltip>
          )}
          <time className="small ink3" dateTime={saveTime(version)} title={`${instantFull(saveTime(version))}, ${t('past.seqTitle', { seq: String(version.seq) })}`}>
            {clock(saveTime(version))}
          </time>
        </div>
        {shown.length > 0 && (
          <div className={styles.changes}>
            {shown.map((change) => (
              <Words key={change.field} entity={entity} change={change} row={row} />
            ))}
            {changes.length > FIRST && (
              <button className="linklike small" onClick={() => setAll(!all)}>
                {all ? t('record.fewerFacts') : t('record.moreFields', { n: changes.length - FIRST })}
              </button>
            )}
          </div>
        )}
      </div>
    </li>
  );
}

const LONG = 280;

function Activity({ entity, row }: { entity: Entity; row: Row }) {
  const [all, setAll] = useState(false);
  const kind = String(row.kind ?? 'note');
  const Mark = ICONS[kind] ?? IconNote;
  const body = String(row.body ?? '');
  const label = fieldOf(entity, 'kind')?.choices?.find((c) => c.name === kind)?.label ?? kind;
  const due = row.due_day as string | null | undefined;
  return (
    <li className={styles.item}>
      <span className={styles.mark} data-kind={kind}>
        <Mark size={14} stroke={1.7} aria-label={label} />
      </span>
      <div className={styles.body}>
        <div className={styles.line}>
          {kind === 'task' && <Tick entity={entity} row={row} />}
          <span className="grow">
            <Link href={`/${entity.plural}/${row.id}`} className={`${styles.subject} quiet`}>
              {String(row.subject ?? label)}
            </Link>{' '}
            <span className="small ink3">{[row.names?.owner, kind === 'task' && due ? t('record.due', { day: day(due) }) : null].filter(Boolean).join(', ')}</span>
          </span>
          {row.start_us ? (
            <time className="small ink3" dateTime={String(row.start_us)} title={instantFull(String(row.start_us))}>
              {clock(String(row.start_us))}
            </time>
          ) : null}
        </div>
        {body && (
          <p className={styles.text}>
            {all || body.length <= LONG ? body : `${body.slice(0, LONG)}…`}{' '}
            {body.length > LONG && (
              <button className="linklike small" onClick={() => setAll(!all)}>
                {t(all ? 'record.lessText' : 'record.moreText')}
              </button>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function groupByDay(items: Item[]): [string, Item[]][] {
  const groups: [string, Item[]][] = [];
  for (const item of items) {
    const key = dayOf(item.at);
    const last = groups[groups.length - 1];
    if (last && last[0] === key) last[1].push(item);
    else groups.push([key, [item]]);
  }
  return groups;
}

export function Timeline({ entity, row, canEdit }: { entity: Entity; row: Row; canEdit: boolean }) {
  const history = useHistory(entity, row.id);
  const { activity, field, page } = useActivities(entity, row.id);
  const [mode, setMode] = useState<'all' | 'activity' | 'save'>('all');
  const items: Item[] = [
    ...(page.data?.rows ?? []).map((one): Item => ({ at: activityTime(one), kind: 'activity', row: one })),
    ...(history.data?.rows ?? []).map((version): Item => ({ at: saveTime(version), kind: 'save', version })),
  ].filter((item) => mode === 'all' || item.kind === mode);
  items.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const modes = ['all', 'activity', 'save'] as const;
  return (
    <div className={styles.timeline}>
      {canEdit && activity && field && may(activity, 'create') && <Composer entity={activity} link={field} row={row} />}
      {field && (
        <div className={styles.modes} role="group" aria-label={t('record.show')}>
          {modes.map((one) => (
            <button key={one} aria-pressed={mode === one} onClick={() => setMode(one)}>
              {t(`record.mode.${one}`)}
            </button>
          ))}
        </div>
      )}
      {history.error && <Failing error={history.error} what={t('record.historyMissing')} retry={() => void history.refetch()} />}
      {history.isLoading && <Bones count={4} />}
      {groupByDay(items).map(([key, group]) => (
        <section key={key} className={styles.day}>
          <h3 className={styles.date} title={dayFull(key)}>
            {day(key)}
          </h3>
          <ul>
            {group.map((item) =>
              item.kind === 'save' ? <Save key={`s${item.version.seq}`} entity={entity} row={row} version={item.version} canUndo={canEdit} /> : activity ? <Activity key={`a${item.row.id}`} entity={activity} row={item.row} /> : null,
            )}
          </ul>
        </section>
      ))}
    </div>
  );
}
