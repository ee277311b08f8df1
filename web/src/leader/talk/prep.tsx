// What is known about the person's work, for both: the sheet the server computes, and beside it the quarter, the deals to
// talk about, what was done. Each figure leads to its records. Without a sheet (the past, the feature off) lists do.
import { Link } from 'wouter';
import { addDays, day, dayFull, dayPlain, money, moneyShort, number, percent, today } from '../../base/format';
import { t } from '../../base/i18n';
import { fieldOf, useMeta } from '../../base/meta';
import { useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones } from '../../base/states';
import type { Page, Row } from '../../base/types';
import { num, rowsOf, str, useBrief } from '../../home/brief';
import { Meter } from '../../home/parts';
import { Diagnosis, Person, Rhythm, SheetSince, useSheet } from './sheet';
import styles from './talk.module.css';
import type { Talk, Two } from './talk_data';

const AHEAD = 14;
const SHOWN = 6;
const currency = (row: Row) => (row.currency as string | null) ?? undefined;
const amountOf = (row: Row) => Number(row.amount ?? 0);

function Quarter({ talk, two }: { talk: Talk; two: Two }) {
  const session = useSession();
  const isManager = hasRole(session, 'manager', 'executive');
  const hat = two.isLeader ? (isManager ? 'manager' : 'leader') : 'rep';
  const { data: brief } = useBrief(hat, {});
  const line = brief && (two.isLeader ? rowsOf(brief, 'targets').find((one) => one.user === talk.person) : rowsOf(brief, 'quarter')[0]);
  const share = num(line, 'attainment');
  if (!brief || share === null) return null;
  const pace = num(line, 'pace') ?? 0;
  return (
    <section className="card" aria-label={t('talk.quarter')}>
      <div className="card-head"><h2>{t('talk.quarter')}</h2><span className="ink3">{brief.period.label.replace(/^FY/, '')}</span></div>
      <div className={styles.attain}>
        <span className="figure2">{money(Math.round(num(line, two.isLeader ? 'result' : 'won') ?? 0), brief.currency)}</span>
        <Meter share={share / 1.5} mark={pace / 1.5} label={t('talk.paceSays', { share: percent(share), pace: percent(pace) })} />
        <span className="ink2">{t('talk.ofQuota', { share: percent(share), quota: moneyShort(num(line, 'target') ?? 0, brief.currency) })}</span>
      </div>
    </section>
  );
}

function Since({ talk, since }: { talk: Talk; since: string }) {
  const filter = `owner=eq.${talk.person}&closed_day=gte.${since}`;
  const { data } = useGet<Page>('/opportunities', { filter, params: { order: 'closed_day.desc', limit: 50 }, of: ['opportunity'] });
  const rows = data?.rows ?? [];
  const won = rows.filter((row) => row.won_day).length;
  return (
    <section className="card" aria-label={t('talk.since')}>
      <div className="card-head"><h2>{t('talk.since')}</h2><span className="ink3" title={dayFull(since)}>{dayPlain(since)}</span>{rows.length > 0 && <Link className="end small" href={`/opportunities?${filter}&order=closed_day.desc`}>{t('talk.sums', { won, lost: rows.length - won })}</Link>}</div>
      {!data ? <Bones count={2} height={36} /> : !rows.length ? <p className="ink3 card-body">{t('talk.sinceNone', { day: dayPlain(since) })}</p> : (
        <ul className="lines">
          {rows.slice(0, SHOWN).map((row) => (
            <li key={row.id} className={styles.deal}>
              <span className={`medium ${row.won_day ? 'good' : 'down'}`}>{t(row.won_day ? 'talk.won' : 'talk.lost')}</span>
              <Link className="quiet cut" href={`/opportunities/${row.id}`}>{row.names?.account ?? String(row.name)}</Link>
              <span className="num">{row.amount === null ? '–' : money(amountOf(row), currency(row))}</span>
            </li>
          ))}
          {rows.length > SHOWN && <li className="ink3">{t('talk.more', { n: rows.length - SHOWN })}</li>}
        </ul>
      )}
    </section>
  );
}

function DealsNow({ talk }: { talk: Talk }) {
  const filter = `owner=eq.${talk.person}&closed_day=is.null&close_day=lte.${addDays(today(), AHEAD)}`;
  const { data } = useGet<Page>('/opportunities', { filter, params: { order: 'amount.desc', limit: SHOWN, count: 'exact' }, of: ['opportunity'] });
  const rows = data?.rows ?? [];
  const left = (data?.count ?? 0) - rows.length;
  return (
    <section className="card" aria-label={t('talk.dealsNow')}>
      <div className="card-head"><h2>{t('talk.dealsNow')}</h2><span className="ink3 cut">{t('talk.dealsNowSub')}</span></div>
      {!data ? <Bones count={3} height={44} /> : !rows.length ? <p className="ink3 card-body">{t('talk.dealsNone')}</p> : (
        <ul className="lines">
          {rows.map((row) => {
            const close = String(row.close_day);
            const passed = close < today();
            return (
              <li key={row.id} className={styles.now}>
                <span>
                  <Link className="medium quiet cut" href={`/opportunities/${row.id}`}>{row.names?.account ?? String(row.name)}</Link>
                  <span className="small ink3 cut">{[row.names?.stage, row.next_step ? String(row.next_step) : t('talk.noStep')].join(', ')}</span>
                </span>
                <span className={`small ${passed ? 'down medium' : 'ink3'}`} title={dayFull(close)}>{t(passed ? 'talk.closePassed' : 'talk.closes', { day: day(close) })}</span>
                <span className="num">{row.amount === null ? '–' : moneyShort(amountOf(row), currency(row))}</span>
              </li>
            );
          })}
          {left > 0 && <li><Link className="small" href={`/opportunities?${filter}&order=amount.desc`}>{t('talk.more', { n: left })}</Link></li>}
        </ul>
      )}
    </section>
  );
}

function Activity({ talk, since }: { talk: Talk; since: string }) {
  const meta = useMeta();
  const entity = meta.byName.get('activity');
  const filter = `owner=eq.${talk.person}&start_us=gte.${since}`;
  const { data } = useGet<Page>('/activities', { filter, params: { limit: 1000, select: 'kind' }, of: ['activity'], isOff: !entity });
  if (!entity) return null;
  const kinds = fieldOf(entity, 'kind')?.choices ?? [];
  const counts = kinds.map((kind) => ({ ...kind, n: (data?.rows ?? []).filter((row) => row.kind === kind.name).length })).filter((kind) => kind.n);
  return (
    <section className="card" aria-label={t('talk.activity')}>
      <div className="card-head"><h2>{t('talk.activity')}</h2></div>
      {!data ? <Bones count={1} height={40} /> : !counts.length ? <p className="ink3 card-body">{t('talk.activityNone', { day: dayPlain(since) })}</p> : (
        <div className={styles.counts}>
          {counts.map((kind) => (
            <Link key={kind.name} className="quiet" href={`/activities?${filter}&kind=eq.${kind.name}`}><span className="figure2">{number(kind.n, 0)}</span> <span className="ink3">{kind.label}</span></Link>
          ))}
        </div>
      )}
    </section>
  );
}

/** What the leader's brief says of this person: load, ramp, and without a prep sheet what is worth a word. */
function FromBrief({ talk, hasWins }: { talk: Talk; hasWins: boolean }) {
  const { data: brief } = useBrief('leader', {});
  if (!brief) return null;
  const mine = (name: string) => rowsOf(brief, name).filter((line) => line.user === talk.person);
  const load = mine('load')[0];
  const newcomer = mine('newcomers')[0];
  const wins = mine('wins').slice(0, 3);
  return (
    <>
      {(load || newcomer) && (
        <section className="card" aria-label={t('talk.crew')}>
          <div className="card-head"><h2>{t('talk.crew')}</h2></div>
          <div className="card-body">
            {load && <p>{t('talk.load', { n: number(num(load, 'count') ?? 0, 0), ratio: number(num(load, 'count_ratio') ?? 0, 1) })}</p>}
            {newcomer && <p>{t('talk.ramp', { days: number(num(newcomer, 'days') ?? 0, 0), share: percent(num(newcomer, 'ramp') ?? 0) })}</p>}
          </div>
        </section>
      )}
      {hasWins && wins.length > 0 && (
        <section className="card" aria-label={t('talk.worth')}>
          <div className="card-head"><h2>{t('talk.worth')}</h2><span className="ink3">{t('talk.worthSub')}</span></div>
          <ul className="lines">{wins.map((line) => <li key={String(line.opportunity)} className={styles.now}><span><Link className="quiet cut" href={`/opportunities/${line.opportunity}`}>{str(line, 'deal')}</Link></span><span className="num">{money(num(line, 'amount') ?? 0, brief.currency)}</span></li>)}</ul>
        </section>
      )}
    </>
  );
}

export function Prep({ talk, two, since, canEdit }: { talk: Talk; two: Two; since: string; canEdit: boolean }) {
  const { byName } = useMeta();
  const { sheet, isWaiting } = useSheet(talk);
  const hasDeals = byName.has('opportunity');
  const from = sheet?.since_day ?? since;
  return (
    <>
      <div className={`${styles.prepHead} row`}><h2>{t('talk.prep')}</h2><span className="ink3 cut">{t(two.isLeader ? 'talk.prepSub' : 'talk.prepSubOwn', { name: two.otherName })}</span></div>
      {sheet && <Rhythm sheet={sheet} talk={talk} two={two} canEdit={canEdit} />}
      <Quarter talk={talk} two={two} />
      {hasDeals && <DealsNow talk={talk} />}
      {isWaiting ? <div className="card"><Bones count={4} height={36} /></div> : hasDeals && (sheet ? <SheetSince sheet={sheet} talk={talk} /> : <Since talk={talk} since={since} />)}
      {sheet && hasDeals && <Diagnosis sheet={sheet} />}
      {sheet && <Person sheet={sheet} two={two} />}
      <Activity talk={talk} since={from} />
      {two.isLeader && <FromBrief talk={talk} hasWins={!sheet} />}
    </>
  );
}
