// Pieces of the analysis pages: a card that loads, a bar of shares, the choices at the right of the title.
import { SegmentedControl, Select } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ApiError } from '../base/api';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { useBrief, rowsOf, str } from '../home/brief';
import type { Choice } from './figures';
import styles from './analysis.module.css';

export function Panel<T>({ title, sub, span, reading, end, hint, before, children }: { title: string; sub?: ReactNode; span: number; reading: UseQueryResult<T, ApiError>; end?: ReactNode; hint?: string; before?: ReactNode; children: (data: T) => ReactNode }) {
  const { data, error, refetch } = reading;
  return (
    <section className="card" style={{ gridColumn: `span ${span}` }} aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        {sub && <span className="ink3 cut">{sub}</span>}
        {end && <span className="end">{end}</span>}
      </div>
      {before}
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={4} height={36} /> : <div className={styles.body}>{children(data)}</div>}
      {hint && data && <p className={`small ink3 ${styles.hint}`}>{hint}</p>}
    </section>
  );
}

/** A table that may be wider than its card. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>{children}</div>;
}

/** Parts of a whole: happened, still open, gone. */
export function Split({ parts, whole, label }: { parts: { kind: 'fact' | 'still' | 'lost'; value: number }[]; whole: number; label: string }) {
  return (
    <span className={styles.split} role="img" aria-label={label}>
      {parts.map((part) => (part.value > 0 ? <span key={part.kind} data-kind={part.kind} style={{ width: `${(part.value / Math.max(1, whole)) * 100}%` }} /> : null))}
    </span>
  );
}

export function Choices({ choice, set, withBy }: { choice: Choice; set: (name: keyof Choice, value: string | undefined) => void; withBy?: boolean }) {
  const { data: brief } = useBrief('manager', {});
  const { data: people } = useGet<{ teams: { id: number; name: string }[] }>('/people', { of: ['team'] });
  const periods = brief ? rowsOf(brief, 'periods') : [];
  return (
    <>
      {periods.length > 0 && (
        <Select w={130} aria-label={t('analysis.period')} value={choice.period ?? brief!.period.from_day} allowDeselect={false} onChange={(value) => set('period', value === brief!.period.from_day ? undefined : (value ?? undefined))}
          data={periods.map((one) => ({ value: str(one, 'from_day'), label: str(one, 'label').replace(/^FY/, '') }))} />
      )}
      {Boolean(people?.teams.length) && (
        <Select w={180} aria-label={t('analysis.team')} value={choice.team ?? ''} searchable allowDeselect={false} onChange={(value) => set('team', value || undefined)}
          data={[{ value: '', label: t('analysis.allTeams') }, ...people!.teams.map((one) => ({ value: String(one.id), label: one.name }))]} />
      )}
      {withBy && (
        <Select w={130} aria-label={t('analysis.by')} value={choice.by ?? 'owner'} allowDeselect={false} onChange={(value) => set('by', value === 'owner' ? undefined : (value ?? undefined))}
          data={[{ value: 'owner', label: t('analysis.byOwner') }, { value: 'team', label: t('analysis.byTeam') }]} />
      )}
      <SegmentedControl aria-label={t('analysis.view')} value={choice.view ?? 'was'} onChange={(value) => set('view', value === 'was' ? undefined : value)}
        data={[{ value: 'was', label: t('analysis.was') }, { value: 'is', label: t('analysis.is') }]} />
    </>
  );
}
