// On a person's page: the coaching between that person and oneself, and the ways into more of it.
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAsOf } from '../../base/as_of';
import { dayPlain, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useMeta } from '../../base/meta';
import { useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import type { Page, Row } from '../../base/types';
import { PlanForm } from './plan';
import { SeriesForm } from './series_form';
import { SessionForm } from './session_form';
import { SeriesLines } from './series_card';
import { betweenFilter } from './talk_data';
import styles from './talk.module.css';

export default function PersonCoaching({ row }: { row: Row }) {
  const session = useSession();
  const asOf = useAsOf();
  const { byName } = useMeta();
  const two = { me: session.user.id, other: row.id };
  const [asked, setAsked] = useState<'talk' | 'session' | 'plan' | null>(null);
  const hasTalks = byName.has('one_on_one');
  const hasCoaching = byName.has('coaching_session');
  const talks = useGet<Page>('/one_on_ones', { filter: `${betweenFilter('leader', 'person', two)}&state=eq.planned&day=gte.${today()}`, params: { order: 'day', limit: 1 }, of: ['one_on_one'], isOff: !hasTalks });
  const brief = useGet<Page>('/reporting_lines', { filter: `user=eq.${row.id}&manager=eq.${two.me}`, params: { limit: 5 }, of: ['reporting_line'] });
  const leads = hasRole(session, 'leader') && Boolean(brief.data?.rows.some((line) => !line.to_day || String(line.to_day) > today()));
  const next = talks.data?.rows[0];
  if (row.id === two.me || (!hasTalks && !hasCoaching) || (!leads && !next)) return null;
  const name = String(row.name);
  return (
    <section className="card" aria-label={t('series.person')}>
      <div className="card-head">
        <h2>{t('series.person')}</h2>
        {leads && !asOf && (
          <span className="end">
            <Menu position="bottom-end" width={200}>
              <Menu.Target><Button>{t('coach.start')}</Button></Menu.Target>
              <Menu.Dropdown>
                {hasTalks && <Menu.Item onClick={() => setAsked('talk')}>{t('talk.plan')}</Menu.Item>}
                {hasCoaching && <Menu.Item onClick={() => setAsked('session')}>{t('coach.new')}</Menu.Item>}
                {hasCoaching && <Menu.Item onClick={() => setAsked('plan')}>{t('series.new')}</Menu.Item>}
              </Menu.Dropdown>
            </Menu>
          </span>
        )}
      </div>
      <ul className="lines">
        <li className={styles.now}><span>{t('series.talk')}</span>{next ? <Link href={`/coaching/${next.id}`}>{dayPlain(String(next.day))}</Link> : <span className="ink3">{t('talk.notPlanned')}</span>}</li>
      </ul>
      {hasCoaching && <SeriesLines two={two} />}
      {asked === 'talk' && <PlanForm wish={{ person: row.id, name }} onClose={() => setAsked(null)} />}
      {asked === 'session' && <SessionForm wish={{ person: row.id, name }} onClose={() => setAsked(null)} />}
      {asked === 'plan' && <SeriesForm wish={{ person: row.id, name }} onClose={() => setAsked(null)} />}
    </section>
  );
}
