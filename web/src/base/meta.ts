// The metadata: what there is, from which lists, records and forms are drawn.
import { createContext, useContext, useMemo } from 'react';
import { useGet } from './query';
import type { Entity, Field, FieldFlag, Verb } from './types';

export interface Meta {
  entities: Entity[];
  byName: Map<string, Entity>;
  byPlural: Map<string, Entity>;
}

const none: Meta = { entities: [], byName: new Map(), byPlural: new Map() };

export function useMetaQuery() {
  return useGet<{ entities: Entity[] }>('/meta', { now: true, staleMs: 5 * 60_000 });
}

const MetaContext = createContext<Meta>(none);
export const MetaProvider = MetaContext.Provider;

/** Made once for the page: cells by the thousand ask for it. */
export const useMeta = () => useContext(MetaContext);

export function useMadeMeta(): Meta {
  const { data } = useMetaQuery();
  return useMemo(
    () =>
      data
        ? {
            entities: data.entities,
            byName: new Map(data.entities.map((e) => [e.name, e])),
            byPlural: new Map(data.entities.map((e) => [e.plural, e])),
          }
        : none,
    [data],
  );
}

export const has = (field: Field, flag: FieldFlag) => field.flags.includes(flag);
export const may = (entity: Entity | undefined, verb: Verb) => Boolean(entity?.may.includes(verb));
export const fieldOf = (entity: Entity, name: string) => entity.fields.find((f) => f.name === name);
export const isWritable = (field: Field, isNew: boolean) =>
  !has(field, 'system') && field.type !== 'bytes' && (isNew || !has(field, 'fixed'));
/** Texts of more than a line. */
export const isLong = (field: Field) => field.type === 'text' && (field.max ?? 255) > 1000;
/** References from other entities to this one: [entity, field]. */
export function referrers(meta: Meta, entity: Entity): { entity: Entity; field: Field }[] {
  return meta.entities.flatMap((other) =>
    other.fields.filter((f) => f.type === 'ref' && f.ref === entity.name).map((field) => ({ entity: other, field })),
  );
}
/** The address of a record's page. */
export function recordPath(meta: Meta, entity: string, id: number | string): string {
  return `/${meta.byName.get(entity)?.plural ?? entity}/${id}`;
}
