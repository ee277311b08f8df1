// Import: files, what they are taken for, a trial that saves nothing, the import, its rejected rows, and taking it back.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { ApiError, post, remove } from '../base/api';
import { t } from '../base/i18n';
import { Bones } from '../base/states';
import { problemText, sayError } from '../base/toast';
import { FilePicker } from './file_picker';
import styles from './import.module.css';
import type { Decisions, Preview, Sent } from './import_types';
import { JobCard } from './job_card';
import { PreviewCard } from './preview_card';

export default function ImportPage() {
  const [files, setFiles] = useState<Sent[]>([]);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [decisions, setDecisions] = useState<Decisions>({});
  const [job, setJob] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isMixing, setMixing] = useState(false);
  const ids = (list: Sent[]) => list.map((file) => file.id);

  async function look(list: Sent[], decided: Decisions) {
    setFiles(list);
    setDecisions(decided);
    setJob(null);
    setProblem(null);
    if (!list.length) return setPreview(null);
    setBusy(true);
    try {
      setPreview((await post<Preview>('/import-preview', { files: ids(list), decisions: decided })).data);
    } catch (e) {
      setProblem(e instanceof ApiError ? problemText(e) : String(e));
    } finally {
      setBusy(false);
    }
  }
  async function run(isTrial: boolean, decided = decisions, intoDemo = false) {
    setMixing(false);
    try {
      const { data } = await post<{ id: string }>('/imports', { files: ids(files), decisions: decided, dry_run: isTrial, into_demo: intoDemo });
      setJob(data.id);
    } catch (e) {
      // The server refuses to mix real records with the made-up company until one says so.
      if (e instanceof ApiError && e.status === 409) setMixing(true);
      else sayError(e);
    }
  }
  const decide = (file: string, header: string, to: string) =>
    void look(files, { ...decisions, [file]: { ...decisions[file], columns: { ...decisions[file]?.columns, [header]: to } } });
  const stop = () => job && remove(`/imports/${job}`).catch(sayError);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('import.title')}</h1>
        <div className="actions">
          {preview && (
            <>
              <Button onClick={() => void run(true)}>{t('import.try')}</Button>
              <Button variant="filled" onClick={() => void run(false)}>{t('import.go')}</Button>
            </>
          )}
        </div>
      </header>
      <div className={styles.column}>
        <FilePicker files={files} onFiles={(list) => void look(list, decisions)} />
        {problem && <p className="bad" role="alert">{problem}</p>}
        {isMixing && (
          <div className="card" role="alert">
            <p>{t('import.demo')}</p>
            <Button onClick={() => void run(false, decisions, true)}>{t('import.intoDemo')}</Button>
          </div>
        )}
        {job && <JobCard key={job} id={job} onStop={() => void stop()} decisions={decisions} onDecide={(decided) => { setDecisions(decided); void run(true, decided); }} />}
        {isBusy && !preview && <div className="card"><Bones count={4} /></div>}
        {preview?.files.map((file) => <PreviewCard key={file.name} file={file} isBusy={isBusy} onDecide={(header, to) => decide(file.name, header, to)} />)}
      </div>
    </div>
  );
}
