// The record alone at another time: one stop for each save, the facts then, and what has changed since.
import { useState } from 'react';
import { instant, instantFull } from '../base/format';
import { t } from '../base/i18n';
import type { Version } from '../base/types';
import styles from './past_slider.module.css';

interface Props {
  versions: Version[];
  /** Commit shown; null is now. */
  seq: number | null;
  onChange: (seq: number | null) => void;
}

export function PastSlider({ versions, seq, onChange }: Props) {
  const oldest = versions.slice().reverse();
  const last = oldest.length - 1;
  const at = seq === null ? last : Math.max(0, oldest.findIndex((v) => v.seq === seq));
  const [slid, setSlid] = useState<number | null>(null);
  const shown = slid ?? at;
  const version = oldest[shown];
  if (oldest.length < 2) return null;
  const go = (index: number) => {
    setSlid(null);
    onChange(index >= last ? null : (oldest[index]?.seq ?? null));
  };
  return (
    <div className={styles.box} data-past={shown < last || undefined}>
      <label className={styles.words}>
        <span className="small">{shown >= last ? t('record.asNow') : t('record.asThen', { when: instant((version?.imported ? version.from : version?.at) ?? ''), who: version?.actor_name ?? t('record.theSystem') })}</span>
        <input type="range" min={0} max={last} value={shown} aria-label={t('record.slider')} aria-valuetext={shown >= last ? t('past.now') : instantFull(version?.at ?? '')}
          onChange={(e) => {
            const index = Number(e.currentTarget.value);
            setSlid(index);
            go(index);
          }} />
      </label>
      {seq !== null && (
        <button className="linklike small" onClick={() => go(last)}>
          {t('past.back')}
        </button>
      )}
    </div>
  );
}
