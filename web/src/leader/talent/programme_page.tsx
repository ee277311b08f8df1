// One programme of pairs: who takes part, the draw with its gap to the best, the pairs and whether they meet, and what it
// has done. Who runs it sees all of it, others their own part.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { post } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { day, dayPlain, money, number, percent, signed, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useHat } from '../../base/look';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import type { Row } from '../../base/types';
import { MemberForm } from './forms';
import { stateKey } from './programmes';
import styles from './talent.module.css';
import { OF_PAIRS, type Effects, type Preview, type Programme } from './talent_data';

const gapText = (gap: { score: number; best_score: number; gap: number }) => t('talent.gapText', { score: number(gap.score), best: number(gap.best_score), gap: percent(gap.gap, 1) });

function Facts({ programme }: { programme: Programme }) {
  return (
    <section className="card" aria-label={t('talent.rules')}>
      <div className="card-head"><h2>{t('talent.rules')}</h2></div>
      {programme.help && <p className={`ink2 ${styles.note}`} style={{ paddingBottom: 10 }}>{programme.help}</p>}
      <dl className={styles.facts}>
        <div><dt>{t('talent.begins')}</dt><dd>{dayPlain(programme.from_day)}</dd></div>
        <div><dt>{t('talent.waves')}</dt><dd>{programme.wave_count === 1 ? t('talent.wavesText', { n: 1, months: 0 }) : t('talent.wavesText', { n: programme.wave_count, months: programme.wave_months })}</dd></div>
        <div><dt>{t('talent.rules')}</dt><dd>{t('talent.rulesText', { team: t(programme.other_team ? 'talent.otherTeam' : 'talent.anyTeam'), line: t(programme.other_line ? 'talent.otherLine' : 'talent.anyLine'), slack: programme.slack_pct })}</dd></div>
        {programme.drawn && <div><dt>{t('talent.gapTo')}</dt><dd>{gapText(programme.drawn)}; <span className="ink3">{programme.drawn.is_proved ? t('talent.proved') : t('talent.notProved', { bound: programme.drawn.bound })}</span></dd></div>}
        {programme.drawn && <div><dt>{t('talent.lot')}</dt><dd>{t('talent.lotSeed', { seed: programme.seed })}</dd></div>}
      </dl>
    </section>
  );
}

function Members({ programme, onEnter }: { programme: Programme; onEnter?: () => void }) {
  return (
    <section className="card" aria-label={t('talent.members')}>
      <div className="card-head"><h2>{t('talent.members')}</h2><span className="ink3">{programme.members.length || ''}</span>{onEnter && <span className="end"><Button variant="subtle" onClick={onEnter}>{t('talent.enter')}</Button></span>}</div>
      {programme.members.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.noMembers')}</p> : (
        <ul className="lines">
          {programme.members.map((one) => (
            <li key={one.id} className={styles.top}>
              <span className="medium cut">{one.name}</span>
              <span className="ink3 cut">{t(`talent.side.${one.side}`)}{one.side === 'mentor' && one.capacity > 1 ? ` × ${one.capacity}` : ''}</span>
              <span className="end ink2 cut">{[one.wanted_name && `${t('talent.wants')}: ${one.wanted_name}`, one.offered_name && `${t('talent.offers')}: ${one.offered_name}`].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Draw({ programme }: { programme: Programme }) {
  const { data, error, refetch } = useGet<Preview>(`/talent/programmes/${programme.id}/preview`, { of: OF_PAIRS, now: true });
  const isPeers = programme.kind === 'peers';
  const accept = async () => {
    try {
      const { data: made, seq } = await post<{ pair_count: number }>(`/talent/programmes/${programme.id}/draw`, { digest: data!.digest });
      say({ text: t('talent.accepted', { n: made.pair_count }), seq });
      refresh(OF_PAIRS);
    } catch (problem) {
      sayError(problem);
    }
  };
  if (error && !data) return <section className="card" aria-label={t('talent.preview')}><div className="card-head"><h2>{t('talent.preview')}</h2></div><Failing error={error} retry={() => void refetch()} /></section>;
  if (!data) return <section className="card" aria-label={t('talent.preview')}><Bones count={6} /></section>;
  return (
    <section className="card" aria-label={t('talent.preview')}>
      <div className="card-head"><h2>{t('talent.preview')}</h2><span className="end"><Button variant="filled" onClick={() => void accept()}>{t('talent.accept', { n: data.pairs.length })}</Button></span></div>
      <p className={`small ink3 ${styles.note}`}>{t('talent.previewHelp')}</p>
      <dl className={styles.facts}>
        <div><dt>{t('talent.gapTo')}</dt><dd>{gapText(data)}; <span className="ink3">{data.is_proved ? t('talent.proved') : t('talent.notProved', { bound: data.bound })}</span></dd></div>
        <div><dt>{t('talent.lot')}</dt><dd>{t('talent.lotText', { seed: data.seed, n: data.plan_count, distinct: data.distinct_count })}</dd></div>
        <div><dt>{t('talent.struck')}</dt><dd>{t('talent.struckText', { team: data.struck.same_team, line: data.struck.same_line, listed: data.struck.listed })}</dd></div>
      </dl>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('talent.preview')}>
        <table className={`table ${styles.pairTable}`}>
          <thead><tr><th>{t(isPeers ? 'talent.one' : 'talent.mentor')}</th><th>{t(isPeers ? 'talent.other' : 'talent.mentee')}</th><th>{t('talent.common')}</th><th className="num">{t('talent.chance')}</th><th className="num">{t('talent.begins')}</th></tr></thead>
          <tbody>
            {data.pairs.map((one) => (
              <tr key={`${one.mentor}-${one.mentee}`}><td>{one.mentor_name}</td><td>{one.mentee_name}</td><td className="ink2">{one.skill_name}</td><td className="num">{percent(one.chance)}</td><td className="num">{day(one.start_day)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.alone.length > 0 && <p className={`ink2 ${styles.note}`} style={{ paddingTop: 10 }}>{t('talent.alone', { names: data.alone.map((one) => one.name ?? '').join(', ') })}</p>}
    </section>
  );
}

function Pairs({ programme, canEdit }: { programme: Programme; canEdit: boolean }) {
  const me = useSession().user.id;
  const isPeers = programme.kind === 'peers';
  const met = async (pair: number) => {
    try {
      const { seq } = await post<Row>('/pair_meetings', { pair, day: today() });
      say({ text: t('talent.saidMet'), seq });
      refresh(['pair_meeting']);
    } catch (problem) {
      sayError(problem);
    }
  };
  if (!programme.pairs.length) return null;
  return (
    <section className="card" aria-label={t('talent.ownPairs')}>
      <div className="card-head"><h2>{t('talent.ownPairs')}</h2><span className="ink3">{programme.pairs.length}</span></div>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('talent.ownPairs')}>
        <table className={`table ${styles.pairTable}`}>
          <thead><tr><th>{t(isPeers ? 'talent.one' : 'talent.mentor')}</th><th>{t(isPeers ? 'talent.other' : 'talent.mentee')}</th><th>{t('talent.common')}</th><th className="num">{t('talent.wave')}</th><th className="num">{t('talent.begins')}</th><th>{t('talent.meetings')}</th><th /></tr></thead>
          <tbody>
            {programme.pairs.map((one) => (
              <tr key={one.id}>
                <td>{one.mentor_name}</td><td>{one.mentee_name}</td><td className="ink2">{one.skill_name}</td><td className="num">{one.wave}</td><td className="num">{day(one.start_day)}</td>
                <td className="ink2">{one.meeting_count && one.last_day ? t('talent.metLast', { n: one.meeting_count, day: day(one.last_day) }) : t('talent.never')}</td>
                <td className="num">{canEdit && (one.mentor === me || one.mentee === me) && !one.end_day && <Button variant="subtle" onClick={() => void met(one.id)}>{t('talent.met')}</Button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Effect({ programme }: { programme: Programme }) {
  const { data, error, refetch } = useGet<Effects>(`/talent/programmes/${programme.id}/effect`, { of: ['mentor_pair', 'opportunity', 'activity'], now: true });
  if (error && !data) return <section className="card" aria-label={t('talent.effect')}><Failing error={error} retry={() => void refetch()} /></section>;
  if (!data) return <section className="card" aria-label={t('talent.effect')}><Bones count={4} /></section>;
  const text = (unit: string, value: number) => (unit === 'money' ? money(Math.round(value), data.currency) : number(value, 1));
  return (
    <section className="card" aria-label={t('talent.effect')}>
      <div className="card-head"><h2>{t('talent.effect')}</h2></div>
      <p className={`small ink3 ${styles.note}`}>{t('talent.effectHelp', { from: dayPlain(data.from_day), to: dayPlain(data.to_day) })}</p>
      <ul className="lines">
        {data.effects.map((one) => (
          <li key={one.outcome} className={styles.effect}>
            <span className="medium">{t(`talent.outcome.${one.outcome}`)}</span>
            <span className={styles.quiet}>
              {one.is_known && one.effect !== null && one.low !== null && one.high !== null
                ? <span>{t('talent.effectText', { effect: signed(one.effect, (v) => text(one.unit, v)), low: signed(one.low, (v) => text(one.unit, v)), high: signed(one.high, (v) => text(one.unit, v)) })}</span>
                : <span>{t('talent.cannotKnow')}</span>}
              <span className="small ink3">{one.detectable === null ? t('talent.couldNot') : t('talent.couldSee', { size: text(one.unit, one.detectable) })}; {t('talent.counts', { started: one.started_count, waiting: one.waiting_count })}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function ProgrammePage() {
  const { id } = useParams<{ id: string }>();
  const { user } = useSession();
  const canEdit = !useAsOf();
  const { data, error, refetch } = useGet<Programme>(`/talent/programmes/${Number(id)}`, { of: OF_PAIRS, now: true });
  const [isEntering, setEntering] = useState(false);
  useTitle(data?.name);
  useHat('crew', Boolean(data?.is_mine));
  const isIn = data?.members.some((one) => one.person === user.id);
  const isOpen = data?.state === 'open';
  return (
    <div className="page">
      <header className="page-head">
        <h1>{data?.name ?? ' '}</h1>
        {data && <span className="sub">{t(stateKey(data.state))}, {t('talent.by', { name: data.organiser_name ?? '' })}</span>}
        <div className="actions">
          {data && isOpen && canEdit && !data.is_mine && !isIn && <Button variant="filled" onClick={() => setEntering(true)}>{t('talent.join')}</Button>}
          <Link className="linklike" href="/talent/pairs">{t('talent.pairs')}</Link>
        </div>
      </header>
      {error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data ? <div className="card"><Bones count={8} /></div> : (
        <div className={styles.stack}>
          <Facts programme={data} />
          {data.is_mine && isOpen && canEdit && data.members.length > 0 && <Draw programme={data} />}
          <Pairs programme={data} canEdit={canEdit} />
          {data.is_mine && !isOpen && <Effect programme={data} />}
          <Members programme={data} onEnter={data.is_mine && isOpen && canEdit ? () => setEntering(true) : undefined} />
        </div>
      )}
      {isEntering && data && <MemberForm programme={data.id} isPeers={data.kind === 'peers'} me={data.is_mine ? null : { id: user.id, name: user.name }} onClose={() => setEntering(false)} />}
    </div>
  );
}
