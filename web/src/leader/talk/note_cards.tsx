// The note both write at, and the note of one's own: kept in the tab while they are written, saved when one leaves the field.
import { Button, Textarea } from '@mantine/core';
import { IconLock, IconUsers } from '@tabler/icons-react';
import { patch, post } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { Bones, Failing } from '../../base/states';
import type { Page, Row } from '../../base/types';
import styles from './talk.module.css';
import { spreadTalk, useWritten, type Talk, type Two, type Written } from './talk_data';

const MAX = 60_000;

function Note({ label, placeholder, written, canEdit, otherName }: { label: string; placeholder: string; written: Written; canEdit: boolean; otherName: string }) {
  const state = written.isBusy ? t('talk.saving') : written.isDirty ? t('talk.keptHere') : '';
  return (
    <div className={styles.note}>
      {written.theirs !== null && (
        <div className={styles.conflict} role="alertdialog" aria-label={t('talk.conflict', { name: otherName })}>
          <p className="strong">{t('talk.conflict', { name: otherName })}</p>
          <blockquote dir="auto">{written.theirs || t('talk.emptied')}</blockquote>
          <div className="row" style={{ flexWrap: 'wrap' }}>
            <Button onClick={() => written.settle(`${written.theirs}\n\n${written.text}`)}>{t('talk.keepBoth')}</Button>
            <Button onClick={() => written.settle(written.text)}>{t('talk.keepMine')}</Button>
            <Button variant="subtle" onClick={() => written.settle(written.theirs ?? '')}>{t('talk.keepTheirs')}</Button>
          </div>
        </div>
      )}
      <Textarea aria-label={label} placeholder={canEdit ? placeholder : undefined} value={written.text} readOnly={!canEdit} autosize minRows={3} maxRows={24} maxLength={MAX} error={written.problem} dir="auto"
        onChange={(e) => written.write(e.currentTarget.value)}
        onBlur={() => void written.save()}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void written.save();
          if (e.key === 'Escape') e.currentTarget.blur();
        }} />
      <div className={`small ink3 ${styles.noteState}`} aria-live="polite">{state}</div>
    </div>
  );
}

export function SharedCard({ talk, two, canEdit }: { talk: Talk; two: Two; canEdit: boolean }) {
  const written = useWritten(`shared.${talk.id}`, 'shared_note', { text: talk.shared_note ?? '', rev: talk.rev }, async (text, rev) => {
    const answer = await patch<Row>(`/one_on_ones/${talk.id}`, { shared_note: text }, { ifMatch: rev });
    spreadTalk(answer.data);
    return answer;
  });
  return (
    <section className="card" aria-label={t('talk.shared')}>
      <div className="card-head"><h2>{t('talk.shared')}</h2><span className="end ink3 row"><IconUsers size={14} stroke={1.6} aria-hidden />{t('talk.sharedSub', { name: two.otherName })}</span></div>
      <Note label={t('talk.shared')} placeholder={t('talk.sharedPlaceholder')} written={written} canEdit={canEdit} otherName={two.otherName} />
    </section>
  );
}

function PrivateNote({ talk, two, own, canEdit }: { talk: Talk; two: Two; own: Row | undefined; canEdit: boolean }) {
  const written = useWritten(`private.${talk.id}`, 'text', { text: String(own?.text ?? ''), rev: own?.rev ?? 0 }, async (text, rev) => {
    const answer = own
      ? await patch<Row>(`/private_notes/${own.id}`, { text }, { ifMatch: rev || own.rev })
      : await post<Row>('/private_notes', { author: two.me, other: two.other, one_on_one: talk.id, text });
    refresh(['private_note']);
    return answer;
  });
  return <Note label={t('talk.private')} placeholder={t('talk.privatePlaceholder', { name: two.otherName })} written={written} canEdit={canEdit} otherName={two.otherName} />;
}

export function PrivateCard({ talk, two, canEdit }: { talk: Talk; two: Two; canEdit: boolean }) {
  const { data, error, refetch } = useGet<Page>('/private_notes', { filter: `one_on_one=eq.${talk.id}`, of: ['private_note'] });
  const own = data?.rows.find((row) => row.author === two.me);
  const theirs = data?.rows.some((row) => row.author === two.other);
  return (
    <section className={`card ${styles.private}`} aria-label={t('talk.private')}>
      <div className="card-head"><h2>{t('talk.private')}</h2><span className={`end ink3 ${styles.lock}`}><IconLock size={14} stroke={1.6} aria-hidden />{t('talk.privateSub')}</span></div>
      {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={1} height={60} /> : <PrivateNote talk={talk} two={two} own={own} canEdit={canEdit} />}
      {theirs && <p className="small ink3 card-body">{t('talk.privateTheirs', { name: two.otherName })}</p>}
    </section>
  );
}
