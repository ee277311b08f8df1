// A deal on the board: what it is worth, when it closes, how long it has stood here, what comes next.
import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { IconChevronRight } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { day, dayDiff, dayFull, initials, money, moneyShort } from '../base/format';
import { t } from '../base/i18n';
import styles from './board.module.css';
import type { Card } from './board_move';

function Age({ card, learnt }: { card: Card; learnt: number | null }) {
  if (card.age_days === null) return null;
  const share = learnt ? Math.min(1, card.age_days / (learnt * 1.5)) : 0;
  return (
    <span className={styles.age} data-over={card.is_over_age || undefined} title={learnt ? t('board.ageHelp', { n: card.age_days, usual: learnt }) : t('board.ageOnly', { n: card.age_days })}>
      {learnt !== null && (
        <span className={styles.ageTrack} aria-hidden>
          <span style={{ width: `${share * 100}%` }} />
          <i />
        </span>
      )}
      {t('board.days', { n: card.age_days })}
    </span>
  );
}

function Next({ card, today }: { card: Card; today: string }) {
  const due = card.next_step_day;
  const isLate = due !== null && due < today;
  if (!card.next_step)
    return (
      <span className={styles.next} data-none>
        <span className={styles.nextMark} aria-hidden /> <span className="cut grow">{t('board.noNext')}</span>
      </span>
    );
  return (
    <span className={styles.next}>
      <IconChevronRight size={13} stroke={2} aria-hidden /> <span className="cut grow">{card.next_step}</span>
      {due && <span className={`${styles.nextDay} ${isLate ? 'down medium' : 'ink3'}`} title={dayFull(due)}>{isLate ? (dayDiff(due, today) > -366 ? t('board.overdue') : day(due)) : day(due)}</span>}
    </span>
  );
}

interface Props {
  card: Card;
  learnt: number | null;
  today: string;
  canMove: boolean;
  isPicked: boolean;
  onFocus: () => void;
}

export const BoardCard = memo(function BoardCard({ card, learnt, today, canMove, isPicked, onFocus }: Props) {
  const place = useRef<HTMLElement>(null);
  const [isDragged, setDragged] = useState(false);
  useEffect(() => {
    if (!place.current || !canMove) return;
    return draggable({ element: place.current, getInitialData: () => ({ card: card as unknown as Record<string, unknown> }), onDragStart: () => setDragged(true), onDrop: () => setDragged(false) });
  }, [card, canMove]);
  const owner = card.names.owner ?? '';
  return (
    <article ref={place} className={styles.card} tabIndex={0} data-card={card.id} data-stage={card.stage} data-dragged={isDragged || undefined} data-picked={isPicked || undefined} onFocus={onFocus}
      aria-label={t('board.cardSays', { name: card.name, amount: card.amount === null ? '' : money(card.amount, card.currency ?? undefined), days: card.age_days ?? 0 })} aria-roledescription={t('board.card')}>
      <div className={styles.cardTop}>
        <Link className={`medium cut quiet ${styles.cardName}`} href={`/opportunities/${card.id}`} draggable={false} tabIndex={-1}>{card.names.account ?? card.name}</Link>
        {owner && <span className="avatar sm" title={owner}>{initials(owner)}</span>}
      </div>
      <p className="small ink3 cut">{card.names.account ? card.name : ''}</p>
      <div className={styles.cardFacts}>
        <span className="strong">{card.amount === null ? '–' : card.amount >= 1e7 ? moneyShort(card.amount, card.currency ?? undefined) : money(card.amount, card.currency ?? undefined)}</span>
        {card.close_day && <span className="ink2" title={dayFull(card.close_day)}>{day(card.close_day)}</span>}
        <Age card={card} learnt={learnt} />
      </div>
      <Next card={card} today={today} />
    </article>
  );
});
