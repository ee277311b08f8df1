// Pipelines and their stages: order, name, chance, what a stage asks for, where deals may go from it; reasons for losses.
import { Button, Checkbox, MultiSelect, Select, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { ApiError, patch, post, remove } from '../base/api';
import { percent } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf, has, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { moved, SortList } from '../base/sort_list';
import { Bones, Failing } from '../base/states';
import { problemText, sayError } from '../base/toast';
import { together, type Step } from '../base/together';
import type { Page, Row } from '../base/types';
import styles from './settings.module.css';

const CHANGED = ['stage', 'stage_move', 'pipeline', 'opportunity', 'loss_reason'];
const act = (text: string, steps: Step[]) => together(text, CHANGED, steps);
const named = (row: Row) => String(row.label ?? '');

interface Typed {
  label: string;
  chance: string;
  category: string;
  kind: string;
  asks: string[];
  next: string[];
  isActive: boolean;
}

function typedOf(stage: Row | undefined, moves: Row[]): Typed {
  return {
    label: stage ? named(stage) : '',
    chance: String(Math.round(Number(stage?.win_prob ?? 0.5) * 1000) / 10),
    category: String(stage?.forecast_category ?? 'pipeline'),
    kind: String(stage?.kind ?? 'open'),
    asks: String(stage?.required_fields ?? '').split(',').map((name) => name.trim()).filter(Boolean),
    next: moves.filter((move) => move.from_stage === stage?.id).map((move) => String(move.to_stage)),
    isActive: stage?.is_active !== false,
  };
}

/** Rows of stage_move that come and go. */
function moveSteps(stage: number, moves: Row[], next: string[]): Step[] {
  const own = moves.filter((move) => move.from_stage === stage);
  const gone = own.filter((move) => !next.includes(String(move.to_stage)));
  const come = next.filter((to) => !own.some((move) => String(move.to_stage) === to));
  return [...gone.map((move): Step => () => remove(`/stage_moves/${move.id}`)), ...come.map((to): Step => () => post('/stage_moves', { from_stage: stage, to_stage: Number(to) }))];
}

interface FormProps {
  pipeline: number;
  stage?: Row;
  stages: Row[];
  moves: Row[];
  onClose: () => void;
}

function StageForm({ pipeline, stage, stages, moves, onClose }: FormProps) {
  const meta = useMeta();
  const entity = meta.byName.get('stage')!;
  const deal = meta.byName.get('opportunity');
  const [typed, setTyped] = useState(() => typedOf(stage, moves));
  const [problem, setProblem] = useState<string | null>(null);
  const put = (part: Partial<Typed>) => setTyped((old) => ({ ...old, ...part }));
  const isOpen = typed.kind === 'open';
  const choices = (name: string) => (fieldOf(entity, name)?.choices ?? []).map((one) => ({ value: one.name, label: one.label }));
  const askable = (deal?.fields ?? []).filter((field) => !has(field, 'system') && !['pipeline', 'stage'].includes(field.name)).map((field) => ({ value: field.name, label: field.label }));
  const others = stages.filter((one) => one.id !== stage?.id && one.is_active !== false);

  async function save(event: FormEvent) {
    event.preventDefault();
    const chance = Number(typed.chance.replace(',', '.'));
    if (!(chance >= 0 && chance <= 100)) return setProblem(t('stages.chanceBad'));
    const values = { label: typed.label.trim(), win_prob: chance / 100, forecast_category: typed.category, kind: typed.kind, required_fields: typed.asks.join(',') || null, is_active: typed.isActive };
    try {
      if (stage) await act(t('stages.saidStage', { name: values.label }), [() => patch(`/stages/${stage.id}`, values, { ifMatch: stage.rev }), ...moveSteps(stage.id, moves, typed.next)]);
      else await act(t('stages.saidNew', { name: values.label }), addSteps(pipeline, stages, values, typed.next));
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  const take = () => act(t('stages.saidGone', { name: named(stage!) }), [...moves.filter((move) => move.from_stage === stage!.id || move.to_stage === stage!.id).map((move): Step => () => remove(`/stage_moves/${move.id}`)), () => remove(`/stages/${stage!.id}`)]).then(onClose, (error: unknown) => setProblem(error instanceof ApiError ? problemText(error) : String(error)));
  return (
    <form className={styles.stageForm} onSubmit={save} aria-label={stage ? named(stage) : t('stages.add')}>
      <TextInput label={t('stages.name')} value={typed.label} maxLength={200} required autoFocus onChange={(e) => put({ label: e.currentTarget.value })} />
      <Select label={t('stages.kind')} value={typed.kind} allowDeselect={false} data={choices('kind')} onChange={(kind) => put({ kind: kind ?? typed.kind })} />
      <TextInput label={t('stages.chance')} value={typed.kind === 'won' ? '100' : typed.kind === 'lost' ? '0' : typed.chance} disabled={!isOpen} inputMode="decimal" description={isOpen ? undefined : t('stages.closing')} inputWrapperOrder={['label', 'input', 'description', 'error']} onChange={(e) => put({ chance: e.currentTarget.value })} />
      <Select label={t('stages.category')} value={typed.category} disabled={!isOpen} allowDeselect={false} data={choices('forecast_category')} onChange={(category) => put({ category: category ?? typed.category })} />
      <div className="all"><MultiSelect label={t('stages.asks')} value={typed.asks} data={askable} searchable clearable hidePickedOptions onChange={(asks) => put({ asks })} /></div>
      <div className="all"><MultiSelect label={t('stages.next')} placeholder={typed.next.length ? undefined : t('stages.nextAny')} value={typed.next} data={others.map((one) => ({ value: String(one.id), label: named(one) }))} clearable hidePickedOptions onChange={(next) => put({ next })} /></div>
      <Checkbox label={t('stages.inUse')} checked={typed.isActive} onChange={(e) => put({ isActive: e.currentTarget.checked })} />
      {problem && <p className="bad all" role="alert">{problem}</p>}
      <div className="row all">
        <Button type="submit" variant="filled" disabled={!typed.label.trim()}>{t('save')}</Button>
        <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        {stage && <Button variant="subtle" style={{ marginInlineStart: 'auto' }} onClick={() => void take()}>{t('stages.remove')}</Button>}
      </div>
    </form>
  );
}

/** The new one stands before those that end a deal, unless it ends one itself. */
function addSteps(pipeline: number, stages: Row[], values: Record<string, unknown>, next: string[]): Step[] {
  const place = values.kind === 'open' ? stages.findLastIndex((one) => one.kind === 'open') + 1 : stages.length;
  let id = 0;
  const shifted = stages.slice(place).map((one, i): Step => () => patch(`/stages/${one.id}`, { position: place + i + 2 }));
  return [
    ...renumber(stages.slice(0, place)),
    ...shifted,
    async () => {
      const answer = await post<Row>('/stages', { ...values, pipeline, position: place + 1 });
      id = answer.data.id;
      return answer;
    },
    ...next.map((to): Step => () => post('/stage_moves', { from_stage: id, to_stage: Number(to) })),
  ];
}

const renumber = (stages: Row[]) => stages.map((one, i) => ({ one, position: i + 1 })).filter(({ one, position }) => one.position !== position).map(({ one, position }): Step => () => patch(`/stages/${one.id}`, { position }));

function Stages({ pipeline }: { pipeline: number }) {
  const meta = useMeta();
  const { data, error, refetch } = useGet<Page>('/stages', { filter: `pipeline=eq.${pipeline}`, params: { order: 'position', limit: 200 }, of: ['stage'], keepOld: true });
  const moves = useGet<Page>('/stage_moves', { params: { limit: 1000 }, of: ['stage_move'], keepOld: true });
  const [wish, setWish] = useState<Row[] | null>(null);
  const [open, setOpen] = useState<number | 'new' | null>(null);
  if (error && !data) return <Failing error={error} retry={() => void refetch()} />;
  if (!data || !moves.data) return <Bones count={5} height={44} />;
  const stages = wish ?? data.rows;
  const entity = meta.byName.get('stage')!;
  const deal = meta.byName.get('opportunity');
  const category = (stage: Row) => fieldOf(entity, 'forecast_category')?.choices?.find((one) => one.name === stage.forecast_category)?.label;
  const asks = (stage: Row) => {
    const names = String(stage.required_fields ?? '').split(',').filter(Boolean);
    return names.length ? t('stages.asksSome', { n: names.length, what: (deal && fieldOf(deal, names[0]!.trim())?.label) ?? names[0]! }) : t('stages.asksNone');
  };
  const reorder = async (from: number, to: number) => {
    const next = moved(stages, from, to);
    setWish(next);
    try {
      await act(t('stages.saidOrder'), renumber(next));
      await refetch();
    } catch (problem) {
      sayError(problem);
    } finally {
      setWish(null);
    }
  };
  const shared = { pipeline, stages, moves: moves.data.rows, onClose: () => setOpen(null) };
  return (
    <>
      <div className={styles.stages}>
        <SortList list={stages} keyOf={(one) => one.id} labelOf={named} canMove onMove={(from, to) => void reorder(from, to)}>
          {(stage) => (
            <>
              <button type="button" className={styles.stageRow} data-off={stage.is_active === false || undefined} aria-expanded={open === stage.id} onClick={() => setOpen(open === stage.id ? null : stage.id)}>
                <span className={`medium cut ${styles.stageName}`}>{named(stage)}{stage.is_active === false && <span className="ink3"> {t('stages.off')}</span>}</span>
                <span className="num">{percent(Number(stage.win_prob ?? 0))}</span>
                <span className="ink2 cut wide">{category(stage)}</span>
                <span className="small ink3 cut wide">{asks(stage)}</span>
                <span className="linklike">{t('stages.edit')}</span>
              </button>
              {open === stage.id && <StageForm {...shared} stage={stage} />}
            </>
          )}
        </SortList>
        {open === 'new' && <StageForm {...shared} />}
      </div>
      {open !== 'new' && <div className="card-body"><Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('new')}>{t('stages.add')}</Button></div>}
    </>
  );
}

function NewPipeline({ count, onMade, onClose }: { count: number; onMade: (id: number) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  async function make(event: FormEvent) {
    event.preventDefault();
    try {
      await act(t('stages.saidPipeline', { name: name.trim() }), [async () => {
        const answer = await post<Row>('/pipelines', { name: name.trim(), position: count, is_active: true });
        onMade(answer.data.id);
        return answer;
      }]);
      onClose();
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <form className={styles.form} onSubmit={make}>
      <TextInput label={t('stages.pipelineName')} value={name} maxLength={200} autoFocus onChange={(e) => setName(e.currentTarget.value)} />
      <Button type="submit" disabled={!name.trim()}>{t('fields.add')}</Button>
      <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
    </form>
  );
}

function Reasons() {
  const { data } = useGet<Page>('/loss_reasons', { params: { order: 'label', limit: 200 }, of: ['loss_reason'], keepOld: true });
  const [label, setLabel] = useState('');
  const put = (row: Row, changes: Record<string, unknown>) => void act(t('stages.saidReason', { name: String(changes.label ?? row.label) }), [() => patch(`/loss_reasons/${row.id}`, changes, { ifMatch: row.rev })]).catch(sayError);
  async function add(event: FormEvent) {
    event.preventDefault();
    try {
      await act(t('stages.saidReason', { name: label.trim() }), [() => post('/loss_reasons', { label: label.trim(), is_active: true })]);
      setLabel('');
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <section className="card" aria-label={t('stages.reasons')}>
      <div className="card-head"><h2>{t('stages.reasons')}</h2></div>
      {!data ? <Bones count={3} height={40} /> : (
        <ul className={`lines ${styles.reasons}`}>
          {data.rows.map((row) => (
            <li key={row.id}>
              <TextInput aria-label={t('stages.name')} defaultValue={named(row)} key={named(row)} maxLength={200} variant="unstyled" onBlur={(e) => e.currentTarget.value.trim() && e.currentTarget.value.trim() !== row.label && put(row, { label: e.currentTarget.value.trim() })} onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()} />
              <Switch label={t('stages.reasonUse')} labelPosition="left" checked={row.is_active !== false} onChange={(e) => put(row, { is_active: e.currentTarget.checked })} />
            </li>
          ))}
        </ul>
      )}
      <form className={styles.form} onSubmit={add}>
        <TextInput label={t('stages.reason')} value={label} maxLength={200} onChange={(e) => setLabel(e.currentTarget.value)} />
        <Button type="submit" disabled={!label.trim()}>{t('stages.reasonAdd')}</Button>
      </form>
    </section>
  );
}

export default function StagesSection() {
  const { data, error, refetch } = useGet<Page>('/pipelines', { params: { limit: 100 }, of: ['pipeline'] });
  const [chosen, setChosen] = useState<number | null>(null);
  const [isMaking, setMaking] = useState(false);
  const rows = [...(data?.rows ?? [])].sort((a, b) => Number(b.is_default ?? false) - Number(a.is_default ?? false) || Number(a.position ?? 0) - Number(b.position ?? 0));
  const pipeline = chosen ?? rows[0]?.id ?? null;
  const options = rows.map((row) => ({ value: String(row.id), label: String(row.name) }));
  return (
    <>
      <section className="card" aria-label={t('stages.title')}>
        <div className="card-head"><h2>{t('stages.title')}</h2><span className="end"><Button onClick={() => setMaking(true)}>{t('stages.newPipeline')}</Button></span></div>
        <p className="ink2 card-body">{t('stages.help')}</p>
        {isMaking && <NewPipeline count={rows.length} onMade={setChosen} onClose={() => setMaking(false)} />}
        {rows.length > 1 && (
          <div className="card-body">
            {rows.length < 5 ? <SegmentedControl aria-label={t('stages.pipeline')} value={String(pipeline)} data={options} onChange={(id) => setChosen(Number(id))} /> : <Select aria-label={t('stages.pipeline')} value={String(pipeline)} allowDeselect={false} data={options} onChange={(id) => setChosen(Number(id))} />}
          </div>
        )}
        {error && !data ? <Failing error={error} retry={() => void refetch()} /> : pipeline === null ? <Bones count={5} height={44} /> : <Stages key={pipeline} pipeline={pipeline} />}
      </section>
      <Reasons />
    </>
  );
}
