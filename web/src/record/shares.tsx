// Who else may see or change this record, until when.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { put, remove } from '../base/api';
import { dayPlain } from '../base/format';
import { t } from '../base/i18n';
import { useGet, refresh } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import type { Entity, Field, Page, Row } from '../base/types';
import { RefPicker } from './ref_picker';
import { Who } from './value';

interface Share {
  user: number;
  verb: 'read' | 'change';
  until: string | null;
}

const userField: Field = { name: 'user', label: '', type: 'ref', ref: 'user', flags: ['required'] };

export function Shares({ entity, row, canEdit }: { entity: Entity; row: Row; canEdit: boolean }) {
  const path = `/${entity.plural}/${row.id}/shares`;
  const shares = useGet<{ rows: Share[] }>(path, { now: true, of: [entity.name, 'share'] });
  const ids = (shares.data?.rows ?? []).map((share) => share.user);
  const users = useGet<Page>('/users', { filter: `id=in.(${ids.join(',')})`, params: { limit: 200 }, now: true, isOff: !ids.length, of: ['user'] });
  const nameOf = (id: number) => String(users.data?.rows.find((user) => user.id === id)?.name ?? `#${id}`);
  const [user, setUser] = useState<{ id: number | null; name: string | null }>({ id: null, name: null });
  const [mayChange, setMayChange] = useState(false);
  const [until, setUntil] = useState('');

  async function share(event: FormEvent) {
    event.preventDefault();
    if (!user.id) return;
    try {
      await put(`${path}/${user.id}`, { verb: mayChange ? 'change' : 'read', ...(until ? { until } : {}) });
      say({ text: t('share.done', { name: user.name ?? '' }) });
      setUser({ id: null, name: null });
      refresh([entity.name]);
    } catch (error) {
      sayError(error);
    }
  }
  const end = async (one: Share) => {
    try {
      await remove(`${path}/${one.user}`);
      say({ text: t('share.ended', { name: nameOf(one.user) }) });
      refresh([entity.name]);
    } catch (error) {
      sayError(error);
    }
  };
  if (shares.error) return <Failing error={shares.error} retry={() => void shares.refetch()} />;
  return (
    <div style={{ padding: '8px 16px 16px' }}>
      <p className="ink2" style={{ maxWidth: 560, marginBottom: 8 }}>
        {t('share.help', { name: row.names?.[entity.owner_field ?? ''] ?? t('record.somebody') })}
      </p>
      {shares.isLoading && <Bones count={2} height={34} />}
      <ul>
        {(shares.data?.rows ?? []).map((one) => (
          <li key={one.user} className="row" style={{ minHeight: 34 }}>
            <Who name={nameOf(one.user)} size="" />
            <span className="medium">{nameOf(one.user)}</span>
            <span className="ink3">{one.verb === 'change' ? t('share.change') : t('share.read')}{one.until ? `, ${t('share.until', { day: dayPlain(one.until) })}` : ''}</span>
            {canEdit && (
              <button className="linklike" style={{ marginInlineStart: 'auto' }} aria-label={t('share.end', { name: nameOf(one.user) })} onClick={() => void end(one)}>
                <IconX size={15} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {canEdit && (
        <form onSubmit={share} className="row" style={{ alignItems: 'flex-end', flexWrap: 'wrap', gap: 12, marginTop: 10 }}>
          <div style={{ width: 220 }}>
            <RefPicker field={userField} label={t('share.with')} value={user.id} name={user.name} onPick={(id, name) => setUser({ id, name })} />
          </div>
          <TextInput type="date" label={t('share.untilLabel')} value={until} onChange={(e) => setUntil(e.currentTarget.value)} />
          <Checkbox label={t('share.mayChange')} checked={mayChange} onChange={(e) => setMayChange(e.currentTarget.checked)} style={{ paddingBottom: 6 }} />
          <Button type="submit" disabled={!user.id}>
            {t('share.go')}
          </Button>
        </form>
      )}
    </div>
  );
}
