// Choosing files, or dropping them.
import { Button } from '@mantine/core';
import { IconFile, IconUpload, IconX } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';
import { post } from '../base/api';
import { number } from '../base/format';
import { t } from '../base/i18n';
import { sayError } from '../base/toast';
import styles from './import.module.css';
import type { Sent } from './import_types';

export function FilePicker({ files, onFiles }: { files: Sent[]; onFiles: (files: Sent[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [sending, setSending] = useState<string | null>(null);
  async function send(list: FileList | null) {
    const all = [...files];
    for (const file of list ?? []) {
      setSending(file.name);
      try {
        const { data } = await post<Sent>('/import-files', new Blob([file], { type: 'application/octet-stream' }), { params: { name: file.name } });
        const old = all.findIndex((one) => one.name === data.name);
        all.splice(old < 0 ? all.length : old, old < 0 ? 0 : 1, data);
      } catch (e) {
        sayError(e);
      }
    }
    setSending(null);
    onFiles(all);
  }
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void send(event.dataTransfer.files);
  };
  return (
    <section className={`card ${styles.files}`} data-over={isOver || undefined} aria-label={t('import.files')} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <p className="ink2">{t('import.help')}</p>
      <ul>
        {files.map((file) => (
          <li key={file.id} className="row">
            <IconFile size={17} stroke={1.5} className="ink3" aria-hidden />
            <span className="medium cut">{file.name}</span>
            <span className="small ink3">{t('import.kilobytes', { n: number(file.size / 1000, 1) })}</span>
            <button className="linklike" aria-label={t('import.leaveOut', { name: file.name })} onClick={() => onFiles(files.filter((one) => one.id !== file.id))}><IconX size={15} /></button>
          </li>
        ))}
      </ul>
      <input ref={input} type="file" multiple hidden aria-hidden onChange={(e) => { void send(e.currentTarget.files); }} accept=".csv,.gz,.json,.txt,.tsv" />
      <Button leftSection={<IconUpload size={15} stroke={1.8} />} loading={sending !== null} onClick={() => input.current?.click()}>{files.length ? t('import.more') : t('import.choose')}</Button>
    </section>
  );
}
