// What the API sends (docs/api.md). Generic records have no narrower type: their fields are data, see /meta.
export type Role = 'rep' | 'manager' | 'leader' | 'executive' | 'admin' | 'works_council';

export interface Session {
  user: { id: number; name: string; email: string; locale: string | null; zone: string | null; currency: string | null; title: string | null };
  roles: Role[];
  company: { name: string; zone: string; currency: string };
  features: string[];
  version: string;
  seq: number;
  today: string;
  has_totp: boolean;
}

export type FieldType = 'text' | 'int' | 'real' | 'bool' | 'money' | 'date' | 'instant' | 'choice' | 'ref' | 'bytes';
export type FieldFlag = 'required' | 'sorted' | 'searched' | 'personal' | 'private' | 'unique' | 'fixed' | 'system';

export interface Choice {
  name: string;
  label: string;
}

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  flags: FieldFlag[];
  help?: string | null;
  ref?: string | null;
  choices?: Choice[] | null;
  min?: number | null;
  max?: number | null;
  custom?: number | null;
}

export type Verb = 'read' | 'create' | 'change' | 'remove';

export interface Entity {
  name: string;
  plural: string;
  label: string;
  label_plural: string;
  help?: string | null;
  feature?: string | null;
  reach: 'line' | 'company' | 'participants';
  name_field: string;
  owner_field: string | null;
  /** A rule gives new records without owner one. */
  fills_owner: boolean;
  parent_field: string | null;
  currency_field: string | null;
  participants?: string[];
  may: Verb[];
  fields: Field[];
}

export type Value = string | number | boolean | null;

export interface Row {
  id: number;
  rev: number;
  names?: Record<string, string>;
  [field: string]: Value | Record<string, string> | undefined;
}

export interface Page {
  rows: Row[];
  next: string | null;
  count: number;
  count_is_exact: boolean;
  as_of: string;
  as_of_seq: number;
}

export interface Change {
  field: string;
  label?: string;
  before: Value;
  after: Value;
  before_name?: string | null;
  after_name?: string | null;
}

export interface Version {
  seq: number;
  at: string;
  from: string;
  to: string | null;
  actor: number | null;
  actor_name: string | null;
  cause: string;
  batch: number | null;
  imported: boolean;
  op: string;
  changes: Change[];
}

export interface BulkResult {
  total: number;
  changed: number;
  refused: number;
  batch: number | null;
  rows: { id: number; name: string; outcome: string; reason: string | null; changes?: Change[] }[];
}

export interface UndoResult {
  restorable: number;
  done: number;
  items: { entity: string; id: number; name: string; state: string; reason: string | null }[];
  seq: number;
}

export interface Found {
  entity: string;
  id: number;
  name: string;
  detail: string | null;
}
