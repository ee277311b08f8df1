// The same deals as a board or as a list: filters go along.
import { SegmentedControl } from '@mantine/core';
import { useLocation } from 'wouter';
import { t } from '../base/i18n';

export function Layouts({ here, query }: { here: 'board' | 'list'; query: string }) {
  const [, go] = useLocation();
  return (
    <SegmentedControl size="xs" value={here} aria-label={t('board.layout')} data={[{ value: 'board', label: t('board.board') }, { value: 'list', label: t('board.list') }]}
      onChange={(value) => go(`${value === 'board' ? '/pipeline' : '/opportunities'}${query ? `?${query}` : ''}`)} />
  );
}
