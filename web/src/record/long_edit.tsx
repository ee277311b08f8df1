// A text of many lines: kept as a draft while it is written, saved by the button or Ctrl Enter.
import { Button, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { ApiError } from '../base/api';
import { useDraft } from '../base/draft';
import { t } from '../base/i18n';
import { problemText } from '../base/toast';
import type { Entity, Field, Row } from '../base/types';
import { Conflict } from './conflict';
import { ConflictError, save } from './save';

export function LongEdit({ entity, field, row, onDone }: { entity: Entity; field: Field; row: Row; onDone: () => void }) {
  const draft = useDraft(`text.${entity.name}.${row.id}.${field.name}`, String(row[field.name] ?? ''));
  const base = useRef(row);
  const [error, setError] = useState<string | null>(null);
  const [conflict, setConflict] = useState<ConflictError | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function commit(from: Row) {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await save(entity, from, { [field.name]: draft.value.trim() || null });
      draft.clear();
      onDone();
    } catch (e) {
      if (e instanceof ConflictError) setConflict(e);
      else if (e instanceof ApiError) setError(problemText(e));
      else throw e;
    } finally {
      setBusy(false);
    }
  }
  const leave = () => {
    draft.clear();
    onDone();
  };
  return (
    <div style={{ display: 'flex', flexDirection: 'column', gap: 8, padding: '0 8px 8px' }}>
      <Textarea aria-label={field.label} value={draft.value} autosize minRows={4} maxRows={16} maxLength={field.max ?? undefined} autoFocus error={error}
        onChange={(e) => draft.set(e.currentTarget.value)}
        onKeyDown={(e) => {
          e.stopPropagation();
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void commit(base.current);
          if (e.key === 'Escape' && draft.value === String(row[field.name] ?? '')) leave();
        }} />
      {conflict ? (
        <Conflict entity={entity} conflict={conflict} onKeep={leave}
          onSave={() => {
            setConflict(null);
            base.current = conflict.current;
            void commit(conflict.current);
          }} />
      ) : (
        <div className="row">
          <Button variant="filled" loading={isBusy} onClick={() => void commit(base.current)}>
            {t('save')}
          </Button>
          <Button variant="subtle" onClick={leave}>
            {t('cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}
