// English, complete: the type of every catalogue. Each room has its own words beside its pages.
import { base } from '../base/en';
import { connect } from '../connect/en';
import { frame } from '../frame/en';
import { home } from '../home/en';
import { goals } from '../leader/goals/en';
import { leader } from '../leader/en';
import { talent } from '../leader/talent/en';
import { profile } from '../leader/profile/en';
import { talk } from '../leader/talk/en';
import { manager } from '../manager/en';
import { score } from '../manager/score_en';
import { standings } from '../manager/standings_en';
import { org } from '../org/en';
import { people } from '../org/people_en';
import { privacy } from '../org/privacy_en';
import { settings } from '../org/settings_en';
import { webhooks } from '../org/webhooks_en';
import { record } from '../record/en';
import { sales } from '../sales/en';

export type Message = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export const en = { ...base, ...frame, ...home, ...record, ...org, ...people, ...privacy, ...settings, ...webhooks, ...sales, ...manager, ...score, ...standings, ...leader, ...profile, ...goals, ...talent, ...talk, ...connect } as const;

export type Key = keyof typeof en;
export type Catalogue = Record<Key, Message>;
