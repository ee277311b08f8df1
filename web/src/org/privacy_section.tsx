// The record of processing with the months that administrators set, and the works council's log of looks.
import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { patch } from '../base/api';
import { instant } from '../base/format';
import { t } from '../base/i18n';
import { useGet } from '../base/query';
import { hasRole, useSession } from '../base/session';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import { basisText } from './about_me_card';
import styles from './settings.module.css';

interface FieldRow {
  name: string;
  label: string;
  purpose: string;
  basis: string;
  months: number;
  declared_months: number;
  can_expire: boolean;
  is_private: boolean;
}

interface Kind {
  entity: string;
  label: string;
  is_off: boolean;
  readers: string;
  purpose: string;
  basis: string;
  months: number;
  declared_months: number;
  can_expire: boolean;
  fields: FieldRow[];
}

interface Processing {
  rows: Kind[];
  access_months: number;
  access_purpose: string;
}

function Months({ entity, field, label, months, least, canSet, onSet }: { entity: string; field?: string; label: string; months: number; least: number; canSet: boolean; onSet: () => void }) {
  const [draft, setDraft] = useState<number | string>(months || '');
  if (!canSet) return <span className="num ink2">{months ? `${months} ${t('privacy.monthsUnit')}` : t('privacy.untilAsked')}</span>;
  async function save() {
    const wanted = draft === '' ? (least ? months : 0) : Number(draft);
    setDraft(wanted || '');
    if (wanted === months) return;
    try {
      await patch(`/processing/${entity}`, { months: wanted, field });
      say({ text: wanted ? t('privacy.set', { what: label, n: wanted }) : t('privacy.setNever', { what: label }) });
      onSet();
    } catch (e) {
      setDraft(months || '');
      sayError(e);
    }
  }
  return (
    <NumberInput w={120} style={{ flex: 'none' }} hideControls aria-label={t('privacy.months', { what: label })} value={draft} min={least} max={240} allowDecimal={false} suffix={` ${t('privacy.monthsUnit')}`} placeholder={t('privacy.untilAsked')}
      onChange={setDraft} onBlur={() => void save()} onKeyDown={(e) => { if (e.key === 'Enter') void save(); }} />
  );
}

/** What each field is for, and the months of those that go before their record. */
function Fields({ kind, canSet, onSet }: { kind: Kind; canSet: boolean; onSet: () => void }) {
  return (
    <ul className={styles.fields} aria-label={t('privacy.fieldsOf', { what: kind.label })}>
      {kind.fields.map((field) => (
        <li key={field.name} className={styles.line}>
          <span className={styles.text}>
            <span>{field.label}</span> {field.is_private && <span className="tag">{t('privacy.ofAuthor')}</span>}
            <span className="small ink3" style={{ display: 'block' }}>{field.purpose} {basisText(field.basis)}.</span>
          </span>
          {field.can_expire ? <Months key={field.months} entity={kind.entity} field={field.name} label={`${kind.label}, ${field.label}`} months={field.months} least={field.declared_months ? 1 : 0} canSet={canSet} onSet={onSet} /> : <span className="ink3">{t('privacy.withRecord')}</span>}
        </li>
      ))}
    </ul>
  );
}

function ProcessingCard() {
  const session = useSession();
  const isAdmin = hasRole(session, 'admin');
  const { data, error, refetch } = useGet<Processing>('/processing', { now: true });
  const again = () => void refetch();
  const [shown, setShown] = useState<string | null>(null);
  return (
    <section className="card" aria-label={t('privacy.processing')}>
      <div className="card-head">
        <h2>{t('privacy.processing')}</h2>
        <span className={`end ${styles.both}`}><Button component="a" href="/api/v1/processing.csv" download="record-of-processing.csv">{t('privacy.csv')}</Button><Button component="a" href="/api/v1/processing.md" download="impact-assessment.md">{t('privacy.assessment')}</Button></span>
      </div>
      <p className="ink2 card-body">{t('privacy.processingHelp')}</p>
      {error ? <Failing error={error} retry={again} /> : !data ? <Bones count={6} height={52} /> : (
        <ul className="lines">
          {data.rows.map((row) => (
            <li key={row.entity} className={`${styles.line} ${styles.wrap}`}>
              <span className={styles.text}>
                <span className="medium">{row.label}</span> <button type="button" className="linklike small" aria-expanded={shown === row.entity} onClick={() => setShown(shown === row.entity ? null : row.entity)}>{t('privacy.fields', { n: row.fields.length })}</button> {row.is_off && <span className="tag">{t('privacy.off')}</span>}
                <span className="small ink3" style={{ display: 'block' }}>{row.purpose} {basisText(row.basis)}. {t('privacy.readers', { who: row.readers })}</span>
              </span>
              {row.can_expire ? <Months key={row.months} entity={row.entity} label={row.label} months={row.months} least={row.declared_months ? 1 : 0} canSet={isAdmin} onSet={again} /> : <span className="ink3">{t('privacy.noEnd')}</span>}
              {shown === row.entity && <Fields kind={row} canSet={isAdmin} onSet={again} />}
            </li>
          ))}
          <li className={styles.line}>
            <span className={styles.text}>
              <span className="medium">{t('privacy.looks')}</span>
              <span className="small ink3" style={{ display: 'block' }}>{data.access_purpose}</span>
            </span>
            <Months key={data.access_months} entity="access_log" label={t('privacy.looks')} months={data.access_months} least={1} canSet={isAdmin} onSet={again} />
          </li>
        </ul>
      )}
    </section>
  );
}

interface Look {
  at: string;
  actor: number;
  actor_name: string | null;
  subject: number;
  subject_name: string | null;
  label: string | null;
  id: number;
}

function CouncilCard() {
  const [limit, setLimit] = useState(50);
  const { data, error, refetch } = useGet<{ rows: Look[] }>('/access/log', { params: { limit }, now: true, keepOld: true });
  return (
    <section className="card" aria-label={t('privacy.council')}>
      <div className="card-head"><h2>{t('privacy.council')}</h2></div>
      <p className="ink2 card-body">{t('privacy.councilHelp')}</p>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={4} height={44} /> : !data.rows.length ? <p className="ink3 card-body">{t('privacy.councilNone')}</p> : (
        <ul className="lines">
          {data.rows.map((look, i) => (
            <li key={i} className={styles.line}>
              <span className={styles.text}>{t('privacy.saw', { who: look.actor_name ?? t('record.somebody'), whom: look.subject_name ?? t('record.somebody') })} <span className="ink3">{look.label}</span></span>
              <span className="ink3">{instant(look.at)}</span>
            </li>
          ))}
        </ul>
      )}
      {data && data.rows.length >= limit && limit < 1000 && <div className={styles.form}><Button onClick={() => setLimit(Math.min(limit * 4, 1000))}>{t('privacy.older')}</Button></div>}
    </section>
  );
}

export default function PrivacySection() {
  const session = useSession();
  return (
    <>
      {hasRole(session, 'works_council') && <CouncilCard />}
      <ProcessingCard />
    </>
  );
}
