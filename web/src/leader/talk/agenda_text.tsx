// Points as lines of the talk's text: for a company that has switched off what keeps them as records.
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useDraft } from '../../base/draft';
import { day } from '../../base/format';
import { t } from '../../base/i18n';
import { moved, SortList } from '../../base/sort_list';
import { sayError } from '../../base/toast';
import styles from './talk.module.css';
import { changeAgenda, pointsOf, type Point, type Talk } from './talk_data';

export function AgendaText({ talk, before, canEdit }: { talk: Talk; before: Talk | undefined; canEdit: boolean }) {
  const draft = useDraft<string>(`talk.point.${talk.id}`, '');
  const [wish, setWish] = useState<Point[] | null>(null);
  const points = wish ?? pointsOf(talk.agenda);
  const left = pointsOf(before?.agenda ?? null).filter((one) => !one.isDone && !points.some((other) => other.text === one.text));
  /** Shown at once; what the server answers is what stays. */
  async function change(act: (points: Point[]) => Point[]): Promise<boolean> {
    setWish(act(points));
    try {
      await changeAgenda(talk, act);
      return true;
    } catch (error) {
      sayError(error);
      return false;
    } finally {
      setWish(null);
    }
  }
  const same = (one: Point) => (other: Point) => other.text === one.text && other.isDone === one.isDone;
  async function add(event: FormEvent) {
    event.preventDefault();
    const text = draft.value.trim().replace(/\s+/g, ' ');
    if (!text) return;
    if (await change((list) => [...list, { text, isDone: false }])) {
      draft.set('');
      draft.clear();
    }
  }
  const tick = (one: Point) => void change((list) => list.map((other) => (same(one)(other) ? { ...other, isDone: !one.isDone } : other)));
  const drop = (one: Point) => void change((list) => list.filter((other) => !same(one)(other)));
  return (
    <section className="card" aria-label={t('talk.agenda')}>
      <div className="card-head"><h2>{t('talk.agenda')}</h2><span className="ink3">{t('talk.agendaSub')}</span></div>
      <div className={styles.points}>
        <SortList list={points} keyOf={(one) => one.text} labelOf={(one) => one.text} canMove={canEdit && points.length > 1} onMove={(from, to) => void change((list) => moved(list, from, to))}>
          {(one) => (
            <div className={styles.point} data-done={one.isDone || undefined}>
              <Checkbox checked={one.isDone} disabled={!canEdit} aria-label={t('talk.pointDone', { text: one.text })} onChange={() => tick(one)} />
              <span dir="auto">{one.text}</span>
              {canEdit && <ActionIcon variant="subtle" size={24} aria-label={t('talk.removePoint', { text: one.text })} onClick={() => drop(one)}><IconX size={14} aria-hidden /></ActionIcon>}
            </div>
          )}
        </SortList>
      </div>
      {canEdit && (
        <form className={styles.add} onSubmit={add}>
          <TextInput aria-label={t('talk.addPoint')} placeholder={t('talk.addPoint')} value={draft.value} maxLength={400} onChange={(e) => draft.set(e.currentTarget.value)} />
          <Button type="submit" disabled={!draft.value.trim()}>{t('talk.addPromise')}</Button>
        </form>
      )}
      {canEdit && before && talk.state === 'planned' && left.length > 0 && (
        <div className="card-body"><button className="linklike" onClick={() => void change((list) => [...list, ...left])}>{t('talk.carry', { n: left.length, day: day(before.day) })}</button></div>
      )}
    </section>
  );
}
