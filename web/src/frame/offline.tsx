// Says at once when the server is away, and mends the page when it is back.
import { useEffect } from 'react';
import { setReachHandler } from '../base/api';
import { t } from '../base/i18n';
import { client } from '../base/query';
import { makeStore, useStore } from '../base/store';
import { say } from '../base/toast';
import styles from './offline.module.css';

export const reachStore = makeStore(true);
setReachHandler((isThere) => reachStore.set(isThere));

const PAUSE_MS = 3000;

async function isBack(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

export function OfflineBand() {
  const isThere = useStore(reachStore);
  useEffect(() => {
    if (isThere) return;
    const timer = setInterval(async () => {
      if (!(await isBack())) return;
      reachStore.set(true);
      say({ text: t('offline.live') });
      void client.invalidateQueries();
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [isThere]);
  useEffect(() => {
    const lost = () => reachStore.set(false);
    window.addEventListener('offline', lost);
    return () => window.removeEventListener('offline', lost);
  }, []);
  if (isThere) return null;
  return (
    <div className={styles.band} role="alert">
      {t('offline.band')}
    </div>
  );
}
