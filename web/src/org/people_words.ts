// Changes to come, gaps and hats as sentences.
import { day, dayPlain } from '../base/format';
import { t } from '../base/i18n';
import type { Role } from '../base/types';
import type { Gap, Plan } from './people_data';

export const ROLES: Role[] = ['rep', 'manager', 'leader', 'executive', 'admin', 'works_council'];
export const roleText = (role: Role) => t(`people.role.${role}`);

export function planText(plan: Plan): string {
  const when = day(plan.day);
  if (plan.kind === 'hat' || plan.kind === 'hatEnd') return t(`people.plan.${plan.kind}`, { day: when, what: plan.role ? roleText(plan.role) : plan.what });
  return t(`people.plan.${plan.kind}`, { day: when, what: plan.what });
}

export function gapText(gap: Gap): string {
  return t(`people.gap.${gap.kind}`, { team: gap.team?.name ?? '', person: gap.person?.name ?? '' });
}

/** "since 3 May 2016", "from Wed until 1 Apr", "always". */
export function spanText(from: string | null, to: string | null, today: string): string {
  const parts: string[] = [];
  if (from) parts.push(t(from > today ? 'people.fromDay' : 'people.since', { day: dayPlain(from) }));
  if (to) parts.push(t('people.until', { day: dayPlain(to) }));
  return parts.join(' ') || t('people.always');
}
