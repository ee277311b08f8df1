// Saved views: choose one, keep the present one under a name, pin it to the side.
import { Button, Checkbox, Menu, Popover, TextInput } from '@mantine/core';
import { IconChevronDown, IconPin, IconPinnedOff, IconTrash } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { t } from '../base/i18n';
import { may, useMeta } from '../base/meta';
import { say, sayError } from '../base/toast';
import type { Entity } from '../base/types';
import styles from './view_menu.module.css';
import { removeView, saveView, useViews, type View, type ViewInput } from './views';

interface Props {
  entity: Entity;
  layout: 'list' | 'board';
  /** The present filters and order; columns apart, null: the usual ones. */
  query: string;
  columns: string[] | null;
  here: string;
}

const sameAddress = (a: string, b: string) => decodeURIComponent(a) === decodeURIComponent(b);

function SaveForm({ input, onDone }: { input: Omit<ViewInput, 'name' | 'is_pinned'>; onDone: () => void }) {
  const [name, setName] = useState('');
  const [isPinned, setPinned] = useState(true);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    try {
      await saveView({ ...input, name: name.trim(), is_pinned: isPinned });
      say({ text: t('list.viewSaved', { name: name.trim() }) });
      onDone();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <TextInput label={t('list.viewName')} value={name} maxLength={100} data-autofocus onChange={(e) => setName(e.currentTarget.value)} />
      <Checkbox label={t('list.viewPin')} checked={isPinned} onChange={(e) => setPinned(e.currentTarget.checked)} />
      <Button type="submit" variant="filled" disabled={!name.trim()}>
        {t('save')}
      </Button>
    </form>
  );
}

export function ViewMenu({ entity, layout, query, columns, here }: Props) {
  const meta = useMeta();
  const views = useViews(entity.name).filter((view) => view.layout === layout);
  const [, go] = useLocation();
  const [isSaving, setSaving] = useState(false);
  const plain = layout === 'board' ? '/pipeline' : `/${entity.plural}`;
  const now = views.find((view) => sameAddress(view.to, here));
  const canSave = may(meta.byName.get('saved_view'), 'create');
  if (!meta.byName.get('saved_view')) return null;
  const input = { entity: entity.name, layout, query, columns: columns?.join(',') ?? null };
  const act = (run: Promise<unknown>) => void run.catch(sayError);
  const pin = (view: View) => act(saveView({ is_pinned: !view.isPinned }, view));
  return (
    <>
      <Menu position="bottom-end" width={270}>
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={14} aria-hidden />}>
            <span className={styles.now}>{now?.name ?? t('list.views')}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => go(plain)} data-here={here === plain || undefined}>
            {t('list.viewAll')}
          </Menu.Item>
          {views.map((view) => (
            <Menu.Item key={view.id} onClick={() => go(view.to)} rightSection={view.team ? <span className="small ink3">{t('list.shared')}</span> : view.isPinned ? <IconPin size={14} className="ink3" aria-hidden /> : null}>
              <span className="cut" style={{ display: 'block' }}>{view.name}</span>
            </Menu.Item>
          ))}
          {now?.isMine && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={now.isPinned ? <IconPinnedOff size={15} aria-hidden /> : <IconPin size={15} aria-hidden />} onClick={() => pin(now)}>
                {t(now.isPinned ? 'list.viewUnpin' : 'list.viewPinToggle')}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => act(removeView(now).then((seq) => { say({ text: t('record.removed', { name: now.name }), seq }); go(plain); }))}>
                {t('list.viewRemove', { name: now.name })}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {canSave && !now && here !== plain && (
        <Popover opened={isSaving} onChange={setSaving} position="bottom-end" trapFocus returnFocus width={280}>
          <Popover.Target>
            <Button onClick={() => setSaving(!isSaving)}>{t('list.saveView')}</Button>
          </Popover.Target>
          <Popover.Dropdown>
            <SaveForm input={input} onDone={() => setSaving(false)} />
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}
