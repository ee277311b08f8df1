// On the page of a lead: why it is whose it is, and the clock of its first answer.
import { useState } from 'react';
import { instant, instantFull } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import type { Row } from '../base/types';
import { Steps, clockText, type Step } from './routing_parts';
import styles from './routing.module.css';

interface Why {
  why: string;
  routed_to_name: string | null;
  routed_at: string;
  is_replayed: boolean;
  steps: Step[];
}

function Detail({ lead }: { lead: number }) {
  const { data, error, refetch } = useGet<Why>(`/leads/${lead}/routing`, { of: ['lead'], now: true });
  if (error) return <Failing error={error} retry={() => void refetch()} />;
  if (!data) return <Bones count={2} height={32} />;
  return (
    <>
      {!data.is_replayed && <p className="small ink3">{t('routing.notReplayed')}</p>}
      <Steps steps={data.steps} />
    </>
  );
}

export default function WhyOwner({ row }: { row: Row }) {
  const [isOpen, setOpen] = useState(false);
  if (!row.routed_at) return null;
  const by = row.respond_by as string | null;
  const at = row.responded_at as string | null;
  const clock = by && !at ? clockText(by) : null;
  return (
    <section aria-label={t('routing.whyTitle')} className={styles.why}>
      <h3 className="strong">{t('routing.whyTitle')}</h3>
      <p className="small ink2">{String(row.routed_why ?? '')}</p>
      <p className="small ink3">{t('routing.routedAt', { name: row.names?.routed_to ?? '?', at: instant(String(row.routed_at)) })}</p>
      {clock && <p className={clock.isLate ? 'bad small' : 'small'} title={instantFull(by!)}>{t('routing.firstAnswer')}: {clock.text}</p>}
      {at && <p className="small ink3" title={instantFull(at)}>{t('routing.answered', { at: instant(at) })}{by && at > by ? `, ${t('routing.answeredLate')}` : ''}</p>}
      <button type="button" className="linklike small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{isOpen ? t('routing.hide') : t('routing.show')}</button>
      {isOpen && <Detail lead={row.id} />}
    </section>
  );
}
