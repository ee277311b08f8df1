// One's own profile: six aspects from what one did and from what others say, beside the range the role asks for; never one figure.
import { SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { addDays, dayPlain } from '../../base/format';
import { t } from '../../base/i18n';
import { useKeys } from '../../base/keys';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { Behind } from './behind';
import { Legend, Plot, Table } from './plot';
import styles from './profile.module.css';
import { useProfile, type Profile } from './profile_data';
import { Decisions, Readers } from './readers';
import { Rounds } from './rounds';

function Six({ data, picked, onPick }: { data: Profile; picked: string; onPick: (name: string) => void }) {
  const [asTable, setTable] = useState(false);
  useKeys(t('profile.profile'), [{ keys: 't', label: t('profile.table'), run: () => setTable((was) => !was) }]);
  return (
    <section className="card" aria-label={t('profile.six')}>
      <div className={`card-head ${styles.head}`}>
        <h2>{t('profile.six')}</h2>
        <span className={`ink3 ${styles.sub}`}>{t('profile.sixSub')}</span>
        <span className="end"><SegmentedControl aria-label={t('profile.show')} value={asTable ? 'table' : 'plot'} onChange={(value) => setTable(value === 'table')} data={[{ value: 'plot', label: t('profile.plot') }, { value: 'table', label: t('profile.table') }]} /></span>
      </div>
      {asTable ? <Table aspects={data.aspects} /> : <><Legend hasOwn={data.aspects.some((one) => one.feedback?.own != null)} /><Plot aspects={data.aspects} picked={picked} onPick={onPick} /></>}
      <p className={`small ink3 ${styles.foot}`}>{t('profile.foot')}</p>
    </section>
  );
}

export default function ProfilePage() {
  useTitle(t('profile.profile'));
  const [params, setParams] = useSearchParams();
  const role = params.get('role') ?? undefined;
  const situation = params.get('situation') ?? undefined;
  const picked = params.get('aspect') ?? 'focus';
  const { data, error, refetch } = useProfile(role, situation);
  const set = (name: string, value: string | null) => setParams((was) => {
    const next = new URLSearchParams(was);
    if (value) next.set(name, value);
    else next.delete(name);
    return next;
  }, { replace: true });
  const one = data?.aspects.find((aspect) => aspect.name === picked) ?? data?.aspects[0];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('profile.profile')}</h1>
        {data && <span className="sub">{t('profile.sub', { name: data.person_name, from: dayPlain(data.from_day), to: dayPlain(addDays(data.to_day, -1)) })}</span>}
        {data && (
          <div className="actions">
            <Select w={130} aria-label={t('profile.role')} value={data.role} allowDeselect={false} onChange={(value) => set('role', value)} data={(['manager', 'leader'] as const).map((name) => ({ value: name, label: t(`profile.role.${name}`) }))} />
            <Select w={150} aria-label={t('profile.situation')} value={data.situation} allowDeselect={false} onChange={(value) => set('situation', value)} data={data.situations.map((s) => ({ value: s.name, label: s.label }))} />
          </div>
        )}
      </div>
      {error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data || !one ? <div className="card"><Bones count={6} height={64} /></div> : (
        <div className={styles.columns}>
          <div className={styles.stack}>
            <Six data={data} picked={one.name} onPick={(name) => set('aspect', name)} />
            <Rounds />
            <Decisions />
          </div>
          <div className={styles.stack}>
            <Behind key={one.name} one={one} kinds={data.kinds} />
            <Readers role={role} situation={situation} />
          </div>
        </div>
      )}
    </div>
  );
}
