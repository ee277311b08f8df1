// On top: search, time machine, create, notifications, person.
import { ActionIcon, Menu, Popover, UnstyledButton } from '@mantine/core';
import { IconBell, IconCheck, IconChevronDown, IconClock, IconPlus, IconSearch } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { useAsOf } from '../base/as_of';
import { call } from '../base/api';
import { initials } from '../base/format';
import { t } from '../base/i18n';
import { setScheme, useLook, type Scheme } from '../base/look';
import { may, useMeta } from '../base/meta';
import { client } from '../base/query';
import { signedOut, useSession } from '../base/session';
import { makeStore, useStore } from '../base/store';
import { stopEvents } from '../base/events';
import { settingsEntry } from './entries';
import { Mark } from './mark';
import { NotificationList, useNotificationCount } from './notifications';
import { openPalette } from './palette';
import { PastPicker, pastPickerStore } from './past';
import { sheetStore } from './sheet';
import styles from './top_bar.module.css';

export const createStore = makeStore(false);

/** What people make by hand, in this order; the rest is in its own lists. */
const MADE_OFTEN = ['opportunity', 'account', 'contact', 'lead', 'activity', 'escalation', 'contract', 'product'];

export function useCreatable() {
  const meta = useMeta();
  return MADE_OFTEN.map((name) => meta.byName.get(name)).filter((entity) => entity && may(entity, 'create')).map((entity) => entity!);
}

function Create() {
  const isOpen = useStore(createStore);
  const asOf = useAsOf();
  const creatable = useCreatable();
  const [, go] = useLocation();
  if (!creatable.length) return null;
  return (
    <Menu opened={isOpen && !asOf} onChange={(open) => createStore.set(open)} position="bottom-end" width={220} returnFocus>
      <Menu.Target>
        <UnstyledButton className={styles.button} disabled={Boolean(asOf)} title={asOf ? t('create.readOnly') : undefined} aria-keyshortcuts="c">
          <IconPlus size={16} stroke={1.8} aria-hidden />
          <span className={styles.word}>{t('create')}</span>
          <kbd className={`kbd ${styles.wide}`} aria-hidden>C</kbd>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {creatable.map((entity) => (
          <Menu.Item key={entity.name} onClick={() => go(`/${entity.plural}/new`)}>
            {entity.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function TimeMachine() {
  const isOpen = useStore(pastPickerStore);
  const asOf = useAsOf();
  return (
    <Popover opened={isOpen} onChange={(open) => pastPickerStore.set(open)} position="bottom-end" trapFocus returnFocus width={300}>
      <Popover.Target>
        <UnstyledButton className={styles.plain} data-past={asOf ? '' : undefined} onClick={() => pastPickerStore.set(!isOpen)} aria-expanded={isOpen} aria-haspopup="dialog" aria-label={`${t('past.key')}: ${t(asOf ? 'past.title' : 'past.now')}`}>
          <IconClock size={16} stroke={1.6} aria-hidden />
          <span className={styles.wide}>{asOf ? t('past.title') : t('past.now')}</span>
          <IconChevronDown size={13} stroke={1.8} aria-hidden className={styles.wide} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <PastPicker onDone={() => pastPickerStore.set(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Bell() {
  const count = useNotificationCount();
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" aria-label={`${t('note.title')}${count ? ` (${count})` : ''}`} className={styles.bell}>
          <IconBell size={18} stroke={1.6} />
          {count > 0 && <span className={styles.dot} />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <NotificationList />
      </Popover.Dropdown>
    </Popover>
  );
}

async function signOut() {
  try {
    await call('DELETE', '/session', { open: true });
  } finally {
    stopEvents();
    client.clear();
    sessionStorage.clear();
    signedOut();
  }
}

function Person() {
  const session = useSession();
  const { scheme } = useLook();
  const [, go] = useLocation();
  const schemes: Scheme[] = ['light', 'dark', 'auto'];
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton className="avatar lg" aria-label={`${initials(session.user.name)}: ${session.user.name}`}>
          {initials(session.user.name)}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.who}>
          <div className="strong cut">{session.user.name}</div>
          <div className="small ink3 cut">{session.user.title || session.user.email}</div>
        </div>
        <Menu.Divider />
        <Menu.Label>{t('person.look')}</Menu.Label>
        {schemes.map((one) => (
          <Menu.Item key={one} closeMenuOnClick={false} onClick={() => setScheme(one)} rightSection={scheme === one ? <IconCheck size={15} /> : null} aria-checked={scheme === one} role="menuitemradio">
            {t(`person.${one}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => go(settingsEntry.to)}>{t('person.settings')}</Menu.Item>
        <Menu.Item onClick={() => sheetStore.set(true)} rightSection={<kbd className="kbd">?</kbd>}>
          {t('person.keys')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('person.out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function TopBar() {
  const { hat } = useLook();
  return (
    <header className={styles.top}>
      <Link href="/" className={styles.phoneMark}>
        <Mark size={28} />
        <span>{t(`hat.${hat}`)}</span>
      </Link>
      <button className={styles.search} onClick={() => openPalette('search')} aria-keyshortcuts="/" aria-haspopup="dialog">
        <IconSearch size={16} stroke={1.6} aria-hidden />
        <span className="grow cut">{t('search.placeholder')}</span>
        <kbd className="kbd">/</kbd>
      </button>
      <div className={styles.end}>
        <TimeMachine />
        <Create />
        <Bell />
        <Person />
      </div>
    </header>
  );
}
