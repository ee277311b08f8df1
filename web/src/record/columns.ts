// Which columns a list shows before anybody chose, and how wide they start.
import { has, isLong } from '../base/meta';
import type { Entity, Field } from '../base/types';

const USUAL: Record<string, string[]> = {
  opportunity: ['name', 'account', 'amount', 'stage', 'close_day', 'owner', 'next_step', 'next_step_day', 'forecast_category'],
  account: ['name', 'industry', 'city', 'country', 'owner', 'employees', 'website'],
  contact: ['name', 'account', 'title', 'email', 'phone', 'owner'],
  lead: ['name', 'company', 'status', 'source', 'owner', 'created_day'],
  activity: ['subject', 'kind', 'start_us', 'due_day', 'opportunity', 'account', 'owner'],
  user: ['name', 'title', 'email', 'office', 'hire_day', 'is_active'],
};
const MOST = 9;

export const isColumn = (field: Field) => field.type !== 'bytes' && !has(field, 'private');

export function usualColumns(entity: Entity): string[] {
  const named = (USUAL[entity.name] ?? []).filter((name) => entity.fields.some((f) => f.name === name && isColumn(f)));
  if (named.length >= 3) return named;
  const rest = entity.fields.filter((f) => isColumn(f) && !isLong(f) && f.name !== entity.currency_field && f.name !== entity.name_field);
  return [entity.name_field, ...rest.map((f) => f.name)].slice(0, MOST);
}

export function widthOf(entity: Entity, field: Field): number {
  if (field.name === entity.name_field) return 260;
  switch (field.type) {
    case 'money':
      return 124;
    case 'date':
      return 112;
    case 'instant':
      return 132;
    case 'bool':
      return 92;
    case 'int':
    case 'real':
      return 104;
    case 'choice':
      return 136;
    case 'ref':
      return 172;
    default:
      return isLong(field) ? 240 : 180;
  }
}

export const isNumeric = (field: Field) => ['money', 'int', 'real'].includes(field.type);
