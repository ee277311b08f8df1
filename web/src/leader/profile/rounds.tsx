// 360 rounds: asking people, sending the questions, opening the results; and what one is asked oneself.
import { Button, Checkbox, Modal, MultiSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError, post, remove } from '../../base/api';
import { addDays, dayFull, dayPlain, dayShort, today } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones, Empty, Failing } from '../../base/states';
import { problemText, say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import { num, rowsOf, useBrief } from '../../home/brief';
import { Face } from '../../home/parts';
import { useFeedback, type Asked, type Round } from './profile_data';
import styles from './profile.module.css';

const DAYS = 14;

async function draftRound(me: number, people: number[], lastDay: string): Promise<void> {
  const { data: round } = await post<Row>('/feedback_rounds', { author: me, person: me, to_day: lastDay });
  for (const rater of people) await post('/feedback_raters', { author: me, rater, round: round.id });
  await post(`/feedback/${round.id}/open`, null);
}

function AskForm({ least, onClose }: { least: number; onClose: () => void }) {
  const me = useSession().user.id;
  const { data } = useGet<Page>('/users', { filter: 'is_active=is.true', params: { limit: 1000 }, of: ['user'], now: true });
  const { data: brief } = useBrief('leader', {});
  const mine = brief ? rowsOf(brief, 'one_on_ones').map((line) => String(num(line, 'user'))) : [];
  const [picked, setPicked] = useState<string[] | null>(null);
  const [withSelf, setWithSelf] = useState(true);
  const [lastDay, setLastDay] = useState(addDays(today(), DAYS));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const people = (data?.rows ?? []).filter((row) => row.id !== me).map((row) => ({ value: String(row.id), label: String(row.name) }));
  const chosen = picked ?? mine.filter((id) => people.some((one) => one.value === id));
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await draftRound(me, [...chosen.map(Number), ...(withSelf ? [me] : [])], lastDay);
      say({ text: t('profile.saidSent') });
      refresh(['feedback_round']);
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
      refresh(['feedback_round']);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('profile.askTitle')} size={520} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <MultiSelect label={t('profile.whom')} description={t('profile.whomHelp', { n: chosen.length })} data={people} value={chosen} onChange={setPicked} searchable hidePickedOptions maxValues={50} limit={50} />
        <Checkbox label={t('profile.alsoSelf')} checked={withSelf} onChange={(e) => setWithSelf(e.currentTarget.checked)} />
        <TextInput type="date" label={t('profile.lastDay')} value={lastDay} min={addDays(today(), 3)} max={addDays(today(), 60)} required onChange={(e) => setLastDay(e.currentTarget.value)} />
        <p className="small ink3">{t('profile.frozen')}</p>
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row">
          <Button type="submit" variant="filled" loading={isBusy} disabled={chosen.length < least || !lastDay}>{t('profile.askN', { n: chosen.length })}</Button>
          <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}

function stateOf(round: Round): string {
  if (round.state === 'draft') return t('profile.state.draft');
  if (round.state === 'closed') return t('profile.state.closed', { day: dayShort(round.closed_day ?? round.to_day) });
  return round.to_day <= today() ? t('profile.state.over') : t('profile.state.open', { day: dayShort(round.to_day) });
}

function RoundLine({ round, me }: { round: Round; me: number }) {
  const run = async (act: () => Promise<unknown>, said: string) => {
    try {
      await act();
      say({ text: said });
      refresh(['feedback_round', 'feedback_result']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={styles.round}>
      <span className="medium" title={dayFull(round.to_day)}>{stateOf(round)}</span>
      <span className="ink3 cut">{[round.person === me ? null : t('profile.about', { name: round.person_name }), round.author === me ? null : t('profile.askedBy', { name: round.author_name }), round.questionnaire, round.invited_count !== null ? t('profile.invited', { n: round.invited_count }) : null].filter(Boolean).join(', ')}</span>
      <span className={styles.end}>
        {round.can_close && <Button variant="filled" onClick={() => void run(() => post(`/feedback/${round.id}/close`, null), t('profile.saidOpened'))}>{t('profile.openResults')}</Button>}
        {round.state === 'draft' && round.author === me && <Button onClick={() => void run(() => post(`/feedback/${round.id}/open`, null), t('profile.saidSent'))}>{t('profile.openRound')}</Button>}
        {round.state === 'draft' && round.author === me && <Button variant="subtle" onClick={() => void run(() => remove(`/feedback_rounds/${round.id}`), t('profile.saidRemoved'))}>{t('profile.removeDraft')}</Button>}
      </span>
    </li>
  );
}

export function AskedLines({ asked }: { asked: Asked[] }) {
  return (
    <ul className="lines">
      {asked.map((one, i) => (
        <li key={one.round} className={styles.asked}>
          <Face name={one.person_name} />
          <span className="grow cut"><span className="medium">{one.person_name}</span> <span className="ink3">{[one.is_self ? t('profile.aboutYou') : one.label, t('profile.until', { day: dayShort(one.to_day) })].join(', ')}</span></span>
          {one.is_answered && <span className="small good">{t('profile.answered')}</span>}
          <Button component={Link} href={`/feedback/${one.round}`} variant={i === asked.findIndex((other) => !other.is_answered) ? 'filled' : 'default'}>{t(one.is_answered ? 'profile.answerAgain' : 'profile.answerNow')}</Button>
        </li>
      ))}
    </ul>
  );
}

export function Rounds() {
  const me = useSession().user.id;
  const { data, error, refetch } = useFeedback();
  const [isAsking, setAsking] = useState(false);
  return (
    <section className="card" aria-label={t('profile.rounds')}>
      <div className="card-head"><h2>{t('profile.rounds')}</h2><span className="ink3 cut">{t('profile.roundsSub')}</span><span className="end"><Button onClick={() => setAsking(true)}>{t('profile.newRound')}</Button></span></div>
      {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={2} height={44} /> : (
        <>
          {data.asked.length > 0 && <><h3 className={styles.partHead}>{t('profile.askedOfYou')}</h3><AskedLines asked={data.asked} /></>}
          {data.rounds.length > 0 ? <ul className="lines">{data.rounds.map((round) => <RoundLine key={round.id} round={round} me={me} />)}</ul> : <p className="ink3 card-body">{t('profile.noRounds')} {t('profile.noRoundsHelp')}</p>}
        </>
      )}
      {isAsking && <AskForm least={data?.least ?? 5} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** For those who lead nobody: only what they are asked. */
export function AskedCard() {
  const { data, error, refetch } = useFeedback();
  if (error && !data) return <div className="card"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!data) return <div className="card"><Bones count={3} /></div>;
  if (!data.asked.length) return <Empty title={t('profile.nothingAsked')}>{t('profile.nothingAskedHelp')}</Empty>;
  return (
    <section className="card" aria-label={t('profile.askedOfYou')}>
      <div className="card-head"><h2>{t('profile.askedOfYou')}</h2></div>
      <AskedLines asked={data.asked} />
    </section>
  );
}

export const untilText = (day: string) => dayPlain(addDays(day, -1));
