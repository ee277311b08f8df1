// The side: company, the two hats, what there is in this hat, pinned views. Folds to icons at 1024.
import { Tooltip } from '@mantine/core';
import { IconPin } from '@tabler/icons-react';
import { Link, useLocation, useSearch } from 'wouter';
import { t } from '../base/i18n';
import { setHat, useLook } from '../base/look';
import type { Entry } from '../base/room';
import { hatsOf, useSession } from '../base/session';
import { usePinned } from '../record/views';
import { isHere, settingsEntry, useEntries } from './entries';
import { Mark } from './mark';
import styles from './side.module.css';

export function HatSwitch() {
  const hats = hatsOf(useSession());
  const { hat } = useLook();
  if (hats.length < 2) return null;
  return (
    <div className={styles.hats} role="group" aria-label={t('hat.switch')}>
      {hats.map((one) => (
        <button key={one} className={styles.hat} aria-pressed={hat === one} onClick={() => setHat(one)}>
          {t(`hat.${one}`)}
        </button>
      ))}
    </div>
  );
}

function EntryLink({ entry, location }: { entry: Entry; location: string }) {
  const here = isHere(entry, location);
  return (
    <Tooltip label={t(entry.label)} position="right" events={{ hover: true, focus: false, touch: false }} classNames={{ tooltip: styles.tip }}>
      <Link href={entry.to} className={styles.entry} data-here={here || undefined} aria-current={here ? 'page' : undefined}>
        <entry.icon size={17} stroke={1.6} aria-hidden />
        <span className={styles.label}>{t(entry.label)}</span>
      </Link>
    </Tooltip>
  );
}

function Pinned() {
  const pinned = usePinned();
  const [location] = useLocation();
  const search = useSearch();
  if (!pinned.length) return null;
  return (
    <>
      <h2 className={styles.group}>{t('nav.pinned')}</h2>
      {pinned.map((view) => {
        const here = `${location}?${search}` === view.to;
        return (
          <Link key={view.id} href={view.to} className={styles.entry} data-here={here || undefined} title={view.name}>
            <IconPin size={17} stroke={1.6} aria-hidden />
            <span className={styles.label}>{view.name}</span>
          </Link>
        );
      })}
    </>
  );
}

export function Side() {
  const session = useSession();
  const entries = useEntries();
  const [location] = useLocation();
  const first = entries.filter((e) => e.order < 100);
  const records = entries.filter((e) => e.order >= 100);
  return (
    <nav className={styles.side} aria-label={t('nav.label')}>
      <div className={styles.head}>
        <Mark />
        <div className={styles.names}>
          <div className="strong">Coxswain</div>
          <div className="small ink3 cut">{session.company.name}</div>
        </div>
      </div>
      <HatSwitch />
      <div className={styles.list}>
        {first.map((entry) => (
          <EntryLink key={entry.to} entry={entry} location={location} />
        ))}
        {records.length > 0 && <h2 className={styles.group}>{t('nav.records')}</h2>}
        {records.map((entry) => (
          <EntryLink key={entry.to} entry={entry} location={location} />
        ))}
        <Pinned />
      </div>
      <div className={styles.foot}>
        <EntryLink entry={settingsEntry} location={location} />
      </div>
    </nav>
  );
}
