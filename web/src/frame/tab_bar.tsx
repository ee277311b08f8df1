// Phones: five tabs at the bottom; "More" opens everything else, the hat switch among it.
import { Drawer } from '@mantine/core';
import { IconLayoutGrid, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { t } from '../base/i18n';
import { isHere, settingsEntry, useEntries } from './entries';
import { openPalette } from './palette';
import { HatSwitch } from './side';
import styles from './tab_bar.module.css';

export function TabBar() {
  const entries = useEntries();
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const chosen = entries.filter((e) => e.tab).sort((a, b) => (a.tab ?? 9) - (b.tab ?? 9));
  const tabs = [...chosen, ...entries.filter((e) => !e.tab)].slice(0, 3);
  const link = (entry: (typeof entries)[number]) => (
    <Link key={entry.to} href={entry.to} className={styles.tab} data-here={isHere(entry, location) || undefined} aria-current={isHere(entry, location) ? 'page' : undefined}>
      <entry.icon size={20} stroke={1.6} aria-hidden />
      <span>{t(entry.label)}</span>
    </Link>
  );
  return (
    <nav className={styles.bar} aria-label={t('nav.label')}>
      {tabs.slice(0, 2).map(link)}
      <button className={styles.tab} onClick={() => openPalette('all')}>
        <IconSearch size={20} stroke={1.6} aria-hidden />
        <span>{t('nav.search')}</span>
      </button>
      {tabs.slice(2).map(link)}
      <button className={styles.tab} onClick={() => setOpen(true)} aria-expanded={isOpen}>
        <IconLayoutGrid size={20} stroke={1.6} aria-hidden />
        <span>{t('nav.more')}</span>
      </button>
      <Drawer opened={isOpen} onClose={() => setOpen(false)} position="bottom" size="auto" title={t('nav.more')} closeButtonProps={{ 'aria-label': t('close') }}>
        <HatSwitch />
        <div className={styles.more}>
          {[...entries, settingsEntry].map((entry) => (
            <Link key={entry.to} href={entry.to} className={styles.item} onClick={() => setOpen(false)}>
              <entry.icon size={20} stroke={1.6} aria-hidden />
              <span>{t(entry.label)}</span>
            </Link>
          ))}
        </div>
      </Drawer>
    </nav>
  );
}
