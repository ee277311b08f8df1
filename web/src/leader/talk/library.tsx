// Questions to ask, by way of talking: the company's own, GROW, what fits the coaching. A question, or a whole way, becomes
// points of the talk with one step.
import { Button, Menu } from '@mantine/core';
import { Link } from 'wouter';
import { post } from '../../base/api';
import { t } from '../../base/i18n';
import { refresh } from '../../base/query';
import { say, sayError } from '../../base/toast';
import { useLibrary } from './library_data';
import type { Talk, Two } from './talk_data';

export function Questions({ talk, two }: { talk: Talk; two: Two }) {
  const { data } = useLibrary();
  if (!data) return null;
  const take = async (texts: string[]) => {
    try {
      for (const text of texts) await post('/agenda_items', { author: two.me, other: two.other, one_on_one: talk.id, text });
      if (texts.length > 1) say({ text: t('library.saidTaken', { n: texts.length }) });
    } catch (error) {
      sayError(error);
    }
    refresh(['agenda_item']);
  };
  const free = data.own.filter((one) => one.kind === 'talk');
  const parts = [...(free.length ? [{ name: 'free', label: t('coach.ownQuestions'), kind: 'talk', questions: free }] : []), ...data.templates.map((one) => ({ ...one, name: one.id ? `own${one.id}` : one.name }))];
  // What is for talks first; deals, calls and the field after.
  const ordered = [...parts.filter((one) => one.kind === 'talk'), ...parts.filter((one) => one.kind !== 'talk')];
  return (
    <Menu position="bottom-end" width={380} closeOnItemClick={false}>
      <Menu.Target><Button variant="subtle">{t('coach.questions')}</Button></Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {ordered.map((part) => [
          <Menu.Label key={part.name}>{part.label}</Menu.Label>,
          ...(part.questions.length > 1 ? [<Menu.Item key={`${part.name} all`} fw={500} closeMenuOnClick onClick={() => void take(part.questions.map((one) => one.text))}>{t('library.takeAll', { n: part.questions.length })}</Menu.Item>] : []),
          ...part.questions.map((one) => <Menu.Item key={part.name + one.text} onClick={() => void take([one.text])}>{one.text}</Menu.Item>),
        ])}
        <Menu.Divider />
        <Menu.Item component={Link} href="/coaching/library">{t('library.title')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
