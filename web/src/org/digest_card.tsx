// One's home page by mail: how often and at which hour.
import { Select } from '@mantine/core';
import { patch } from '../base/api';
import { t, type Key } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import styles from './settings.module.css';

interface Digest {
  frequency: string;
  hour: number;
  zone: string;
  email: string | null;
  is_sent_here: boolean;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }));
const FREQUENCIES = ['never', 'daily', 'weekly'];

export function DigestCard() {
  const { data, error, refetch } = useGet<Digest>('/digest', { now: true });
  async function save(change: Partial<Pick<Digest, 'frequency' | 'hour'>>) {
    try {
      await patch('/digest', change);
      say({ text: t('digest.said') });
      void refetch();
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('digest.title')}>
      <div className="card-head"><h2>{t('digest.title')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={1} height={60} /> : (
        <>
          <p className="ink2 card-body">{t('digest.help', { email: data.email ?? '', zone: data.zone })} {!data.is_sent_here && t('digest.notHere')}</p>
          <div className={styles.form}>
            <Select label={t('digest.when')} value={data.frequency} allowDeselect={false} data={FREQUENCIES.map((one) => ({ value: one, label: t(`digest.${one}` as Key) }))} onChange={(frequency) => frequency && void save({ frequency })} />
            <Select label={t('digest.hour')} value={String(data.hour)} allowDeselect={false} disabled={data.frequency === 'never'} data={HOURS} onChange={(hour) => hour && void save({ hour: Number(hour) })} />
          </div>
        </>
      )}
    </section>
  );
}
