// A talk, its agenda as points (a line each, "[x] " before what is done), and texts that two people write at.
import { useRef, useState } from 'react';
import { ApiError, get, patch, type Answer } from '../../base/api';
import { useDraft } from '../../base/draft';
import { client, refresh } from '../../base/query';
import { problemText, say } from '../../base/toast';
import type { Row } from '../../base/types';

export interface Talk extends Row {
  leader: number;
  person: number;
  day: string;
  state: 'planned' | 'held' | 'missed' | 'cancelled';
  agenda: string | null;
  shared_note: string | null;
}

export interface Two {
  me: number;
  other: number;
  otherName: string;
  isLeader: boolean;
}

/** Between these two, whoever of them wrote the row. */
export const betweenFilter = (a: string, b: string, two: Pick<Two, 'me' | 'other'>) => `or=(and(${a}.eq.${two.me},${b}.eq.${two.other}),and(${a}.eq.${two.other},${b}.eq.${two.me}))`;

/* ---- agenda ---- */

export interface Point {
  text: string;
  isDone: boolean;
}

export function pointsOf(agenda: string | null): Point[] {
  return (agenda ?? '').split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const found = /^(?:[-*]\s*)?\[([ xX])\]\s*(.*)$/.exec(line);
    return found ? { text: found[2] ?? '', isDone: found[1] !== ' ' } : { text: line.replace(/^[-*]\s+/, ''), isDone: false };
  });
}

export const agendaOf = (points: Point[]) => points.map((one) => `${one.isDone ? '[x] ' : ''}${one.text}`).join('\n') || null;

const place = (id: number) => `/one_on_ones/${id}`;

export function spreadTalk(row: Row) {
  client.setQueriesData<Row>({ predicate: (q) => q.queryKey[0] === place(row.id) && q.queryKey[3] === null }, row);
}

/** Does the act on the newest agenda: when the other one has changed it meanwhile, once more on theirs. */
export async function changeAgenda(talk: Talk, act: (points: Point[]) => Point[]): Promise<void> {
  let base: Row = talk;
  for (let i = 0; ; i++) {
    try {
      const { data } = await patch<Row>(place(talk.id), { agenda: agendaOf(act(pointsOf(base.agenda as string | null))) }, { ifMatch: base.rev });
      spreadTalk(data);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412 || i === 3) throw error;
      base = (error.problem.current as Row | undefined) ?? (await get<Row>(place(talk.id), { now: true }));
    }
  }
}

export async function changeTalk(talk: Talk, changes: Partial<Talk>, said: string): Promise<void> {
  const { data, seq } = await patch<Row>(place(talk.id), changes as Record<string, unknown>);
  spreadTalk(data);
  refresh(['one_on_one']);
  say({ text: said, seq });
}

/* ---- a text that is kept while it is written, and saved when one leaves it ---- */

interface Typed {
  text: string;
  base: string;
  rev: number;
}

export interface Written {
  text: string;
  isDirty: boolean;
  isBusy: boolean;
  problem: string | null;
  /** What the other one has saved meanwhile. */
  theirs: string | null;
  write: (text: string) => void;
  save: () => Promise<void>;
  /** The three ways out of a conflict. */
  settle: (text: string) => void;
}

/** put saves the text, given the revision it stands on; a 412 comes back with the record as it is. */
export function useWritten(key: string, field: string, saved: { text: string; rev: number }, put: (text: string | null, rev: number) => Promise<Answer<Row>>): Written {
  const draft = useDraft<Typed | null>(`talk.${key}`, null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<Row | null>(null);
  const latest = useRef<Typed | null>(draft.value);
  const set = (typed: Typed | null) => {
    latest.current = typed;
    draft.set(typed);
    if (!typed) draft.clear();
  };
  const attempt = async (typed: Typed) => {
    const answer = await put(typed.text.trim() ? typed.text : null, typed.rev);
    const now = latest.current;
    // Typed on meanwhile: what is new stands on what was just saved.
    set(now && now.text !== typed.text ? { ...now, base: typed.text, rev: answer.data.rev } : null);
  };
  const save = async () => {
    const typed = latest.current;
    if (!typed || isBusy || theirs) return;
    if (typed.text === typed.base) return set(null);
    setBusy(true);
    setProblem(null);
    try {
      await attempt(typed);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const current = error.status === 412 ? (error.problem.current as Row | undefined) : undefined;
      if (!current) setProblem(problemText(error));
      else if (String(current[field] ?? '') === typed.base) await attempt({ ...typed, rev: current.rev }).catch((again: unknown) => setProblem(again instanceof ApiError ? problemText(again) : String(again)));
      else setTheirs(current);
    } finally {
      setBusy(false);
    }
  };
  return {
    text: draft.value?.text ?? saved.text,
    isDirty: draft.value !== null && draft.value.text !== draft.value.base,
    isBusy,
    problem,
    theirs: theirs ? String(theirs[field] ?? '') : null,
    write: (text) => set({ base: saved.text, rev: saved.rev, ...latest.current, text }),
    save,
    settle: (text) => {
      const current = theirs;
      setTheirs(null);
      if (!current) return;
      const typed = { text, base: String(current[field] ?? ''), rev: current.rev };
      spreadTalk(current);
      set(typed.text === typed.base ? null : typed);
      if (typed.text !== typed.base) void attempt(typed).catch((error: unknown) => setProblem(error instanceof ApiError ? problemText(error) : String(error)));
    },
  };
}
