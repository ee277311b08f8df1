// Coaching between two people, newest first: what it was on, the scores, what was agreed; the coached say whether it helped.
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { patch } from '../../base/api';
import { day, dayFull } from '../../base/format';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { say, sayError } from '../../base/toast';
import type { Page, Row } from '../../base/types';
import { SessionForm, type Kind, type SessionWish } from './session_form';
import styles from './talk.module.css';

function Scored({ session }: { session: Row }) {
  const { data } = useGet<Page>('/coaching_scores', { filter: `session=eq.${session.id}`, params: { limit: 50 }, of: ['coaching_score'] });
  return (
    <div className={styles.scored}>
      {session.note && <p dir="auto">{String(session.note)}</p>}
      {session.agreed && <p dir="auto"><span className="small ink3">{t('coach.agreed')}:</span> {String(session.agreed)}</p>}
      {Boolean(data?.rows.length) && <ul>{data!.rows.map((row) => <li key={row.id}><span>{row.names?.line}</span><span className="num medium">{String(row.score)}</span></li>)}</ul>}
    </div>
  );
}

function Session({ session, me, canEdit }: { session: Row; me: number; canEdit: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const isMine = session.person === me;
  async function rate(value: string) {
    try {
      const { seq } = await patch(`/coaching_sessions/${session.id}`, { rating: Number(value) });
      say({ text: t('coach.saidRated'), seq });
      refresh(['coaching_session']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <li className={styles.session}>
      <span className={styles.sessionHead}>
        <button type="button" className="linklike" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t(`coach.kind.${session.kind as Kind}`)}, <span title={dayFull(String(session.day))}>{day(String(session.day))}</span></button>
        <span className="small ink3 cut">{session.opportunity ? <Link className="quiet" href={`/opportunities/${session.opportunity}`}>{session.names?.opportunity}</Link> : session.skill ? String(session.skill) : ''}</span>
        {session.state === 'planned' || session.state === 'missed' ? <span className="small ink3">{t(`talk.${session.state}`)}</span> : !isMine && <span className="small ink3 num">{session.rating ? t('coach.rated', { n: Number(session.rating) }) : t('coach.notRated')}</span>}
      </span>
      {isMine && (session.state === 'held' || !session.state) && <span className={styles.rate}><span className="small ink3">{t('coach.helped')}</span><SegmentedControl size="xs" aria-label={t('coach.helped')} disabled={!canEdit} value={session.rating ? String(session.rating) : ''} onChange={(value) => void rate(value)} data={['1', '2', '3', '4', '5']} /></span>}
      {isOpen && <Scored session={session} />}
    </li>
  );
}

/** filter says which sessions; whoever asks gets only those they were part of. */
export function SessionCard({ filter, me, wish, canEdit, all, title = t('coach.sessions') }: { filter: string; me: number; wish?: SessionWish; canEdit: boolean; all: string; title?: string }) {
  const { data } = useGet<Page>('/coaching_sessions', { filter, params: { order: 'day.desc', limit: 5 }, of: ['coaching_session'] });
  const [isNew, setNew] = useState(false);
  const rows = data?.rows ?? [];
  if (!data || (!rows.length && !wish)) return null;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head"><h2>{title}</h2>{rows.length > 0 && <Link className="small" href={all}>{t('coach.all')}</Link>}{wish && canEdit && <span className="end"><Button onClick={() => setNew(true)}>{t('coach.new')}</Button></span>}</div>
      {rows.length ? <ul className="lines">{rows.map((one) => <Session key={one.id} session={one} me={me} canEdit={canEdit} />)}</ul> : <p className="ink3 card-body">{t('coach.none')}</p>}
      {isNew && wish && <SessionForm wish={wish} onClose={() => setNew(false)} />}
    </section>
  );
}
