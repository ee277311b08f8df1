// Saying something about somebody: a level with what was seen, a comment, a rung, a name for a position, a member.
import { Button, Modal, NumberInput, Radio, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiError, patch, post, type Answer } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { problemText, say } from '../../base/toast';
import type { Field, Page, Row } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import styles from './talent.module.css';

interface FrameProps {
  title: string;
  onClose: () => void;
  save: () => Promise<Answer<Row>>;
  said: string;
  of: string[];
  isReady: boolean;
  action: string;
  children: ReactNode;
}

/** A form in a window: what goes wrong stands in it, what is saved is said and can be taken back. */
export function FormFrame({ title, onClose, save, said, of, isReady, action, children }: FrameProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    setBusy(true);
    try {
      const { seq } = await save();
      refresh(of);
      say({ text: said, seq });
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} size={460} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        {children}
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row">
          <Button type="submit" variant="filled" disabled={!isReady || isBusy}>{action}</Button>
          <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}

interface RateProps {
  person: number;
  name: string;
  skill: number;
  skillName: string;
  isOwn: boolean;
  /** Of the same rater: it is changed. */
  last?: { id: number; level: number; evidence: string | null };
  onClose: () => void;
}

export function RateForm({ person, name, skill, skillName, isOwn, last, onClose }: RateProps) {
  const { data } = useGet<Row>(`/skills/${skill}`, { of: ['skill'], now: true });
  const [level, setLevel] = useState(last ? String(last.level) : '');
  const [evidence, setEvidence] = useState(last?.evidence ?? '');
  const body = { level: Number(level), evidence: evidence.trim() || null };
  return (
    <FormFrame
      title={isOwn ? t('talent.rateOwn', { skill: skillName }) : t('talent.rateTitle', { skill: skillName, name })}
      onClose={onClose} said={t('talent.rated', { skill: skillName, n: level })} of={['skill_rating']} isReady={level !== ''} action={t('save')}
      save={() => (last ? patch<Row>(`/skill_ratings/${last.id}`, body) : post<Row>('/skill_ratings', { ...body, person, skill }))}
    >
      <Radio.Group label={t('talent.level')} value={level} onChange={setLevel}>
        <div className={styles.form} style={{ marginTop: 6 }}>
          {['1', '2', '3', '4', '5'].map((one) => <Radio key={one} value={one} label={`${one}  ${String(data?.[`level_${one}`] ?? t('talent.noText'))}`} />)}
        </div>
      </Radio.Group>
      {!isOwn && <Textarea label={t('talent.evidence')} value={evidence} autosize minRows={2} maxLength={1900} onChange={(e) => setEvidence(e.currentTarget.value)} />}
    </FormFrame>
  );
}

export function CommentForm({ path, text, of, onClose }: { path: string; text: string | null; of: string; onClose: () => void }) {
  const [comment, setComment] = useState(text ?? '');
  return (
    <FormFrame title={t('talent.commentTitle')} onClose={onClose} said={t('talent.commented')} of={[of]} isReady={comment.trim() !== (text ?? '')} action={t('save')} save={() => patch<Row>(path, { comment: comment.trim() || null })}>
      <Textarea aria-label={t('talent.comment')} description={t('talent.commentHelp')} inputWrapperOrder={['input', 'description']} value={comment} autosize minRows={3} maxLength={1900} data-autofocus onChange={(e) => setComment(e.currentTarget.value)} />
    </FormFrame>
  );
}

interface PlaceProps {
  person: number;
  isOwn: boolean;
  place: { id: number | null; rung: number | null; aim: number | null };
  onClose: () => void;
}

/** The line says the rung, the person the aim. */
export function PlaceForm({ person, isOwn, place, onClose }: PlaceProps) {
  const { data } = useGet<Page>('/career_rungs', { of: ['career_rung'], now: true, params: { limit: 200 } });
  const rungs = [...(data?.rows ?? [])].sort((a, b) => Number(a.track) - Number(b.track) || Number(a.position) - Number(b.position));
  const now = isOwn ? place.aim : place.rung;
  const [rung, setRung] = useState<string | null>(now === null ? null : String(now));
  const body = { [isOwn ? 'aim' : 'rung']: rung === null ? null : Number(rung) };
  return (
    <FormFrame title={t(isOwn ? 'talent.setAim' : 'talent.setRung')} onClose={onClose} said={t('talent.placed')} of={['career_place']} isReady action={t('save')} save={() => (place.id ? patch<Row>(`/career_places/${place.id}`, body) : post<Row>('/career_places', { person, ...body }))}>
      <Select label={t('talent.rung')} value={rung} clearable data={rungs.map((one) => ({ value: String(one.id), label: `${String(one.name)} (${one.names?.track ?? ''})` }))} onChange={setRung} />
    </FormFrame>
  );
}

const person: Field = { name: 'person', label: '', type: 'ref', ref: 'user', flags: ['required'] };

export function FollowForm({ position, positionName, onClose }: { position: number; positionName: string; onClose: () => void }) {
  const [who, setWho] = useState<{ id: number | null; name: string | null }>({ id: null, name: null });
  const [readiness, setReadiness] = useState<string | null>('year');
  const [why, setWhy] = useState('');
  return (
    <FormFrame title={t('talent.nameTitle', { position: positionName })} onClose={onClose} said={t('talent.named', { name: who.name ?? '' })} of={['successor']} isReady={Boolean(who.id && readiness && why.trim())} action={t('talent.name')} save={() => post<Row>('/successors', { person: who.id, position, readiness, why: why.trim() })}>
      <RefPicker field={person} label={t('talent.person')} value={who.id} name={who.name} required onPick={(id, name) => setWho({ id, name })} />
      <Select label={t('talent.readiness')} value={readiness} allowDeselect={false} data={(['now', 'year', 'years', 'open'] as const).map((one) => ({ value: one, label: t(`talent.ready.${one}`) }))} onChange={setReadiness} />
      <Textarea label={t('talent.whyReady')} value={why} required autosize minRows={2} maxLength={1900} onChange={(e) => setWhy(e.currentTarget.value)} />
    </FormFrame>
  );
}

export function StepForm({ plan, onClose }: { plan: number; onClose: () => void }) {
  const { data } = useGet<Page>('/skills', { of: ['skill'], now: true, params: { limit: 200, order: 'position' } });
  const [text, setText] = useState('');
  const [due, setDue] = useState('');
  const [skill, setSkill] = useState<string | null>(null);
  return (
    <FormFrame title={t('talent.addStep')} onClose={onClose} said={t('talent.stepSaved')} of={['plan_step']} isReady={text.trim() !== ''} action={t('save')} save={() => post<Row>('/plan_steps', { plan, text: text.trim(), due_day: due || null, skill: skill ? Number(skill) : null })}>
      <TextInput label={t('talent.step')} value={text} required data-autofocus maxLength={1900} onChange={(e) => setText(e.currentTarget.value)} />
      <Select label={t('talent.skill')} value={skill} clearable searchable data={(data?.rows ?? []).map((one) => ({ value: String(one.id), label: String(one.name) }))} onChange={setSkill} />
      <TextInput type="date" label={t('talent.due')} value={due} onChange={(e) => setDue(e.currentTarget.value)} />
    </FormFrame>
  );
}

interface MemberProps {
  programme: number;
  isPeers: boolean;
  /** Whoever runs it enters others; others join themselves. */
  me: { id: number; name: string } | null;
  onClose: () => void;
}

export function MemberForm({ programme, isPeers, me, onClose }: MemberProps) {
  const { data } = useGet<Page>('/skills', { of: ['skill'], now: true, params: { limit: 200, order: 'position' } });
  const skills = (data?.rows ?? []).filter((one) => one.is_active !== false).map((one) => ({ value: String(one.id), label: String(one.name) }));
  const [who, setWho] = useState<{ id: number | null; name: string | null }>(me ?? { id: null, name: null });
  const [side, setSide] = useState<'mentor' | 'mentee' | 'peer'>(isPeers ? 'peer' : 'mentee');
  const [wanted, setWanted] = useState<string | null>(null);
  const [offered, setOffered] = useState<string | null>(null);
  const [capacity, setCapacity] = useState<number | string>(1);
  const body = { programme, person: who.id, side, wanted: side !== 'mentor' && wanted ? Number(wanted) : null, offered: side !== 'mentee' && offered ? Number(offered) : null, capacity: side === 'mentor' ? Number(capacity) || 1 : 1 };
  return (
    <FormFrame title={t(me ? 'talent.join' : 'talent.enter')} onClose={onClose} said={t('talent.entered', { name: who.name ?? '' })} of={['mentor_member']} isReady={Boolean(who.id)} action={t(me ? 'talent.join' : 'talent.enter')} save={() => post<Row>('/mentor_members', body)}>
      {!me && <RefPicker field={person} label={t('talent.person')} value={who.id} name={who.name} required onPick={(id, name) => setWho({ id, name })} />}
      {!isPeers && <Select label={t('talent.as')} value={side} allowDeselect={false} data={(['mentee', 'mentor'] as const).map((one) => ({ value: one, label: t(`talent.side.${one}`) }))} onChange={(value) => setSide((value ?? 'mentee') as 'mentor' | 'mentee')} />}
      {side !== 'mentor' && <Select label={t('talent.wants')} value={wanted} clearable searchable data={skills} onChange={setWanted} />}
      {side !== 'mentee' && <Select label={t('talent.offers')} value={offered} clearable searchable data={skills} onChange={setOffered} />}
      {side === 'mentor' && <NumberInput label={t('talent.capacity')} value={capacity} min={1} max={5} onChange={setCapacity} />}
    </FormFrame>
  );
}

/** Of oneself, or of somebody whom one leads: then it has been seen. */
export function CertificateForm({ person, onClose }: { person: number; onClose: () => void }) {
  const { data } = useGet<Page>('/certificates', { of: ['certificate'], now: true, params: { limit: 200, order: 'name' } });
  const known = (data?.rows ?? []).filter((one) => one.is_active !== false).map((one) => ({ value: String(one.id), label: String(one.name) }));
  const [certificate, setCertificate] = useState<string | null>(null);
  const [earned, setEarned] = useState('');
  const [ends, setEnds] = useState('');
  const [note, setNote] = useState('');
  const name = known.find((one) => one.value === certificate)?.label ?? '';
  if (data && !known.length) {
    return (
      <Modal opened onClose={onClose} title={t('talent.addCertificate')} size={460} closeButtonProps={{ 'aria-label': t('close') }}>
        <div className={styles.form}>
          <p className="ink2">{t('talent.noCatalogueOfCertificates')}</p>
          <div className="row"><Button component={Link} href="/certificates/new" variant="filled">{t('talent.newCertificate')}</Button></div>
        </div>
      </Modal>
    );
  }
  return (
    <FormFrame title={t('talent.addCertificate')} onClose={onClose} said={t('talent.certificateSaved', { name })} of={['certificate_passed']} isReady={Boolean(certificate && earned)} action={t('save')} save={() => post<Row>('/certificates_passed', { person, certificate: Number(certificate), earned_day: earned, end_day: ends || null, note: note.trim() || null })}>
      <Select label={t('talent.certificate')} value={certificate} required searchable data={known} onChange={setCertificate} />
      <TextInput type="date" label={t('talent.earned')} value={earned} required onChange={(e) => setEarned(e.currentTarget.value)} />
      <TextInput type="date" label={t('talent.ends')} value={ends} onChange={(e) => setEnds(e.currentTarget.value)} />
      <TextInput label={t('talent.proof')} value={note} maxLength={490} onChange={(e) => setNote(e.currentTarget.value)} />
    </FormFrame>
  );
}
