// One's own coaching over two years: how much, what the coached say of it, and what became of it. The naive rise never
// stands without what would have risen by itself (docs/crew.md).
import { Link } from 'wouter';
import { dayPlain, addDays, moneyShort, number, signed } from '../../base/format';
import { t, type Key } from '../../base/i18n';
import { useHat } from '../../base/look';
import { useGet } from '../../base/query';
import { Bones, Empty, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import styles from './ledger.module.css';

interface Factor {
  factor: 'amount' | 'skill' | 'both';
  is_known: boolean;
  takes: number;
  slope: number | null;
  low: number | null;
  high: number | null;
  detectable: number | null;
}
interface Effect {
  outcome: string;
  is: string;
  unit: string;
  is_known: boolean;
  is_clear: boolean;
  coached_count: number;
  control_count: number;
  naive: number | null;
  alike: number | null;
  effect: number | null;
  low: number | null;
  high: number | null;
  detectable: number | null;
  rated_count: number;
  amount_mean: number | null;
  skill_mean: number | null;
  factors: Factor[];
}
interface Person {
  user: number;
  name: string;
  leads: boolean;
  session_count: number;
  minutes: number;
  first_day: string | null;
  talk: number;
  deal: number;
  call: number;
  field: number;
  rating_count: number;
  rating_mean: number | null;
}
interface Ledger {
  from_day: string;
  to_day: string;
  currency: string;
  outside_count: number;
  people: Person[];
  effects: Effect[];
}

const KINDS = ['talk', 'deal', 'call', 'field'] as const;

function Scale({ effect }: { effect: Effect }) {
  const { naive, alike, effect: real, low, high } = effect;
  if (naive === null || alike === null || real === null || low === null || high === null) return null;
  const least = Math.min(0, naive, alike, low);
  const span = Math.max(0, naive, alike, high) - least || 1;
  const at = (value: number) => `${((value - least) / span) * 100}%`;
  const bar = (from: number, to: number) => ({ insetInlineStart: at(Math.min(from, to)), width: `${(Math.abs(to - from) / span) * 100}%` });
  return (
    <div className={styles.scale} aria-hidden>
      <span className={styles.zero} style={{ insetInlineStart: at(0) }} />
      <span className={styles.track}><i data-kind="naive" style={bar(0, naive)} /></span>
      <span className={styles.track}><i data-kind="alike" style={bar(0, alike)} /></span>
      <span className={styles.track}><i data-kind="range" style={bar(low, high)} /><b style={{ insetInlineStart: at(real) }} /></span>
    </div>
  );
}

type Text = (value: number | null) => string;

/** How the effect differs with how often, and with how it was rated; too few: what these could show at all. */
function Factors({ effect, rise, text }: { effect: Effect; rise: Text; text: Text }) {
  const isKnown = effect.factors.some((one) => one.is_known);
  const skill = effect.factors.find((one) => one.factor === 'skill');
  return (
    <div className={styles.factors}>
      <h3 className="small">{t('ledger.factors')}</h3>
      {!effect.rated_count ? <p className="small ink3">{t('ledger.factorsNone')}</p> : isKnown ? (
        <ul>
          {effect.factors.map((one) => (
            <li key={one.factor} className="small">
              <span>{t(`ledger.factor.${one.factor}`)}</span>
              <span className="num">{one.is_known ? <><b>{rise(one.slope)}</b> <span className="ink3">{t('ledger.to', { low: rise(one.low), high: rise(one.high) })}</span></> : <span className="ink3">{t('ledger.factorUnknown', { takes: one.takes })}</span>}</span>
            </li>
          ))}
        </ul>
      ) : <p className="small ink3">{t('ledger.factorsUnknown', { n: effect.rated_count, takes: skill?.takes ?? 0 })} {skill && skill.detectable !== null && t('ledger.factorsDetectable', { n: text(skill.detectable) })}</p>}
      {effect.rated_count > 0 && <p className="small ink3">{t('ledger.factorsFrom', { n: effect.rated_count, amount: number(effect.amount_mean ?? 0, 1), skill: number(effect.skill_mean ?? 0, 1) })}</p>}
    </div>
  );
}

function EffectCard({ effect, currency }: { effect: Effect; currency: string }) {
  const text: Text = (value) => (value === null ? '–' : effect.unit === 'money' ? moneyShort(Math.round(value), currency) : number(value, 1));
  const rise: Text = (value) => (value === null ? '–' : signed(value, text));
  const title = t(`ledger.outcome.${effect.outcome}` as Key);
  return (
    <section className="card" aria-label={title}>
      <div className="card-head"><h2>{title}</h2><span className="ink3 cut">{t('ledger.aMonth')}</span></div>
      <div className={`card-body ${styles.effect}`}>
        {!effect.is_known ? <p className="ink2">{t('ledger.unknown', { coached: effect.coached_count, control: effect.control_count })}</p> : (
          <>
            <p className={effect.is_clear ? 'medium' : undefined}>{t(!effect.is_clear ? 'ledger.notClear' : effect.effect! > 0 ? 'ledger.rose' : 'ledger.fell', { effect: rise(effect.effect) })}</p>
            <div className={styles.chart}>
              <ul>
                <li><span>{t('ledger.naive')}</span><span className="num">{rise(effect.naive)}</span></li>
                <li><span>{t('ledger.alike')}</span><span className="num">{rise(effect.alike)}</span></li>
                <li><span className="medium">{t('ledger.effect')}</span><span className="num medium">{rise(effect.effect)}</span></li>
              </ul>
              <Scale effect={effect} />
            </div>
            <p className="small ink3">{t('ledger.range', { low: rise(effect.low), high: rise(effect.high), coached: effect.coached_count, control: effect.control_count })} {effect.detectable !== null && t('ledger.detectable', { n: text(effect.detectable) })}</p>
            <Factors effect={effect} rise={rise} text={text} />
          </>
        )}
      </div>
    </section>
  );
}

function People({ people }: { people: Person[] }) {
  const coached = people.filter((one) => one.session_count).sort((a, b) => b.session_count - a.session_count);
  const others = people.length - coached.length;
  return (
    <section className={`card ${styles.scroll}`} aria-label={t('ledger.people')}>
      <div className="card-head"><h2>{t('ledger.people')}</h2><span className="ink3 cut">{t('ledger.others', { n: others })}</span></div>
      <table className="table">
        <thead><tr><th>{t('ledger.person')}</th><th className="num">{t('ledger.count')}</th>{KINDS.map((kind) => <th key={kind} className="num">{t(`coach.kind.${kind}`)}</th>)}<th className="num">{t('ledger.hours')}</th><th className="num">{t('ledger.rated')}</th></tr></thead>
        <tbody>
          {coached.map((one) => (
            <tr key={one.user}>
              <td><Link className="quiet" href={`/coaching_sessions?person=eq.${one.user}&order=day.desc`}>{one.name}</Link>{one.leads && <span className="small ink3"> {t('ledger.leads')}</span>}</td>
              <td className="num">{number(one.session_count, 0)}</td>
              {KINDS.map((kind) => <td key={kind} className="num">{one[kind] ? number(one[kind], 0) : <span className="ink3">–</span>}</td>)}
              <td className="num">{number(one.minutes / 60, 1)}</td>
              <td className="num" title={t('ledger.ratings', { n: one.rating_count })}>{one.rating_mean === null ? '–' : t('ledger.ofFive', { n: number(one.rating_mean, 1) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export default function LedgerPage() {
  const { data, error, refetch } = useGet<Ledger>('/coaching/ledger', { of: ['coaching_session', 'opportunity'], now: true, staleMs: 60_000 });
  useHat('crew', true);
  useTitle(t('ledger.title'));
  const has = data?.people.some((one) => one.session_count);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('ledger.title')}</h1>
        {data && <span className="sub">{dayPlain(data.from_day)} – {dayPlain(addDays(data.to_day, -1))}</span>}
        <div className="actions"><Link href="/coaching">{t('talk.coaching')}</Link></div>
      </header>
      {error && !data ? <div className="card"><Failing error={error} retry={() => void refetch()} /></div> : !data ? <div className="card"><Bones count={8} /></div> : !has ? <Empty title={t('ledger.none')} actions={<Link href="/coaching">{t('talk.coaching')}</Link>}>{t('ledger.noneHelp')}</Empty> : (
        <div className={styles.stack}>
          <p className="ink2" style={{ maxWidth: 820 }}>{t('ledger.says')} {data.outside_count > 0 && t('ledger.outside', { n: data.outside_count })}</p>
          <div className={styles.effects}>{data.effects.map((one) => <EffectCard key={one.outcome} effect={one} currency={data.currency} />)}</div>
          <People people={data.people} />
        </div>
      )}
    </div>
  );
}
