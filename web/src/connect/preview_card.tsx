// One file before its import: what it is taken for and why, each column with its field, the first rows.
import { Select } from '@mantine/core';
import { number } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import styles from './import.module.css';
import type { PreviewColumn, PreviewFile } from './import_types';

const SHOWN = 5;

export function PreviewCard({ file, isBusy, onDecide }: { file: PreviewFile; isBusy: boolean; onDecide: (header: string, to: string) => void }) {
  const meta = useMeta();
  const entity = [...meta.byName.values()].find((one) => one.plural === file.entity || one.name === file.entity);
  const choices = [
    { value: '@keep', label: t('import.keep') },
    { value: '@ignore', label: t('import.ignore') },
    ...(entity?.fields ?? []).filter((field) => !field.flags.includes('system')).map((field) => ({ value: field.name, label: field.label })),
  ];
  /** Roles besides fields (ids, addresses in parts) have names of their own: they are shown as they are. */
  function picked(column: PreviewColumn) {
    const value = column.role === 'field' ? (column.field ?? '@ignore') : column.role === '?' ? '@ignore' : column.role;
    return { value, data: choices.some((one) => one.value === value) ? choices : [{ value, label: value.replace(/^@/, '') }, ...choices] };
  }
  return (
    <section className="card" aria-label={file.name} aria-busy={isBusy}>
      <div className="card-head">
        <h2>{file.name}</h2>
        <span className="ink3 cut">{[entity?.label_plural ?? file.entity, t('import.rows', { n: file.row_count }), file.format].filter(Boolean).join(', ')}</span>
        {file.is_skipped ? <span className="end tag">{t('import.skipped')}</span> : !file.is_sure && <span className="end tag warn">{t('import.unsure')}</span>}
      </div>
      <div className="card-body">
        {file.why && <p className="small ink3">{file.why}</p>}
        {file.missing_field && <p className="bad">{t('import.missing', { field: file.missing_field })}</p>}
        {file.notes.map((note) => <p key={note} className="small warn">{note}</p>)}
      </div>
      {!file.is_skipped && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('import.columnsOf', { name: file.name })}>
          <table className="table">
            <thead>
              <tr>{file.columns.map((column, i) => <th key={i}>{column.header}</th>)}</tr>
            </thead>
            <tbody>
              <tr>
                {file.columns.map((column, i) => (
                  <td key={i}>
                    <Select w={150} aria-label={t('import.fieldOf', { name: column.header })} {...picked(column)} searchable allowDeselect={false} disabled={isBusy} onChange={(value) => value && onDecide(column.header, value)} />
                    {column.assumed && <span className="small warn">{column.assumed}</span>}
                  </td>
                ))}
              </tr>
              {file.rows.slice(0, SHOWN).map((row, r) => (
                <tr key={r}>{row.map((cell, i) => <td key={i} className="cut" title={cell}>{cell}</td>)}</tr>
              ))}
            </tbody>
          </table>
          {file.row_count > SHOWN && <p className={`small ink3 ${styles.rest}`}>{t('import.rest', { n: number(file.row_count - Math.min(SHOWN, file.rows.length), 0) })}</p>}
        </div>
      )}
    </section>
  );
}
