// What the import routes answer (docs/api.md, "Import").
export interface Sent {
  id: string;
  name: string;
  size: number;
}

export interface PreviewColumn {
  header: string;
  role: string;
  field?: string;
  is_required?: boolean;
  is_decided: boolean;
  assumed: string | null;
  proposal: string | null;
}

export interface PreviewFile {
  name: string;
  format: string;
  source: string | null;
  kind: string;
  entity: string | null;
  why: string | null;
  is_skipped: boolean;
  is_sure: boolean;
  row_count: number;
  missing_field: string | null;
  notes: string[];
  columns: PreviewColumn[];
  rows: string[][];
}

export interface Preview {
  files: PreviewFile[];
  map: string;
}

/** One text that named no record. */
export interface Unknown {
  column: string;
  entity: string;
  text: string;
  near: string | null;
  count: number;
  stood_in: boolean;
}

export interface ReportFile {
  file: string;
  entity: string | null;
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  rejected_file: boolean;
  rejected_rows: { line: number; field: string | null; reason: string }[];
  notes: string[];
  unknowns: Unknown[];
}

export interface Job {
  id: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  dry_run: boolean;
  progress: { file: string; row: number; rows: number } | null;
  error: string | null;
  report: { files: ReportFile[]; read: number; created: number; updated: number; unchanged: number; rejected: number; batch: number } | null;
}

/** What a person decided: per file, per column of the file, a field or "@ignore" or "@keep"; and what texts of a column mean. */
export type Decisions = Record<string, { columns: Record<string, string>; values?: Record<string, Record<string, string>> }>;
