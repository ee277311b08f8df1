// The library of coaching: rubrics, ways to talk, questions; made, put in order and retired here, offered in the forms.
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAsOf } from '../../base/as_of';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { may, useMeta } from '../../base/meta';
import { useGet } from '../../base/query';
import { SortList } from '../../base/sort_list';
import { Bones, Empty } from '../../base/states';
import { useTitle } from '../../base/title';
import type { Page, Row } from '../../base/types';
import { useLibrary } from './library_data';
import { AddText, inOrder, put, reorder, Retire, RUBRIC, TEMPLATE, type Kept } from './library_edit';
import styles from './library.module.css';
import { RubricEditor } from './rubric_editor';
import type { Kind } from './session_form';
import { QuestionsEditor, ShippedTemplate, TemplateEditor } from './template_editor';

interface ListProps {
  what: Kept;
  rows: Row[];
  chosen: number | null;
  choose: (id: number) => void;
  canEdit: boolean;
  title: string;
}

const kindOf = (row: Row) => [row.kind, row.also].filter(Boolean).map((kind) => t(`coach.kind.${kind as Kind}`)).join(', ');

function List({ what, rows, chosen, choose, canEdit, title }: ListProps) {
  const shown = rows.filter((row) => !row.is_retired);
  const retired = rows.filter((row) => row.is_retired);
  const one = (row: Row) => (
    <div className={styles.item} data-chosen={row.id === chosen || undefined} data-retired={row.is_retired || undefined}>
      <button type="button" className={styles.choose} aria-pressed={row.id === chosen} onClick={() => choose(row.id)}><span className="medium cut">{String(row.name)}</span><span className="small ink3">{kindOf(row)}</span></button>
      {canEdit && <Retire what={what} row={row} name={String(row.name)} />}
    </div>
  );
  return (
    <section className="card" aria-label={title}>
      <div className={styles.list}>
        <SortList list={shown} keyOf={(row) => row.id} labelOf={(row) => String(row.name)} canMove={canEdit && shown.length > 1} onMove={(from, to) => void reorder(what, shown, from, to)}>{one}</SortList>
        {canEdit && <AddText label={t(what === RUBRIC ? 'library.addRubric' : 'library.addTemplate')} max={120} onAdd={async (name) => {
          const id = await put(what, { name, kind: what === RUBRIC ? 'call' : 'talk', position: shown.length + 1 });
          if (id !== null) choose(id);
          return id !== null;
        }} />}
        {retired.length > 0 && <details className={styles.retired}><summary className="small ink3">{t('library.retired', { n: retired.length })}</summary>{retired.map((row) => <div key={row.id}>{one(row)}</div>)}</details>}
      </div>
    </section>
  );
}

function Rubrics({ canEdit }: { canEdit: boolean }) {
  const { data } = useGet<Page>('/rubrics', { params: { limit: 200 }, of: ['rubric'] });
  const [wish, setWish] = useState<number | null>(null);
  const rows = inOrder(data?.rows);
  const chosen = rows.find((row) => row.id === wish) ?? rows.find((row) => !row.is_retired) ?? null;
  if (!data) return <div className="card"><Bones count={6} /></div>;
  return (
    <div className={styles.columns}>
      <List what={RUBRIC} rows={rows} chosen={chosen?.id ?? null} choose={setWish} canEdit={canEdit} title={t('library.rubrics')} />
      {chosen ? <RubricEditor key={chosen.id} rubric={chosen} canEdit={canEdit} /> : <Empty title={t('library.noRubrics')}>{t('library.noRubricsHelp')}</Empty>}
    </div>
  );
}

function Ways({ canEdit }: { canEdit: boolean }) {
  const { data } = useGet<Page>('/talk_templates', { params: { limit: 200 }, of: ['talk_template'] });
  const { data: library } = useLibrary();
  const [wish, setWish] = useState<number | string | null>(null);
  const rows = inOrder(data?.rows);
  const shipped = (library?.templates ?? []).filter((one) => one.id === null);
  const chosen = rows.find((row) => row.id === wish);
  const read = shipped.find((one) => one.name === wish) ?? (chosen ? undefined : rows.length ? undefined : shipped[0]);
  const own = chosen ?? (read ? undefined : rows.find((row) => !row.is_retired));
  if (!data || !library) return <div className="card"><Bones count={6} /></div>;
  return (
    <div className={styles.columns}>
      <div className={styles.stack}>
        <List what={TEMPLATE} rows={rows} chosen={own?.id ?? null} choose={setWish} canEdit={canEdit} title={t('library.ways')} />
        <section className="card" aria-label={t('library.shipped')}>
          <div className="card-head"><h2>{t('library.shipped')}</h2></div>
          <div className={styles.list}>
            {shipped.map((one) => <div key={one.name} className={styles.item} data-chosen={one === read || undefined}><button type="button" className={styles.choose} aria-pressed={one === read} onClick={() => setWish(one.name)}><span className="medium">{one.label}</span><span className="small ink3">{t(`coach.kind.${one.kind}`)}</span></button></div>)}
          </div>
        </section>
      </div>
      {own ? <TemplateEditor key={own.id} template={own} canEdit={canEdit} /> : read ? <ShippedTemplate key={read.name} template={read} canEdit={canEdit} onTaken={setWish} /> : null}
    </div>
  );
}

const TABS = ['rubrics', 'ways', 'questions'] as const;

export default function LibraryPage() {
  const { byName } = useMeta();
  const asOf = useAsOf();
  const canEdit = may(byName.get('rubric'), 'create') && !asOf;
  const [tab, setTab] = useState<(typeof TABS)[number]>('rubrics');
  useTitle(t('library.title'));
  useHat('crew', true);
  return (
    <div className="page">
      <header className="page-head"><h1>{t('library.title')}</h1><div className="actions"><Link href="/coaching">{t('talk.coaching')}</Link></div></header>
      <div className={styles.tools}>
        <SegmentedControl aria-label={t('talk.show')} value={tab} onChange={(value) => setTab(value as typeof tab)} data={TABS.map((one) => ({ value: one, label: t(`library.${one}`) }))} />
        <p className="ink3">{t(`library.${tab}Says`)}</p>
      </div>
      {tab === 'rubrics' ? <Rubrics canEdit={canEdit} /> : tab === 'ways' ? <Ways canEdit={canEdit} /> : <section className="card" aria-label={t('library.questions')}><div className={`card-body ${styles.editor}`}><QuestionsEditor template={null} kind="talk" canEdit={canEdit} /></div></section>}
    </div>
  );
}
