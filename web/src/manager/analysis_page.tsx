// Pipeline analysis: what changed between two instants, how deals flow, where they stand still, why they are lost, what
// wants tidying, and any measure by anything. Every figure leads to its deals; the time machine and both views work on all.
import { dayPlain, dayShort, addDays } from '../base/format';
import { t } from '../base/i18n';
import { useTitle } from '../base/title';
import { DealsBehind, useBehind } from './behind';
import { ExplorePanel } from './explore';
import { useChoice, useFigures, type Choice, type Velocity, type Waterfall } from './figures';
import { CohortsPanel, FunnelPanel, VelocityPanel } from './flow_panels';
import { Choices, Panel } from './parts';
import { ActivityPanel, AgeingPanel, HygienePanel, ReasonsPanel, RiskPanel, SlippagePanel } from './wait_panels';
import { ByTable, Columns, moveText } from './waterfall';

/** The waterfall of the period chosen, until its end or the instant that is looked at. */
function useChanges(choice: Choice) {
  const ground = useFigures<Velocity>('/pipeline/velocity', choice); // says which days the period has
  const from = ground.data?.period.from_day;
  const last = ground.data && addDays(ground.data.period.to_day, -1);
  const to = last && ground.data && last <= ground.data.day ? last : undefined;
  const reading = useFigures<Waterfall>('/pipeline/waterfall', { team: choice.team, view: choice.view }, { from, to, by: choice.by ?? 'owner' }, !from);
  return { from, to, reading };
}

function Changes({ choice }: { choice: Choice }) {
  const [shown, show] = useBehind();
  const { from, to, reading } = useChanges(choice);
  const open = (key: string | null) => show(key === null ? null : { key, title: moveText(key), path: '/pipeline/waterfall', params: { period: undefined, from, to, move: key } });
  return (
    <Panel title={t('analysis.waterfall')} span={8} reading={reading} sub={from && reading.data && `${dayShort(from)} – ${dayShort(to ?? reading.data.day)}`} hint={t('analysis.waterfallHint')}>
      {(data) => (
        <>
          <Columns data={data} open={shown?.key ?? null} onOpen={open} />
          {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
        </>
      )}
    </Panel>
  );
}

function ByPanel({ choice }: { choice: Choice }) {
  const by = choice.by ?? 'owner';
  const [shown, show] = useBehind();
  const { from, to, reading } = useChanges(choice);
  return (
    <Panel title={t(by === 'team' ? 'analysis.byTeam' : 'analysis.byOwner')} span={12} reading={reading} sub={t('analysis.bySays')}>
      {(data) => (
        <>
          <ByTable data={data} by={by} shown={shown} show={show} params={{ period: undefined, from, to, by }} />
          {shown && <DealsBehind behind={shown} choice={choice} close={() => show(null)} />}
        </>
      )}
    </Panel>
  );
}

export default function AnalysisPage() {
  const [choice, set] = useChoice();
  const velocity = useFigures<Velocity>('/pipeline/velocity', choice);
  useTitle(t('analysis.title'));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('analysis.title')}</h1>
        {velocity.data && <span className="ink3">{dayPlain(velocity.data.day)}</span>}
        <div className="actions"><Choices choice={choice} set={set} withBy /></div>
      </header>
      {velocity.data && velocity.data.unrated_count > 0 && <p className="small warn">{t('analysis.unrated', { n: velocity.data.unrated_count })}</p>}
      <div className="grid12">
        <Changes choice={choice} />
        <FunnelPanel choice={choice} />
        <ByPanel choice={choice} />
        <RiskPanel choice={choice} />
        <SlippagePanel choice={choice} />
        <CohortsPanel choice={choice} day={velocity.data?.day} />
        <VelocityPanel choice={choice} />
        <AgeingPanel choice={choice} />
        <ReasonsPanel choice={choice} />
        <HygienePanel choice={choice} />
        <ActivityPanel choice={choice} />
        <ExplorePanel choice={choice} />
      </div>
    </div>
  );
}
