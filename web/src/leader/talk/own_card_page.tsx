// The card one writes oneself: what drives me, how I like feedback; and who may read it.
import { Button, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { patch, post } from '../../base/api';
import { useAsOf } from '../../base/as_of';
import { useDraft } from '../../base/draft';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { useSession } from '../../base/session';
import { Bones, Failing } from '../../base/states';
import { useTitle } from '../../base/title';
import { say, sayError } from '../../base/toast';
import type { Field, Page, Row } from '../../base/types';
import { RefPicker } from '../../record/ref_picker';
import styles from './talk.module.css';

const PARTS = ['drives', 'feedback', 'helps', 'hinders'] as const;
const LABELS = { drives: 'talk.cardDrives', feedback: 'talk.cardFeedback', helps: 'talk.cardHelps', hinders: 'talk.cardHinders' } as const;
const reader: Field = { name: 'manager', label: '', type: 'ref', ref: 'user', flags: ['required'] };

function CardForm({ card, me }: { card: Row | undefined; me: number }) {
  const asOf = useAsOf();
  const first = { ...Object.fromEntries(PARTS.map((part) => [part, String(card?.[part] ?? '')])), manager: { id: (card?.manager as number | undefined) ?? null, name: card?.names?.manager ?? null } } as Record<(typeof PARTS)[number], string> & { manager: { id: number | null; name: string | null } };
  const draft = useDraft(`card.${card?.id ?? 'new'}`, first);
  const [isBusy, setBusy] = useState(false);
  const typed = draft.value;
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const body = { ...Object.fromEntries(PARTS.map((part) => [part, typed[part].trim() || null])), manager: typed.manager.id };
    try {
      const { seq } = card ? await patch(`/cards/${card.id}`, body) : await post('/cards', { person: me, ...body });
      say({ text: t('card.saved'), seq });
      draft.clear();
      refresh(['card']);
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
  }
  return (
    <form className={`card ${styles.ownCard}`} onSubmit={submit} aria-label={t('card.title')}>
      {PARTS.map((part) => <Textarea key={part} label={t(LABELS[part])} autosize minRows={2} maxLength={3900} disabled={Boolean(asOf)} value={typed[part]} onChange={(e) => draft.set({ ...typed, [part]: e.currentTarget.value })} />)}
      <RefPicker field={reader} label={t('card.reader')} description={t('card.readerHelp')} value={typed.manager.id} name={typed.manager.name} required onPick={(id, name) => draft.set({ ...typed, manager: { id, name } })} />
      <div className="row"><Button type="submit" variant="filled" loading={isBusy} disabled={Boolean(asOf) || !typed.manager.id}>{t('card.save')}</Button><Link className="small" href="/settings/you">{t('card.looks')}</Link></div>
    </form>
  );
}

export default function OwnCardPage() {
  const me = useSession().user.id;
  const { data, error, refetch } = useGet<Page>('/cards', { filter: `person=eq.${me}`, params: { limit: 5 }, of: ['card'] });
  useTitle(t('card.title'));
  return (
    <div className="page">
      <header className="page-head"><h1>{t('card.title')}</h1><div className="actions"><Link href="/coaching">{t('talk.own')}</Link></div></header>
      <div className={styles.stack} style={{ maxWidth: 720 }}>
        <p className="ink2">{t('card.says')}</p>
        {error && !data ? <Failing error={error} retry={() => void refetch()} /> : !data ? <div className="card"><Bones count={4} /></div> : <CardForm key={data.rows[0]?.id ?? 0} card={data.rows[0]} me={me} />}
      </div>
    </div>
  );
}
