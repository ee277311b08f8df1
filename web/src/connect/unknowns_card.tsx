// Texts of the files that name no record here: many are decided at once, then it is tried again. What is near is
// proposed, and never taken unasked.
import { Autocomplete, Button, Checkbox, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { number } from '../base/format';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { useChoices } from '../record/ref_picker';
import styles from './import.module.css';
import type { Decisions, Job, Unknown } from './import_types';

interface Line extends Unknown {
  key: string;
  file: string;
}

const MOST = 100;

function linesOf(job: Job): Line[] {
  return (job.report?.files ?? []).flatMap((file) => (file.unknowns ?? []).map((one) => ({ ...one, file: file.file, key: `${file.file}\n${one.column}\n${one.text}` })));
}

/** A name, proposed from what is there; one that only another of the files has is typed. */
function NamePick({ entity, label, ariaLabel, value, onName }: { entity: string; label?: string; ariaLabel?: string; value: string; onName: (name: string) => void }) {
  const target = useMeta().byName.get(entity);
  const [isOpen, setOpen] = useState(false);
  const found = useChoices(isOpen ? target : undefined, value);
  const names = [...new Set(found.rows.map((row) => String(row[target?.name_field ?? 'id'] ?? '')))].filter(Boolean);
  return <Autocomplete label={label} aria-label={ariaLabel} value={value} data={names} maxLength={400} onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onChange={onName} />;
}

interface Props {
  job: Job;
  decisions: Decisions;
  /** Decided: the texts of each column of each file, and what they mean. */
  onDecide: (decisions: Decisions) => void;
}

export function UnknownsCard({ job, decisions, onDecide }: Props) {
  const meta = useMeta();
  const lines = useMemo(() => linesOf(job), [job]);
  const [meant, setMeant] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const [words, setWords] = useState('');
  const [all, setAll] = useState('');
  if (!lines.length) return null;
  const fits = lines.filter((one) => one.text.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase()));
  const shown = fits.slice(0, MOST);
  const near = lines.filter((one) => one.near);
  const picked = shown.filter((one) => chosen[one.key]);
  const kinds = new Set(picked.map((one) => one.entity));
  const set = (some: Line[], valueOf: (one: Line) => string) => setMeant((old) => ({ ...old, ...Object.fromEntries(some.map((one) => [one.key, valueOf(one)])) }));
  const count = lines.filter((one) => meant[one.key]?.trim()).length;
  function apply() {
    const next: Decisions = { ...decisions };
    for (const one of lines) {
      const value = meant[one.key]?.trim();
      if (!value) continue;
      const file = next[one.file] ?? { columns: {} };
      next[one.file] = { ...file, values: { ...file.values, [one.column]: { ...file.values?.[one.column], [one.text]: value } } };
    }
    onDecide(next);
  }
  return (
    <section className="card" aria-label={t('import.unknowns')}>
      <div className="card-head">
        <h2>{t('import.unknowns')}</h2>
        <span className="ink3">{number(lines.length, 0)}</span>
        {near.length > 0 && <span className="end"><Button onClick={() => set(near, (one) => one.near!)}>{t('import.takeNear', { n: near.length })}</Button></span>}
      </div>
      <p className="ink2 card-body">{t('import.unknownsHelp')}</p>
      {lines.length > 8 && <div className={styles.find}><TextInput type="search" aria-label={t('import.findText')} placeholder={t('import.findText')} value={words} onChange={(e) => setWords(e.currentTarget.value)} /></div>}
      <div className={styles.scroll}>
        <table className={`table ${styles.unknowns}`}>
          <thead>
            <tr>
              <th><Checkbox aria-label={t('import.chooseAll')} checked={picked.length > 0 && picked.length === shown.length} indeterminate={picked.length > 0 && picked.length < shown.length} onChange={(e) => setChosen(Object.fromEntries(shown.map((one) => [one.key, e.currentTarget.checked])))} /></th>
              <th>{t('import.inFile')}</th><th className="num">{t('import.inRows')}</th><th>{t('import.means')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.key}>
                <td><Checkbox aria-label={t('import.chooseOne', { text: one.text })} checked={Boolean(chosen[one.key])} onChange={(e) => setChosen((old) => ({ ...old, [one.key]: e.currentTarget.checked }))} /></td>
                <td><span className="medium">{one.text}</span> <span className="small ink3">{one.column}, {meta.byName.get(one.entity)?.label.toLowerCase() ?? one.entity}{one.stood_in ? `, ${t('import.stoodIn')}` : ''}</span></td>
                <td className="num">{number(one.count, 0)}</td>
                <td>
                  <span className={styles.means}>
                    <NamePick entity={one.entity} ariaLabel={t('import.meansOf', { text: one.text })} value={meant[one.key] ?? ''} onName={(name) => set([one], () => name)} />
                    {one.near && meant[one.key] !== one.near && <button className="linklike small" onClick={() => set([one], () => one.near!)}>{t('import.near', { name: one.near })}</button>}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fits.length > MOST && <p className={`small ink3 ${styles.rest}`}>{t('import.unknownsMore', { n: fits.length - MOST })}</p>}
      <div className={styles.foot}>
        {picked.length > 1 && kinds.size === 1 && <span className={styles.together}><NamePick entity={picked[0]!.entity} label={t('import.allMean', { n: picked.length })} value={all} onName={(name) => { setAll(name); set(picked, () => name); }} /></span>}
        <Button variant="filled" disabled={!count} onClick={apply}>{t('import.decide', { n: count })}</Button>
      </div>
    </section>
  );
}
