import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../../shell/Chart.tsx';
import { chartTime, dateTime } from '../../../shell/format.ts';
import { Failed, Loading } from '../../../shell/states.tsx';
import { usePreferences } from '../../../shell/preferences.tsx';
import { palette } from '../../../shell/theme.ts';
import { labelMarks, lotsOf, type Lot, type QcMark } from './qcMarks.ts';
import { useLab } from '../useLab.ts';

interface Run {
  id: string;
  at: string;
  value: number;
  mean: number | null;
  sd: number | null;
  z: number | null;
  /** Of a run that was collected before its target had limits: by the mean and SD of those runs. */
  provisionalZ: number | null;
  verdict: string;
  violations: string[];
  level: number;
  lot: string;
  operatorName: string | null;
  reagentLot: string | null;
  excluded: boolean;
  action: string | null;
  actionBy: string | null;
}
interface Answer {
  test: { name: string; unit: string | null } | undefined;
  runs: Run[];
  events: { at: string; kind: string; note: string }[];
}

const zOf = (run: Run) => run.z ?? run.provisionalZ;

/** Six figures: computed means have no end. */
const figure = (value: number) => Number(value.toPrecision(6));
const limitsText = (run: Run) =>
  run.mean === null || run.sd === null ? '' : `${figure(run.mean)} ± ${figure(run.sd)}`;

const SYMBOLS: Record<string, string> = {
  'in-control': 'circle',
  warning: 'triangle',
  rejected: 'rect',
  learning: 'emptyCircle',
};

/** Lines of the lots of one level, the first of the shown time dashed: lots that run in parallel are told apart. */
const LOT_LINES = ['dashed', 'solid', 'dotted'] as const;

/**
 * Levey–Jennings: deviation in SD of the lot's own target by time, a line a level and lot, rejected as squares, warnings
 * as triangles; new lots, changes of lots and events as marks. Zoom with wheel or slider.
 */
export function LeveyJennings({
  instrumentId,
  testCode,
  title,
}: {
  instrumentId: string;
  testCode: string;
  title: string;
}) {
  const { t } = useTranslation('lab');
  const { mode } = usePreferences();
  const c = palette[mode];
  const [days, setDays] = useState(31);
  const chart = useLab<Answer>(
    `lab/qc/levey-jennings?instrumentId=${instrumentId}&testCode=${encodeURIComponent(testCode)}&days=${days}`,
  );
  if (chart.isPending) return <Loading />;
  if (chart.isError) return <Failed error={chart.error} />;
  const { runs, events } = chart.data;
  const limit = (value: number) => ({
    yAxis: value,
    lineStyle: {
      type: value === 0 ? ('solid' as const) : ('dashed' as const),
      width: Math.abs(value) === 3 ? 1.5 : 0.8,
      color: Math.abs(value) === 3 ? c.breach : Math.abs(value) === 2 ? c.warn : c.quiet,
    },
    label: { formatter: value === 0 ? 'x̄' : `${value > 0 ? '+' : ''}${value}s` },
  });
  const lots = lotsOf(runs);
  const starts = lots
    .filter((lot) => lots.some((other) => other.level === lot.level && other.from < lot.from))
    .map((lot): QcMark => ({
      at: chartTime(lot.from),
      kind: 'lot',
      note: `${t('qc.level', { n: lot.level })} ${t('qc.newLot')} ${lot.lot}`,
    }));
  const nameOf = (lot: Lot) => `${t('qc.level', { n: lot.level })} ${lot.lot}`;
  const times = runs.map((run) => chartTime(run.at));
  const marks = labelMarks(
    [
      ...starts,
      ...events.map((event): QcMark => ({
        at: chartTime(event.at),
        kind: event.kind === 'control-lot' ? 'lot' : 'event',
        note: event.kind === 'control-lot' ? event.note : `${t(`event.${event.kind}`)} ${event.note}`,
      })),
    ],
    Math.max(...times) - Math.min(...times),
  );
  const lines = Math.max(1, ...marks.map((mark) => mark.label.length));
  return (
    <section className="lab-stack">
      <Segmented
        size="small"
        style={{ alignSelf: 'flex-start' }}
        value={days}
        onChange={setDays}
        options={[7, 31, 90, 365].map((n) => ({ value: n, label: t('qc.days', { n }) }))}
      />
      <Chart
        title={title}
        height={290 + lines * 14}
        option={{
          legend: { data: lots.map(nameOf), top: 0, left: 0 },
          xAxis: { type: 'time' },
          grid: { left: 48, right: 48, top: 34 + lines * 14, bottom: 52 },
          yAxis: { type: 'value', min: -5, max: 5, interval: 1, name: 'SD' },
          dataZoom: [{ type: 'inside' }, { type: 'slider', height: 14, bottom: 4 }],
          tooltip: { trigger: 'item', formatter: '{b}' },
          series: [
            ...lots.map((lot) => ({
              type: 'line' as const,
              name: nameOf(lot),
              lineStyle: { type: LOT_LINES[lot.age % LOT_LINES.length] ?? 'solid', width: 1.5 },
              data: runs
                .filter((run) => run.level === lot.level && run.lot === lot.lot && zOf(run) !== null)
                .map((run) => ({
                  value: [chartTime(run.at), Math.max(-4.9, Math.min(4.9, zOf(run) ?? 0))],
                  symbol: SYMBOLS[run.verdict] ?? 'circle',
                  symbolSize: run.verdict === 'rejected' ? 11 : 7,
                  name: `${nameOf(lot)}<br>${dateTime(run.at)} ${figure(run.value)} ${limitsText(run) || t(`verdict.${run.verdict}`)} ${run.violations.join(' ')}`,
                })),
            })),
            {
              // Limits and marks stand whatever lot the legend hides.
              type: 'line',
              silent: true,
              data: [],
              markLine: {
                silent: true,
                symbol: 'none',
                data: [
                  ...[0, 1, -1, 2, -2, 3, -3].map(limit),
                  ...marks.map((mark) => ({
                    xAxis: mark.at,
                    lineStyle: {
                      type: mark.kind === 'lot' ? ('solid' as const) : ('dotted' as const),
                      color: mark.kind === 'lot' ? c.warn : c.quiet,
                      width: 1.2,
                    },
                    label: {
                      show: mark.label.length > 0,
                      formatter: mark.label.join('\n'),
                      fontSize: 11,
                      lineHeight: 14,
                    },
                  })),
                ],
              },
            },
          ],
        }}
        table={{
          columns: [
            t('col.at'),
            t('qc.levelWord'),
            t('qc.lot'),
            t('col.value'),
            t('qc.target'),
            'z',
            t('col.state'),
            t('qc.rules'),
            t('qc.operator'),
            t('qc.action'),
          ],
          rows: [...runs]
            .reverse()
            .map((run) => [
              dateTime(run.at),
              run.level,
              run.lot,
              figure(run.value),
              limitsText(run),
              run.z === null ? '' : run.z.toFixed(2),
              t(`verdict.${run.verdict}`),
              run.violations.join(' '),
              run.operatorName ?? '',
              run.action ? `${run.action} (${run.actionBy ?? ''})` : '',
            ]),
        }}
      />
      {marks.length > 0 && (
        <details>
          <summary>{`${t('qc.events')} (${marks.length})`}</summary>
          <ul className="lab-marks">
            {[...marks].reverse().map((mark, index) => (
              <li key={index}>
                <span className="hub-num">{dateTime(new Date(mark.at - 8 * 3_600_000).toISOString())}</span>{' '}
                {mark.note}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
