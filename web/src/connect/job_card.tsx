// A trial or an import while it runs, and what came of it: imported + rejected = read.
import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { get } from '../base/api';
import { setAsOf } from '../base/as_of';
import { dayDiff, dayPlain, number } from '../base/format';
import { t } from '../base/i18n';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, takeBack } from '../base/toast';
import type { Page } from '../base/types';
import styles from './import.module.css';
import type { Decisions, Job, ReportFile } from './import_types';
import { UnknownsCard } from './unknowns_card';

const isAtWork = (job: Job | undefined) => !job || job.state === 'waiting' || job.state === 'running';

function Rejected({ job, file, at }: { job: Job; file: ReportFile; at: number }) {
  if (!file.rejected) return null;
  return (
    <details className={styles.rejected}>
      <summary>{t('import.rejectedIn', { n: file.rejected, name: file.file })}</summary>
      <table className="table">
        <thead><tr><th className="num">{t('import.line')}</th><th>{t('import.field')}</th><th>{t('import.reason')}</th></tr></thead>
        <tbody>{file.rejected_rows.map((row, i) => <tr key={i}><td className="num">{row.line}</td><td>{row.field}</td><td>{row.reason}</td></tr>)}</tbody>
      </table>
      {file.rejected_file && <p className="card-body"><a href={`/api/v1/imports/${job.id}/rejected/${at}.csv`} download>{t('import.download')}</a></p>}
    </details>
  );
}

/** A text that is decided below needs no line of its own. */
const notesOf = (file: ReportFile) => file.notes.filter((note) => !(file.unknowns ?? []).some((one) => one.near && note.includes(`"${one.text}"`)));

const LONG_AGO = 90;

/** An export that ends long ago looks empty today: the company is there as of its last day. */
function LastDay() {
  const [, go] = useLocation();
  const { data } = useGet<Page>('/opportunities', { filter: 'closed_day=not.is.null', params: { order: 'closed_day.desc', limit: 1 }, of: ['opportunity'], now: true });
  const last = data?.rows[0]?.closed_day as string | undefined;
  if (!last || dayDiff(last) > -LONG_AGO) return null;
  const look = () => {
    setAsOf(last);
    go('/');
  };
  return (
    <p className={`row card-body ${styles.lastDay}`}>
      <span className="ink2">{t('import.lastDay', { day: dayPlain(last) })}</span>
      <Button onClick={look}>{t('import.lookThen')}</Button>
    </p>
  );
}

function Report({ job }: { job: Job }) {
  const { report } = job;
  if (!report) return null;
  return (
    <>
        <div className={styles.scroll}>
          <table className="table">
            <thead>
              <tr><th>{t('import.file')}</th><th className="num">{t('import.read')}</th><th className="num">{t('import.created')}</th><th className="num">{t('import.updated')}</th><th className="num">{t('import.unchanged')}</th><th className="num">{t('import.rejected')}</th></tr>
            </thead>
            <tbody>
              {report.files.map((file) => (
                <tr key={file.file}><td>{file.file}</td>{[file.read, file.created, file.updated, file.unchanged, file.rejected].map((n, i) => <td key={i} className={`num ${i === 4 && n ? 'bad' : ''}`}>{number(n, 0)}</td>)}</tr>
              ))}
              {report.files.length > 1 && <tr className="total"><td />{[report.read, report.created, report.updated, report.unchanged, report.rejected].map((n, i) => <td key={i} className="num">{number(n, 0)}</td>)}</tr>}
            </tbody>
          </table>
        </div>
        {report.files.map((file, at) => (
          <div key={file.file}>
            <ul className={styles.notes}>{notesOf(file).map((note) => <li key={note} className="small ink2">{file.file}: {note}</li>)}</ul>
            <Rejected job={job} file={file} at={at} />
          </div>
        ))}
    </>
  );
}

interface Props {
  id: string;
  onStop: () => void;
  decisions: Decisions;
  /** What texts mean is decided after a trial; then it is tried again. */
  onDecide: (decisions: Decisions) => void;
}

export function JobCard({ id, onStop, decisions, onDecide }: Props) {
  const { data: job, error, refetch } = useQuery<Job>({
    queryKey: [`/imports/${id}`], queryFn: () => get<Job>(`/imports/${id}`, { now: true }), refetchInterval: (query) => (isAtWork(query.state.data) ? 500 : false),
  });
  const batch = job?.state === 'done' && !job.dry_run ? (job.report?.batch ?? 0) : 0;
  useEffect(() => {
    if (!batch) return;
    say({ text: t('import.done'), batch });
    refresh(['*']);
  }, [batch]);
  if (error) return <div className="card"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!job) return <div className="card"><Bones count={2} /></div>;
  const share = job.progress?.rows ? (job.progress.row / job.progress.rows) * 100 : 0;
  const title = job.dry_run ? t('import.trial') : t('import.import');
  return (
    <>
      <section className="card" aria-label={title}>
        <div className="card-head">
          <h2>{title}</h2>
          <span className="ink3" role="status">{t(job.dry_run && job.state === 'done' ? 'import.tried' : `import.${job.state}`)}</span>
          {isAtWork(job) && <span className="end"><Button onClick={onStop}>{t('import.stop')}</Button></span>}
          {batch > 0 && <span className="end"><Button onClick={() => void takeBack({ batch })}>{t('import.back')}</Button></span>}
        </div>
        {isAtWork(job) && (
          <div className="card-body">
            <Progress value={share} aria-label={t('import.progress')} />
            {job.progress && <p className="small ink3">{t('import.at', { file: job.progress.file, row: number(job.progress.row, 0), rows: number(job.progress.rows, 0) })}</p>}
          </div>
        )}
        {job.error && <p className="bad card-body" role="alert">{job.error}</p>}
        {batch > 0 && <LastDay />}
        <Report job={job} />
      </section>
      {job.state === 'done' && <UnknownsCard job={job} decisions={decisions} onDecide={onDecide} />}
    </>
  );
}
