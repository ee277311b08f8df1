// Alerts: what has changed beyond chance, dismissed with a reason; what is watched; how often one may be disturbed for nothing.
import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError, patch, post, remove } from '../base/api';
import { dayPlain, number, percent } from '../base/format';
import { t, type Key } from '../base/i18n';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { problemText, say, sayError } from '../base/toast';
import type { Page, Row } from '../base/types';
import { useMeasures } from './standings';
import styles from './standings.module.css';

interface Alert extends Row {
  measure: string;
  is_rise: boolean;
  since_day: string;
  observed: number;
  expected: number;
  low: number;
  high: number;
  cause: string | null;
  question: string | null;
  records: string | null;
  state: 'open' | 'dismissed';
  reason: string | null;
  dismissed_day: string | null;
}
interface Rule extends Row {
  measure: string;
  whose: 'person' | 'team' | 'line';
  direction: 'falls' | 'rises';
  cadence: 'week' | 'month';
  is_paused: boolean;
  checked_day: string | null;
  series_count: number | null;
  quiet_count: number | null;
}

function useLabels() {
  const { data } = useMeasures();
  return { measures: data?.rows ?? [], label: (name: string) => data?.rows.find((one) => one.name === name)?.label ?? name };
}

const sizeText = (alert: Alert) => t('watch.size', { n: number(alert.observed, 0), expected: number(alert.expected, 0), low: percent(alert.low), high: percent(alert.high) });
const whose = (row: Row) => row.names?.user ?? row.names?.team ?? '';

function AlertLine({ alert, label }: { alert: Alert; label: string }) {
  const [reason, setReason] = useState<string | null>(null);
  async function dismiss(event: FormEvent) {
    event.preventDefault();
    try {
      const { seq } = await patch(`/alerts/${alert.id}`, { state: 'dismissed', reason: (reason ?? '').trim() });
      say({ text: t('watch.saidGone'), seq });
      refresh(['alert']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <li className={styles.alert} data-alert={alert.id}>
      <span><span className="medium">{label}: {whose(alert)}</span> <span className={alert.is_rise ? 'tag good' : 'tag down'}>{t(alert.is_rise ? 'watch.rose' : 'watch.fell')}</span> <span className="ink3">{t('watch.since', { day: dayPlain(alert.since_day) })}</span></span>
      <span className="ink2">{sizeText(alert)}</span>
      {(alert.cause || alert.question) && <span className="small ink3">{alert.cause && t('watch.cause', { cause: alert.cause })} {alert.question}</span>}
      <span className={styles.acts}>
        {alert.records && <Link href={`/${alert.records}`}>{t('watch.records')}</Link>}
        {reason === null && <Button onClick={() => setReason('')}>{t('watch.dismiss')}</Button>}
      </span>
      {reason !== null && (
        <form onSubmit={dismiss}>
          <TextInput label={t('watch.reason')} placeholder={t('watch.reasonHelp')} value={reason} maxLength={500} autoFocus onChange={(e) => setReason(e.currentTarget.value)} />
          <Button onClick={() => setReason(null)}>{t('standings.cancel')}</Button>
          <Button type="submit" variant="filled" disabled={!reason.trim()}>{t('watch.dismiss')}</Button>
        </form>
      )}
    </li>
  );
}

function Alerts() {
  const { data, error, refetch } = useGet<Page>('/alerts', { params: { order: 'week_day.desc', limit: 200 }, of: ['alert'], now: true });
  const { label } = useLabels();
  const rows = (data?.rows ?? []) as Alert[];
  const open = rows.filter((one) => one.state === 'open');
  const past = rows.filter((one) => one.state !== 'open');
  return (
    <>
      <section className="card" aria-label={t('watch.open')}>
        <div className="card-head"><h2>{t('watch.open')}</h2>{open.length > 0 && <span className="ink3">{number(open.length, 0)}</span>}</div>
        {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} /> : open.length ? <ul className={styles.lines}>{open.map((one) => <AlertLine key={one.id} alert={one} label={label(one.measure)} />)}</ul> : <div className="card-body"><p className="medium">{t('watch.none')}</p><p className="ink3">{t('watch.noneHelp')}</p></div>}
      </section>
      {past.length > 0 && (
        <section className="card" aria-label={t('watch.past')}>
          <div className="card-head"><h2>{t('watch.past')}</h2></div>
          <ul className={styles.lines}>{past.slice(0, 20).map((one) => (
            <li key={one.id} className={styles.rule}>
              <span><span className="medium">{label(one.measure)}: {whose(one)}</span> <span className="ink3">{t(one.is_rise ? 'watch.rose' : 'watch.fell')} {t('watch.since', { day: dayPlain(one.since_day) })}</span><span className="small ink2" style={{ display: 'block' }}>{one.reason}</span></span>
              <span className="small ink3">{one.dismissed_day && dayPlain(one.dismissed_day)}</span>
            </li>
          ))}</ul>
        </section>
      )}
    </>
  );
}

function RuleLine({ rule, label }: { rule: Rule; label: string }) {
  const name = rule.whose === 'line' ? t('watch.whose.line') : whose(rule);
  async function act(work: () => Promise<{ seq?: number }>, text: string) {
    try {
      const { seq } = await work();
      if (text) say({ text, seq });
      refresh(['alert_rule']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <li className={styles.rule}>
      <span>
        <span className="medium">{label}</span> <span className="ink2">{t(`watch.direction.${rule.direction}`).toLowerCase()}, {name}</span>
        <span className="small ink3" style={{ display: 'block' }}>{t(`watch.cadence.${rule.cadence}`)}, {rule.checked_day ? t('watch.looked', { n: rule.series_count ?? 0, quiet: rule.quiet_count ?? 0, day: dayPlain(rule.checked_day) }) : t('watch.notYet')}</span>
      </span>
      <Switch checked={!rule.is_paused} aria-label={t('watch.pause', { name: `${label}, ${name}` })} onChange={(e) => void act(() => patch(`/alert_rules/${rule.id}`, { is_paused: !e.currentTarget.checked }), '')} />
      <Button variant="subtle" px={8} aria-label={t('watch.remove', { name: `${label}, ${name}` })} onClick={() => void act(() => remove(`/alert_rules/${rule.id}`), t('watch.saidRemoved', { name: label }))}><IconTrash size={16} stroke={1.6} aria-hidden /></Button>
    </li>
  );
}

function NewRule() {
  const { measures, label } = useLabels();
  const people = useGet<Page>('/users', { params: { limit: 1000, order: 'name' }, filter: 'is_active=is.true', of: ['user'], now: true });
  const teams = useGet<Page>('/teams', { params: { limit: 1000, order: 'name' }, of: ['team'], now: true });
  const [v, setV] = useState({ measure: 'created_count', whose: 'line', id: '', direction: 'falls', cadence: 'week' });
  const [problem, setProblem] = useState<string | null>(null);
  const put = (part: Partial<typeof v>) => setV((old) => ({ ...old, ...part }));
  const choices = (v.whose === 'team' ? teams.data : people.data)?.rows ?? [];
  async function add(event: FormEvent) {
    event.preventDefault();
    setProblem(null);
    try {
      const { seq } = await post('/alert_rules', { measure: v.measure, whose: v.whose, [v.whose === 'team' ? 'team' : 'user']: v.whose === 'line' ? null : Number(v.id), direction: v.direction, cadence: v.cadence });
      say({ text: t('watch.saidNew', { name: label(v.measure) }), seq });
      refresh(['alert_rule']);
    } catch (error) {
      setProblem(error instanceof ApiError ? problemText(error) : String(error));
    }
  }
  const list = (prefix: string, names: string[]) => names.map((name) => ({ value: name, label: t(`${prefix}.${name}` as Key) }));
  return (
    <section className="card" aria-label={t('watch.new')}>
      <div className="card-head"><h2>{t('watch.new')}</h2></div>
      <form className={`card-body ${styles.form}`} onSubmit={add}>
        <Select label={t('watch.measure')} value={v.measure} data={measures.filter((one) => one.can_watch).map((one) => ({ value: one.name, label: one.label }))} allowDeselect={false} onChange={(measure) => put({ measure: measure ?? 'created_count' })} />
        <Select label={t('watch.direction')} value={v.direction} data={list('watch.direction', ['falls', 'rises'])} allowDeselect={false} onChange={(direction) => put({ direction: direction ?? 'falls' })} />
        <Select label={t('watch.whose')} value={v.whose} data={list('watch.whose', ['line', 'team', 'person'])} allowDeselect={false} onChange={(one) => put({ whose: one ?? 'line', id: '' })} />
        {v.whose !== 'line' && <Select label={t(v.whose === 'team' ? 'standings.team' : 'watch.whose.person')} value={v.id || null} searchable data={choices.map((row) => ({ value: String(row.id), label: String(row.name) }))} onChange={(id) => put({ id: id ?? '' })} />}
        <Select label={t('watch.cadence')} value={v.cadence} data={list('watch.cadence', ['week', 'month'])} allowDeselect={false} onChange={(cadence) => put({ cadence: cadence ?? 'week' })} />
        <div className={styles.acts}>{problem && <span className="bad grow" role="alert">{problem}</span>}<Button type="submit" variant="filled" disabled={v.whose !== 'line' && !v.id}>{t('watch.add')}</Button></div>
      </form>
      <p className="small ink3 card-body">{t('watch.rulesHint')}</p>
    </section>
  );
}

function Rules() {
  const { data, error, refetch } = useGet<Page>('/alert_rules', { params: { limit: 200 }, of: ['alert_rule'], now: true });
  const { label } = useLabels();
  const rows = (data?.rows ?? []) as Rule[];
  return (
    <section className="card" aria-label={t('watch.rules')}>
      <div className="card-head"><h2>{t('watch.rules')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} /> : rows.length ? <ul className={styles.lines}>{rows.map((rule) => <RuleLine key={rule.id} rule={rule} label={label(rule.measure)} />)}</ul> : <p className="ink3 card-body">{t('watch.noRules')}</p>}
    </section>
  );
}

function Budget() {
  const { data } = useGet<Page>('/alert_budgets', { params: { limit: 1 }, of: ['alert_budget'], now: true });
  const own = data?.rows[0];
  async function set(value: number | string) {
    const wanted = Number(value);
    if (!data || !(wanted >= 1 && wanted <= 12) || wanted === (own?.per_quarter ?? 1)) return;
    try {
      const { seq } = own ? await patch(`/alert_budgets/${own.id}`, { per_quarter: wanted }) : await post('/alert_budgets', { per_quarter: wanted });
      say({ text: t('watch.saidBudget'), seq });
      refresh(['alert_budget']);
    } catch (error) {
      sayError(error);
    }
  }
  return (
    <section className="card" aria-label={t('watch.budget')}>
      <div className="card-head"><h2>{t('watch.budget')}</h2></div>
      <div className="card-body">
        {data ? <NumberInput aria-label={t('watch.budget')} w={110} min={1} max={12} value={Number(own?.per_quarter ?? 1)} onChange={(value) => void set(value)} /> : <Bones count={1} height={36} />}
        <p className="small ink3" style={{ marginBlockStart: 8 }}>{t('watch.budgetHelp')}</p>
      </div>
    </section>
  );
}

export default function WatchPage() {
  useTitle(t('watch.title'));
  return (
    <div className="page">
      <header className="page-head"><h1>{t('watch.title')}</h1></header>
      <div className="grid12">
        <div style={{ gridColumn: 'span 8' }} className={styles.stack}><Alerts /><Rules /></div>
        <div style={{ gridColumn: 'span 4' }} className={styles.stack}><Budget /><NewRule /></div>
      </div>
    </div>
  );
}
