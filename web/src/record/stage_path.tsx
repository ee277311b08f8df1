// The way of a deal through its stages: a click moves it, and what a stage asks for is asked in place.
import { Button, Popover } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError } from '../base/api';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import { useGet } from '../base/query';
import { problemText, sayError } from '../base/toast';
import type { Entity, Field, Page, Row, Value } from '../base/types';
import { FieldInput } from './editor';
import { save, type Changes } from './save';
import styles from './stage_path.module.css';

export interface Asked {
  stage: Row;
  text: string;
  fields: Field[];
  values: Record<string, Value>;
  names: Record<string, string | null>;
}

export function useStages(pipeline: Value | undefined): Row[] {
  const { data } = useGet<Page>('/stages', { filter: `pipeline=eq.${pipeline}`, params: { order: 'position', limit: 100 }, of: ['stage'], isOff: !pipeline, staleMs: 60_000 });
  return data?.rows ?? [];
}

/** What the stage asks for and the record does not have yet. */
export function missingFor(entity: Entity, stage: Row, row: Row): Field[] {
  const names = String(stage.required_fields ?? '').split(',').map((name) => name.trim());
  const empty = (f: Field | undefined): f is Field => Boolean(f && (row[f.name] ?? '') === '');
  return names.map((name) => fieldOf(entity, name)).filter(empty);
}

export function AskForm({ entity, row, asked, onChange, onSave, onClose, isBusy }: { entity: Entity; row: Row; asked: Asked; onChange: (asked: Asked) => void; onSave: () => void; onClose: () => void; isBusy: boolean }) {
  return (
    <form className={styles.ask}
      onSubmit={(e) => {
        e.preventDefault();
        onSave();
      }}>
      <p className="medium">{asked.text}</p>
      {asked.fields.map((field, i) => (
        <FieldInput key={field.name} entity={entity} field={field} value={asked.values[field.name] ?? null} row={row as Record<string, Value>} names={asked.names} autoFocus={i === 0 && field.type !== 'ref'}
          onChange={(value, name) => onChange({ ...asked, values: { ...asked.values, [field.name]: value }, names: { ...asked.names, [field.name]: name ?? null } })} />
      ))}
      <div className="row">
        <Button type="submit" variant="filled" loading={isBusy}>
          {t('record.moveTo', { stage: String(asked.stage.label ?? asked.stage.name ?? '') })}
        </Button>
        <Button variant="subtle" onClick={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}

export function StagePath({ entity, row, canEdit }: { entity: Entity; row: Row; canEdit: boolean }) {
  const stages = useStages(row.pipeline as Value);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isBusy, setBusy] = useState(false);
  const at = stages.findIndex((stage) => stage.id === row.stage);
  const label = (stage: Row) => String(stage.label ?? stage.name ?? '');

  async function move(stage: Row, changes: Changes) {
    setBusy(true);
    try {
      await save(entity, row, { stage: stage.id, ...changes });
      setAsked(null);
    } catch (error) {
      const field = error instanceof ApiError && error.problem.field ? fieldOf(entity, error.problem.field) : undefined;
      if (error instanceof ApiError && field && field.name !== 'stage') {
        const known = asked?.fields ?? [];
        setAsked({ stage, text: problemText(error), fields: known.includes(field) ? known : [...known, field], values: asked?.values ?? {}, names: asked?.names ?? {} });
      } else sayError(error);
    } finally {
      setBusy(false);
    }
  }
  const start = (stage: Row) => {
    const fields = missingFor(entity, stage, row);
    if (fields.length) setAsked({ stage, text: t('record.stageAsks', { stage: label(stage), n: fields.length }), fields, values: {}, names: {} });
    else void move(stage, {});
  };

  if (!stages.length) return null;
  return (
    <ol className={styles.path} aria-label={fieldOf(entity, 'stage')?.label}>
      {stages.map((stage, i) => {
        const isHere = stage.id === row.stage;
        const isPast = stage.kind === 'open' && i < at && stages[at]?.kind !== 'lost';
        const button = (
          <button className={styles.step} data-here={isHere || undefined} data-past={isPast || undefined} data-kind={String(stage.kind)} disabled={!canEdit || isBusy} aria-current={isHere ? 'step' : undefined} onClick={() => !isHere && start(stage)}>
            {(isPast || (isHere && stage.kind === 'won')) && <IconCheck size={13} stroke={2.2} aria-hidden />}
            <span className="cut">{label(stage)}</span>
          </button>
        );
        return (
          <li key={stage.id}>
            {asked?.stage.id === stage.id ? (
              <Popover opened position="bottom" trapFocus returnFocus width={320} onClose={() => setAsked(null)} closeOnClickOutside={false}>
                <Popover.Target>{button}</Popover.Target>
                <Popover.Dropdown>
                  <AskForm entity={entity} row={row} asked={asked} isBusy={isBusy} onChange={setAsked} onClose={() => setAsked(null)} onSave={() => void move(stage, asked.values)} />
                </Popover.Dropdown>
              </Popover>
            ) : (
              button
            )}
          </li>
        );
      })}
    </ol>
  );
}
