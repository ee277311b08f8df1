// The list of an entity: title, views, filters, rows. /opportunities?stage=in.(3,4)&order=amount.desc
import { Button, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDownload, IconPlus, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { url } from '../base/api';
import { useAsOf } from '../base/as_of';
import { number } from '../base/format';
import { t } from '../base/i18n';
import { useKeys } from '../base/keys';
import { may, useMeta } from '../base/meta';
import { mayImport, useSession } from '../base/session';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { useIsPhone } from '../base/width';
import type { Entity } from '../base/types';
import Missing from '../frame/missing';
import { BulkBar } from './bulk';
import { ColumnMenu } from './column_menu';
import { FilterBar } from './filter_bar';
import { ListCards } from './list_cards';
import { useList, type ListData } from './list_data';
import styles from './list_page.module.css';
import { useListState, type ListState } from './list_state';
import { ListTable } from './list_table';
import { useSelection } from './selection';
import { ViewMenu } from './view_menu';

function Words({ state }: { state: ListState }) {
  const [words, setWords] = useState(state.words);
  const sent = useRef(state.words);
  const later = useDebouncedCallback((text: string) => {
    sent.current = text.trim();
    state.set({ words: text });
  }, 200);
  // What comes back of one's own typing is older than what is typed by then.
  useEffect(() => {
    if (state.words !== sent.current) setWords(state.words);
    sent.current = state.words;
  }, [state.words]);
  return (
    <TextInput className={styles.words} value={words} type="search" aria-label={t('list.search')} placeholder={t('list.search')} leftSection={<IconSearch size={15} stroke={1.6} aria-hidden />} maxLength={200}
      onChange={(e) => {
        setWords(e.currentTarget.value);
        later(e.currentTarget.value);
      }} />
  );
}

function Count({ data }: { data: ListData }) {
  if (data.count === null) return null;
  return <span className="sub">{data.countIsExact ? t('list.count', { n: data.count }) : t('list.countAbout', { n: number(data.count) })}</span>;
}

function Nothing({ entity, state, asOf }: { entity: Entity; state: ListState; asOf: string | null }) {
  const [, go] = useLocation();
  const canImport = mayImport(useSession());
  const isFiltered = state.filter.items.length > 0 || state.words;
  if (isFiltered)
    return (
      <Empty title={t('list.emptyFilter')} actions={<Button onClick={() => state.set({ filter: { kind: 'and', not: false, items: [] }, words: '' })}>{t('list.clear')}</Button>}>
        {t('list.emptyFilterHelp')}
      </Empty>
    );
  const canMake = may(entity, 'create') && !asOf;
  return (
    <Empty title={t('list.emptyFirst', { what: entity.label_plural.toLowerCase() })}
      actions={canMake && (
        <>
          <Button variant="filled" onClick={() => go(`/${entity.plural}/new`)}>
            {t('list.new', { what: entity.label.toLowerCase() })}
          </Button>
          {canImport && <Button onClick={() => go('/import')}>{t('list.import')}</Button>}
        </>
      )}>
      {canMake ? t('list.emptyFirstHelp') : null}
    </Empty>
  );
}

interface ListProps {
  entity: Entity;
  title?: string;
  /** Beside the views: the switch between board and list. */
  extra?: ReactNode;
}

export function List({ entity, title, extra }: ListProps) {
  const asOf = useAsOf();
  const [location, go] = useLocation();
  const state = useListState(entity);
  const data = useList(entity, state);
  const selection = useSelection(data.count);
  const isPhone = useIsPhone();
  useTitle(title ?? entity.label_plural);
  const canMake = may(entity, 'create') && !asOf;
  const canSelect = !asOf && (may(entity, 'change') || may(entity, 'remove'));
  useEffect(() => selection.clear(), [state.filterText, state.words, entity.name, asOf]);
  useKeys(t('list.keys'), [
    { keys: 'f', label: t('list.keyFilter'), run: () => document.querySelector<HTMLElement>('[data-add-filter]')?.click() },
    { keys: 'n', label: t('list.keyNew'), run: () => (canMake ? go(`/${entity.plural}/new`) : false) },
    { keys: 'e', label: t('list.keyEdit'), run: () => false },
    { keys: 'o', label: t('list.keyOpen'), run: () => false },
    { keys: 'x', label: t('list.keySelect'), run: () => false },
    { keys: 'Escape', label: t('list.unselect'), run: () => (selection.count ? selection.clear() : false) },
  ]);
  const here = state.search ? `${location}?${state.search}` : location;
  const csv = url(`/${entity.plural}/export.csv`, { filter: state.filterText, params: { order: state.words ? undefined : state.orderText, search: state.words || undefined } });
  const columns = state.hasOwnColumns ? state.columns : null;
  return (
    <div className={`page ${styles.page}`}>
      <header className="page-head">
        <h1>{title ?? entity.label_plural}</h1>
        <Count data={data} />
        <div className="actions">
          {extra}
          <ViewMenu entity={entity} layout="list" query={state.query} columns={columns} here={here} />
          {!isPhone && <ColumnMenu entity={entity} state={state} />}
          <Button component="a" href={csv} download title={t('list.csvHelp')} leftSection={<IconDownload size={15} stroke={1.6} aria-hidden />} className={styles.csv}>
            {t('list.csv')}
          </Button>
          {canMake && (
            <Button component={Link} href={`/${entity.plural}/new`} variant="filled" leftSection={<IconPlus size={15} aria-hidden />}>
              {t('list.new', { what: entity.label.toLowerCase() })}
            </Button>
          )}
        </div>
      </header>
      <div className={styles.tools}>
        <Words state={state} />
        <FilterBar entity={entity} state={state} />
      </div>
      {data.error && !data.rows.length ? (
        <div className="card">
          <Failing error={data.error} retry={data.again} />
        </div>
      ) : data.isLoading ? (
        <div className="card">
          <Bones count={12} height={33} />
        </div>
      ) : !data.rows.length ? (
        <Nothing entity={entity} state={state} asOf={asOf} />
      ) : isPhone ? (
        <ListCards entity={entity} state={state} data={data} />
      ) : (
        <div className={`card ${styles.card}`}>
          <ListTable key={entity.name} entity={entity} state={state} data={data} selection={selection} canSelect={canSelect} />
          <BulkBar entity={entity} selection={selection} filter={state.filterText} total={state.words ? null : data.count} />
        </div>
      )}
    </div>
  );
}

export default function ListPage() {
  const { plural } = useParams<{ plural: string }>();
  const meta = useMeta();
  const entity = meta.byPlural.get(plural);
  if (!entity || !may(entity, 'read')) return <Missing />;
  return <List key={entity.name} entity={entity} />;
}
