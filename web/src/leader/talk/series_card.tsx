// The coaching plans of two people, active ones first, and the way to make one.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import type { Page } from '../../base/types';
import { SeriesForm } from './series_form';
import { betweenFilter, type Two } from './talk_data';
import styles from './talk.module.css';

export function SeriesLines({ two }: { two: Pick<Two, 'me' | 'other'> }) {
  const { data } = useGet<Page>('/coaching_plans', { filter: betweenFilter('author', 'other', two), params: { order: 'from_day.desc', limit: 6 }, of: ['coaching_plan'] });
  const rows = [...(data?.rows ?? [])].sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active'));
  if (!rows.length) return null;
  return (
    <ul className="lines">
      {rows.map((one) => <li key={one.id} className={styles.now}><span><Link className={one.state === 'active' ? 'quiet medium' : 'quiet ink3'} href={`/coaching/plans/${one.id}`}>{String(one.goal)}</Link>{one.skill && <span className="small ink3">{String(one.skill)}</span>}</span>{one.state !== 'active' && <span className="small ink3">{t(one.state === 'done' ? 'series.state.done' : 'series.state.dropped')}</span>}</li>)}
    </ul>
  );
}

export function SeriesCard({ two, canEdit }: { two: Two; canEdit: boolean }) {
  const { data } = useGet<Page>('/coaching_plans', { filter: betweenFilter('author', 'other', two), params: { limit: 1 }, of: ['coaching_plan'] });
  const [isNew, setNew] = useState(false);
  if (!data || (!data.rows.length && !two.isLeader)) return null;
  return (
    <section className="card" aria-label={t('series.plans')}>
      <div className="card-head"><h2>{t('series.plans')}</h2>{two.isLeader && canEdit && <span className="end"><Button onClick={() => setNew(true)}>{t('series.new')}</Button></span>}</div>
      {data.rows.length ? <SeriesLines two={two} /> : <p className="ink3 card-body">{t('series.noPlans')}</p>}
      {isNew && <SeriesForm wish={{ person: two.other, name: two.otherName }} onClose={() => setNew(false)} />}
    </section>
  );
}
