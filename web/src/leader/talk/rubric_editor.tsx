// One rubric: what it is for, its lines in order, and in words what each number of a line looks like.
import { Select } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import { SortList } from '../../base/sort_list';
import { Bones } from '../../base/states';
import type { Page, Row } from '../../base/types';
import { AddText, inOrder, keep, LINE, put, reorder, Retire, RUBRIC, SavedText } from './library_edit';
import styles from './library.module.css';
import { KINDS } from './session_form';

const ANCHORS = ['low', 'second', 'middle', 'fourth', 'high'] as const;
export const kinds = () => KINDS.map((kind) => ({ value: kind, label: t(`coach.kind.${kind}`) }));

function Line({ line, canEdit }: { line: Row; canEdit: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const said = ANCHORS.filter((field) => line[field]).length;
  return (
    <div className={styles.line} data-retired={line.is_retired || undefined}>
      <div className={styles.lineHead}>
        <SavedText isBare label={t('library.lineText')} value={String(line.text)} max={255} isRequired canEdit={canEdit} onSave={(text) => keep(LINE, line.id, { text })} />
        <button type="button" className="linklike small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t('library.anchors', { n: said })}</button>
        {canEdit && <Retire what={LINE} row={line} name={String(line.text)} />}
      </div>
      {isOpen && (
        <ol className={styles.anchors}>
          {ANCHORS.map((field, i) => <li key={field}><span className="num medium" aria-hidden>{i + 1}</span><SavedText isBare isLong label={t('library.anchor', { n: i + 1, text: String(line.text) })} value={String(line[field] ?? '')} max={500} canEdit={canEdit} onSave={(text) => keep(LINE, line.id, { [field]: text })} /></li>)}
        </ol>
      )}
    </div>
  );
}

export function RubricEditor({ rubric, canEdit }: { rubric: Row; canEdit: boolean }) {
  const { data } = useGet<Page>('/rubric_lines', { filter: `rubric=eq.${rubric.id}`, params: { limit: 100 }, of: ['rubric_line'] });
  const lines = inOrder(data?.rows);
  const shown = lines.filter((line) => !line.is_retired);
  const retired = lines.filter((line) => line.is_retired);
  const save = (field: string) => (text: string | null) => keep(RUBRIC, rubric.id, { [field]: text });
  return (
    <section className="card" aria-label={String(rubric.name)}>
      <div className={`card-body ${styles.editor}`}>
        <SavedText label={t('library.name')} value={String(rubric.name)} max={120} isRequired canEdit={canEdit} onSave={save('name')} />
        <div className={styles.pair}>
          <Select label={t('library.for')} allowDeselect={false} readOnly={!canEdit} value={String(rubric.kind)} data={kinds()} onChange={(kind) => void save('kind')(kind)} />
          <Select label={t('library.also')} clearable readOnly={!canEdit} placeholder={t('library.alsoNone')} value={rubric.also ? String(rubric.also) : null} data={kinds().filter((one) => one.value !== rubric.kind)} onChange={(also) => void save('also')(also)} />
        </div>
        <SavedText isLong label={t('library.help')} value={String(rubric.help ?? '')} max={3900} canEdit={canEdit} onSave={save('help')} />
        <h3>{t('library.lines')}</h3>
        {!data ? <Bones count={3} height={34} /> : (
          <>
            {!shown.length && <p className="ink3">{t('library.noLines')}</p>}
            <SortList list={shown} keyOf={(line) => line.id} labelOf={(line) => String(line.text)} canMove={canEdit && shown.length > 1} onMove={(from, to) => void reorder(LINE, shown, from, to)}>
              {(line) => <Line line={line} canEdit={canEdit} />}
            </SortList>
            {canEdit && <AddText label={t('library.addLine')} max={255} onAdd={async (text) => (await put(LINE, { rubric: rubric.id, text, position: shown.length + 1 })) !== null} />}
            {retired.length > 0 && (
              <details className={styles.retired}><summary className="small ink3">{t('library.retired', { n: retired.length })}</summary>{retired.map((line) => <Line key={line.id} line={line} canEdit={canEdit} />)}</details>
            )}
          </>
        )}
      </div>
    </section>
  );
}
