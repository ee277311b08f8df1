// Changing many: which field, which value; first what would happen and why not, then the change, then undo.
import { Button, Modal, Select } from '@mantine/core';
import { IconCheck, IconEqual, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError, newKey, post } from '../base/api';
import { t } from '../base/i18n';
import { fieldOf, has, isWritable, may } from '../base/meta';
import { client, refresh } from '../base/query';
import { problemText, say } from '../base/toast';
import type { BulkResult, Entity, Value } from '../base/types';
import styles from './bulk.module.css';
import { FieldInput } from './editor';
import type { Selection } from './selection';

interface Props {
  entity: Entity;
  selection: Selection;
  /** The list's filter, for "all that fit". */
  filter: string;
  total: number | null;
}

const isSame = (outcome: string) => /same|unchanged|nothing/.test(outcome);
const isRefused = (outcome: string) => /refus|fail|cannot|denied|conflict/.test(outcome);

function Outcome({ result, isRemoval }: { result: BulkResult; isRemoval: boolean }) {
  const [all, setAll] = useState(false);
  const reasons = new Map<string, number>();
  for (const row of result.rows) if (isRefused(row.outcome)) reasons.set(row.reason ?? '', (reasons.get(row.reason ?? '') ?? 0) + 1);
  const same = result.rows.filter((row) => isSame(row.outcome)).length;
  const counted = [...reasons.values()].reduce((sum, n) => sum + n, 0);
  return (
    <div className={styles.outcome}>
      <div className={styles.line}>
        <IconCheck size={16} className="good" aria-hidden /> <span className="grow">{t(isRemoval ? 'bulk.willRemove' : 'bulk.will')}</span> <b>{result.changed}</b>
      </div>
      {same > 0 && (
        <div className={styles.line}>
          <IconEqual size={16} className="ink3" aria-hidden /> <span className="grow">{t('bulk.same')}</span> <b>{same}</b>
        </div>
      )}
      {[...reasons].map(([reason, n]) => (
        <div className={styles.line} key={reason}>
          <IconX size={16} className="bad" aria-hidden /> <span className="grow">{t('bulk.cannot', { reason })}</span> <b>{n}</b>
        </div>
      ))}
      {result.refused > counted && (
        <div className={styles.line}>
          <IconX size={16} className="bad" aria-hidden /> <span className="grow">{t('bulk.cannot', { reason: '' })}</span> <b>{result.refused - counted}</b>
        </div>
      )}
      {result.rows.length > 0 && (
        <button className="linklike" onClick={() => setAll(!all)}>
          {all ? t('bulk.fewer') : t('bulk.all', { n: result.rows.length })}
        </button>
      )}
      {all && (
        <ul className={styles.rows}>
          {result.rows.slice(0, 500).map((row) => (
            <li key={row.id}>
              <span className="cut grow">{row.name}</span>
              <span className={isRefused(row.outcome) ? 'bad' : 'ink3'}>{row.reason ?? ''}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function BulkDialog({ entity, selection, filter, isRemoval, onClose }: Props & { isRemoval: boolean; onClose: () => void }) {
  const fields = entity.fields.filter((f) => isWritable(f, false) && !has(f, 'unique') && f.name !== entity.name_field);
  const [name, setName] = useState<string | null>(null);
  const [value, setValue] = useState<{ value: Value; name?: string | null }>({ value: null });
  const [result, setResult] = useState<BulkResult | null>(null);
  const [key] = useState(newKey);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = name ? fieldOf(entity, name) : undefined;

  async function run(preview: boolean) {
    const which = selection.isAll ? { filter } : { ids: selection.ids };
    const what = isRemoval ? { remove: true } : { changes: { [name ?? '']: value.value } };
    setBusy(true);
    setError(null);
    try {
      const { data } = await post<BulkResult>(`/${entity.plural}/bulk`, { ...which, ...what, preview }, { key: preview ? newKey() : key });
      if (preview) setResult(data);
      else finish(data);
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      setError(problemText(e));
    } finally {
      setBusy(false);
    }
  }

  function finish(data: BulkResult) {
    const reason = data.rows.find((row) => row.reason)?.reason ?? '';
    const text = data.refused ? t('bulk.doneSome', { n: data.changed, refused: data.refused, reason }) : t(isRemoval ? 'bulk.doneRemove' : 'bulk.done', { n: data.changed });
    say({ text, batch: data.batch ?? undefined });
    refresh([entity.name]);
    void client.invalidateQueries({ queryKey: [`/${entity.plural}`] });
    selection.clear();
    onClose();
  }

  const title = isRemoval ? t('bulk.titleRemove', { n: selection.count }) : t('bulk.title', { n: selection.count });
  return (
    <Modal opened onClose={onClose} title={title} size={440} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.dialog}>
        {!isRemoval && (
          <>
            <Select label={t('bulk.field')} placeholder={t('ask.choose')} searchable data={fields.map((f) => ({ value: f.name, label: f.label }))} value={name} data-autofocus
              onChange={(next) => {
                setName(next);
                setValue({ value: null });
                setResult(null);
              }} />
            {field && (
              <FieldInput key={field.name} entity={entity} field={{ ...field, label: t('bulk.value') }} value={value.value} row={{}} names={{ [field.name]: value.name ?? null }}
                onChange={(next, label) => {
                  setValue({ value: next, name: label });
                  setResult(null);
                }} />
            )}
          </>
        )}
        {error && <p className="bad" role="alert">{error}</p>}
        {result && <Outcome result={result} isRemoval={isRemoval} />}
        <div className="row">
          {result ? (
            <Button variant="filled" color={isRemoval ? undefined : undefined} loading={isBusy} disabled={!result.changed} onClick={() => void run(false)} data-autofocus>
              {t(isRemoval ? 'bulk.doRemove' : 'bulk.do', { n: result.changed })}
            </Button>
          ) : (
            <Button variant="filled" loading={isBusy} disabled={!isRemoval && !field} onClick={() => void run(true)}>
              {t('bulk.preview')}
            </Button>
          )}
          <Button variant="subtle" onClick={onClose}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

export function BulkBar(props: Props) {
  const { entity, selection, total } = props;
  const [mode, setMode] = useState<'change' | 'remove' | null>(null);
  if (!selection.count) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('list.selected', { n: selection.count })}>
      <span className="strong" aria-live="polite">
        {selection.isAll ? t('list.allSelected', { n: selection.count }) : t('list.selected', { n: selection.count })}
      </span>
      {!selection.isAll && total !== null && total > selection.count && (
        <button className="linklike" onClick={selection.setAll}>
          {t('list.selectAllOf', { n: total })}
        </button>
      )}
      <span className="grow" />
      {may(entity, 'change') && <Button onClick={() => setMode('change')}>{t('list.change')}</Button>}
      {may(entity, 'remove') && <Button onClick={() => setMode('remove')}>{t('list.remove')}</Button>}
      <Button variant="subtle" onClick={selection.clear}>
        {t('list.unselect')}
      </Button>
      {mode && <BulkDialog {...props} isRemoval={mode === 'remove'} onClose={() => setMode(null)} />}
    </div>
  );
}
