// Ticking off a task where it stands.
import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useAsOf } from '../base/as_of';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import { sayError } from '../base/toast';
import type { Entity, Row } from '../base/types';
import { save } from './save';

export function Tick({ entity, row, field = 'is_done' }: { entity: Entity; row: Row; field?: string }) {
  const asOf = useAsOf();
  const [wish, setWish] = useState<boolean | null>(null);
  if (!fieldOf(entity, field)) return null;
  const is = wish ?? Boolean(row[field]);
  const put = async (next: boolean) => {
    setWish(next);
    try {
      await save(entity, row, { [field]: next });
    } catch (error) {
      sayError(error);
    } finally {
      setWish(null);
    }
  };
  return <Checkbox checked={is} disabled={Boolean(asOf)} aria-label={t('record.done', { what: String(row[entity.name_field] ?? '') })} onChange={(e) => void put(e.currentTarget.checked)} />;
}
