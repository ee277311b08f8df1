// Who looked at data about oneself: everybody may know that.
import { instant } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { useMeta } from '../base/meta';
import { Bones, Failing } from '../base/states';
import styles from './settings.module.css';

interface Look {
  at: string;
  actor: number;
  actor_name: string | null;
  entity: string;
  id: number;
}

export function AccessCard() {
  const meta = useMeta();
  const { data, error, refetch } = useGet<{ rows: Look[] }>('/access', { params: { limit: 20 }, now: true });
  return (
    <section className="card" aria-label={t('settings.access')}>
      <div className="card-head"><h2>{t('settings.access')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={2} height={44} /> : !data.rows.length ? <p className="ink3 card-body">{t('settings.accessNone')}</p> : (
        <ul className="lines">
          {data.rows.map((look, i) => (
            <li key={i} className={styles.line}>
              <span className={styles.text}>{look.actor_name ?? t('record.somebody')} <span className="ink3">{meta.byName.get(look.entity)?.label ?? look.entity}</span></span>
              <span className="ink3">{instant(look.at)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
