// One's own dates in any calendar program, at an address that is shown once.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { post, remove } from '../base/api';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import styles from './settings.module.css';

export function CalendarCard() {
  const { data, error, refetch } = useGet<{ has_address: boolean }>('/calendar-feed', { now: true });
  const [made, setMade] = useState<string | null>(null);
  async function make() {
    try {
      setMade((await post<{ url: string }>('/calendar-feed')).data.url);
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  async function end() {
    try {
      await remove('/calendar-feed');
      setMade(null);
      say({ text: t('privacy.calendarEnded') });
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('privacy.calendar')}>
      <div className="card-head"><h2>{t('privacy.calendar')}</h2></div>
      <p className="ink2 card-body">{t('privacy.calendarHelp')}</p>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={1} height={40} /> : (
        <>
          {made ? <div className={`card-body ${styles.secret}`} role="status"><span className="medium">{t('privacy.calendarOnce')}</span> <code>{made}</code></div>
            : data.has_address && <p className="ink3 card-body">{t('privacy.calendarOn')}</p>}
          <div className={styles.form}>
            <Button onClick={() => void make()}>{t(data.has_address ? 'privacy.calendarNew' : 'privacy.calendarMake')}</Button>
            {data.has_address && <Button onClick={() => void end()}>{t('privacy.calendarEnd')}</Button>}
          </div>
        </>
      )}
    </section>
  );
}
