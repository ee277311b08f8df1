// Answering about somebody in a minute on a phone: one sentence after the other, five large places each. Nothing is kept on the
// device; what was sent is read back from the server, which tells it to the rater alone.
import { Button } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { useLocation, useParams } from 'wouter';
import { put, remove } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import styles from './profile.module.css';
import { useFeedback, type Asked } from './profile_data';
import { untilText } from './rounds';

function Item({ text, at, one, value, onPick }: { text: string; at: number; one: Asked; value: number | undefined; onPick: (value: number) => void }) {
  return (
    <fieldset className={styles.item} data-item={at}>
      <legend>{text}</legend>
      <div className={styles.points}>
        {Array.from({ length: one.points }, (_, i) => i + 1).map((n) => (
          <label key={n} className={styles.point} data-on={value === n || undefined}>
            <input type="radio" className="sr" name={`item${at}`} value={n} checked={value === n} onChange={() => onPick(n)} aria-label={n === 1 ? `${n}, ${one.low_label}` : n === one.points ? `${n}, ${one.high_label}` : t('profile.option', { n, most: one.points })} />
            <span aria-hidden>{n}</span>
          </label>
        ))}
      </div>
      <div className={styles.pointEnds} aria-hidden><span>{one.low_label}</span><span>{one.high_label}</span></div>
    </fieldset>
  );
}

function Sheet({ one, before }: { one: Asked; before: number[] }) {
  const [, go] = useLocation();
  const [answers, setAnswers] = useState<(number | undefined)[]>(one.items.map((_, i) => before[i]));
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const done = answers.filter((value) => value !== undefined).length;
  const name = one.person_name;
  const pick = (at: number, value: number) => {
    const isNew = answers[at] === undefined;
    setAnswers(answers.map((was, i) => (i === at ? value : was)));
    // The next sentence comes to where the finger is; not when somebody goes back, nor by the keyboard's arrows.
    const next = form.current?.querySelector(`[data-item="${at + 1}"]`);
    if (isNew && next && matchMedia('(pointer: coarse)').matches) next.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  };
  const run = async (act: () => Promise<unknown>, said: string) => {
    setBusy(true);
    try {
      await act();
      refresh(['feedback_round']);
      say({ text: said });
      go('/feedback');
    } catch (error) {
      sayError(error);
      setBusy(false);
    }
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    void run(() => put(`/feedback/${one.round}/answers`, { answers }), t('profile.saidAnswered', { day: untilText(one.to_day) }));
  };
  return (
    <form className={styles.sheet} ref={form} onSubmit={send}>
      <p className={styles.promise}>{one.is_self ? t('profile.answerPromiseSelf') : t('profile.answerPromise', { name })}</p>
      {one.items.map((text, i) => <Item key={text} text={text} at={i} one={one} value={answers[i]} onPick={(value) => pick(i, value)} />)}
      <div className={styles.send}>
        <span className={styles.progress} role="progressbar" aria-label={t('profile.progress', { n: done, all: one.items.length })} aria-valuenow={done} aria-valuemin={0} aria-valuemax={one.items.length}><i style={{ width: `${(done / one.items.length) * 100}%` }} /></span>
        <span className="ink3 small num">{t('profile.progress', { n: done, all: one.items.length })}</span>
        {before.length > 0 && <Button variant="subtle" disabled={isBusy} onClick={() => void run(() => remove(`/feedback/${one.round}/answers`), t('profile.saidLeft'))}>{t('profile.leave')}</Button>}
        <Button type="submit" variant="filled" loading={isBusy} disabled={done < one.items.length}>{t('profile.send')}</Button>
      </div>
    </form>
  );
}

export default function AnswerPage() {
  const { id } = useParams<{ id: string }>();
  const { data, error, refetch } = useFeedback();
  const one = data?.asked.find((asked) => String(asked.round) === id);
  const { data: own } = useGet<{ answers: number[] }>(`/feedback/${id}/answers`, { now: true, isOff: !one, staleMs: 0 });
  const title = !one ? t('profile.askedOfYou') : one.is_self ? t('profile.answerSelf') : t('profile.answerTitle', { name: one.person_name });
  useTitle(title);
  return (
    <div className="page">
      <div className={`page-head ${styles.narrow}`}><h1>{title}</h1>{one && <span className="sub">{t('profile.answerSub', { n: one.items.length })}</span>}</div>
      {error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data || (one && !own) ? <div className="card"><Bones count={6} height={72} /></div> : !one || !own ? <Empty title={t('profile.over')}>{t('profile.overHelp')}</Empty> : <Sheet one={one} before={own.answers} />}
    </div>
  );
}
