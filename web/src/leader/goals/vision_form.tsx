// The vision edited where it stands: statement, narrative, pillars. What is typed is kept until it is saved.
import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { patch, post, remove } from '../../base/api';
import { useDraft } from '../../base/draft';
import { t } from '../../base/i18n';
import { refresh } from '../../base/query';
import { say, sayError } from '../../base/toast';
import type { Row } from '../../base/types';
import { VISION_OF, type VisionPage } from './data';
import styles from './goals.module.css';

interface Typed {
  statement: string;
  narrative: string;
  pillars: { id: number | null; name: string; text: string }[];
}

const typedOf = (page: VisionPage): Typed => ({
  statement: page.vision?.statement ?? '',
  narrative: page.vision?.narrative ?? '',
  pillars: page.pillars.map((one) => ({ id: one.id, name: one.name, text: one.text ?? '' })),
});

async function savePillars(vision: number, page: VisionPage, typed: Typed) {
  const wanted = typed.pillars.filter((one) => one.name.trim());
  for (const old of page.pillars) if (!wanted.some((one) => one.id === old.id)) await remove(`/pillars/${old.id}`);
  for (const [at, one] of wanted.entries()) {
    const body = { name: one.name.trim(), text: one.text.trim() || null, position: at + 1 };
    const old = page.pillars.find((other) => other.id === one.id);
    if (!old) await post('/pillars', { vision, ...body });
    else if (old.name !== body.name || (old.text ?? null) !== body.text) await patch(`/pillars/${old.id}`, body);
  }
}

async function save(page: VisionPage, typed: Typed): Promise<number> {
  const body = { statement: typed.statement.trim(), narrative: typed.narrative.trim() || null };
  const old = page.vision;
  if (old && old.statement === body.statement && (old.narrative ?? null) === body.narrative) {
    await savePillars(old.id, page, typed);
    return 0;
  }
  const { data, seq } = old ? await patch<Row>(`/visions/${old.id}`, body, { ifMatch: old.rev }) : await post<Row>('/visions', body);
  await savePillars(data.id, page, typed);
  return seq;
}

export function VisionForm({ page, onClose }: { page: VisionPage; onClose: () => void }) {
  const draft = useDraft<Typed>(`goals.vision.${page.vision?.id ?? 'new'}`, typedOf(page));
  const [isBusy, setBusy] = useState(false);
  const typed = draft.value;
  const set = (part: Partial<Typed>) => draft.set((old) => ({ ...old, ...part }));
  const setPillar = (at: number, part: Partial<Typed['pillars'][number]>) => set({ pillars: typed.pillars.map((one, i) => (i === at ? { ...one, ...part } : one)) });
  const close = () => {
    draft.clear();
    onClose();
  };
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const seq = await save(page, typed);
      say({ text: t('goals.savedVision'), seq: seq || undefined });
      refresh(VISION_OF);
      close();
    } catch (error) {
      sayError(error);
      refresh(VISION_OF);
    }
    setBusy(false);
  }
  const words = typed.narrative.trim().split(/\s+/).filter(Boolean).length;
  return (
    <form className={styles.form} onSubmit={submit}>
      <Textarea label={t('goals.statement')} required value={typed.statement} autosize minRows={2} maxLength={500} autoFocus onChange={(e) => set({ statement: e.currentTarget.value })} />
      <Textarea label={t('goals.narrative')} description={t('goals.narrativeHelp', { n: words })} inputWrapperOrder={['label', 'input', 'description']} value={typed.narrative} autosize minRows={6} maxLength={15900} onChange={(e) => set({ narrative: e.currentTarget.value })} />
      {typed.pillars.map((one, at) => {
        const letter = String.fromCharCode(65 + (at % 26));
        return (
          <div key={one.id ?? `new${at}`} className={styles.pillarEdit}>
            <TextInput aria-label={t('goals.pillarName', { letter })} placeholder={t('goals.pillarName', { letter })} value={one.name} maxLength={120} onChange={(e) => setPillar(at, { name: e.currentTarget.value })} />
            <ActionIcon variant="subtle" aria-label={t('goals.removeMember', { name: one.name || letter })} onClick={() => set({ pillars: typed.pillars.toSpliced(at, 1) })}><IconX size={14} aria-hidden /></ActionIcon>
            <TextInput className={styles.wide} aria-label={t('goals.pillarText', { letter })} placeholder={t('goals.pillarText', { letter })} value={one.text} maxLength={3900} onChange={(e) => setPillar(at, { text: e.currentTarget.value })} />
          </div>
        );
      })}
      <div><button type="button" className="linklike small" onClick={() => set({ pillars: [...typed.pillars, { id: null, name: '', text: '' }] })}>{t('goals.addPillar')}</button></div>
      {page.vision && <p className="small ink3">{t('goals.editHelp')}</p>}
      <div className="row"><Button type="submit" variant="filled" loading={isBusy} disabled={!typed.statement.trim()}>{t('goals.save')}</Button><Button variant="subtle" onClick={close}>{t('cancel')}</Button></div>
    </form>
  );
}
