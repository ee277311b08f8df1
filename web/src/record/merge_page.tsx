// Two records that are one: which stays, and field by field whose value. What pointed to the other points to the one
// that stays; one Undo takes all of it back. /accounts/12/merge?with=40
import { Button, Radio } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation, useParams, useSearch } from 'wouter';
import { post } from '../base/api';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { fieldOf, isWritable, may, useMeta } from '../base/meta';
import { useGet } from '../base/query';
import { Bones, Empty, Failing } from '../base/states';
import { useTitle } from '../base/title';
import { sayError } from '../base/toast';
import { together, type Step } from '../base/together';
import type { Entity, Field, Found, Row, Value as Plain } from '../base/types';
import Missing from '../frame/missing';
import styles from './merge.module.css';
import { recordName } from './record_page';
import { RefPicker } from './ref_picker';
import { Value } from './value';

const isEmpty = (value: unknown) => value === null || value === undefined || value === '';

function Other({ entity, row, onPick }: { entity: Entity; row: Row; onPick: (id: number) => void }) {
  const name = recordName(entity, row);
  const { data } = useGet<{ rows: Found[] }>(`/${entity.plural}/duplicates`, { params: { name }, now: true, of: [entity.name] });
  const alike = (data?.rows ?? []).filter((one) => one.id !== row.id);
  const field: Field = { name: 'other', label: entity.label, type: 'ref', ref: entity.name, flags: [] };
  return (
    <section className="card" style={{ maxWidth: 620 }} aria-label={t('merge.other')}>
      <div className="card-head"><h2>{t('merge.other')}</h2></div>
      {alike.length > 0 && (
        <ul className="lines">
          {alike.map((one) => (
            <li key={one.id} className="row"><span className="grow cut">{one.name} <span className="small ink3">{one.detail}</span></span><Button onClick={() => onPick(one.id)}>{t('merge.compare')}</Button></li>
          ))}
        </ul>
      )}
      <div className="card-body" style={{ paddingTop: 8 }}><RefPicker field={field} label={t(alike.length ? 'merge.another' : 'merge.noneAlike')} value={null} onPick={(id) => id && id !== row.id && onPick(id)} /></div>
    </section>
  );
}

interface TwoProps {
  entity: Entity;
  a: Row;
  b: Row;
}

function Compare({ entity, a, b }: TwoProps) {
  const [, go] = useLocation();
  const [stays, setStays] = useState<'a' | 'b'>('a');
  const [picked, setPicked] = useState<Record<string, 'a' | 'b'>>({});
  const [isBusy, setBusy] = useState(false);
  const keep = stays === 'a' ? a : b;
  const gone = stays === 'a' ? b : a;
  const shown = entity.fields.filter((field) => field.type !== 'bytes' && !(isEmpty(a[field.name]) && isEmpty(b[field.name])));
  const differing = shown.filter((field) => a[field.name] !== b[field.name] && isWritable(field, false));
  const same = shown.length - differing.length;
  /** Unless somebody chose: what the record that stays has, or what only the other has. */
  const choice = (field: Field) => picked[field.name] ?? (isEmpty(keep[field.name]) ? (stays === 'a' ? 'b' : 'a') : stays);
  const valueOf = (field: Field) => (choice(field) === 'a' ? a : b)[field.name] as Plain;
  async function merge() {
    const fields = differing.filter((field) => valueOf(field) !== keep[field.name]).map((field) => field.name);
    // Money is taken over with its currency.
    const currency = entity.currency_field;
    if (currency && keep[currency] !== gone[currency] && !fields.includes(currency) && differing.some((field) => field.type === 'money' && fields.includes(field.name))) fields.push(currency);
    const steps: Step[] = [() => post(`/${entity.plural}/${keep.id}/merge`, { from: gone.id, fields })];
    setBusy(true);
    try {
      await together(t('merge.said', { gone: recordName(entity, gone), keep: recordName(entity, keep) }), ['*', entity.name], steps);
      go(`/${entity.plural}/${keep.id}`);
    } catch (error) {
      sayError(error);
      setBusy(false);
    }
  }
  const head = (side: 'a' | 'b', row: Row) => (
    <th className={styles.side}>
      <Radio name="stays" checked={stays === side} onChange={() => setStays(side)} label={t('merge.stays', { name: recordName(entity, row) })} />
    </th>
  );
  const cell = (field: Field, side: 'a' | 'b', row: Row) => (
    <td className={styles.side} data-chosen={choice(field) === side || undefined}>
      <Radio name={field.name} checked={choice(field) === side} onChange={() => setPicked((old) => ({ ...old, [field.name]: side }))} label={isEmpty(row[field.name]) ? <span className="ink3">{t('record.empty')}</span> : <Value entity={entity} field={field} row={row} />} />
    </td>
  );
  return (
    <section className="card" aria-label={t('merge.title')}>
      <div className={styles.scroll}>
        <table className={`table ${styles.table}`}>
          <thead><tr><th />{head('a', a)}{head('b', b)}</tr></thead>
          <tbody>
            {differing.map((field) => (
              <tr key={field.name}><th scope="row">{field.label}</th>{cell(field, 'a', a)}{cell(field, 'b', b)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.foot}>
        <p className="ink2">{t('merge.what', { gone: recordName(entity, gone), keep: recordName(entity, keep), n: same })}</p>
        <div className="row">
          <Button variant="filled" loading={isBusy} onClick={() => void merge()}>{t('merge.go')}</Button>
          <Button component={Link} href={`/${entity.plural}/${a.id}`} variant="subtle">{t('cancel')}</Button>
        </div>
      </div>
    </section>
  );
}

function Body({ entity, id }: { entity: Entity; id: string }) {
  const other = new URLSearchParams(useSearch()).get('with');
  const [, go] = useLocation();
  const of = [entity.name];
  const a = useGet<Row>(`/${entity.plural}/${id}`, { of });
  const b = useGet<Row>(`/${entity.plural}/${other}`, { of, isOff: !other });
  useTitle(t('merge.title'));
  if (a.error ?? b.error) return <div className="page"><Failing error={a.error ?? b.error} /></div>;
  if (!a.data || (other && !b.data)) return <div className="page"><div style={{ height: 62 }} /><div className="card"><Bones count={6} /></div></div>;
  return (
    <div className="page">
      <header className="page-head"><h1>{t('merge.title')}</h1><span className="sub">{recordName(entity, a.data)}</span></header>
      {other && b.data ? <Compare key={other} entity={entity} a={a.data} b={b.data} /> : <Other entity={entity} row={a.data} onPick={(next) => go(`/${entity.plural}/${id}/merge?with=${next}`)} />}
    </div>
  );
}

export default function MergePage() {
  const { plural, id } = useParams<{ plural: string; id: string }>();
  const entity = useMeta().byPlural.get(plural);
  const asOf = useAsOf();
  if (!entity || !/^\d+$/.test(id) || !may(entity, 'remove') || !fieldOf(entity, entity.name_field)) return <Missing />;
  if (asOf) return <Empty title={t('create.readOnly')} />;
  return <Body key={`${plural}/${id}`} entity={entity} id={id} />;
}
