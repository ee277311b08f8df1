// Ways a talk can go, and questions: those that come with the program and the company's own.
import { t, type Key } from '../../base/i18n';
import { useGet } from '../../base/query';
import type { Kind } from './session_form';

export interface Shipped {
  name: string;
  label: string;
  kind: Kind;
  /** Of the company's own: its record. */
  id: number | null;
  questions: { step: string | null; text: string }[];
}

export interface Library {
  templates: Shipped[];
  own: { id: number; kind: Kind; step: string | null; text: string }[];
}

export const useLibrary = () => useGet<Library>('/coaching/library', { of: ['coaching_question', 'talk_template'], now: true, staleMs: 300_000 });

const STEPS = new Set(['goal', 'reality', 'options', 'way_forward', 'customer', 'state', 'next', 'before', 'during', 'after']);

/** Steps of the shipped ones have a word in the catalogue; own ones are as they were written. */
export const stepText = (step: string | null) => (step && STEPS.has(step) ? t(`library.step.${step}` as Key) : (step ?? ''));
