// Which columns, and in which order: tick to show, arrows to move.
import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import type { Entity } from '../base/types';
import { isColumn } from './columns';
import styles from './column_menu.module.css';
import type { ListState } from './list_state';

export function ColumnMenu({ entity, state }: { entity: Entity; state: ListState }) {
  const [words, setWords] = useState('');
  const shown = state.columns;
  const move = (name: string, step: number) => {
    const next = shown.slice();
    const at = next.indexOf(name);
    const to = at + step;
    if (to < 1 || to >= next.length) return;
    [next[at], next[to]] = [next[to] as string, next[at] as string];
    state.set({ columns: next });
  };
  const toggle = (name: string) => state.set({ columns: shown.includes(name) ? shown.filter((n) => n !== name) : [...shown, name] });
  const rest = entity.fields.filter((f) => isColumn(f) && !shown.includes(f.name)).map((f) => f.name);
  const fit = (name: string) => (fieldOf(entity, name)?.label ?? '').toLowerCase().includes(words.toLowerCase());
  return (
    <Popover position="bottom-end" width={290} trapFocus returnFocus>
      <Popover.Target>
        <Button leftSection={<IconColumns size={15} stroke={1.6} aria-hidden />}>{t('list.columns')}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput aria-label={t('nav.search')} placeholder={t('nav.search')} value={words} onChange={(e) => setWords(e.currentTarget.value)} data-autofocus />
        <div className={styles.list}>
          {[...shown, ...rest].filter(fit).map((name) => {
            const isOn = shown.includes(name);
            const isName = name === entity.name_field;
            const label = fieldOf(entity, name)?.label ?? name;
            return (
              <div key={name} className={styles.line}>
                <Checkbox label={label} checked={isOn} disabled={isName} onChange={() => toggle(name)} />
                {isOn && !isName && !words && (
                  <span className={styles.arrows}>
                    <ActionIcon variant="subtle" size={22} aria-label={`${label} ↑`} onClick={() => move(name, -1)}>
                      <IconArrowUp size={13} />
                    </ActionIcon>
                    <ActionIcon variant="subtle" size={22} aria-label={`${label} ↓`} onClick={() => move(name, 1)}>
                      <IconArrowDown size={13} />
                    </ActionIcon>
                  </span>
                )}
              </div>
            );
          })}
        </div>
        {state.hasOwnColumns && (
          <Button variant="subtle" fullWidth onClick={() => state.set({ columns: null })}>
            {t('list.columnsUsual')}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
