// In one's own settings: staying off contests and leaderboards.
import { Switch } from '@mantine/core';
import { patch, post } from '../base/api';
import { t } from '../base/i18n';
import { useMeta } from '../base/meta';
import { refresh, useGet } from '../base/query';
import { Bones, Failing } from '../base/states';
import { say, sayError } from '../base/toast';
import type { Page } from '../base/types';

export function BoardChoiceCard() {
  const isThere = useMeta().byName.has('board_choice');
  const { data, error, refetch } = useGet<Page>('/board_choices', { params: { limit: 1 }, of: ['board_choice'], now: true, isOff: !isThere });
  if (!isThere) return null;
  const own = data?.rows[0];
  async function choose(isHidden: boolean) {
    try {
      const { seq } = own ? await patch(`/board_choices/${own.id}`, { is_hidden: isHidden }) : await post('/board_choices', { is_hidden: isHidden });
      say({ text: t(isHidden ? 'standings.saidOff' : 'standings.saidOn'), seq });
      refresh(['board_choice']);
    } catch (e) {
      sayError(e);
    }
  }
  return (
    <section className="card" aria-label={t('standings.choice')}>
      <div className="card-head"><h2>{t('standings.choice')}</h2></div>
      {error ? <Failing error={error} retry={() => void refetch()} /> : !data ? <Bones count={1} height={44} /> : (
        <div className="card-body">
          <Switch label={t('standings.choiceSwitch')} checked={own?.is_hidden === true} onChange={(e) => void choose(e.currentTarget.checked)} />
          <p className="small ink3">{t('standings.choiceHelp')}</p>
        </div>
      )}
    </section>
  );
}
