// The filter of a list as a tree, read from and written to the address ("amount=gte.1000&or=(a.eq.1,b.is.null)").
import { has } from '../base/meta';
import type { Entity, Field } from '../base/types';

export type Op = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'ilike' | 'in' | 'is';
export interface Cond {
  kind: 'cond';
  field: string;
  op: Op;
  not: boolean;
  value: string;
}
export interface Group {
  kind: 'and' | 'or';
  not: boolean;
  items: Node[];
}
export type Node = Cond | Group;

const OPS: Op[] = ['eq', 'neq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'in', 'is'];
/** Parameters that are no filters. Those with "_" are the page's own and never sent. */
export const NOT_FILTERS = new Set(['order', 'limit', 'cursor', 'count', 'as_of', 'select', 'search', '_columns', '_view']);

/** Splits at commas outside of brackets and quotes. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let part = '';
  for (const c of text) {
    if (c === '"') quoted = !quoted;
    else if (!quoted && c === '(') depth++;
    else if (!quoted && c === ')') depth--;
    if (c === ',' && depth === 0 && !quoted) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  if (part !== '') parts.push(part);
  return parts;
}

const unquote = (text: string) => (/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);
const quote = (text: string) => (/[,()"\\]/.test(text) ? `"${text.replace(/(["\\])/g, '\\$1')}"` : text);

function readCond(field: string, text: string): Cond | null {
  const not = text.startsWith('not.');
  const rest = not ? text.slice(4) : text;
  const dot = rest.indexOf('.');
  const op = rest.slice(0, dot) as Op;
  return dot > 0 && OPS.includes(op) ? { kind: 'cond', field, op, not, value: rest.slice(dot + 1) } : null;
}

function readItem(text: string): Node | null {
  const group = /^(not\.)?(and|or)(\(.*\))$/s.exec(text);
  if (group) return readGroup(group[2] as 'and' | 'or', Boolean(group[1]), group[3] as string);
  const cond = /^([\w.]+?)\.((?:not\.)?(?:eq|neq|gte|gt|lte|lt|like|ilike|in|is)\..*)$/s.exec(text);
  const made = cond && readCond(cond[1] as string, cond[2] as string);
  return made ? { ...made, value: made.op === 'in' ? made.value : unquote(made.value) } : null;
}

function readGroup(kind: 'and' | 'or', not: boolean, text: string): Group {
  const items = split(text.replace(/^\(|\)$/g, '')).map(readItem);
  return { kind, not, items: items.filter((item): item is Node => item !== null) };
}

/** The whole filter as one "and" group; parts that are not understood are left out. */
export function readFilter(params: URLSearchParams): Group {
  const items: Node[] = [];
  for (const [name, value] of params) {
    if (NOT_FILTERS.has(name)) continue;
    const group = /^(not\.)?(and|or)$/.exec(name);
    const item = group ? readGroup(group[2] as 'and' | 'or', Boolean(group[1]), value) : readCond(name, value);
    if (item) items.push(item);
  }
  return { kind: 'and', not: false, items };
}

function writeItem(node: Node): string {
  if (node.kind === 'cond') return `${node.field}.${node.not ? 'not.' : ''}${node.op}.${node.op === 'in' ? node.value : quote(node.value)}`;
  return `${node.not ? 'not.' : ''}${node.kind}(${node.items.map(writeItem).join(',')})`;
}

/** Pairs of name and value for the address. */
export function writeFilter(group: Group): [string, string][] {
  return group.items
    .filter((node) => node.kind === 'cond' || node.items.length > 0)
    .map((node) =>
      node.kind === 'cond'
        ? [node.field, `${node.not ? 'not.' : ''}${node.op}.${node.value}`]
        : [`${node.not ? 'not.' : ''}${node.kind}`, `(${node.items.map(writeItem).join(',')})`],
    );
}

export function encode(pairs: [string, string][]): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

export const listOf = (cond: Cond): string[] => split(cond.value.replace(/^\(|\)$/g, '')).map(unquote);
export const listText = (values: string[]): string => `(${values.map(quote).join(',')})`;

/** A question as a person asks it: which operators a field has, and how each is written. */
export interface Ask {
  id: 'is' | 'isNot' | 'anyOf' | 'contains' | 'starts' | 'least' | 'most' | 'empty' | 'filled' | 'yes' | 'no';
}

export function asksOf(field: Field): Ask['id'][] {
  switch (field.type) {
    case 'bool':
      return ['yes', 'no', 'empty'];
    case 'choice':
    case 'ref':
      return ['anyOf', 'isNot', 'empty', 'filled'];
    case 'text':
      return ['contains', 'is', 'starts', 'isNot', 'empty', 'filled'];
    default:
      return ['least', 'most', 'is', 'empty', 'filled'];
  }
}

export function toCond(field: string, ask: Ask['id'], value: string): Cond {
  const make = (op: Op, v: string, not = false): Cond => ({ kind: 'cond', field, op, not, value: v });
  switch (ask) {
    case 'is':
      return make('eq', value);
    case 'isNot':
      return make('neq', value);
    case 'anyOf':
      return make('in', value.startsWith('(') ? value : `(${value})`);
    case 'contains':
      return make('ilike', `*${value}*`);
    case 'starts':
      return make('ilike', `${value}*`);
    case 'least':
      return make('gte', value);
    case 'most':
      return make('lte', value);
    case 'empty':
      return make('is', 'null');
    case 'filled':
      return make('is', 'null', true);
    case 'yes':
      return make('is', 'true');
    case 'no':
      return make('is', 'false');
  }
}

/** The way back; what no question fits is shown as it is written. */
export function fromCond(cond: Cond): { ask: Ask['id']; value: string } | null {
  const { op, not, value } = cond;
  if (op === 'is' && value === 'null') return { ask: not ? 'filled' : 'empty', value: '' };
  if (op === 'is') return { ask: (value === 'true') !== not ? 'yes' : 'no', value: '' };
  if (op === 'in' && !not) return { ask: 'anyOf', value };
  if ((op === 'eq' && !not) || (op === 'neq' && not)) return { ask: 'is', value };
  if ((op === 'neq' && !not) || (op === 'eq' && not)) return { ask: 'isNot', value };
  if (op === 'ilike' && !not && /^\*.*\*$/s.test(value)) return { ask: 'contains', value: value.slice(1, -1) };
  if (op === 'ilike' && !not && value.endsWith('*')) return { ask: 'starts', value: value.slice(0, -1) };
  if (op === 'gte' && !not) return { ask: 'least', value };
  if (op === 'lte' && !not) return { ask: 'most', value };
  return null;
}

export const isFilterable = (field: Field) => field.type !== 'bytes' && !has(field, 'private');
export const filterFields = (entity: Entity) => entity.fields.filter(isFilterable);
