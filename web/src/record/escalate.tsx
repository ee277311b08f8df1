// Raising a problem on a record: what it is, whom it is asked of, by when.
import { Modal } from '@mantine/core';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import type { Entity, Row } from '../base/types';
import { CreateForm } from './form';

export function Escalate({ escalation, entity, row, onClose }: { escalation: Entity; entity: Entity; row: Row; onClose: () => void }) {
  useMeta();
  const name = String(row[entity.name_field] ?? entity.label);
  // What it is about is known; asking for it would only be another mistake to make.
  const asked = { ...escalation, fields: escalation.fields.filter((f) => !/^(record_kind|record_id|state|answer|answered_day|decision|decided_by|decided_day|raised_day)$/.test(f.name)) };
  return (
    <Modal opened onClose={onClose} title={t('escalate.on', { name })} size={720} closeButtonProps={{ 'aria-label': t('close') }}>
      <CreateForm entity={asked} start={{ kind: 'problem', record_kind: entity.name, record_id: row.id }} draftKey={`escalate.${entity.name}.${row.id}`} onSaved={onClose} onCancel={onClose} />
    </Modal>
  );
}
