// Questions to ask, by scheme: GROW and those of the company's own. A question becomes a point of the talk with one step.
import { Button, Menu } from '@mantine/core';
import { post } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh, useGet } from '../../base/query';
import { sayError } from '../../base/toast';
import type { Talk, Two } from './talk_data';

interface Library {
  templates: { name: string; label: string; questions: { step: string; text: string }[] }[];
  own: { id: number; step: string | null; text: string }[];
}

export function Questions({ talk, two }: { talk: Talk; two: Two }) {
  const { data } = useGet<Library>('/coaching/library', { of: ['coaching_question'], now: true, staleMs: 300_000 });
  if (!data) return null;
  const take = (text: string) => void post('/agenda_items', { author: two.me, other: two.other, one_on_one: talk.id, text }).then(() => refresh(['agenda_item']), sayError);
  const parts = [...(data.own.length ? [{ name: 'own', label: t('coach.ownQuestions'), questions: data.own }] : []), ...data.templates];
  return (
    <Menu position="bottom-end" width={380} closeOnItemClick={false}>
      <Menu.Target><Button variant="subtle">{t('coach.questions')}</Button></Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {parts.map((part) => [
          <Menu.Label key={part.name}>{part.label}</Menu.Label>,
          ...part.questions.map((one) => <Menu.Item key={one.text} onClick={() => take(one.text)}>{one.text}</Menu.Item>),
        ])}
      </Menu.Dropdown>
    </Menu>
  );
}
