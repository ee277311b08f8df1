// Programmes of pairs: which there are, and a new one.
import { Button, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { post } from '../../base/api';
import { addDays, dayPlain, today } from '../../base/format';
import { t } from '../../base/i18n';
import { useGet } from '../../base/query';
import { hasRole, useSession } from '../../base/session';
import { Bones, Empty, Failing } from '../../base/states';
import type { Page, Row } from '../../base/types';
import { FormFrame } from './forms';
import styles from './talent.module.css';
import { OF_PAIRS } from './talent_data';

/** The first of a month tells most: months are what is compared. */
function nextFirst(): string {
  const soon = addDays(today(), 31);
  return `${soon.slice(0, 8)}01`;
}

function ProgrammeForm({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [help, setHelp] = useState('');
  const [kind, setKind] = useState<string | null>('mentoring');
  const [from, setFrom] = useState(nextFirst());
  const [waves, setWaves] = useState<number | string>(3);
  const [otherTeam, setOtherTeam] = useState(true);
  const body = { name: name.trim(), help: help.trim() || null, kind, from_day: from, wave_count: Number(waves) || 3, other_team: otherTeam };
  return (
    <FormFrame title={t('talent.newProgramme')} onClose={onClose} said={name} of={['mentor_programme']} isReady={Boolean(name.trim() && from)} action={t('save')} save={() => post<Row>('/mentor_programmes', body)}>
      <TextInput label={t('talent.programmeName')} value={name} required data-autofocus maxLength={120} onChange={(e) => setName(e.currentTarget.value)} />
      <Select label={t('talent.kind')} value={kind} allowDeselect={false} data={(['mentoring', 'peers'] as const).map((one) => ({ value: one, label: t(`talent.${one}`) }))} onChange={setKind} />
      <Textarea label={t('talent.what')} value={help} autosize minRows={2} maxLength={2000} onChange={(e) => setHelp(e.currentTarget.value)} />
      <TextInput type="date" label={t('talent.begins')} description={t('talent.firstHelp')} value={from} required onChange={(e) => setFrom(e.currentTarget.value)} />
      <NumberInput label={t('talent.waves')} description={t('talent.wavesHelp')} value={waves} min={1} max={6} onChange={setWaves} />
      <Switch label={t('talent.otherTeam')} checked={otherTeam} onChange={(e) => setOtherTeam(e.currentTarget.checked)} />
    </FormFrame>
  );
}

export const stateKey = (state: unknown) => (state === 'open' ? 'talent.isOpen' : state === 'drawn' ? 'talent.isDrawn' : 'talent.isEnded');

export function Programmes({ canEdit }: { canEdit: boolean }) {
  const { data, error, refetch } = useGet<Page>('/mentor_programmes', { of: OF_PAIRS, now: true, params: { limit: 100 } });
  const [isNew, setNew] = useState(false);
  const mayNew = canEdit && hasRole(useSession(), 'manager', 'leader');
  const form = isNew && <ProgrammeForm onClose={() => setNew(false)} />;
  if (error && !data) return <div className="card"><Failing error={error} retry={() => void refetch()} /></div>;
  if (!data) return <div className="card"><Bones count={4} /></div>;
  if (!data.rows.length) {
    return (
      <>
        <Empty title={t('talent.noProgrammes')}>{t('talent.noProgrammesHelp')}{mayNew && <p style={{ marginTop: 10 }}><Button variant="filled" onClick={() => setNew(true)}>{t('talent.newProgramme')}</Button></p>}</Empty>
        {form}
      </>
    );
  }
  return (
    <div className={styles.stack}>
      {mayNew && <div><Button onClick={() => setNew(true)}>{t('talent.newProgramme')}</Button></div>}
      <section className="card" aria-label={t('talent.pairs')}>
        <ul className="lines">
          {data.rows.map((one) => (
            <li key={one.id} className={styles.quiet} style={{ paddingBlock: 12 }}>
              <div className={styles.top}>
                <Link className="medium quiet" href={`/talent/pairs/${one.id}`}>{String(one.name)}</Link>
                <span className="tag">{t(one.kind === 'peers' ? 'talent.peers' : 'talent.mentoring')}</span>
                <span className="end small ink3">{t(stateKey(one.state))}</span>
              </div>
              {one.help && <p className="ink2">{String(one.help)}</p>}
              <p className="small ink3">{t('talent.by', { name: one.names?.organiser ?? '' })}, {t('talent.from', { day: dayPlain(String(one.from_day)) })}</p>
            </li>
          ))}
        </ul>
      </section>
      {form}
    </div>
  );
}
