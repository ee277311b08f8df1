// Moving a card: shown at once, saved with what the stage asks for, put back when it is refused.
import { useState } from 'react';
import { ApiError, get, patch } from '../base/api';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import { client, refresh } from '../base/query';
import { problemText, say, sayError } from '../base/toast';
import type { Entity, Row } from '../base/types';
import { missingFor, type Asked } from '../record/stage_path';
import { spread } from '../record/save';

export interface Card {
  id: number;
  rev: number;
  name: string;
  account: number | null;
  owner: number | null;
  stage: number;
  amount: number | null;
  currency: string | null;
  company_amount: number | null;
  close_day: string | null;
  closed_day: string | null;
  win_prob: number | null;
  age_days: number | null;
  is_over_age: boolean;
  next_step: string | null;
  next_step_day: string | null;
  names: Record<string, string>;
}
export interface BoardColumn {
  stage: number;
  label: string;
  kind: 'open' | 'won' | 'lost';
  win_prob: number | null;
  count: number;
  sum: number;
  weighted: number;
  learnt_days: number | null;
  learnt_count: number;
  next: string | null;
  rows: Card[];
}
export interface Board {
  pipeline: number;
  pipelines: { id: number; name: string }[];
  currency: string;
  day: string;
  closed_in: { label: string };
  unrated_count: number;
  columns: BoardColumn[];
}

/** The board as it will be once the card is saved: sums move with it, the server's come right after. */
function moved(board: Board, card: Card, to: number): Board {
  const worth = card.company_amount ?? 0;
  return {
    ...board,
    columns: board.columns.map((column) => {
      if (column.stage === card.stage) return { ...column, count: column.count - 1, sum: column.sum - worth, weighted: column.weighted - worth * (card.win_prob ?? 0), rows: column.rows.filter((one) => one.id !== card.id) };
      if (column.stage === to) return { ...column, count: column.count + 1, sum: column.sum + worth, weighted: column.weighted + worth * (column.win_prob ?? 0), rows: [{ ...card, stage: to, age_days: 0, is_over_age: false }, ...column.rows] };
      return column;
    }),
  };
}

export interface Asking extends Asked {
  card: Card;
  row: Row;
}

export function useMove(entity: Entity, stages: Row[]) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function save(card: Card, stage: Row, values: Record<string, unknown>, from?: Asking) {
    const before = client.getQueriesData<Board>({ queryKey: ['/board'] });
    client.setQueriesData<Board>({ queryKey: ['/board'] }, (old) => old && moved(old, card, stage.id));
    setBusy(true);
    try {
      const { data, seq } = await patch<Row>(`/opportunities/${card.id}`, { stage: stage.id, ...values });
      spread(entity, data);
      say({ text: t('board.moved', { name: card.name, stage: String(stage.label) }), seq: seq || data.rev });
      setAsking(null);
    } catch (error) {
      before.forEach(([key, value]) => client.setQueryData(key, value));
      const field = error instanceof ApiError && error.problem.field ? fieldOf(entity, error.problem.field) : undefined;
      if (error instanceof ApiError && field && field.name !== 'stage') {
        const row = from?.row ?? (await get<Row>(`/opportunities/${card.id}`, { now: true }));
        const known = from?.fields ?? [];
        setAsking({ card, row, stage, text: problemText(error), fields: known.includes(field) ? known : [...known, field], values: from?.values ?? {}, names: from?.names ?? {} });
      } else sayError(error);
    } finally {
      setBusy(false);
      refresh(['opportunity']);
    }
  }

  /** What the stage asks for is asked before anything is saved. */
  async function move(card: Card, to: number) {
    if (to === card.stage) return;
    const stage = stages.find((one) => one.id === to) ?? (await get<Row>(`/stages/${to}`).catch(sayError)); // the board may be there before its stages
    if (!stage) return;
    if (!stage.required_fields) return void save(card, stage, {});
    try {
      const row = await get<Row>(`/opportunities/${card.id}`, { now: true });
      const fields = missingFor(entity, stage, row);
      if (!fields.length) return void save(card, stage, {});
      setAsking({ card, row, stage, text: t('record.stageAsks', { stage: String(stage.label), n: fields.length }), fields, values: {}, names: {} });
    } catch (error) {
      sayError(error);
    }
  }
  return { move, asking, setAsking, isBusy, confirm: () => asking && void save(asking.card, asking.stage, asking.values, asking) };
}
