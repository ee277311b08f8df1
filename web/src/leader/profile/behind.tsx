// What is behind one aspect: kinds of acts with their weight, each act, which can be contested; what the groups said; and what
// the distance between the two may mean.
import { Button, Modal, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError, post } from '../../base/api';
import { day, dayFull, dayPlain, number, percent } from '../../base/format';
import { t } from '../../base/i18n';
import { recordPath, useMeta } from '../../base/meta';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { problemText, say } from '../../base/toast';
import type { Field, Page } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import { useActs, type Act, type Aspect, type Kind } from './profile_data';
import styles from './profile.module.css';

const SHOWN = 8;
const second: Field = { name: 'second', label: '', type: 'ref', ref: 'user', flags: ['required'] };

/** With whom, or about which record; a record that is named by its day says nothing more. */
const whatOf = (act: Act) => act.with_name ?? (/^\d{4}-/.test(act.record_name ?? '') ? null : act.record_name);

function Contest({ act, onClose }: { act: Act; onClose: () => void }) {
  const me = useSession().user.id;
  const { data } = useGet<Page>('/reporting_lines', { filter: `user=eq.${me}&to_day=is.null`, params: { limit: 1 }, of: ['reporting_line'], now: true });
  const above = data?.rows[0];
  const [picked, setPicked] = useState<{ id: number | null; name: string | null } | null>(null);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const who = picked ?? { id: (above?.manager as number | undefined) ?? null, name: above?.names?.manager ?? null };
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const { seq } = await post('/profile/contests', { act: act.act, second: who.id, reason });
      refresh(['act_contest']);
      say({ text: t('profile.saidContested'), seq });
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('profile.contestTitle')} size={440} closeButtonProps={{ 'aria-label': t('close') }}>
      <form className={styles.form} onSubmit={submit}>
        <p><span className="medium">{act.label}</span> <span className="ink3">{[whatOf(act), dayPlain(act.day)].filter(Boolean).join(', ')}</span></p>
        <Textarea label={t('profile.reason')} value={reason} onChange={(e) => setReason(e.currentTarget.value)} autosize minRows={3} required data-autofocus />
        <RefPicker field={second} label={t('profile.second')} description={t('profile.secondHelp')} value={who.id} name={who.name} required onPick={(id, name) => setPicked({ id, name })} />
        {problem && <p className="bad" role="alert">{problem}</p>}
        <div className="row">
          <Button type="submit" variant="filled" disabled={!reason.trim() || !who.id}>{t('profile.contest')}</Button>
          <Button variant="subtle" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
    </Modal>
  );
}

function ActLine({ act, onContest }: { act: Act; onContest: (act: Act) => void }) {
  const meta = useMeta();
  return (
    <li className={styles.act} data-out={act.is_left_out || undefined}>
      <span className="cut"><Link className="quiet" href={recordPath(meta, act.entity, act.record)}>{act.label}</Link> <span className="ink3">{whatOf(act)}</span></span>
      <span className="ink3 num" title={dayFull(act.day)}>{day(act.day)}</span>
      {act.contest === null
        ? <button type="button" className="linklike small" onClick={() => onContest(act)} aria-label={t('profile.contestOne', { what: act.label, day: dayPlain(act.day) })}>{t('profile.contest')}</button>
        : <span className={`small ${act.is_contested ? 'warn' : 'ink3'}`}>{t(act.is_contested ? 'profile.isContested' : act.is_left_out ? 'profile.isLeftOut' : 'profile.isKept')}</span>}
    </li>
  );
}

function KindLine({ kind, one }: { kind: Kind; one: Aspect }) {
  const towards = kind.end === 'high' ? one.high_label : one.low_label;
  return (
    <li className={styles.kind}>
      <span className={kind.end === 'high' ? styles.right : styles.left} aria-hidden>{kind.end === 'high' ? '›' : '‹'}</span>
      <span className={styles.kindText}>{kind.label}<span className="small ink3">{kind.why} {t('profile.weighs', { weight: number(kind.weight, 1), towards })}</span></span>
      <span className="num ink3">{number(kind.count, 0)}</span>
    </li>
  );
}

function Others({ one }: { one: Aspect }) {
  const told = one.feedback;
  if (!told) return <p className="ink3">{t('profile.noOthersYet')}</p>;
  const change = told.change;
  return (
    <>
      <dl className={styles.cells}>
        {told.cells.map((cell) => <div key={cell.cell}><dt>{t(`profile.cell.${cell.cell}`)}</dt><dd>{percent(cell.mean)} <span className="ink3">±{percent(cell.error)}, {t('profile.raters', { n: cell.count })}</span></dd></div>)}
        <div><dt>{t('profile.cell.all')}</dt><dd>{percent(told.mean)} <span className="ink3">±{percent(told.error)}, {t('profile.raters', { n: told.count })}</span></dd></div>
        {told.own !== null && <div><dt>{t('profile.cell.self')}</dt><dd>{percent(told.own)}</dd></div>}
      </dl>
      <p className="ink2">
        {told.agreement && t(`profile.agree.${told.agreement}`)}{' '}
        {change && (change.is_reliable ? t('profile.changed', { by: percent(Math.abs(change.change ?? 0)), towards: (change.change ?? 0) > 0 ? one.high_label : one.low_label, day: dayPlain(change.since_day) }) : t('profile.unchanged', { day: dayPlain(change.since_day) }))}
      </p>
    </>
  );
}

function Distance({ one }: { one: Aspect }) {
  const distance = one.distance;
  if (!distance) return null;
  const points = (share: number) => number(Math.round(share * 100), 0);
  return (
    <div className={styles.distance}>
      <h3>{t(distance.is_more_than_chance ? 'profile.disagree' : 'profile.agreeTitle')}</h3>
      <p className="ink2">{t(distance.is_more_than_chance ? 'profile.disagreeSays' : 'profile.agreeSays', { n: points(Math.abs(distance.difference)), towards: distance.difference > 0 ? one.high_label : one.low_label, low: points(distance.low), high: points(distance.high) })}</p>
    </div>
  );
}

export function Behind({ one, kinds }: { one: Aspect; kinds: Kind[] }) {
  const { data, error, refetch } = useActs(one.name);
  const [isAll, setAll] = useState(false);
  const [contested, setContested] = useState<Act | null>(null);
  const rows = data?.rows ?? [];
  const mine = kinds.filter((kind) => kind.aspect === one.name);
  return (
    <section className="card" aria-label={t('profile.behind', { aspect: one.label })}>
      <div className="card-head"><h2>{t('profile.behind', { aspect: one.label })}</h2><span className="end ink3">{t('profile.countActs', { n: one.acts?.count ?? 0 })}</span></div>
      <ul className={`lines ${styles.tight}`}>{mine.filter((kind) => kind.count > 0).map((kind) => <KindLine key={kind.name} kind={kind} one={one} />)}</ul>
      {!mine.some((kind) => kind.count > 0) && <p className="ink3 card-body">{t('profile.nothingCounts', { kinds: mine.map((kind) => kind.label).join(', ') })}</p>}
      {one.acts?.is_thin && <p className="small warn card-body">{t('profile.thin')}</p>}
      <Distance one={one} />
      <div className={styles.part}><h3>{t('profile.others')}</h3><Others one={one} /></div>
      {one.range?.why && <p className="small ink3 card-body">{one.range.why}</p>}
      {rows.length > 0 && <h3 className={styles.partHead}>{t('profile.eachAct')}</h3>}
      {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} height={32} /> : (
        <ul className={`lines ${styles.tight}`}>{(isAll ? rows : rows.slice(0, SHOWN)).map((act) => <ActLine key={act.act} act={act} onContest={setContested} />)}</ul>
      )}
      {rows.length > SHOWN && <p className="card-body"><button type="button" className="linklike" onClick={() => setAll(!isAll)}>{isAll ? t('profile.fewer') : t('profile.allActs', { n: rows.length })}</button></p>}
      {contested && <Contest act={contested} onClose={() => setContested(null)} />}
    </section>
  );
}
