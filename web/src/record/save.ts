// Saving a change of one record: merged when others changed other fields meanwhile, a conflict when it was the same
// one. Every save can be taken back where the eye is.
import { ApiError, get, patch } from '../base/api';
import { t } from '../base/i18n';
import { client, refresh } from '../base/query';
import { say } from '../base/toast';
import type { Entity, Page, Row, Value, Version } from '../base/types';

export type Changes = Record<string, Value>;

/** Somebody else saved the same field first. */
export class ConflictError extends Error {
  readonly base: Row;
  readonly current: Row;
  readonly changes: Changes;
  readonly fields: string[];
  constructor(base: Row, current: Row, changes: Changes, fields: string[]) {
    super('conflict');
    this.base = base;
    this.current = current;
    this.changes = changes;
    this.fields = fields;
  }
}

export interface Saved {
  row: Row;
  seq: number;
}

const pathOf = (entity: Entity, id: number) => `/${entity.plural}/${id}`;

/** A reply is the truth: put it wherever the record is shown. */
export function spread(entity: Entity, row: Row) {
  client.setQueriesData<Row>({ predicate: (q) => q.queryKey[0] === pathOf(entity, row.id) && q.queryKey[3] === null }, row);
  const swap = (page: Page): Page => ({ ...page, rows: page.rows.map((old) => (old.id === row.id ? row : old)) });
  client.setQueriesData<{ pages: Page[]; pageParams: unknown[] } | Page>({ predicate: (q) => q.queryKey[0] === `/${entity.plural}` && q.queryKey[3] === null }, (old) => {
    if (!old) return old;
    return 'pages' in old ? { ...old, pages: old.pages.map(swap) } : 'rows' in old ? swap(old) : old;
  });
}

async function attempt(entity: Entity, id: number, rev: number, changes: Changes): Promise<Saved> {
  const { data, seq } = await patch<Row>(pathOf(entity, id), changes, { ifMatch: rev });
  return { row: data, seq: seq || data.rev };
}

export async function save(entity: Entity, base: Row, changes: Changes): Promise<Saved> {
  let saved: Saved;
  try {
    saved = await attempt(entity, base.id, base.rev, changes);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
    const current = (error.problem.current as Row | undefined) ?? (await get<Row>(pathOf(entity, base.id), { now: true }));
    const clash = Object.keys(changes).filter((f) => current[f] !== base[f] && current[f] !== changes[f]);
    if (clash.length) throw new ConflictError(base, current, changes, clash);
    saved = await attempt(entity, base.id, current.rev, changes);
  }
  spread(entity, saved.row);
  refresh([entity.name]);
  say({ text: t('record.saved', { name: String(saved.row[entity.name_field] ?? entity.label) }), seq: saved.seq });
  return saved;
}

/** Who changed a field last, and when: the newest version that did. */
export async function lastChange(entity: Entity, id: number, field: string): Promise<Version | null> {
  const { rows } = await get<{ rows: Version[] }>(`${pathOf(entity, id)}/history`, { now: true });
  return rows.find((version) => version.changes.some((c) => c.field === field)) ?? null;
}
