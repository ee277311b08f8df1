// The vision as one reads it: statement, narrative, pillars, the receipt, who has not read it, questions and answers.
import { Button, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { patch, post } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { useDraft } from '../../base/draft';
import { day, dayFull, dayPlain, initials } from '../../base/format';
import { t } from '../../base/i18n';
import { may, useMeta } from '../../base/meta';
import { act } from './act';
import { VISION_OF, type Pillar, type Question, type VisionPage } from './data';
import styles from './goals.module.css';
import { VisionForm } from './vision_form';

export function Badge({ pillars, id }: { pillars: Pillar[]; id: number | null }) {
  const at = pillars.findIndex((one) => one.id === id);
  const pillar = pillars[at];
  if (!pillar) return null;
  return <span className={styles.badge} style={{ borderColor: `var(--c${(at % 8) + 1})` }} title={pillar.name}>{String.fromCharCode(65 + (at % 26))}</span>;
}

function Receipt({ page }: { page: VisionPage }) {
  const asOf = useAsOf();
  const { read, vision } = page;
  if (!vision) return null;
  if (read.is_current) return <p className="small ink3">{t('goals.youRead', { day: read.day ? dayPlain(read.day) : '' })}</p>;
  if (asOf) return null;
  return <Button variant="filled" onClick={() => void act(post('/vision_reads', { vision: vision.id }), t('goals.saidRead'), VISION_OF)}>{t(read.day ? 'goals.readAgain' : 'goals.readIt')}</Button>;
}

function Line({ page }: { page: VisionPage }) {
  const { line, questions } = page;
  const answered = questions.filter((one) => one.answer).length;
  if (!line.count && !questions.length) return null;
  return (
    <>
      <div className={styles.figures}>
        {line.count > 0 && <div><span className="figure2">{t('goals.lineRead', { n: line.read_count, all: line.count })}</span><span className="small ink3">{t('goals.lineReadSub')}</span></div>}
        {questions.length > 0 && <div><span className="figure2">{t('goals.answered', { n: answered, all: questions.length })}</span><span className="small ink3">{t('goals.answeredSub')}</span></div>}
      </div>
      {line.unread.length > 0 && (
        <p className="small ink2">
          {t('goals.notYet')}: {line.unread.slice(0, 8).map((one) => (one.has_read_earlier ? `${one.name} (${t('goals.earlier')})` : one.name)).join(', ')}
          {line.unread.length > 8 && ` +${line.unread.length - 8}`}
        </p>
      )}
    </>
  );
}

function AnswerForm({ question, onClose }: { question: Question; onClose: () => void }) {
  const draft = useDraft(`goals.answer.${question.id}`, '');
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!(await act(patch(`/vision_questions/${question.id}`, { answer: draft.value.trim() }, { ifMatch: question.rev }), t('goals.saidAnswer'), VISION_OF))) return;
    draft.clear();
    onClose();
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Textarea aria-label={t('goals.answerTo', { name: question.author_name })} value={draft.value} autosize minRows={2} maxLength={7900} autoFocus onChange={(e) => draft.set(e.currentTarget.value)} />
      <div className="row"><Button type="submit" variant="filled" disabled={!draft.value.trim()}>{t('goals.answer')}</Button><Button variant="subtle" onClick={onClose}>{t('cancel')}</Button></div>
    </form>
  );
}

function Asked({ question, mayAnswer }: { question: Question; mayAnswer: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className={styles.asked}>
      <p className="row small"><span className="avatar sm" aria-hidden>{initials(question.author_name)}</span><span className="medium">{t('goals.asks', { name: question.author_name })}</span><span className="ink3" title={dayFull(question.day)}>{day(question.day)}</span></p>
      <p dir="auto">{question.text}</p>
      {question.answer ? (
        <p className={styles.answer} dir="auto"><span className="small ink3">{t('goals.answeredBy', { name: question.answered_by_name ?? '' })}</span>{question.answer}</p>
      ) : isOpen ? <AnswerForm question={question} onClose={() => setOpen(false)} /> : mayAnswer && <Button onClick={() => setOpen(true)}>{t('goals.answer')}</Button>}
    </li>
  );
}

function AskForm({ vision }: { vision: number }) {
  const draft = useDraft(`goals.ask.${vision}`, '');
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await act(post('/vision_questions', { vision, text: draft.value.trim() }), t('goals.asked'), VISION_OF)) {
      draft.set('');
      draft.clear();
    }
  }
  return (
    <form className={styles.ask} onSubmit={submit}>
      <Textarea aria-label={t('goals.ask')} placeholder={t('goals.ask')} value={draft.value} autosize minRows={1} maxLength={3900} onChange={(e) => draft.set(e.currentTarget.value)} />
      {draft.value.trim() && <Button type="submit">{t('goals.askSend')}</Button>}
    </form>
  );
}

function Text({ page, onEdit }: { page: VisionPage; onEdit?: () => void }) {
  const { vision, pillars } = page;
  if (!vision) return null;
  return (
    <>
      <p className="row small ink3"><span title={t('goals.version', { rev: vision.rev })}>{t('goals.wordsSince', { day: dayPlain(vision.from_day) })}</span>{onEdit && <button className={`linklike ${styles.end}`} onClick={onEdit}>{t('goals.edit')}</button>}</p>
      <h2 className={styles.statement} dir="auto">{vision.statement}</h2>
      {vision.narrative && <div className={styles.narrative} dir="auto">{vision.narrative.split(/\n{2,}/).map((part, i) => <p key={i}>{part}</p>)}</div>}
      {pillars.length > 0 && (
        <ul className={styles.pillars} aria-label={t('goals.pillars')}>
          {pillars.map((one) => <li key={one.id}><Badge pillars={pillars} id={one.id} /><span dir="auto"><span className="medium">{one.name}</span>{one.text && <span className="small ink3">{one.text}</span>}</span></li>)}
        </ul>
      )}
    </>
  );
}

export function VisionCard({ page }: { page: VisionPage }) {
  const { byName } = useMeta();
  const asOf = useAsOf();
  const [isEditing, setEditing] = useState(false);
  const mayWrite = !asOf && may(byName.get('vision'), page.vision ? 'change' : 'create');
  if (isEditing) return <section className={`card ${styles.vision}`} aria-label={t('goals.edit')}><VisionForm page={page} onClose={() => setEditing(false)} /></section>;
  if (!page.vision)
    return (
      <section className={`card ${styles.vision}`} aria-label={t('goals.noVision')}>
        <h2 className={styles.statement}>{t('goals.noVision')}</h2>
        <p className="ink2">{t(mayWrite ? 'goals.noVisionHelp' : 'goals.noVisionOthers')}</p>
        {mayWrite && <div><Button variant="filled" onClick={() => setEditing(true)}>{t('goals.write')}</Button></div>}
      </section>
    );
  return (
    <section className={`card ${styles.vision}`} aria-label={page.vision.statement}>
      <Text page={page} onEdit={mayWrite ? () => setEditing(true) : undefined} />
      <Receipt page={page} />
      <Line page={page} />
      {(page.questions.length > 0 || !asOf) && (
        <div className={styles.questions}>
          <h3>{t('goals.questions')}</h3>
          <ul>{page.questions.map((one) => <Asked key={one.id} question={one} mayAnswer={mayWrite} />)}</ul>
          {!asOf && may(byName.get('vision_question'), 'create') && <AskForm vision={page.vision.id} />}
        </div>
      )}
    </section>
  );
}
