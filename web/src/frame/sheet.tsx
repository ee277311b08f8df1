// The sheet behind "?": every key that works here, from what the page itself says.
import { Modal } from '@mantine/core';
import { t } from '../base/i18n';
import { useShortcutGroups, type Shortcut } from '../base/keys';
import { makeStore } from '../base/store';
import styles from './sheet.module.css';

export const sheetStore = makeStore(false);

const NAMES: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', Enter: 'Enter', ' ': 'Space', shift: 'Shift' };
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function Keys({ keys }: { keys: string }) {
  const words = keys === ' ' ? [' '] : keys.split(' ');
  return (
    <span className={styles.keys}>
      {words.map((word, i) => (
        <span key={i} className={styles.keys}>
          {i > 0 && <span className="small ink3">{t('keys.then')}</span>}
          {word.split('+').map((key) => (
            <kbd key={key} className="kbd">
              {key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : (NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key))}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

export function ShortcutSheet() {
  const groups = useShortcutGroups();
  const titles = [...new Set(groups.map((g) => g.title))].reverse();
  const listOf = (title: string): Shortcut[] => {
    const all = groups.filter((g) => g.title === title).flatMap((g) => g.list);
    return all.filter((s, i) => !s.isHidden && all.findIndex((o) => o.keys === s.keys) === i);
  };
  return (
    <Modal opened onClose={() => sheetStore.set(false)} title={t('keys.title')} size={560} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={styles.groups}>
        {titles.map((title) => (
          <section key={title}>
            <h2 className="ink3">{title}</h2>
            <dl>
              {listOf(title).map((shortcut) => (
                <div className={styles.line} key={shortcut.keys}>
                  <dt>{shortcut.label}</dt>
                  <dd>
                    <Keys keys={shortcut.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
