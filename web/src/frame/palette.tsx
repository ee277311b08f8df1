// Search and command palette in one: "/" looks for records, Ctrl+K also for pages and actions.
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowRight, IconClock, IconPlus, IconSearch, type Icon } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { setAsOf, useAsOf } from '../base/as_of';
import { plainText } from '../base/format';
import { t } from '../base/i18n';
import { setHat, setScheme, useLook } from '../base/look';
import { recordPath, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { hatsOf, useSession } from '../base/session';
import { makeStore, useStore } from '../base/store';
import type { Found } from '../base/types';
import { rooms } from '../rooms';
import { settingsEntry, useEntries } from './entries';
import { pastPickerStore } from './past';
import { useCreatable } from './top_bar';
import styles from './palette.module.css';

const paletteStore = makeStore<'search' | 'all' | null>(null);
export const openPalette = (mode: 'search' | 'all') => paletteStore.set(mode);

interface Item {
  id: string;
  group: string;
  text: string;
  detail?: string;
  icon: Icon;
  run: () => void;
}

function useCommands(): Item[] {
  const session = useSession();
  const meta = useMeta();
  const asOf = useAsOf();
  const look = useLook();
  const entries = useEntries();
  const creatable = useCreatable();
  const [, go] = useLocation();
  const pages: Item[] = [...entries, settingsEntry].map((e) => ({ id: `go${e.to}`, group: t('search.pages'), text: t(e.label), icon: e.icon, run: () => go(e.to) }));
  const extra: Item[] = rooms
    .flatMap((room) => room.commands ?? [])
    .filter((c) => c.isThere?.(session, meta) ?? true)
    .map((c) => ({ id: `cmd${c.to}`, group: t('search.actions'), text: t(c.label), icon: c.icon ?? IconArrowRight, run: () => go(c.to) }));
  const create: Item[] = asOf
    ? []
    : creatable.map((e) => ({ id: `new${e.name}`, group: t('search.actions'), text: t('search.create', { what: e.label.toLowerCase() }), icon: IconPlus, run: () => go(`/${e.plural}/new`) }));
  const act = (id: string, text: string, run: () => void, icon: Icon = IconArrowRight): Item => ({ id, group: t('search.actions'), text, icon, run });
  const other: Item[] = [act('past', asOf ? t('past.back') : t('past.title'), () => (asOf ? setAsOf(null) : pastPickerStore.set(true)), IconClock)];
  if (hatsOf(session).length > 1) other.push(act('hat', t('hat.switchKey'), () => setHat(look.hat === 'crew' ? 'course' : 'crew')));
  for (const scheme of ['light', 'dark', 'auto'] as const) other.push(act(scheme, `${t('person.look')}: ${t(`person.${scheme}`)}`, () => setScheme(scheme)));
  return [...pages, ...create, ...extra, ...other];
}

function useFound(words: string, isOn: boolean): { items: Item[]; isBusy: boolean } {
  const meta = useMeta();
  const [, go] = useLocation();
  const [late] = useDebouncedValue(words.trim(), 140);
  const found = useGet<{ rows: Found[] }>('/search', { params: { q: late, limit: 12 }, now: true, isOff: !isOn || late.length < 2, of: ['*'], keepOld: true });
  const rows = late.length < 2 ? [] : (found.data?.rows ?? []);
  return {
    isBusy: late !== words.trim() || found.isFetching,
    items: rows.map((row) => ({
      id: `${row.entity}${row.id}`,
      group: t('search.records'),
      text: row.name,
      detail: [meta.byName.get(row.entity)?.label, row.detail].filter(Boolean).join(', '),
      icon: IconSearch,
      run: () => go(recordPath(meta, row.entity, row.id)),
    })),
  };
}

function Lines({ items, at, onPick, onPoint }: { items: Item[]; at: number; onPick: (i: number) => void; onPoint: (i: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector(`#palette-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div className={styles.list} role="listbox" id="palette-list" ref={box} aria-label={t('nav.search')}>
      {items.map((item, i) => (
        <div key={item.id} role="presentation">
          {(i === 0 || items[i - 1]?.group !== item.group) && <div className={styles.group} role="presentation">{item.group}</div>}
          <div id={`palette-${i}`} role="option" aria-selected={i === at} className={styles.item} onMouseMove={() => onPoint(i)} onClick={() => onPick(i)}>
            <item.icon size={16} stroke={1.6} aria-hidden />
            <span className="cut">{item.text}</span>
            {item.detail && <span className="small ink3 cut">{item.detail}</span>}
          </div>
        </div>
      ))}
    </div>
  );
}

function Inside({ mode, close }: { mode: 'search' | 'all'; close: () => void }) {
  const asOf = useAsOf();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const [wants, setWants] = useState<string | null>(null);
  const commands = useCommands();
  const { items: found, isBusy } = useFound(words, !asOf);
  const items = useMemo(() => {
    const parts = plainText(words).split(/\s+/).filter(Boolean);
    const fit = commands.filter((c) => parts.every((p) => plainText(c.text).includes(p)));
    if (!parts.length) return mode === 'all' ? fit : [];
    // Pages are there at once: records that come later do not push them from under the cursor.
    return mode === 'all' ? [...fit, ...found] : [...found, ...fit];
  }, [words, commands, found, mode]);
  useEffect(() => setAt(0), [words]);
  const pick = (i: number) => {
    const item = items[i];
    if (!item) return;
    close();
    item.run();
  };
  useEffect(() => {
    if (wants === null || isBusy) return;
    setWants(null);
    if (wants === words) pick(Math.min(at, items.length - 1));
  }, [wants, isBusy]);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    // In a search, what is shown may still be of the words before: Enter holds for what comes.
    const isEarly = event.key === 'Enter' && isBusy && (mode === 'search' || !items.length) && words.trim().length > 1 && !asOf;
    if (step) setAt((old) => (items.length ? (old + step + items.length) % items.length : 0));
    else if (isEarly) setWants(words);
    else if (event.key === 'Enter') pick(Math.min(at, items.length - 1));
    else return;
    event.preventDefault();
  };
  const isNone = words.trim().length > 1 && !isBusy && !items.length;
  return (
    <>
      <div className={styles.field}>
        <IconSearch size={18} stroke={1.6} aria-hidden className="ink3" />
        <input value={words} onChange={(e) => setWords(e.currentTarget.value)} onKeyDown={onKey} placeholder={mode === 'all' ? t('search.type') : t('search.placeholder')} data-autofocus
          role="combobox" aria-expanded={items.length > 0} aria-controls="palette-list" aria-activedescendant={items.length ? `palette-${at}` : undefined} aria-label={t('nav.search')} maxLength={200} autoComplete="off" spellCheck={false} />
        <kbd className="kbd">Esc</kbd>
      </div>
      {asOf && words && <p className={styles.note}>{t('search.notThen')}</p>}
      {isNone ? <p className={styles.note}>{t('search.none', { words })}</p> : <Lines items={items} at={at} onPick={pick} onPoint={setAt} />}
    </>
  );
}

export function Palette() {
  const mode = useStore(paletteStore);
  const close = () => paletteStore.set(null);
  return (
    <Modal opened={mode !== null} onClose={close} withCloseButton={false} size={560} yOffset="11vh" title={t('search.palette')} styles={{ header: { display: 'none' }, body: { padding: 0 } }}>
      {mode && <Inside mode={mode} close={close} />}
    </Modal>
  );
}
