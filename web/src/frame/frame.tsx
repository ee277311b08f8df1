// The frame of every page: navigation of the hat at the side, search, time machine, create and person on top.
import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { useKeys } from '../base/keys';
import { lookStore, setHat, useLook } from '../base/look';
import { hatsOf, useSession } from '../base/session';
import { useStore } from '../base/store';
import { navigate } from 'wouter/use-browser-location';
import { OfflineBand } from './offline';
import { Palette, openPalette } from './palette';
import { PastBand } from './past';
import { Side } from './side';
import { ShortcutSheet, sheetStore } from './sheet';
import { TabBar } from './tab_bar';
import { TopBar, createStore } from './top_bar';
import styles from './frame.module.css';

function useFrameKeys() {
  const session = useSession();
  const hats = hatsOf(session);
  useKeys(t('keys.everywhere'), [
    { keys: '/', label: t('search.key'), run: () => openPalette('search') },
    { keys: 'mod+k', label: t('search.palette'), run: () => openPalette('all'), whileTyping: true },
    { keys: 'c', label: t('create.key'), run: () => createStore.set(true) },
    { keys: 'g h', label: t('keys.goHome'), run: () => navigate('/') },
    { keys: '?', label: t('keys.help'), run: () => sheetStore.set(true) },
    ...(hats.length > 1
      ? [{ keys: 'g s', label: t('hat.switchKey'), run: () => setHat(lookStore.get().hat === 'crew' ? 'course' : 'crew') }]
      : []),
  ]);
}

/** Somebody with one hat wears it, whatever was worn here before. */
function useOwnHat() {
  const hats = hatsOf(useSession());
  const { hat } = useLook();
  useEffect(() => {
    if (!hats.includes(hat)) setHat(hats[0] ?? 'course');
  }, [hats, hat]);
}

/** Another page begins at its top, and a reader's cursor with it. */
function usePageStart() {
  const [location] = useLocation();
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const page = document.getElementById('page');
    page?.scrollTo({ top: 0 });
    if (!page?.contains(document.activeElement) && !document.querySelector('[role=dialog]')) page?.focus({ preventScroll: true });
  }, [location]);
}

export function Frame({ children }: { children: ReactNode }) {
  const asOf = useAsOf();
  const sheet = useStore(sheetStore);
  useFrameKeys();
  useOwnHat();
  usePageStart();
  return (
    <div className={styles.frame} data-past={asOf ? '' : undefined}>
      <a className={styles.skip} href="#page">
        {t('nav.skip')}
      </a>
      <Side />
      <div className={styles.body}>
        <TopBar />
        <OfflineBand />
        {asOf && <PastBand />}
        <main id="page" className={styles.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <TabBar />
      <Palette />
      {sheet && <ShortcutSheet />}
    </div>
  );
}
