// The pipeline as a board: sums from the server, cards moved by drag or keyboard, what a stage asks for asked in place.
import { dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { Modal, Select } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { useAsOf } from '../base/as_of';
import { money, moneyShort, number } from '../base/format';
import { t } from '../base/i18n';
import { useKeys } from '../base/keys';
import { may, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { Bones, Empty, Failing } from '../base/states';
import { kept, keep } from '../base/store';
import type { Entity } from '../base/types';
import Missing from '../frame/missing';
import { FilterBar } from '../record/filter_bar';
import { useListState } from '../record/list_state';
import { AskForm, useStages } from '../record/stage_path';
import { ViewMenu } from '../record/view_menu';
import styles from './board.module.css';
import { BoardCard } from './board_card';
import { useMove, type Board, type BoardColumn, type Card } from './board_move';
import { Layouts } from './layouts';

const FIRST = 25;
const MOST = 200;

function useDrop(stage: number, canMove: boolean) {
  const place = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!place.current || !canMove) return;
    return dropTargetForElements({ element: place.current, getData: () => ({ stage }), onDragEnter: () => setOver(true), onDragLeave: () => setOver(false), onDrop: () => setOver(false) });
  }, [stage, canMove]);
  return { place, isOver };
}

interface ColumnProps {
  column: BoardColumn;
  board: Board;
  canMove: boolean;
  picked: number | null;
  onFocus: (id: number) => void;
  onMore: () => void;
}

function Column({ column, board, canMove, picked, onFocus, onMore }: ColumnProps) {
  const { place, isOver } = useDrop(column.stage, canMove);
  const left = column.count - column.rows.length;
  return (
    <section ref={place} className={styles.column} data-over={isOver || undefined} aria-label={t('board.columnSays', { stage: column.label, n: column.count, sum: money(Math.round(column.sum), board.currency) })}>
      <header className={styles.columnHead}>
        <div className="row">
          <h2 className="cut">{column.label}</h2>
          <span className="ink3">{number(column.count, 0)}</span>
          <span className={`num strong ${styles.end}`}>{moneyShort(column.sum, board.currency)}</span>
        </div>
        <div className="row small ink3">
          <span title={column.learnt_days === null ? undefined : t('board.learntHelp', { n: column.learnt_count })}>{column.learnt_days === null ? '' : t('board.limit', { n: column.learnt_days })}</span>
          <span className={`num ${styles.end}`}>{t('board.weighted', { sum: moneyShort(column.weighted, board.currency) })}</span>
        </div>
      </header>
      <div className={styles.cards}>
        {column.rows.map((card) => (
          <BoardCard key={card.id} card={card} learnt={column.learnt_days} today={board.day} canMove={canMove} isPicked={picked === card.id} onFocus={() => onFocus(card.id)} />
        ))}
        {left > 0 && column.rows.length < MOST && (
          <button className={`linklike small ${styles.more}`} onClick={onMore}>{t('board.more', { n: left })}</button>
        )}
        {left > 0 && column.rows.length >= MOST && <p className={`small ink3 ${styles.more}`}>{t('board.inList', { n: left })}</p>}
        {!column.count && <p className={`small ink3 ${styles.more}`}>{t('board.none')}</p>}
      </div>
    </section>
  );
}

/** Won and lost stand upright at the side: places to drop on, with what came there this quarter. */
function EndColumn({ column, board, canMove }: { column: BoardColumn; board: Board; canMove: boolean }) {
  const { place, isOver } = useDrop(column.stage, canMove);
  const [, go] = useLocation();
  const Mark = column.kind === 'won' ? IconCheck : IconX;
  return (
    <section ref={place} className={styles.endColumn} data-kind={column.kind} data-over={isOver || undefined}>
      <button onClick={() => go(`/opportunities?stage=eq.${column.stage}&order=close_day.desc`)} title={t('board.closedIn', { period: board.closed_in.label.replace(/^FY/, '') })}>
        <Mark size={16} stroke={2} aria-hidden />
        <span>{column.label}</span> <span>{number(column.count, 0)}</span> <span className="strong">{moneyShort(column.sum, board.currency)}</span>
      </button>
    </section>
  );
}

const cardsOf = (stage: number) => [...document.querySelectorAll<HTMLElement>(`[data-card][data-stage="${stage}"]`)];

function BoardView({ entity }: { entity: Entity }) {
  const asOf = useAsOf();
  const [location] = useLocation();
  const state = useListState(entity);
  const [limit, setLimit] = useState(FIRST);
  const [pipeline, setPipeline] = useState<string | null>(() => kept<string>(localStorage, 'coxswain.pipeline'));
  const [picked, setPicked] = useState<number | null>(null);
  const focused = useRef<number | null>(null);
  const order = state.orderText?.split(',')[0]?.replace(/\.desc$/, '');
  const { data: board, error, refetch } = useGet<Board>('/board', {
    filter: state.filterText, params: { pipeline: pipeline ?? undefined, limit, order: order && ['close_day', 'amount', 'stage_day'].includes(order) ? order : undefined }, of: ['opportunity', 'stage', 'pipeline', 'opportunity_split'], keepOld: true,
  });
  const stages = useStages(board?.pipeline);
  const { move, asking, setAsking, isBusy, confirm } = useMove(entity, stages);
  const canMove = !asOf && may(entity, 'change');
  const open = useMemo(() => board?.columns.filter((column) => column.kind === 'open') ?? [], [board]);
  const ends = useMemo(() => board?.columns.filter((column) => column.kind !== 'open') ?? [], [board]);
  const all = useMemo(() => new Map((board?.columns ?? []).flatMap((column) => column.rows.map((card) => [card.id, card] as const))), [board]);
  const moveRef = useRef(move);
  moveRef.current = move;
  useEffect(() => monitorForElements({ onDrop: ({ source, location: at }) => {
    const target = at.current.dropTargets[0];
    if (target) void moveRef.current(source.data.card as unknown as Card, Number(target.data.stage));
  } }), []);
  const onFocus = useCallback((id: number) => (focused.current = id), []);
  const focusCard = (id: number) => requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-card="${id}"]`)?.focus());
  const step = (card: Card, by: number) => {
    const places = board!.columns.map((column) => column.stage);
    const to = places[places.indexOf(card.stage) + by];
    if (to !== undefined) void Promise.resolve(move(card, to)).then(() => setTimeout(() => focusCard(card.id), 60));
  };
  const walk = (card: Card, columns: number, rows: number) => {
    if (rows) {
      const list = cardsOf(card.stage);
      list[list.findIndex((one) => Number(one.dataset.card) === card.id) + rows]?.focus();
    } else {
      const places = open.map((column) => column.stage);
      for (let at = places.indexOf(card.stage) + columns; at >= 0 && at < places.length; at += columns) {
        const first = cardsOf(places[at]!)[0];
        if (first) return first.focus();
      }
    }
  };
  function onKey(event: KeyboardEvent) {
    const id = Number((event.target as HTMLElement).closest<HTMLElement>('[data-card]')?.dataset.card);
    const card = all.get(id);
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const across = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const down = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === ' ' && canMove) setPicked(picked === id ? null : id);
    else if (event.key === 'Escape') setPicked(null);
    else if (event.key === 'Enter') document.querySelector<HTMLElement>(`[data-card="${id}"] a`)?.click();
    else if (across && picked === id) step(card, across);
    else if (across || down) walk(card, across, down);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  useKeys(t('board.keys'), [
    { keys: 'f', label: t('list.keyFilter'), run: () => document.querySelector<HTMLElement>('[data-add-filter]')?.click() },
    { keys: ' ', label: t('board.keyPick'), run: () => false },
    { keys: 'ArrowRight', label: t('board.keyMove'), run: () => false },
  ]);
  const total = open.reduce((sum, column) => ({ n: sum.n + column.count, sum: sum.sum + column.sum, weighted: sum.weighted + column.weighted }), { n: 0, sum: 0, weighted: 0 });
  const here = state.search ? `${location}?${state.search}` : location;
  return (
    <div className={`page ${styles.page}`}>
      <header className="page-head">
        <h1>{t('board.title')}</h1>
        {board && board.pipelines.length > 1 && (
          <Select w={170} aria-label={t('board.pipeline')} value={String(board.pipeline)} allowDeselect={false} data={board.pipelines.map((one) => ({ value: String(one.id), label: one.name }))}
            onChange={(value) => {
              setPipeline(value);
              keep(localStorage, 'coxswain.pipeline', value);
            }} />
        )}
        <div className="actions">
          <Layouts here="board" query={state.query} />
          <ViewMenu entity={entity} layout="board" query={state.query} columns={null} here={here} />
        </div>
      </header>
      <div className={styles.tools}>
        <FilterBar entity={entity} state={state} />
        {board && (
          <span className={styles.total}>
            <span className="strong">{t('board.deals', { n: total.n })}</span> <span className="ink2">{money(Math.round(total.sum), board.currency)}</span> <span className="ink3">{t('board.weighted', { sum: money(Math.round(total.weighted), board.currency) })}</span>
          </span>
        )}
      </div>
      {error && !board ? (
        <div className="card"><Failing error={error} retry={() => void refetch()} /></div>
      ) : !board ? (
        <div className="card"><Bones count={8} /></div>
      ) : !board.columns.length ? (
        <Empty title={t('board.noStages')}>{t('board.noStagesHelp')}</Empty>
      ) : (
        <div className={styles.board} onKeyDown={onKey}>
          {open.map((column) => (
            <Column key={column.stage} column={column} board={board} canMove={canMove} picked={picked} onFocus={onFocus} onMore={() => setLimit(Math.min(MOST, limit * 2))} />
          ))}
          <div className={styles.ends}>
            {ends.map((column) => (
              <EndColumn key={column.stage} column={column} board={board} canMove={canMove} />
            ))}
          </div>
        </div>
      )}
      {canMove && board && (
        <footer className={`small ink3 ${styles.keys}`} aria-hidden>
          <kbd className="kbd">{t('board.space')}</kbd> {t('board.keyPick')} <kbd className="kbd">←</kbd> <kbd className="kbd">→</kbd> {t('board.keyMove')} <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> {t('board.keyCard')} <kbd className="kbd">U</kbd> {t('undo.key')}
        </footer>
      )}
      {asking && (
        <Modal opened onClose={() => setAsking(null)} title={asking.card.name} size={440} closeButtonProps={{ 'aria-label': t('close') }}>
          <AskForm entity={entity} row={asking.row} asked={asking} isBusy={isBusy} onClose={() => setAsking(null)} onChange={(next) => setAsking({ ...asking, ...next })} onSave={confirm} />
        </Modal>
      )}
    </div>
  );
}

export default function BoardPage() {
  const meta = useMeta();
  const entity = meta.byName.get('opportunity');
  return entity ? <BoardView entity={entity} /> : <Missing />;
}
