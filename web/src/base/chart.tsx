// A chart: the library comes when the first one is shown, colours are the tokens of the theme and hat. Every chart
// says its sentence to a screen reader and has its table one key away.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { t } from './i18n';
import { isDark, useLook } from './look';

export interface ChartInks {
  fact: string;
  model: string;
  band: string;
  ref: string;
  down: string;
  grid: string;
  ink: string;
  ink3: string;
  surface: string;
  line: string;
}

const names: Record<keyof ChartInks, string> = {
  fact: '--d-fact', model: '--d-model', band: '--d-band', ref: '--d-ref', down: '--d-down', grid: '--d-grid', ink: '--ink', ink3: '--ink-3', surface: '--raised', line: '--line',
};

function readInks(): ChartInks {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement('i');
  document.body.append(probe);
  const inks = Object.fromEntries(
    Object.entries(names).map(([key, name]) => {
      probe.style.color = style.getPropertyValue(name).trim();
      return [key, getComputedStyle(probe).color];
    }),
  ) as unknown as ChartInks;
  probe.remove();
  return inks;
}

async function load() {
  const [core, charts, components, renderers] = await Promise.all([import('echarts/core'), import('echarts/charts'), import('echarts/components'), import('echarts/renderers')]);
  core.use([charts.LineChart, charts.BarChart, components.GridComponent, components.TooltipComponent, components.MarkLineComponent, components.MarkPointComponent, renderers.SVGRenderer]);
  return core;
}

let library: ReturnType<typeof load> | null = null;

interface Props {
  /** What the chart says, in a sentence. */
  label: string;
  height: number;
  option: (inks: ChartInks) => EChartsCoreOption;
  table?: ReactNode;
}

export function Chart({ label, height, option, table }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const [asTable, setAsTable] = useState(false);
  const look = useLook();
  const dark = isDark(look);
  useEffect(() => {
    if (asTable) return;
    let isGone = false;
    let watch: ResizeObserver | null = null;
    library ??= load();
    void library.then((core) => {
      if (isGone || !place.current) return;
      const made = core.init(place.current, null, { renderer: 'svg' });
      chart.current = made as unknown as EChartsType;
      made.setOption(option(readInks()));
      watch = new ResizeObserver(() => made.resize());
      watch.observe(place.current);
    });
    return () => {
      isGone = true;
      watch?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [option, dark, look.hat, asTable]);
  return (
    <div>
      {asTable ? <div key="table">{table}</div> : <div key="chart" ref={place} role="img" aria-label={label} style={{ height }} />}
      {table && (
        <button type="button" className="linklike small" onClick={() => setAsTable(!asTable)} aria-pressed={asTable}>
          {asTable ? t('chart.show') : t('chart.table')}
        </button>
      )}
    </div>
  );
}

/** What all charts share: small type, no frame, a hairline grid. */
export function ground(inks: ChartInks): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: 'Inter Variable, Inter, system-ui, sans-serif', fontSize: 11, color: inks.ink3 },
    grid: { left: 4, right: 12, top: 14, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', confine: true, transitionDuration: 0, backgroundColor: inks.surface, borderColor: inks.line, textStyle: { color: inks.ink, fontSize: 12 }, extraCssText: 'box-shadow: var(--sh-pop)' },
  };
}
