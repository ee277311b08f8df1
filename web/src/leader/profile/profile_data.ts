// What the routes of the profile and of 360 rounds answer (docs/profile.md).
import { useGet } from '../../base/query';

export type End = 'low' | 'high';

export interface Acts {
  count: number;
  tilt: number;
  error: number;
  low: number;
  high: number;
  effective: number;
  is_thin: boolean;
}
export interface Change {
  since_day: string;
  is_reliable: boolean;
  change: number | null;
  error: number;
}
export interface Told {
  day: string;
  count: number;
  mean: number;
  error: number;
  low: number;
  high: number;
  agreement: 'low' | 'moderate' | 'high' | null;
  cells: { cell: 'reports' | 'colleagues'; count: number; mean: number; error: number }[];
  change: Change | null;
  own: number | null;
}
export interface Aspect {
  name: string;
  label: string;
  low_label: string;
  high_label: string;
  acts: Acts | null;
  distance: { difference: number; low: number; high: number; is_more_than_chance: boolean } | null;
  feedback: Told | null;
  range: { low: number; high: number; why: string | null } | null;
}
export interface Kind {
  name: string;
  label: string;
  aspect: string;
  end: End;
  weight: number;
  why: string;
  count: number;
}
export interface Profile {
  person: number;
  person_name: string;
  from_day: string;
  to_day: string;
  is_cut: boolean;
  role: 'manager' | 'leader';
  situation: string;
  situations: { name: string; label: string }[];
  aspects: Aspect[];
  kinds: Kind[];
}
export interface Act {
  act: string;
  kind: string;
  label: string;
  aspect: string;
  end: End;
  weight: number;
  day: string;
  with_name: string | null;
  entity: string;
  record: number;
  record_name: string | null;
  contest: number | null;
  is_contested: boolean;
  is_left_out: boolean;
}

export interface Asked {
  round: number;
  person: number;
  person_name: string;
  is_self: boolean;
  to_day: string;
  is_answered: boolean;
  label: string;
  points: number;
  low_label: string;
  high_label: string;
  items: string[];
}
export interface Round {
  id: number;
  rev: number;
  person: number;
  person_name: string;
  author: number;
  author_name: string;
  state: 'draft' | 'open' | 'closed';
  opened_day: string | null;
  to_day: string;
  closed_day: string | null;
  invited_count: number | null;
  questionnaire: string;
  can_close: boolean;
  raters: { id: number; user: number; name: string; group: 'self' | 'leader' | 'report' | 'peer' }[];
}
export interface Feedback {
  asked: Asked[];
  rounds: Round[];
  least: number;
}

const OF = ['one_on_one', 'action_item', 'agenda_item', 'coaching_session', 'development_plan', 'objective', 'check_in', 'vision_question', 'escalation', 'act_contest', 'feedback_result', 'profile_range', 'act_weight'];

export const useProfile = (role: string | undefined, situation: string | undefined) => useGet<Profile>('/profile', { params: { role, situation }, of: OF, now: true, keepOld: true });
export const useActs = (aspect: string) => useGet<{ rows: Act[]; is_cut: boolean }>('/profile/acts', { params: { aspect }, of: OF, now: true });
// No event tells of an answer: that would tell who has answered. So it is read anew when it is shown.
export const useFeedback = () => useGet<Feedback>('/feedback', { of: ['feedback_round', 'feedback_rater'], now: true, staleMs: 0 });
