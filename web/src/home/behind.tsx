// The records behind the figures of a home page: the filters of the same measures, for the same people and quarter.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../base/query';
import { useSession } from '../base/session';

interface Answer {
  total: { filters: Record<string, string | null> };
}

/** The list behind a measure; isOwn: of the asker's own deals alone. */
export function useBehind(measures: string, period: string | undefined, team: string | undefined, isOwn = false) {
  const { user } = useSession();
  const { data } = useGet<Answer>('/measures/query', { params: { measure: measures, period, team, owner: isOwn ? `eq.${user.id}` : undefined }, of: ['opportunity', 'user', 'team', 'team_member'], keepOld: true, isOff: !period });
  return (name: string) => (typeof data?.total.filters[name] === 'string' ? `/opportunities?${data.total.filters[name]}` : undefined);
}

export function To({ href, label, children }: { href: string | undefined; label: string; children: ReactNode }) {
  return href ? <Link className="quiet" href={href} aria-label={label}>{children}</Link> : <>{children}</>;
}
