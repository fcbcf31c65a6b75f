import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shell/Chart.tsx';
import { chartTime, dateTime } from '../../shell/format.ts';
import { usePreferences } from '../../shell/preferences.tsx';
import { palette } from '../../shell/theme.ts';
import { bandsOf, type CumulativePoint } from './cumulative.ts';
import { arrow, toneOf } from './types.ts';
import { unitText } from './unitText.ts';

const SYMBOLS: Record<string, [string, number]> = {
  H: ['triangle', 0],
  HH: ['triangle', 0],
  L: ['triangle', 180],
  LL: ['triangle', 180],
};

const DATES = {
  year: '{yyyy}',
  month: '{yyyy}-{MM}',
  day: '{MM}-{dd}',
  hour: '{MM}-{dd} {HH}:{mm}',
  minute: '{MM}-{dd} {HH}:{mm}',
};

/**
 * Values of one test over time in its reference band, the numbers beside it. Values outside point up or down,
 * those signed elsewhere are hollow. `points` newest first, in one unit; `between` puts several plots on one time axis.
 */
export function TrendPlot({
  points,
  between,
}: {
  points: CumulativePoint[];
  between?: [string, string] | undefined;
}) {
  const { t } = useTranslation('lab');
  const { mode } = usePreferences();
  const c = palette[mode];
  const latest = points[0];
  const drawn = points.flatMap((point) =>
    point.value === null ? [] : [{ ...point, value: point.value, time: chartTime(point.at) }],
  );
  const oldestFirst = [...drawn].reverse();
  const bands = bandsOf(oldestFirst.map(({ time, range }) => ({ at: time, range })));
  const heights = [
    ...drawn.map((point) => point.value),
    ...bands.flatMap((band) => [band.low, band.high].filter((limit) => limit !== null)),
  ];
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  const margin = (most - least || Math.abs(most) || 1) * 0.1;
  const [bottom, top] = [least - margin, most + margin].map((value) => Number(value.toPrecision(3)));
  const first = chartTime(between?.[0] ?? oldestFirst[0]?.at ?? '');
  const last = chartTime(between?.[1] ?? oldestFirst.at(-1)?.at ?? '');
  const edge = Math.max((last - first) * 0.03, 3_600_000);
  const [left, right] = [first - edge, last + edge];
  const cell = (point: CumulativePoint) => `${point.text ?? point.value ?? ''} ${arrow(point.flag)}`.trim();
  const origin = (point: CumulativePoint) =>
    point.source === 'hub' ? (point.accessionNumber ?? '') : t('external');
  return (
    <div className="lab-trend">
      <Chart
        title={`${latest?.name ?? ''}${latest?.unit ? ` (${unitText(latest.unit)})` : ''}`}
        height={200}
        option={{
          grid: { left: 56, right: 20, top: 16, bottom: 28 },
          xAxis: { type: 'time', min: left, max: right, axisLabel: { formatter: DATES, hideOverlap: true } },
          yAxis: {
            type: 'value',
            ...(heights.length > 0 && { min: bottom as number, max: top as number }),
            axisLabel: { showMinLabel: false, showMaxLabel: false },
          },
          tooltip: { trigger: 'item' },
          series: [
            {
              type: 'line',
              name: latest?.name ?? '',
              data: oldestFirst.map((point) => {
                const [symbol, symbolRotate] = SYMBOLS[point.flag ?? ''] ?? ['circle', 0];
                const tone =
                  point.flag === 'HH' || point.flag === 'LL'
                    ? c.breach
                    : point.flag && point.flag !== 'N'
                      ? c.warn
                      : c.primary;
                return {
                  name: `${dateTime(point.at)} ${cell(point)} ${origin(point)}`,
                  value: [point.time, point.value],
                  symbol,
                  symbolRotate,
                  symbolSize: symbol === 'circle' ? 7 : 10,
                  itemStyle:
                    point.source === 'hub'
                      ? { color: tone }
                      : { color: c.surface, borderColor: tone, borderWidth: 2 },
                };
              }),
              lineStyle: { color: c.primary, width: 1.5 },
              markArea: {
                silent: true,
                itemStyle: { color: c.done, opacity: 0.12 },
                data: bands.map((band) => [
                  { xAxis: band.from ?? left, yAxis: band.low ?? (bottom as number) },
                  { xAxis: band.to ?? right, yAxis: band.high ?? (top as number) },
                ]),
              },
            },
          ],
        }}
        table={{
          columns: [t('col.at'), t('col.value'), t('col.range'), t('col.source')],
          rows: points.map((point) => [dateTime(point.at), cell(point), point.range ?? '', origin(point)]),
        }}
      />
      <Table
        size="small"
        rowKey={(point) => `${point.at} ${point.accessionNumber ?? ''} ${point.text ?? point.value ?? ''}`}
        pagination={false}
        dataSource={points}
        scroll={{ y: 190 }}
        columns={[
          {
            title: t('col.at'),
            width: 136,
            render: (_, point) => <span className="lab-when">{dateTime(point.at)}</span>,
          },
          {
            title: t('col.value'),
            align: 'right',
            render: (_, point) => (
              <span className={toneOf(point.flag)} title={origin(point)}>
                {cell(point)}
              </span>
            ),
          },
          { title: t('col.range'), align: 'right', render: (_, point) => point.range ?? '—' },
        ]}
      />
    </div>
  );
}
