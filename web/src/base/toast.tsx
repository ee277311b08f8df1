// One line at the bottom says what was saved and takes it back: undo where the eye is. U does the same.
import { useEffect, useState } from 'react';
import { ApiError, post } from './api';
import { t } from './i18n';
import { useKeys } from './keys';
import { refresh } from './query';
import { makeStore, useStore } from './store';
import styles from './toast.module.css';
import type { UndoResult } from './types';

export interface Toast {
  text: string;
  /** The commit (or import batch) that can be taken back. */
  seq?: number;
  batch?: number;
  /** Several saves that were one act, oldest first: taken back together. */
  seqs?: number[];
  isBad?: boolean;
}

interface Shown extends Toast {
  id: number;
  isBusy?: boolean;
}

const SHOWN_MS = 9000;
const toastStore = makeStore<Shown | null>(null);
let count = 0;

export function say(toast: Toast) {
  toastStore.set({ ...toast, id: ++count });
}

export function sayError(error: unknown) {
  const text = error instanceof ApiError ? problemText(error) : String((error as Error)?.message ?? error);
  say({ text, isBad: true });
}

/** What went wrong as a sentence: the server's words when it has any. */
export function problemText(error: ApiError): string {
  if (error.isOffline) return t('error.offline');
  if (error.status === 429) return t('error.tooMany', { n: error.retryAfter || 1 });
  return error.problem.detail || error.problem.title;
}

/** Takes a commit or an import back, and says what came of it. */
export async function takeBack(what: Pick<Toast, 'seq' | 'batch' | 'seqs'>) {
  const bodies = what.batch ? [{ batch: what.batch }] : (what.seqs ?? [what.seq]).toReversed().map((seq) => ({ seq }));
  try {
    const items: UndoResult['items'] = [];
    let done = 0;
    for (const body of bodies) {
      const { data } = await post<UndoResult>('/undo', body);
      items.push(...data.items);
      done += data.done;
    }
    const left = items.filter((item) => item.reason && item.state !== 'done' && item.state !== 'restored');
    say({ text: done > 0 || !left.length ? t('undo.done') : (left[0]?.reason ?? t('undo.nothing')), isBad: done === 0 && left.length > 0 });
    refresh(['*', ...items.map((item) => item.entity)]);
  } catch (error) {
    sayError(error);
  }
}

async function undo(shown: Shown) {
  toastStore.set({ ...shown, isBusy: true });
  await takeBack(shown);
}

const hasUndo = (shown: Toast) => Boolean(shown.seq || shown.batch || shown.seqs?.length);
const canUndo = (shown: Shown | null) => Boolean(shown && hasUndo(shown) && !shown.isBusy);

export function ToastLine() {
  const shown = useStore(toastStore);
  const [isHeld, setHeld] = useState(false); // as long as the pointer or the keyboard is on it
  useKeys(t('keys.everywhere'), [
    { keys: 'u', label: t('undo.key'), run: () => (canUndo(shown) ? void undo(shown as Shown) : false) },
  ]);
  useEffect(() => {
    if (!shown) return setHeld(false);
    if (shown.isBusy || isHeld) return;
    const timer = setTimeout(() => toastStore.set((now) => (now?.id === shown.id ? null : now)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  return (
    <div className={styles.place} role="status" aria-live="polite">
      {shown && (
        <div className={styles.toast} data-bad={shown.isBad || undefined} key={shown.id} onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
          <span className="grow">{shown.text}</span>
          {hasUndo(shown) && (
            <button className={styles.undo} disabled={shown.isBusy} onClick={() => void undo(shown)}>
              {t('undo.undo')} <span className={styles.key}>U</span>
            </button>
          )}
          <button className={styles.close} aria-label={t('close')} onClick={() => toastStore.set(null)}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}
