// Pieces that the three home pages share: cards, lines of people and deals, the waterfall.
import { Select, Tooltip } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { dayPlain, initials, instant, money, moneyShort, number, percent, signed } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { useSession } from '../base/session';
import { Bones, Failing } from '../base/states';
import { kept, keep } from '../base/store';
import { num, rowsOf, str, type Brief, type Line, type Section } from './brief';
import styles from './home.module.css';

export function Card({ title, sub, end, span, children, hint }: { title: string; sub?: ReactNode; end?: ReactNode; span: number; children: ReactNode; hint?: string | null }) {
  return (
    <section className="card" style={{ gridColumn: `span ${span}` }} aria-label={title}>
      <div className="card-head">
        {hint ? (
          <Tooltip label={hint} multiline maw={360} events={{ hover: true, focus: true, touch: true }}>
            <h2 tabIndex={0} className={styles.hinted}>{title}</h2>
          </Tooltip>
        ) : (
          <h2>{title}</h2>
        )}
        {sub && <span className="ink3 cut">{sub}</span>}
        {end && <span className="end small ink3">{end}</span>}
      </div>
      {children}
    </section>
  );
}

export function Nothing({ section, text }: { section?: Section; text?: string }) {
  return <p className={`ink3 ${styles.nothing}`}>{text ?? section?.note ?? t('home.nothing')}</p>;
}

export function Face({ name }: { name: string }) {
  return (
    <span className="avatar" aria-hidden>
      {initials(name)}
    </span>
  );
}

/** A thin pale bar with the value as a dot and the target as a mark. */
export function Meter({ share, mark, label }: { share: number; mark?: number; label: string }) {
  const at = (value: number) => `${Math.max(0, Math.min(100, value * 100))}%`;
  return (
    <span className={styles.meter} role="img" aria-label={label}>
      <span className={styles.meterFill} style={{ width: at(share) }} />
      {mark !== undefined && <span className={styles.meterMark} style={{ insetInlineStart: at(mark) }} />}
    </span>
  );
}

/** What the quarter is likely to bring, where the server can say so. */
export function Outlook({ brief }: { brief: Brief }) {
  const line = rowsOf(brief, 'outlook')[0];
  const low = num(line, 'low');
  const high = num(line, 'high');
  const chance = num(line, 'chance');
  if (low === null || high === null || high === 0) return null; // nothing open, nothing won: no word about it
  return (
    <div>
      <p className="small ink3">{t('home.byEnd')}</p>
      <p className="medium">{t('home.byEndRange', { low: moneyShort(low, brief.currency), high: moneyShort(high, brief.currency) })}</p>
      <p className="small ink3" title={brief.sections.outlook?.note ?? ''}>{chance === null ? t('home.byEndSays') : `${t('home.byEndSays')}; ${t('home.byEndChance', { share: shareText(chance) })}`}</p>
    </div>
  );
}

const TOTALS = ['opening', 'closing'];

/** Exact: every line leads to its deals. */
export function Waterfall({ brief, section, dealKey }: { brief: Brief; section: string; dealKey: 'key' | 'due_key' }) {
  const lines = rowsOf(brief, section).filter((line) => line.key !== 'later');
  const [open, setOpen] = useState<string | null>(null);
  let level = 0;
  const bars = lines.map((line) => {
    const amount = num(line, 'amount') ?? 0;
    const key = str(line, 'key');
    const isTotal = TOTALS.includes(key);
    const from = isTotal ? 0 : level;
    level = isTotal ? amount : level + amount;
    return { line, key, isTotal, amount, low: Math.min(from, level), high: Math.max(from, level) };
  });
  const moves = bars.filter((bar) => !bar.isTotal);
  // A cut base: totals are far larger than what moved.
  const top = Math.max(1, ...bars.map((bar) => bar.high));
  const base = moves.length ? Math.max(0, Math.min(...moves.map((bar) => bar.low)) - (top - Math.min(...moves.map((bar) => bar.low))) * 0.25) : 0;
  const place = (value: number) => ((Math.max(value, base) - base) / (top - base || 1)) * 100;
  const deals = open ? rowsOf(brief, 'moved_deals').filter((line) => line[dealKey] === open) : [];
  return (
    <div className={styles.fall}>
      {bars.map(({ line, key, isTotal, amount, low, high }) => (
        <div key={key}>
          <button type="button" className={styles.fallLine} data-total={isTotal || undefined} disabled={isTotal} aria-expanded={isTotal ? undefined : open === key} onClick={() => setOpen(open === key ? null : key)}>
            <span className="cut">{t(`move.${key}` as 'move.new')} <span className="ink3">{number(num(line, 'count') ?? 0, 0)}</span></span>
            <span className={styles.fallTrack} aria-hidden>
              <span className={styles.fallBar} data-kind={isTotal ? 'total' : key === 'won' ? 'won' : amount < 0 ? 'down' : 'up'} style={{ insetInlineStart: `${place(low)}%`, width: `${Math.max(0.6, place(high) - place(low))}%` }} />
            </span>
            <span className="num">{isTotal ? moneyShort(amount, brief.currency) : signed(amount, (v) => moneyShort(v, brief.currency))}</span>
          </button>
          {open === key && (
            <ul className={styles.fallDeals}>
              {deals.slice(0, 12).map((deal) => (
                <li key={String(deal.opportunity)}>
                  <Link className="cut quiet" href={`/opportunities/${deal.opportunity}`}>{str(deal, 'deal')}</Link>
                  <span className="num">{signed(num(deal, dealKey === 'key' ? 'change' : 'due_change') ?? 0, (v) => money(v, brief.currency))}</span>
                </li>
              ))}
              {deals.length > 12 && <li className="ink3">{t('home.more', { n: deals.length - 12 })}</li>}
              {!deals.length && <li className="ink3">{t('home.dealsElsewhere')}</li>}
            </ul>
          )}
        </div>
      ))}
    </div>
  );
}

/** isOwn: among one's own deals, whose owner need not be shown. */
export function DealLine({ line, brief, isOwn, children }: { line: Line; brief: Brief; isOwn?: boolean; children?: ReactNode }) {
  const owner = str(line, 'owner') || str(line, 'person');
  return (
    <li className={styles.deal} data-own={isOwn || undefined}>
      {!isOwn && <Face name={owner} />}
      <span className={styles.dealName}>
        <Link className="medium cut quiet" href={`/opportunities/${line.opportunity}`}>{str(line, 'deal')}</Link>
        <span className="small ink3 cut">{[!isOwn && owner, str(line, 'stage')].filter(Boolean).join(', ')}</span>
      </span>
      <span className={`num medium ${styles.dealMoney}`}>{num(line, 'amount') !== null ? money(num(line, 'amount')!, brief.currency) : ''}</span>
      {children}
    </li>
  );
}

export const shareText = (value: number | null) => (value === null ? '–' : percent(value));

/** Quarter and team, chosen at the right of the title. */
export function Choosers({ brief, period, onPeriod, team, onTeam }: { brief: Brief | undefined; period: string | undefined; onPeriod: (value: string | undefined) => void; team?: string; onTeam?: (value: string | undefined) => void }) {
  const { data } = useGet<{ teams: { id: number; name: string }[] }>('/people', { of: ['team'], isOff: !onTeam });
  const periods = brief ? rowsOf(brief, 'periods') : [];
  return (
    <>
      {onTeam && Boolean(data?.teams.length) && (
        <Select w={190} aria-label={t('home.team')} value={team ?? ''} searchable allowDeselect={false} data={[{ value: '', label: t('home.allTeams') }, ...data!.teams.map((one) => ({ value: String(one.id), label: one.name }))]} onChange={(value) => onTeam(value || undefined)} />
      )}
      {periods.length > 0 && (
        <Select w={130} aria-label={t('home.period')} value={period ?? brief!.period.from_day} allowDeselect={false} data={periods.map((one) => ({ value: str(one, 'from_day'), label: str(one, 'label').replace(/^FY/, '') }))} onChange={(value) => onPeriod(value ?? undefined)} />
      )}
    </>
  );
}

/** When this person last had a look, at least an hour ago; kept on this device. */
export function useLastLook(): string | undefined {
  const { user } = useSession();
  return useState(() => {
    const name = `coxswain.look.${user.id}`;
    const old = kept<{ last: string; before: string | null }>(localStorage, name);
    const now = new Date().toISOString();
    const isLater = old && Date.parse(now) - Date.parse(old.last) > 3_600_000;
    const before = isLater ? old.last : (old?.before ?? null);
    keep(localStorage, name, { last: isLater || !old ? now : old.last, before });
    return before ?? undefined;
  })[0];
}

export function Greeting({ sub, actions }: { sub: ReactNode; actions?: ReactNode }) {
  const { user } = useSession();
  const hour = new Date().getHours();
  const first = user.name.trim().split(/\s+/)[0] ?? '';
  const key = hour < 12 ? 'home.morning' : hour < 18 ? 'home.afternoon' : 'home.evening';
  return (
    <div className="page-head">
      <h1>{t(key, { name: first })}</h1>
      <span className="sub">{sub}</span>
      <div className="actions">{actions}</div>
    </div>
  );
}

export function Waiting({ error, retry }: { error: unknown; retry: () => void }) {
  return <div className="page">{error ? <Failing error={error} retry={retry} /> : <><Greeting sub="" /><div className="card"><Bones count={8} /></div></>}</div>;
}

export function Escalations({ brief, span }: { brief: Brief; span: number }) {
  const section = brief.sections.escalations;
  if (!section) return null;
  return (
    <Card title={t('home.escalations')} sub={section.rows.length ? number(section.rows.length, 0) : ''} span={span}>
      {section.rows.length ? (
        <ul className="lines">
          {section.rows.map((line, i) => (
            <li key={i} className={styles.plainLine}>
              <Link className="medium cut quiet" href={`/escalations/${line.escalation ?? line.id ?? ''}`}>{str(line, 'subject') || str(line, 'title') || str(line, 'what')}</Link>
              <span className="small ink3">{[str(line, 'from'), str(line, 'asked_by'), str(line, 'due_day') && dayPlain(str(line, 'due_day'))].filter(Boolean).join(', ')}</span>
            </li>
          ))}
        </ul>
      ) : (
        <Nothing section={section} />
      )}
    </Card>
  );
}

export const sinceText = (brief: Brief) => instant(brief.since);
