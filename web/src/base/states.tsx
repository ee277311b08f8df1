// What every screen does besides being full and well: loading, failing, empty, too little data (11-states).
import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { ApiError } from './api';
import { t } from './i18n';
import styles from './states.module.css';

const WIDTHS = [62, 48, 74, 55, 68, 44];

/** Bones of lines of two, shown after 300 ms, at the height of what comes. */
export function Bones({ count = 5, height = 52 }: { count?: number; height?: number }) {
  return (
    <div aria-busy="true" aria-label={t('loading')} role="status">
      {Array.from({ length: count }, (_, i) => (
        <div key={i} className={styles.boneLine} style={{ height }}>
          <span className="bone" style={{ width: `${WIDTHS[i % WIDTHS.length]}%` }} />
          {height > 40 && <span className="bone" style={{ width: `${(WIDTHS[(i + 2) % WIDTHS.length] ?? 50) - 16}%` }} />}
        </div>
      ))}
    </div>
  );
}

interface FailingProps {
  error: unknown;
  what?: string;
  kept?: string;
  retry?: () => void;
  children?: ReactNode;
}

/** Only what failed: what happened, what still holds, what to do, the case number. */
export function Failing({ error, what, kept, retry, children }: FailingProps) {
  const problem = error instanceof ApiError ? error : null;
  const title = what ?? (problem?.isOffline ? t('error.offlineTitle') : t('error.title'));
  const detail = problem?.isOffline ? t('error.offline') : problem ? problem.problem.detail || problem.problem.title : t('error.own');
  return (
    <div className={styles.failing} role="alert">
      <div className="row">
        <IconX size={16} stroke={2} className="bad" aria-hidden />
        <h3 className="strong">{title}</h3>
      </div>
      <p className="ink2">
        {detail} {kept}
      </p>
      {(retry || children) && (
        <div className="row">
          {retry && <Button onClick={retry}>{t('error.again')}</Button>}
          {children}
        </div>
      )}
      {problem?.problem.request && <p className="small ink3">{t('error.case', { request: problem.problem.request })}</p>}
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <h2 className={styles.emptyTitle}>{title}</h2>
      {children && <p className="ink2">{children}</p>}
      {actions && <div className={styles.emptyActions}>{actions}</div>}
    </div>
  );
}

/** A mistake of ours in one part of the page leaves the rest standing. */
export class Fence extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div style={{ padding: 24 }}>
        <Failing error={this.state.error} retry={() => this.setState({ error: null })}>
          <Button variant="subtle" onClick={() => location.reload()}>
            {t('error.reload')}
          </Button>
        </Failing>
      </div>
    );
  }
}
