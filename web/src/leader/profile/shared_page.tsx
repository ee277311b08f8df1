// A profile as its person has shown it: figures of that day, no acts.
import { useParams } from 'wouter';
import { dayPlain } from '../../base/format';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { Legend, Plot, Table } from './plot';
import styles from './profile.module.css';
import type { Profile } from './profile_data';

export default function SharedPage() {
  const { id } = useParams<{ id: string }>();
  const { data, error, refetch } = useGet<{ day: string; profile: Profile }>(`/profiles/${id}`, { of: ['profile_share'], now: true });
  const name = data?.profile.person_name ?? '';
  useTitle(data ? t('profile.sharedTitle', { name }) : t('profile.profile'));
  return (
    <div className="page">
      <div className="page-head"><h1>{data ? t('profile.sharedTitle', { name }) : t('profile.profile')}</h1>{data && <span className="sub">{t('profile.sharedSub', { day: dayPlain(data.day) })}</span>}</div>
      {error?.status === 404 ? <Empty title={t('profile.notShared')}>{t('profile.notSharedHelp')}</Empty> : error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data ? <div className="card"><Bones count={6} height={64} /></div> : (
        <div className={styles.stack}>
          <section className="card" aria-label={t('profile.six')}>
            <div className={`card-head ${styles.head}`}><h2>{t('profile.six')}</h2><span className={`ink3 ${styles.sub}`}>{t('profile.sixSub')}</span></div>
            <Legend hasOwn={data.profile.aspects.some((one) => one.feedback?.own != null)} />
            <Plot aspects={data.profile.aspects} picked={null} />
          </section>
          <section className="card" aria-label={t('profile.table')}><Table aspects={data.profile.aspects} /></section>
        </div>
      )}
    </div>
  );
}
