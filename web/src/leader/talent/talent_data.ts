// What the routes of talent answer.
export type SkillHat = 'manager' | 'leader' | 'seller';

export interface Estimate {
  estimate: number | null;
  error: number | null;
  low: number | null;
  high: number | null;
  sources: { self: number; line: number; sessions: number; certificates: number; people: number };
}

export interface Cell extends Estimate {
  skill: number;
  self: number | null;
  line: number | null;
}

export interface Skill {
  id: number;
  name: string;
  hat: SkillHat;
}

export interface Matrix {
  day: string;
  skills: Skill[];
  people: { user: number; name: string; cells: Cell[] }[];
}

export interface Rating {
  id: number;
  level: number;
  source: 'self' | 'line';
  rater: number;
  rater_name: string | null;
  day: string;
  counts: boolean;
  evidence: string | null;
  comment: string | null;
}

export interface PersonSkill extends Estimate {
  skill: number;
  name: string;
  hat: SkillHat;
  ratings: Rating[];
  scenes: { session: number; score: number; coach_name: string | null; day: string }[];
}

export interface Expected extends Estimate {
  skill: number;
  name: string;
  level: number;
  help: string | null;
  state: 'reached' | 'open' | 'below' | 'unseen';
}

export interface PlanStep {
  id: number;
  text: string;
  due_day: string | null;
  is_done: boolean;
  skill_name: string | null;
}

export interface Certificate {
  id: number;
  name: string | null;
  skill: number | null;
  skill_name: string | null;
  level: number | null;
  earned_day: string | null;
  end_day: string | null;
  ends_soon: boolean;
  standing: 'holds' | 'unseen' | 'ended' | 'replaced';
  seen_by_name: string | null;
  note: string | null;
}

export interface PersonPage {
  user: number;
  name: string;
  skills: PersonSkill[];
  certificates: Certificate[];
  place: { id: number | null; rung: number | null; rung_name: string | null; aim: number | null; aim_name: string | null; from_day: string | null };
  gap: { rung: number; name: string; why: 'aim' | 'next'; expectations: Expected[] } | null;
  plans: { id: number; goal: string; state: string; to_day: string | null; manager_name: string | null; steps: PlanStep[]; step_count: number; done_count: number }[];
  succession: { id: number; position_name: string | null; readiness: string; why: string | null; stated_by_name: string | null; stated_day: string | null; comment: string | null }[];
  pairs: { id: number; programme: number; programme_name: string | null; mentor_name: string | null; mentee_name: string | null; start_day: string; end_day: string | null }[];
}

export interface PairLine {
  mentor: number;
  mentor_name: string | null;
  mentee: number;
  mentee_name: string | null;
  skill_name: string | null;
  wave: number;
  start_day: string;
}

interface Gap {
  score: number;
  best_score: number;
  bound: number;
  is_proved: boolean;
  gap: number;
}

export interface Programme {
  id: number;
  name: string;
  help: string | null;
  kind: 'mentoring' | 'peers';
  state: 'open' | 'drawn' | 'ended';
  organiser_name: string | null;
  is_mine: boolean;
  from_day: string;
  other_team: boolean;
  other_line: boolean;
  slack_pct: number;
  wave_count: number;
  wave_months: number;
  seed: number;
  drawn_day: string | null;
  drawn: (Gap & { pair_count: number }) | null;
  members: { id: number; person: number; name: string | null; side: 'mentor' | 'mentee' | 'peer'; wanted_name: string | null; offered_name: string | null; capacity: number; has_left: boolean }[];
  pairs: (PairLine & { id: number; end_day: string | null; meeting_count: number; last_day: string | null })[];
}

export interface Preview extends Gap {
  seed: number;
  digest: string;
  member_count: number;
  plan_count: number;
  distinct_count: number;
  struck: { listed: number; same_team: number; same_line: number };
  pairs: (PairLine & { score: number; chance: number })[];
  alone: { person: number; name: string | null }[];
}

export interface Effects {
  from_day: string;
  to_day: string;
  currency: string;
  person_count: number;
  least: number;
  effects: {
    outcome: 'won' | 'won_count' | 'created_count' | 'activities_done';
    unit: 'money' | 'count';
    is_known: boolean;
    started_count: number;
    waiting_count: number;
    effect: number | null;
    low: number | null;
    high: number | null;
    detectable: number | null;
  }[];
}

/** Singular names of what these answers are made of: a commit on one of them reads them anew. */
export const OF_SKILLS = ['skill', 'skill_rating', 'career_place', 'career_rung', 'rung_expectation', 'successor', 'development_plan', 'plan_step', 'mentor_pair', 'certificate', 'certificate_passed'];
export const OF_PAIRS = ['mentor_programme', 'mentor_member', 'mentor_pair', 'pair_meeting', 'mentor_apart'];
export const HATS: SkillHat[] = ['seller', 'manager', 'leader'];
