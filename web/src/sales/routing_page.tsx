// Lead routing: who waits for a first answer, the rules in order with their people, a lead to try, and what today's
// rules would have done with the leads of a period.
import { ActionIcon, Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError, patch, post, remove } from '../base/api';
import { useAsOf } from '../base/as_of';
import { addDays, dayPlain, instant, instantFull, number, today } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf, may, useMeta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { problemText, say, sayError } from '../base/toast';
import type { Field, Page, Row } from '../base/types';
import { RefPicker } from '../record/ref_picker';
import { Steps, clockText, type Step } from './routing_parts';
import styles from './routing.module.css';

const text = (row: Row, name: string) => (row[name] as string | null) ?? '';

/* ---- waiting ---- */

function Waiting() {
  const { data, error, refetch } = useGet<Page>('/leads', { filter: 'responded_at=is.null&respond_by=not.is.null&phase=eq.open', params: { order: 'respond_by', limit: 8, count: 'exact' }, of: ['lead', 'activity'], staleMs: 60_000 });
  return (
    <section className="card" aria-label={t('routing.waiting')}>
      <div className="card-head">
        <h2>{t('routing.waiting')}</h2>
        {data && data.rows.length > 0 && <span className="end small"><Link href="/leads?responded_at=is.null&respond_by=not.is.null&order=respond_by">{t('routing.all')}</Link></span>}
      </div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} height={44} /> : !data.rows.length ? <p className={`ink3 ${styles.body}`}>{t('routing.nobodyWaits')}</p> : (
        <ul className="lines">
          {data.rows.map((lead) => {
            const clock = clockText(text(lead, 'respond_by'));
            return (
              <li key={lead.id} className={styles.wait}>
                <Link className="cut quiet medium" href={`/leads/${lead.id}`}>{text(lead, 'name')}</Link>
                <span className="cut ink3">{lead.names?.owner}</span>
                <span className={clock.isLate ? 'bad num' : 'num'} title={instantFull(text(lead, 'respond_by'))}>{clock.text}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/* ---- rules ---- */

const userField: Field = { name: 'user', label: '', type: 'ref', ref: 'user', flags: ['required'] };

function Limits({ member }: { member: Row }) {
  const parts = [
    Number(member.weight) > 1 && t('routing.weight', { n: Number(member.weight) }),
    member.open_max && t('routing.openMax', { n: Number(member.open_max) }),
    member.day_max && t('routing.dayMax', { n: Number(member.day_max) }),
  ].filter(Boolean);
  return parts.length ? <span className="small ink3">{parts.join(', ')}</span> : null;
}

function People({ rule, members, canEdit }: { rule: Row; members: Row[]; canEdit: boolean }) {
  const [isAdding, setAdding] = useState(false);
  const add = async (user: number | null) => {
    setAdding(false);
    if (!user) return;
    try {
      const { seq } = await post<Row>('/routing_members', { rule: rule.id, user });
      say({ text: t('routing.added'), seq });
      refresh(['routing_member']);
    } catch (error) {
      sayError(error);
    }
  };
  const drop = async (member: Row) => {
    try {
      const { seq } = await remove(`/routing_members/${member.id}`, { ifMatch: member.rev });
      say({ text: t('routing.dropped', { name: member.names?.user ?? '' }), seq });
      refresh(['routing_member']);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <ul className={styles.members} aria-label={t('routing.peopleOf', { rule: text(rule, 'name') })}>
      {members.map((member) => (
        <li key={member.id} className={styles.member}>
          <Link className="quiet" href={`/routing_members/${member.id}`}>{member.names?.user}</Link>
          <Limits member={member} />
          {canEdit && <ActionIcon variant="subtle" size={22} aria-label={t('routing.drop', { name: member.names?.user ?? '' })} onClick={() => void drop(member)}><IconX size={13} aria-hidden /></ActionIcon>}
        </li>
      ))}
      {!members.length && <li className="warn small">{t('routing.noPeople')}</li>}
      {canEdit && (
        <li>
          {isAdding ? <div className={styles.picker}><RefPicker field={userField} ariaLabel={t('routing.add')} value={null} autoFocus onPick={(id) => void add(id)} onClose={() => setAdding(false)} /></div> : (
            <button type="button" className="linklike small" onClick={() => setAdding(true)}><IconPlus size={13} aria-hidden /> {t('routing.add')}</button>
          )}
        </li>
      )}
    </ul>
  );
}

function Rule({ rule, above, below, members, canEdit }: { rule: Row; above?: Row; below?: Row; members: Row[]; canEdit: boolean }) {
  const save = async (changes: [Row, Record<string, unknown>][], what: string) => {
    try {
      let seq = 0;
      for (const [row, change] of changes) seq = (await patch<Row>(`/routing_rules/${row.id}`, change, { ifMatch: row.rev })).seq;
      say({ text: what, seq: changes.length === 1 ? seq : undefined });
      refresh(['routing_rule']);
    } catch (error) {
      sayError(error);
    }
  };
  const swap = (other: Row) => void save([[rule, { position: Number(other.position) }], [other, { position: Number(rule.position) }]], t('routing.moved'));
  const isOn = rule.is_active !== false;
  return (
    <li className={styles.rule} data-off={!isOn || undefined}>
      <div className={styles.ruleHead}>
        {canEdit && (
          <span className={styles.arrows}>
            <ActionIcon variant="subtle" size={22} disabled={!above} aria-label={t('routing.up', { name: text(rule, 'name') })} onClick={() => above && swap(above)}><IconArrowUp size={14} aria-hidden /></ActionIcon>
            <ActionIcon variant="subtle" size={22} disabled={!below} aria-label={t('routing.down', { name: text(rule, 'name') })} onClick={() => below && swap(below)}><IconArrowDown size={14} aria-hidden /></ActionIcon>
          </span>
        )}
        <Link className="medium quiet" href={`/routing_rules/${rule.id}`}>{text(rule, 'name')}</Link>
        <span className="small ink3">{rule.method === 'least_loaded' ? t('routing.leastLoaded') : t('routing.roundRobin')}{rule.at_work ? `, ${t('routing.atWork')}` : ''}{rule.respond_min ? `, ${t('routing.within', { n: Number(rule.respond_min) })}` : ''}</span>
        {canEdit && <span className="end"><Switch size="xs" checked={isOn} aria-label={t('routing.active', { name: text(rule, 'name') })} onChange={(e) => void save([[rule, { is_active: e.currentTarget.checked }]], t('routing.saved'))} /></span>}
      </div>
      <code className={styles.condition}>{text(rule, 'condition') || t('routing.everyLead')}</code>
      <People rule={rule} members={members} canEdit={canEdit} />
    </li>
  );
}

function NewRule({ next, onDone }: { next: number; onDone: () => void }) {
  const [name, setName] = useState('');
  const [condition, setCondition] = useState('');
  const [method, setMethod] = useState('round_robin');
  const [minutes, setMinutes] = useState<number | string>('');
  const [atWork, setAtWork] = useState(true);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const { seq } = await post<Row>('/routing_rules', { name, condition: condition.replace(/^\?/, '') || null, method, at_work: atWork, respond_min: minutes === '' ? null : Number(minutes), position: next });
      say({ text: t('routing.made', { name }), seq });
      refresh(['routing_rule']);
      onDone();
    } catch (error) {
      if (error instanceof ApiError) setProblem(error);
      else sayError(error);
    }
  };
  const at = (field: string) => (problem?.problem.field === field ? problemText(problem) : undefined);
  return (
    <form className={styles.form} onSubmit={make}>
      <TextInput label={t('routing.name')} value={name} onChange={(e) => setName(e.currentTarget.value)} required autoFocus error={at('name')} />
      <Select label={t('routing.method')} value={method} allowDeselect={false} data={[{ value: 'round_robin', label: t('routing.roundRobin') }, { value: 'least_loaded', label: t('routing.leastLoaded') }]} onChange={(v) => setMethod(v ?? 'round_robin')} />
      <NumberInput label={t('routing.respond')} value={minutes} onChange={setMinutes} min={1} max={86400} allowDecimal={false} error={at('respond_min')} />
      <TextInput className={styles.wide} label={t('routing.condition')} description={t('routing.conditionHelp')} placeholder="country=in.(DE,AT)&employees=gte.200" value={condition} onChange={(e) => setCondition(e.currentTarget.value)} error={at('condition')} />
      <Switch label={t('routing.atWorkLabel')} checked={atWork} onChange={(e) => setAtWork(e.currentTarget.checked)} />
      <div className="row">
        <Button type="submit" variant="filled" disabled={!name.trim()}>{t('routing.make')}</Button>
        <Button variant="subtle" onClick={onDone}>{t('routing.cancel')}</Button>
      </div>
      {problem && !['name', 'condition', 'respond_min'].includes(problem.problem.field ?? '') && <p className="bad" role="alert">{problemText(problem)}</p>}
    </form>
  );
}

function Rules({ canEdit }: { canEdit: boolean }) {
  const [isMaking, setMaking] = useState(false);
  const rules = useGet<Page>('/routing_rules', { params: { order: 'position', limit: 200 }, of: ['routing_rule'] });
  const members = useGet<Page>('/routing_members', { params: { limit: 1000 }, of: ['routing_member', 'user'] });
  const error = rules.error ?? members.error;
  const rows = rules.data?.rows ?? [];
  return (
    <section className="card" aria-label={t('routing.rules')}>
      <div className="card-head">
        <h2>{t('routing.rules')}</h2>
        <span className="ink3 cut">{t('routing.rulesSay')}</span>
        {canEdit && !isMaking && <span className="end"><Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>{t('routing.new')}</Button></span>}
      </div>
      {isMaking && <NewRule next={1 + Math.max(0, ...rows.map((row) => Number(row.position)))} onDone={() => setMaking(false)} />}
      {error ? <Failing error={error} retry={() => { void rules.refetch(); void members.refetch(); }} /> : !rules.data || !members.data ? <Bones count={3} height={72} /> : !rows.length && !isMaking ? (
        <Empty title={t('routing.noRules')}>{t('routing.noRulesHelp')}</Empty>
      ) : (
        <ol className={styles.rules}>
          {rows.map((rule, i) => (
            <Rule key={rule.id} rule={rule} above={rows[i - 1]} below={rows[i + 1]} members={members.data!.rows.filter((one) => one.rule === rule.id)} canEdit={canEdit} />
          ))}
        </ol>
      )}
    </section>
  );
}

/* ---- trying ---- */

const TRIED = ['company', 'country', 'state', 'industry', 'employees', 'source', 'email'];

function Try() {
  const meta = useMeta();
  const lead = meta.byName.get('lead')!;
  const fields = TRIED.map((name) => fieldOf(lead, name)).filter((one): one is Field => Boolean(one));
  const [values, setValues] = useState<Record<string, string | number>>({});
  const [result, setResult] = useState<{ owner_name: string | null; respond_by: string | null; steps: Step[] } | null>(null);
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    try {
      setResult((await post<NonNullable<typeof result>>('/routing/try', Object.fromEntries(Object.entries(values).filter(([, v]) => v !== '')))).data);
    } catch (error) {
      sayError(error);
    }
  };
  const set = (name: string, value: string | number) => setValues({ ...values, [name]: value });
  return (
    <section className="card" aria-label={t('routing.try')}>
      <div className="card-head"><h2>{t('routing.try')}</h2><span className="ink3 cut">{t('routing.trySays')}</span></div>
      <form className={styles.form} onSubmit={ask}>
        {fields.map((field) => field.type === 'int' ? (
          <NumberInput key={field.name} label={field.label} value={values[field.name] ?? ''} onChange={(v) => set(field.name, v)} allowDecimal={false} />
        ) : (
          <TextInput key={field.name} label={field.label} value={values[field.name] ?? ''} onChange={(e) => set(field.name, e.currentTarget.value)} />
        ))}
        <Button type="submit">{t('routing.ask')}</Button>
      </form>
      {result && (
        <div className={styles.body} role="status">
          <p className="medium">{result.owner_name ? t('routing.goesTo', { name: result.owner_name }) : t('routing.goesNowhere')}{result.respond_by ? `, ${t('routing.answerBy', { at: instant(result.respond_by) })}` : ''}</p>
          <Steps steps={result.steps} />
        </div>
      )}
    </section>
  );
}

/* ---- replay ---- */

interface Replay {
  rows: { lead: number; name: string; routed_at: string; was_name: string | null; would_name: string | null; is_same: boolean }[];
  count: number;
  same: number;
  is_cut: boolean;
}

function Replayed() {
  const [days, setDays] = useState('7');
  const from = addDays(today(), -Number(days));
  const { data, error, refetch } = useGet<Replay>('/routing/replay', { params: { from, to: addDays(today(), 1) }, of: ['routing_rule', 'routing_member', 'lead'], now: true });
  const moved = data?.rows.filter((row) => !row.is_same) ?? [];
  return (
    <section className="card" aria-label={t('routing.replay')}>
      <div className="card-head">
        <h2>{t('routing.replay')}</h2>
        <span className="end"><Select w={120} aria-label={t('routing.since')} value={days} allowDeselect={false} data={['7', '30', '90'].map((n) => ({ value: n, label: t('routing.days', { n: Number(n) }) }))} onChange={(v) => setDays(v ?? '30')} /></span>
      </div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={3} height={40} /> : (
        <div className={styles.body}>
          <p className="ink2">{data.count ? t('routing.replaySays', { n: data.count, same: number(data.same, 0), since: dayPlain(from) }) : t('routing.replayNone')}</p>
          {moved.length > 0 && (
            <div className={styles.scroll}>
              <table className="table">
                <thead><tr><th>{t('routing.lead')}</th><th>{t('routing.when')}</th><th>{t('routing.was')}</th><th>{t('routing.would')}</th></tr></thead>
                <tbody>
                  {moved.slice(0, 50).map((row) => (
                    <tr key={row.lead}>
                      <td><Link className="quiet" href={`/leads/${row.lead}`}>{row.name}</Link></td>
                      <td>{instant(row.routed_at)}</td>
                      <td>{row.was_name ?? '–'}</td>
                      <td>{row.would_name ?? t('routing.maker')}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
    </section>
  );
}

export default function RoutingPage() {
  const meta = useMeta();
  const asOf = useAsOf();
  const rule = meta.byName.get('routing_rule');
  const mayRule = may(rule, 'change');
  useTitle(t('routing.title'));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('routing.title')}</h1>
        <p className="ink2">{t('routing.sub')}</p>
      </header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Rules canEdit={mayRule && !asOf} />
          {mayRule && !asOf && <Replayed />}
        </div>
        <div className={styles.column}>
          <Waiting />
          {!asOf && <Try />}
        </div>
      </div>
    </div>
  );
}
