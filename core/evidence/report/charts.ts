import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { Html } from './html.ts';

use([BarChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Colours are the page's own, so that a chart is dark where the page is, and black on paper. */
const ink = { color: 'var(--muted)', fontSize: 12 };
const line = { lineStyle: { color: 'var(--line)' } };
const width = 760;
/** Labels of the axes lie within the edges that are given. */
const room = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const;

export interface Bar {
  readonly name: string;
  /** Seconds from the request to restore, here and below. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** The steps of one drill, one below the other, each where it began. */
export function timelineChart(bars: readonly Bar[], title: string, length: (seconds: number) => string): Html {
  const names = bars.map(({ name }) => name).reverse();
  const data = [...bars].reverse();
  return draw(title, bars.length * 30 + 50, {
    grid: { left: 8, right: 90, top: 6, bottom: 4, ...room },
    xAxis: { type: 'value', ...axis(Math.max(1, ...bars.map(({ to }) => to)), length) },
    yAxis: { type: 'category', data: names, axisLabel: ink, axisLine: line, axisTick: { show: false } },
    series: [
      { type: 'bar', stack: 'step', silent: true, itemStyle: { color: 'none' }, data: data.map(({ from }) => from) },
      {
        type: 'bar',
        stack: 'step',
        barWidth: 14,
        ...still,
        data: data.map(({ from, to, label }) => ({
          // A step of no time is drawn too: as a line.
          value: Math.max(to - from, (bars.at(-1)?.to ?? 0) / 400),
          itemStyle: { color: 'var(--accent)' },
          label: { show: true, position: 'right', formatter: label, ...ink },
        })),
      },
    ],
  });
}

export interface Drilled {
  readonly at: string;
  readonly seconds: number | null;
  readonly objective: number;
  readonly hasPassed: boolean;
}

/** What every drill measured, and what was allowed at that time. A drill that failed is a cross, on the ground when nothing was measured. */
export function historyChart(drills: readonly Drilled[], title: string, length: (seconds: number) => string): Html {
  const first = Math.min(...drills.map(({ at }) => Date.parse(at)));
  const last = Math.max(...drills.map(({ at }) => Date.parse(at)));
  const margin = Math.max((last - first) * 0.04, 3 * 86_400_000);
  const highest = Math.max(...drills.flatMap(({ seconds, objective }) => [seconds ?? 0, objective]));
  const point = ({ at, seconds, hasPassed }: Drilled) => ({
    value: [at, seconds ?? 0],
    symbol: hasPassed ? 'circle' : cross,
    symbolSize: hasPassed ? 9 : 11,
    itemStyle: { color: hasPassed ? 'var(--accent)' : 'var(--failed)' },
  });
  return draw(title, 220, {
    grid: { left: 8, right: 24, top: 14, bottom: 4, ...room },
    xAxis: {
      type: 'time',
      min: first - margin,
      max: last + margin,
      axisLabel: { ...ink, hideOverlap: true, formatter: '{yyyy}-{MM}-{dd}' },
      axisLine: line,
      axisTick: line,
      splitNumber: 6,
    },
    yAxis: { type: 'value', ...axis(highest * 1.1, length) },
    series: [
      {
        type: 'line',
        ...still,
        step: 'end',
        symbol: 'none',
        lineStyle: { color: 'var(--muted)', type: [7, 5], width: 1.5 },
        data: [
          [first - margin, drills[0]?.objective ?? 0],
          ...drills.map(({ at, objective }) => [at, objective]),
          [last + margin, drills.at(-1)?.objective ?? 0],
        ],
      },
      {
        type: 'line',
        ...still,
        symbol: 'none',
        lineStyle: { color: 'var(--accent)', width: 1.5 },
        connectNulls: true,
        data: drills.filter(({ seconds }) => seconds !== null).map(({ at, seconds }) => [at, seconds]),
      },
      { type: 'scatter', ...still, data: drills.filter((one) => one.seconds !== null || !one.hasPassed).map(point) },
    ],
  });
}

const still = { silent: true, animation: false, emphasis: { disabled: true } } as const;
const cross = 'path://M1,0L5,4L9,0L10,1L6,5L10,9L9,10L5,6L1,10L0,9L4,5L0,1Z';

/** Lengths of time at round distances, up to `highest`. */
function axis(highest: number, length: (seconds: number) => string) {
  return {
    min: 0,
    max: highest,
    interval: distances.find((distance) => highest / distance <= 6) ?? highest / 6,
    axisLabel: { ...ink, showMaxLabel: false, formatter: (value: number) => (value === 0 ? '0' : length(value)) },
    axisLine: line,
    axisTick: line,
    // The end of the axis lies wherever the last bar or point does, beside a round distance.
    splitLine: { ...line, showMaxLine: false },
  };
}

const [minute, hour, day] = [60, 3_600, 86_400];
const distances = [
  ...[10, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute],
  ...[hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 30 * day],
];

function draw(title: string, height: number, option: EChartsCoreOption): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    // The drawing, and no more: the rest of the attributes speak to scripts, and there are none.
    const drawing = chart
      .renderToSVGString({ useViewBox: true })
      .replace(/ (ecmeta_[a-z_]+|pointer-events|class)="[^"]*"/g, '')
      .replace(/<style>.*?<\/style>/gs, '')
      .replace(/^<svg /, '<svg aria-hidden="true" focusable="false" ');
    return new Html(`<div class="chart" role="img" aria-label="${attribute(title)}">${drawing}</div>`);
  } finally {
    // Without it, the chart's clock keeps the process alive.
    chart.dispose();
  }
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
