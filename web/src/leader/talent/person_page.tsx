// All that is held about one person here; oneself reads the same page. Estimates with their sources, the gap to the next
// rung as a list, plans, where one could follow, pairs.
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { patch } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { day, dayDiff, dayPlain } from '../../base/format';
import { t } from '../../base/i18n';
import { may, useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import { CertificateForm, CommentForm, PlaceForm, RateForm, StepForm } from './forms';
import { Legend, Scale } from './scale';
import styles from './talent.module.css';
import { HATS, OF_SKILLS, type Certificate, type Expected, type PersonPage, type PersonSkill, type PlanStep, type Rating } from './talent_data';

const dayOr = (value: string | null) => (value ? dayPlain(value) : '');

interface Doing {
  kind: 'rate' | 'comment' | 'place' | 'step' | 'contest' | 'certificate';
  skill?: PersonSkill;
  rating?: Rating;
  id?: number;
  text?: string | null;
}

function Source({ rating, isOwn, onComment }: { rating: Rating; isOwn: boolean; onComment?: () => void }) {
  return (
    <div className={styles.source} data-old={!rating.counts || undefined}>
      <span className={styles.level}>{rating.level}</span>
      <div className={styles.quiet}>
        <p>{rating.source === 'self' ? t('talent.self') : rating.rater_name} <span className="ink3">{dayOr(rating.day)}{!rating.counts && `, ${t('talent.replaced')}`}</span></p>
        {rating.evidence && <p className="ink2" dir="auto">{rating.evidence}</p>}
        {rating.comment && <p className={styles.comment} dir="auto">{rating.comment}</p>}
      </div>
      {isOwn && rating.source === 'line' && onComment ? <Button variant="subtle" onClick={onComment}>{t('talent.comment')}</Button> : <span />}
    </div>
  );
}

function SkillLine({ skill, certificates, isOwn, me, canEdit, onDo }: { skill: PersonSkill; certificates: Certificate[]; isOwn: boolean; me: number; canEdit: boolean; onDo: (doing: Doing) => void }) {
  const [isShown, setShown] = useState(false);
  const own = skill.ratings.find((one) => one.source === 'self' && one.counts);
  const mine = skill.ratings.find((one) => one.rater === me && one.counts);
  const count = skill.ratings.length + skill.scenes.length + certificates.length;
  return (
    <li className={styles.skill}>
      <span>
        <span className="medium">{skill.name}</span>{' '}
        {count > 0 && <button type="button" className="linklike small" aria-expanded={isShown} onClick={() => setShown(!isShown)}>{isShown ? t('talent.hide') : t('talent.sources', { n: count })}</button>}
      </span>
      {skill.estimate === null ? <span className="ink3 small">{t('talent.unseen')}</span> : <Scale of={skill} self={own?.level} name={skill.name} />}
      {canEdit ? <Button variant="subtle" aria-label={`${t(mine ? 'talent.rateAgain' : 'talent.rate')}: ${skill.name}`} onClick={() => onDo({ kind: 'rate', skill, rating: mine })}>{t(mine ? 'talent.rateAgain' : 'talent.rate')}</Button> : <span />}
      {isShown && (
        <div className={styles.sources}>
          {skill.ratings.map((one) => <Source key={one.id} rating={one} isOwn={isOwn} onComment={canEdit ? () => onDo({ kind: 'comment', rating: one }) : undefined} />)}
          {skill.scenes.map((one, i) => (
            <div key={`${one.session}-${i}`} className={styles.source}>
              <span className={styles.level}>{one.score}</span>
              <p>{t('talent.session')}, {one.coach_name} <span className="ink3">{dayOr(one.day)}</span></p>
              <span />
            </div>
          ))}
          {certificates.map((one) => (
            <div key={one.id} className={styles.source}>
              <span className={styles.level}>{one.level}</span>
              <p>{t('talent.certificate')}: {one.name} <span className="ink3">{dayOr(one.earned_day)}</span></p>
              <span />
            </div>
          ))}
        </div>
      )}
    </li>
  );
}

function standingText(one: Certificate): string {
  if (one.standing === 'ended') return t('talent.stands.ended', { day: dayOr(one.end_day) });
  if (one.standing !== 'holds') return t(`talent.stands.${one.standing}`);
  return one.end_day === null ? t('talent.forGood') : t(one.ends_soon ? 'talent.endsSoon' : 'talent.until', { day: dayOr(one.end_day) });
}

function Certificates({ page, isOwn, canEdit, onDo }: { page: PersonPage; isOwn: boolean; canEdit: boolean; onDo: (doing: Doing) => void }) {
  const see = async (one: Certificate) => {
    try {
      const { seq } = await patch(`/certificates_passed/${one.id}`, { is_seen: true });
      say({ text: t('talent.saidSeen', { name: one.name ?? '' }), seq });
      refresh(['certificate_passed']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <section className="card" aria-label={t('talent.certificates')}>
      <div className="card-head"><h2>{t('talent.certificates')}</h2>{canEdit && <span className="end"><Button variant="subtle" onClick={() => onDo({ kind: 'certificate' })}>{t('talent.addCertificate')}</Button></span>}</div>
      {page.certificates.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.noCertificates')}</p> : (
        <ul className="lines">
          {page.certificates.map((one) => (
            <li key={one.id} className={styles.quiet}>
              <div className={styles.top}>
                <Link className="quiet medium" href={`/certificates_passed/${one.id}`}>{one.name}</Link>
                <span className={`end small ${one.standing === 'ended' || one.ends_soon ? 'down' : one.standing === 'holds' ? 'ink2' : 'ink3'}`}>{standingText(one)}</span>
              </div>
              <div className={styles.top}>
                <span className="small ink3">{[dayOr(one.earned_day), one.skill_name && one.level ? t('talent.speaksFor', { skill: one.skill_name, n: one.level }) : null, one.seen_by_name ? t('talent.seenBy', { name: one.seen_by_name }) : null, one.note].filter(Boolean).join(', ')}</span>
                {!isOwn && canEdit && one.standing === 'unseen' && <span className="end"><Button variant="subtle" onClick={() => void see(one)}>{t('talent.haveSeen')}</Button></span>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const stateLook: Record<Expected['state'], string> = { reached: 'good', open: 'ink3', below: 'down', unseen: 'ink3' };
const stateText = (state: Expected['state']) => t(state === 'unseen' ? 'talent.unseenShort' : `talent.${state}`);

function Ladder({ page, isOwn, canEdit, onDo }: { page: PersonPage; isOwn: boolean; canEdit: boolean; onDo: (doing: Doing) => void }) {
  const { place, gap } = page;
  return (
    <section className="card" aria-label={t('talent.place')}>
      <div className="card-head">
        <h2>{t('talent.place')}</h2>
        {canEdit && <span className="end"><Button variant="subtle" onClick={() => onDo({ kind: 'place' })}>{t(isOwn ? 'talent.setAim' : 'talent.setRung')}</Button></span>}
      </div>
      <dl className={styles.facts}>
        <div><dt>{t('talent.stands')}</dt><dd>{place.rung_name ?? <span className="ink3">{t('talent.noPlace')}</span>} {place.rung_name && place.from_day && <span className="ink3">{t('talent.since', { day: dayOr(place.from_day) })}</span>}</dd></div>
        <div><dt>{t('talent.aim')}</dt><dd>{place.aim_name ?? <span className="ink3">{t('talent.noAim')}</span>}</dd></div>
      </dl>
      {gap && (
        <>
          <h3 className={`strong ${styles.note}`} style={{ paddingBottom: 4 }}>{t('talent.gap', { rung: gap.name })}</h3>
          {gap.expectations.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.nothingExpected')}</p> : (
            <ul className="lines">
              {gap.expectations.map((one) => (
                <li key={one.skill} className={styles.gap}>
                  <span className="cut">{one.name}</span>
                  <Scale of={one} wanted={one.level} name={one.name} />
                  <span className={`${styles.state} ${stateLook[one.state]}`}>{stateText(one.state)}</span>
                </li>
              ))}
            </ul>
          )}
          <Legend hasWanted />
          <p className={`small ink3 ${styles.note}`}>{t('talent.gapHelp')}</p>
        </>
      )}
    </section>
  );
}

function Step({ step, canEdit }: { step: PlanStep; canEdit: boolean }) {
  const late = !step.is_done && step.due_day !== null && dayDiff(step.due_day) < 0;
  const put = async () => {
    try {
      const { seq } = await patch(`/plan_steps/${step.id}`, { is_done: !step.is_done });
      say({ text: t('talent.stepSaved'), seq });
      refresh(['plan_step']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <li className={styles.step} data-done={step.is_done || undefined}>
      <Checkbox checked={step.is_done} disabled={!canEdit} aria-label={t('talent.stepDone', { text: step.text })} onChange={() => void put()} />
      <span dir="auto">{step.text}{step.skill_name && <em className="tag" style={{ marginInlineStart: 8 }}>{step.skill_name}</em>}</span>
      {step.due_day && <em className={late ? 'down' : 'ink3'}>{day(step.due_day)}</em>}
    </li>
  );
}

function Plans({ page, canEdit, onDo }: { page: PersonPage; canEdit: boolean; onDo: (doing: Doing) => void }) {
  const mayNew = may(useMeta().byName.get('development_plan'), 'create');
  return (
    <section className="card" aria-label={t('talent.plans')}>
      <div className="card-head"><h2>{t('talent.plans')}</h2>{canEdit && mayNew && <span className="end"><Link className="linklike" href="/development_plans/new">{t('talent.newPlan')}</Link></span>}</div>
      {page.plans.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.noPlans')}</p> : page.plans.map((plan) => (
        <div key={plan.id} className={`card-body ${styles.plan}`}>
          <div className={styles.top}>
            <Link className="medium quiet" href={`/development_plans/${plan.id}`}>{plan.goal}</Link>
            <span className="end small ink3">{t('talent.steps', { done: plan.done_count, n: plan.step_count })}</span>
          </div>
          {plan.step_count > 0 && <span className={styles.progress} aria-hidden><i style={{ width: `${(100 * plan.done_count) / plan.step_count}%` }} /></span>}
          <span className="small ink3">{plan.manager_name && t('talent.planOf', { name: plan.manager_name })}</span>
          <ul className={styles.plan} style={{ listStyle: 'none', margin: 0, padding: 0 }}>{plan.steps.map((one) => <Step key={one.id} step={one} canEdit={canEdit} />)}</ul>
          {canEdit && plan.state === 'active' && <span><Button variant="subtle" onClick={() => onDo({ kind: 'step', id: plan.id })}>{t('talent.addStep')}</Button></span>}
        </div>
      ))}
    </section>
  );
}

function Follows({ page, isOwn, canEdit, onDo }: { page: PersonPage; isOwn: boolean; canEdit: boolean; onDo: (doing: Doing) => void }) {
  return (
    <section className="card" aria-label={t('talent.follows')}>
      <div className="card-head"><h2>{t('talent.follows')}</h2></div>
      {page.succession.length === 0 ? <p className={`ink3 ${styles.note}`}>{t('talent.noFollows')}</p> : (
        <ul className="lines">
          {page.succession.map((one) => (
            <li key={one.id} className={styles.quiet}>
              <div className={styles.top}>
                <span className="medium">{one.position_name}</span>
                <span className="tag">{t(`talent.ready.${one.readiness}` as 'talent.ready.now')}</span>
                {isOwn && canEdit && <span className="end"><Button variant="subtle" onClick={() => onDo({ kind: 'contest', id: one.id, text: one.comment })}>{t('talent.comment')}</Button></span>}
              </div>
              <p className="ink2" dir="auto">{one.why}</p>
              {one.comment && <p className={styles.comment} dir="auto">{one.comment}</p>}
              <p className="small ink3">{t('talent.statedBy', { name: one.stated_by_name ?? '', day: dayOr(one.stated_day) })}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function OwnPairs({ page }: { page: PersonPage }) {
  if (!page.pairs.length) return null;
  return (
    <section className="card" aria-label={t('talent.ownPairs')}>
      <div className="card-head"><h2>{t('talent.ownPairs')}</h2></div>
      <ul className="lines">
        {page.pairs.map((one) => (
          <li key={one.id} className={styles.top}>
            <Link className="quiet medium" href={`/talent/pairs/${one.programme}`}>{one.programme_name}</Link>
            <span className="ink2 cut">{t('talent.pairOf', { mentor: one.mentor_name ?? '', mentee: one.mentee_name ?? '' })}</span>
            <span className="end ink3">{day(one.start_day)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function PersonPageView() {
  const { id } = useParams<{ id: string }>();
  return <PersonTalent id={Number(id)} />;
}

export function PersonTalent({ id, hasHead = true }: { id: number; hasHead?: boolean }) {
  const me = useSession().user.id;
  const isOwn = id === me;
  const canEdit = !useAsOf();
  const { data, error, refetch } = useGet<PersonPage>(`/talent/people/${id}`, { of: OF_SKILLS, now: true });
  const [doing, setDoing] = useState<Doing | null>(null);
  useTitle(isOwn ? t('talent.aboutMe') : data?.name);
  const close = () => setDoing(null);
  const body = error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data ? <div className="card"><Bones count={8} /></div> : (
    <div className={styles.columns}>
      <section className="card" aria-label={t('talent.skills')}>
        <div className="card-head"><h2>{t('talent.skills')}</h2></div>
        {HATS.map((hat) => {
          const skills = data.skills.filter((one) => one.hat === hat);
          return skills.length > 0 && (
            <div key={hat}>
              <h3 className="small ink3" style={{ padding: '6px 16px 2px' }}>{t(`talent.${hat}`)}</h3>
              <ul className="lines">{skills.map((one) => <SkillLine key={one.skill} skill={one} certificates={data.certificates.filter((other) => other.skill === one.skill && other.standing === 'holds')} isOwn={isOwn} me={me} canEdit={canEdit} onDo={setDoing} />)}</ul>
            </div>
          );
        })}
        <Legend />
      </section>
      <div className={styles.stack}>
        <Certificates page={data} isOwn={isOwn} canEdit={canEdit} onDo={setDoing} />
        <Ladder page={data} isOwn={isOwn} canEdit={canEdit} onDo={setDoing} />
        <Plans page={data} canEdit={canEdit} onDo={setDoing} />
        <Follows page={data} isOwn={isOwn} canEdit={canEdit} onDo={setDoing} />
        <OwnPairs page={data} />
      </div>
      {doing?.kind === 'rate' && doing.skill && <RateForm person={id} name={data.name} skill={doing.skill.skill} skillName={doing.skill.name} isOwn={isOwn} last={doing.rating} onClose={close} />}
      {doing?.kind === 'comment' && doing.rating && <CommentForm path={`/skill_ratings/${doing.rating.id}`} text={doing.rating.comment} of="skill_rating" onClose={close} />}
      {doing?.kind === 'contest' && <CommentForm path={`/successors/${doing.id}`} text={doing.text ?? null} of="successor" onClose={close} />}
      {doing?.kind === 'place' && <PlaceForm person={id} isOwn={isOwn} place={data.place} onClose={close} />}
      {doing?.kind === 'certificate' && <CertificateForm person={id} onClose={close} />}
      {doing?.kind === 'step' && doing.id && <StepForm plan={doing.id} onClose={close} />}
    </div>
  );
  if (!hasHead) return body;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{isOwn ? t('talent.aboutMe') : (data?.name ?? ' ')}</h1>
        <span className="actions"><Link className="linklike" href="/talent">{t('talent.title')}</Link></span>
      </header>
      <p className="small ink3" style={{ margin: '-6px 0 12px', maxWidth: 760 }}>{t(isOwn ? 'talent.aboutMeHelp' : 'talent.readBy')}</p>
      {body}
    </div>
  );
}
