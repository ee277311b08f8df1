// What is held about oneself: how much, why, how long; all of it to take along.
import { Button } from '@mantine/core';
import { t, type Key } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import styles from './settings.module.css';

interface Held {
  entity: string;
  label: string;
  count: number;
  purpose: string;
  basis: string;
  months: number;
}

export const keptText = (months: number) => (months ? t('privacy.kept', { n: months }) : t('privacy.keptAsked'));
export const basisText = (basis: string) => t(`privacy.basis.${basis}` as Key);

export function AboutMeCard() {
  const { data, error, refetch } = useGet<{ rows: Held[]; access_months: number }>('/about-me', { now: true });
  const held = data?.rows.filter((row) => row.count > 0) ?? [];
  return (
    <section className="card" aria-label={t('privacy.aboutMe')}>
      <div className="card-head">
        <h2>{t('privacy.aboutMe')}</h2>
        <span className="end"><Button component="a" href="/api/v1/about-me/export" download="about-me.json">{t('privacy.download')}</Button></span>
      </div>
      <p className="ink2 card-body">{t('privacy.aboutMeHelp')}</p>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} height={52} /> : (
        <>
          <ul className="lines">
            {held.map((row) => (
              <li key={row.entity} className={styles.line}>
                <span className={styles.text}>
                  <span className="medium">{row.label}</span> <span className="ink3">{t('privacy.count', { n: row.count })}</span>
                  <span className="small ink3" style={{ display: 'block' }}>{row.purpose} {basisText(row.basis)}; {keptText(row.months)}</span>
                </span>
              </li>
            ))}
          </ul>
          {held.length <= 1 && <p className="ink3 card-body">{t('privacy.noneHeld')}</p>}
          <p className="small ink3 card-body">{t('privacy.more', { n: data.access_months })}</p>
        </>
      )}
    </section>
  );
}
