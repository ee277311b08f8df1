// A record made in the middle of something else: the same form, laid over the page.
import { Modal } from '@mantine/core';
import { t } from '../base/i18n';
import type { Entity, Row } from '../base/types';
import { CreateForm } from './form';

export function QuickCreate({ entity, name, onDone }: { entity: Entity; name: string; onDone: (row: Row | null) => void }) {
  return (
    <Modal opened onClose={() => onDone(null)} title={t('record.newTitle', { what: entity.label.toLowerCase() })} size={720} closeButtonProps={{ 'aria-label': t('close') }}>
      <CreateForm entity={entity} start={{ [entity.name_field]: name }} draftKey={`quick.${entity.name}.${name}`} onSaved={onDone} onCancel={() => onDone(null)} />
    </Modal>
  );
}
