// Files of a record: choose or drop, open, remove. At most 25 MB each.
import { Button } from '@mantine/core';
import { IconFile, IconTrash, IconUpload } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';
import { post, remove } from '../base/api';
import { useAsOf } from '../base/as_of';
import { instant, number } from '../base/format';
import { t } from '../base/i18n';
import { may, useMeta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import type { Entity, Page, Row } from '../base/types';
import styles from './files.module.css';

const MOST = 25 * 1024 * 1024;

export function fileSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${number(Math.max(1, Math.round(bytes / 1024)), 0)} kB` : `${number(bytes / 1024 / 1024, 1)} MB`;
}

/** The field of an attachment that points to this entity; without one it has no files. */
export function useFileLink(entity: Entity) {
  const meta = useMeta();
  const attachment = meta.byName.get('attachment');
  return { attachment, field: attachment?.fields.find((f) => f.ref === entity.name && f.name !== attachment.owner_field) };
}

export function Files({ entity, row }: { entity: Entity; row: Row }) {
  const asOf = useAsOf();
  const { attachment, field } = useFileLink(entity);
  const page = useGet<Page>('/attachments', { filter: `${field?.name}=eq.${row.id}`, params: { limit: 200 }, of: ['attachment'], isOff: !field });
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [busy, setBusy] = useState(0);
  const canAdd = !asOf && may(attachment, 'create');
  if (!field) return null;

  async function send(files: FileList | null) {
    for (const file of files ?? []) {
      if (file.size > MOST) {
        say({ text: t('files.tooLarge', { name: file.name }), isBad: true });
        continue;
      }
      setBusy((n) => n + 1);
      try {
        const { seq } = await post('/attachments', file.type ? file : new Blob([file], { type: 'application/octet-stream' }), { params: { name: file.name, [field!.name]: row.id } });
        say({ text: t('files.added', { name: file.name }), seq });
        refresh(['attachment']);
      } catch (error) {
        sayError(error);
      } finally {
        setBusy((n) => n - 1);
      }
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files);
  };
  const take = async (file: Row) => {
    try {
      const { seq } = await remove(`/attachments/${file.id}`, { ifMatch: file.rev });
      say({ text: t('record.removed', { name: String(file.name) }), seq });
      refresh(['attachment']);
    } catch (error) {
      sayError(error);
    }
  };
  const rows = page.data?.rows ?? [];
  return (
    <div className={styles.files} data-over={isOver || undefined} onDragOver={(e) => { if (!canAdd) return; e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={canAdd ? drop : undefined}>
      {page.error && <Failing error={page.error} retry={() => void page.refetch()} />}
      {page.isLoading && <Bones count={2} height={40} />}
      <ul className="lines">
        {rows.map((file) => (
          <li key={file.id} className="row">
            <IconFile size={17} stroke={1.5} className="ink3" aria-hidden />
            <a className="medium cut" href={`/api/v1/attachments/${file.id}/content`} download={String(file.name)}>
              {String(file.name)}
            </a>
            <span className="small ink3">{fileSize(Number(file.size ?? 0))}</span>
            <span className="small ink3" style={{ marginInlineStart: 'auto' }}>
              {[file.names?.owner, file.from ? instant(String(file.from)) : ''].filter(Boolean).join(', ')}
            </span>
            {!asOf && may(attachment, 'remove') && (
              <button className={styles.remove} aria-label={t('files.remove', { name: String(file.name) })} onClick={() => void take(file)}>
                <IconTrash size={15} stroke={1.6} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {page.data && !rows.length && <p className="ink3" style={{ padding: '14px 16px 0' }}>{t('files.none')}</p>}
      {canAdd && (
        <div className={styles.add}>
          <input ref={input} type="file" multiple hidden onChange={(e) => void send(e.currentTarget.files)} aria-label={t('files.choose')} />
          <Button leftSection={<IconUpload size={15} aria-hidden />} loading={busy > 0} onClick={() => input.current?.click()}>
            {t('files.choose')}
          </Button>
          <span className="small ink3">{t('files.drop')}</span>
        </div>
      )}
    </div>
  );
}
