// The records behind a figure: as a list where a filter gives just these, else told by the figure's own route, in place.
import { Button } from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { asOfNow, setAsOf } from '../base/as_of';
import { saveCsv } from '../base/csv';
import { dayPlain, instant, money, signed } from '../base/format';
import { t, type Key } from '../base/i18n';
import { Bones, Failing } from '../base/states';
import { useFigures, type BehindDeal, type Choice, type Ground } from './figures';
import styles from './analysis.module.css';

export interface Behind {
  /** Which figure: choosing it again closes the list. */
  key: string;
  title: string;
  path: string;
  params: Record<string, string | number | undefined>;
}

interface Told extends Ground {
  deals?: BehindDeal[];
  rows?: BehindDeal[];
  more_count?: number;
}

export function useBehind(): [Behind | null, (next: Behind | null) => void] {
  const [shown, setShown] = useState<Behind | null>(null);
  return [shown, (next) => setShown(next && next.key === shown?.key ? null : next)];
}

/** A figure that opens its deals below. */
export function Opens({ behind, shown, show, children, count, label }: { behind: Behind; shown: Behind | null; show: (next: Behind) => void; children: ReactNode; count?: number; label?: string }) {
  if (count === 0) return <>{children}</>;
  return <button type="button" className={styles.opens} aria-expanded={shown?.key === behind.key} aria-label={label} onClick={() => show(behind)}>{children}</button>;
}

/** A list as of the figure's own instant: the time machine goes there where it is another. */
export function Records({ href, asOf, children, className = 'quiet', label }: { href: string; asOf?: string; children: ReactNode; className?: string; label?: string }) {
  return <Link className={className} href={href} aria-label={label} onClick={() => asOf && asOf !== asOfNow() && setAsOf(asOf)}>{children}</Link>;
}

const said = (deal: BehindDeal) =>
  deal.reasons?.map((one) => t(`analysis.risk.${one.key}` as Key, { n: one.days ?? one.times ?? 0, usual: one.usual_days ?? 0 })).join(', ') ??
  (deal.at ? [deal.move && t(`analysis.move.${deal.move}` as Key), instant(deal.at), deal.is_inside && t('analysis.isInside')].filter(Boolean).join(', ')
    : deal.usual_days !== undefined && deal.days !== undefined ? t('analysis.daysOf', { n: deal.days, usual: deal.usual_days })
      : deal.last_activity_day !== undefined ? (deal.last_activity_day ? t('analysis.lastDone', { day: dayPlain(deal.last_activity_day) }) : t('analysis.neverDone'))
        : '');

export function DealsBehind({ behind, choice, close }: { behind: Behind; choice: Choice; close: () => void }) {
  const { data, error, refetch } = useFigures<Told>(behind.path, choice, { limit: 1000, ...behind.params });
  const deals = data?.deals ?? data?.rows ?? [];
  const moved = deals.some((deal) => deal.at);
  const amount = (value: number) => (moved ? signed(value, (v) => money(v, data?.currency)) : money(value, data?.currency));
  const sum = Math.round(deals.reduce((all, deal) => all + (deal.amount ?? 0) * 100, 0)) / 100;
  const more = data?.more_count ?? 0;
  const save = () => saveCsv(behind.title, [['id', 'name', 'owner', 'stage', 'amount', 'why'], ...deals.map((deal) => [deal.id, deal.name, deal.owner_name, deal.stage_label, deal.amount, said(deal)])]);
  return (
    <section className={styles.behind} aria-label={behind.title} data-behind={behind.key}>
      <header>
        <h3>{behind.title}</h3>
        {data && <span className="ink3" data-count={deals.length + more}>{t('analysis.sumOf', { n: deals.length + more, sum: more ? '…' : amount(sum) })}</span>}
        <span className={styles.behindActs}>
          <Button variant="subtle" onClick={save} disabled={!deals.length} leftSection={<IconDownload size={15} stroke={1.6} aria-hidden />}>{t('score.csv')}</Button>
          <Button variant="subtle" px={8} aria-label={t('close')} onClick={close}><IconX size={16} stroke={1.6} aria-hidden /></Button>
        </span>
      </header>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={4} height={32} /> : (
        <div className={styles.behindTable} tabIndex={0} role="group" aria-label={behind.title}>
          <table className="table">
            <thead><tr><th>{t('analysis.deal')}</th><th className={styles.roomy}>{t('analysis.owner')}</th><th className={styles.roomy}>{t('analysis.detail')}</th><th className="num">{t(moved ? 'analysis.change' : 'analysis.amount')}</th></tr></thead>
            <tbody>{deals.map((deal, i) => (
              <tr key={`${deal.id}-${i}`}>
                <td><Link className="quiet" href={`/opportunities/${deal.id}`}>{deal.name ?? t('analysis.gone')}</Link><span className={`small ink3 ${styles.narrow}`}>{[deal.owner_name, deal.stage_label, said(deal)].filter(Boolean).join(', ')}</span></td>
                <td className={styles.roomy}>{deal.owner_name ?? ''}</td>
                <td className={`ink3 ${styles.roomy}`}>{[deal.stage_label, said(deal)].filter(Boolean).join(', ')}</td>
                <td className="num">{deal.amount === null || deal.amount === undefined ? '–' : amount(deal.amount)}</td>
              </tr>
            ))}</tbody>
          </table>
          {more > 0 && <p className="small ink3">{t('analysis.more', { n: more })}</p>}
        </div>
      )}
    </section>
  );
}
