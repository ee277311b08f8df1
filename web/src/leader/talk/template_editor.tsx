// One way a talk can go: its steps with their questions; or the free questions that belong to no way.
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import { SortList } from '../../base/sort_list';
import { Bones } from '../../base/states';
import type { Page, Row } from '../../base/types';
import { stepText, type Shipped } from './library_data';
import { AddText, inOrder, keep, put, QUESTION, reorder, Retire, SavedText, TEMPLATE } from './library_edit';
import styles from './library.module.css';
import { kinds } from './rubric_editor';

function Question({ row, canEdit }: { row: Row; canEdit: boolean }) {
  return (
    <div className={styles.lineHead} data-retired={row.is_retired || undefined}>
      <SavedText isBare label={t('library.step')} value={String(row.step ?? '')} max={60} canEdit={canEdit} onSave={(step) => keep(QUESTION, row.id, { step })} />
      <SavedText isBare label={t('library.question')} value={String(row.text)} max={500} isRequired canEdit={canEdit} onSave={(text) => keep(QUESTION, row.id, { text })} />
      {canEdit && <Retire what={QUESTION} row={row} name={String(row.text)} />}
    </div>
  );
}

/** template: null for the free ones. */
export function QuestionsEditor({ template, kind, canEdit }: { template: number | null; kind: string; canEdit: boolean }) {
  const { data } = useGet<Page>('/coaching_questions', { filter: template === null ? 'template=is.null' : `template=eq.${template}`, params: { limit: 300 }, of: ['coaching_question'] });
  const [step, setStep] = useState('');
  const rows = inOrder(data?.rows);
  const shown = rows.filter((row) => !row.is_retired);
  const retired = rows.filter((row) => row.is_retired);
  if (!data) return <Bones count={4} height={34} />;
  return (
    <div className={styles.questions}>
      {!shown.length && <p className="ink3">{t('library.noQuestions')}</p>}
      <SortList list={shown} keyOf={(row) => row.id} labelOf={(row) => String(row.text)} canMove={canEdit && shown.length > 1} onMove={(from, to) => void reorder(QUESTION, shown, from, to)}>
        {(row) => <Question row={row} canEdit={canEdit} />}
      </SortList>
      {canEdit && (
        <div className={styles.addQuestion}>
          <TextInput aria-label={t('library.step')} placeholder={t('library.step')} value={step} maxLength={60} onChange={(e) => setStep(e.currentTarget.value)} />
          <AddText label={t('library.addQuestion')} max={500} onAdd={async (text) => (await put(QUESTION, { text, kind, step: step.trim() || null, template, position: shown.length + 1 })) !== null} />
        </div>
      )}
      {retired.length > 0 && <details className={styles.retired}><summary className="small ink3">{t('library.retired', { n: retired.length })}</summary>{retired.map((row) => <Question key={row.id} row={row} canEdit={canEdit} />)}</details>}
    </div>
  );
}

export function TemplateEditor({ template, canEdit }: { template: Row; canEdit: boolean }) {
  const save = (field: string) => (text: string | null) => keep(TEMPLATE, template.id, { [field]: text });
  return (
    <section className="card" aria-label={String(template.name)}>
      <div className={`card-body ${styles.editor}`}>
        <div className={styles.pair}>
          <SavedText label={t('library.name')} value={String(template.name)} max={120} isRequired canEdit={canEdit} onSave={save('name')} />
          <Select label={t('library.for')} allowDeselect={false} readOnly={!canEdit} value={String(template.kind)} data={kinds()} onChange={(kind) => void save('kind')(kind)} />
        </div>
        <SavedText isLong label={t('library.help')} value={String(template.help ?? '')} max={3900} canEdit={canEdit} onSave={save('help')} />
        <h3>{t('library.steps')}</h3>
        <QuestionsEditor template={template.id} kind={String(template.kind)} canEdit={canEdit} />
      </div>
    </section>
  );
}

/** One that comes with the program: to be read, or taken over and changed. */
export function ShippedTemplate({ template, canEdit, onTaken }: { template: Shipped; canEdit: boolean; onTaken: (id: number) => void }) {
  const [isBusy, setBusy] = useState(false);
  async function take() {
    setBusy(true);
    const id = await put(TEMPLATE, { name: t('library.oursOf', { name: template.label }), kind: template.kind });
    if (id !== null) {
      for (const [at, one] of template.questions.entries()) await put(QUESTION, { text: one.text, step: stepText(one.step), kind: template.kind, template: id, position: at + 1 });
      onTaken(id);
    }
    setBusy(false);
  }
  const steps = [...new Set(template.questions.map((one) => one.step))];
  return (
    <section className="card" aria-label={template.label}>
      <div className="card-head"><h2>{template.label}</h2><span className="ink3 cut">{t('library.shipped')}</span>{canEdit && <span className="end"><Button loading={isBusy} onClick={() => void take()}>{t('library.take')}</Button></span>}</div>
      <div className={`card-body ${styles.editor}`}>
        {steps.map((step) => <div key={step}><h3>{stepText(step)}</h3><ul className={styles.plain}>{template.questions.filter((one) => one.step === step).map((one) => <li key={one.text}>{one.text}</li>)}</ul></div>)}
      </div>
    </section>
  );
}
