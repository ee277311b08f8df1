// Both values, who and when; nothing typed is lost, and either way both stay in the history.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { instant, instantFull } from '../base/format';
import { t } from '../base/i18n';
import { fieldOf } from '../base/meta';
import type { Entity, Value } from '../base/types';
import styles from './conflict.module.css';
import { lastChange, type ConflictError } from './save';
import { valueText, Who } from './value';

interface Props {
  entity: Entity;
  conflict: ConflictError;
  yourNames?: Record<string, string | null>;
  onKeep: () => void;
  onSave: () => void;
}

export function Conflict({ entity, conflict, yourNames, onKeep, onSave }: Props) {
  const name = conflict.fields[0] ?? '';
  const field = fieldOf(entity, name);
  const { data: version } = useQuery({
    queryKey: ['conflict', entity.name, conflict.current.id, name, conflict.current.rev],
    queryFn: () => lastChange(entity, conflict.current.id, name),
  });
  if (!field) return null;
  const theirs = valueText(entity, field, conflict.current[name] as Value, conflict.current) || t('record.empty');
  const yours = valueText(entity, field, conflict.changes[name], conflict.current, yourNames?.[name]) || t('record.empty');
  const before = valueText(entity, field, conflict.base[name] as Value, conflict.base) || t('record.empty');
  const who = version?.actor_name ?? t('record.somebody');
  return (
    <div className={styles.conflict} role="alertdialog" aria-label={t('record.conflict')}>
      <Who name={who} />
      <div className={styles.words}>
        <p className="strong" title={version ? instantFull(version.at) : undefined}>
          {version ? t('record.theySaved', { who, value: theirs, when: instant(version.at) }) : t('record.theySavedSome', { who, value: theirs })}
        </p>
        <p className="small ink2">{t('record.beforeBoth', { value: before })}</p>
        <div className="row" style={{ marginTop: 4 }}>
          <Button onClick={onKeep}>{t('record.keepTheirs', { value: theirs })}</Button>
          <Button onClick={onSave}>{t('record.saveMine', { value: yours })}</Button>
        </div>
        <p className="small ink3">{t('record.bothStay')}</p>
      </div>
    </div>
  );
}
