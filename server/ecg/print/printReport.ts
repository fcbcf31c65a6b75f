import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import type { Order } from '../../core/order/order.ts';
import type { PrintRow, PrintSection } from '../../core/print/sections.ts';
import type { MachineMeasurements } from '../formats/model.ts';
import { microvolts, type EcgRecording } from '../formats/model.ts';
import type { RecordingHeader } from '../describeRecording.ts';
import { loadRecording, loadStretch } from '../loadSamples.ts';
import { correctionsOf, latestAnalysis, recordingsOfOrder } from '../queries.ts';
import type { Measurements, QualityMark } from '../analysis/types.ts';
import type { LongStrip } from '../analysis/analyseLong.ts';
import { longSections } from './longSections.ts';
import { qualityText } from './qualityText.ts';
import { drawTrace, traceHeightMm, type TraceRow } from './drawTrace.ts';
import { nameOf } from './nameOf.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Sections of the ECG report: opinion, measurements beside the machine's, then the trace to scale on its own page. */
export async function printReport(
  ctx: Context,
  order: Order,
  content: ReportContent,
): Promise<PrintSection[]> {
  const [row] = await recordingsOfOrder(ctx.db, order.id);
  const sections: PrintSection[] = [];
  if (text(content.findings))
    sections.push({ type: 'text', label: '心电图所见', text: text(content.findings) });
  sections.push({ type: 'text', label: '诊断意见', text: text(content.impression), strong: true });
  if (!row) return [...sections, { type: 'text', text: '本报告无心电记录文件。', small: true }];
  const [analysis, corrections] = await Promise.all([
    latestAnalysis(ctx.db, row.id),
    correctionsOf(ctx.db, row.id),
  ]);
  const header = row.header as unknown as RecordingHeader;
  const automatic = (analysis?.measurements ?? {}) as unknown as Measurements;
  const corrected = corrections[0]?.measurements as unknown as Measurements | undefined;
  const quality = qualityText((analysis?.quality ?? []) as unknown as QualityMark[]);
  if (quality) sections.push({ type: 'text', label: '采集质量(自动判断,供参考)', text: quality });
  sections.push(measurementTable(automatic, corrected, header.machineMeasurements));
  if (header.picture)
    return [
      ...sections,
      { type: 'text', text: '原始心电图为图片文件,见附件;图片上未作自动测量。', small: true },
    ];
  const strip = analysis?.longStrip as unknown as LongStrip | null | undefined;
  if (strip)
    return [
      ...sections,
      ...(await longSections(strip, row, (from, to) =>
        loadStretch(ctx, row.id, from, to, Number(row.sampleCount)),
      )),
    ];
  const recording = await loadRecording(ctx, row.id);
  const rows = traceRows(recording);
  if (rows.length === 0) return sections;
  const technique = [quality, techniqueLine(header, recording, row.synthetic)].filter(Boolean).join(' · ');
  return [
    ...sections,
    ...pagesOf(rows).flatMap((page): PrintSection[] => [
      { type: 'pageBreak', orientation: 'landscape' },
      {
        type: 'vector',
        heightMm: traceHeightMm(page.length),
        caption: technique,
        draw: (pdf, area) =>
          drawTrace(pdf, area, page, {
            mmPerSecond: 25,
            mmPerMillivolt: 10,
            samplingRateHz: recording.samplingRateHz,
          }),
      },
    ]),
  ];
}

const rowsOfPage = 4;

/** Rows to scale do not shrink: what one page cannot hold stands on the next. */
function pagesOf(rows: TraceRow[]): TraceRow[][] {
  return Array.from({ length: Math.ceil(rows.length / rowsOfPage) }, (_, page) =>
    rows.slice(page * rowsOfPage, (page + 1) * rowsOfPage),
  );
}

/** 3 × 4 with a rhythm strip where twelve leads are there, else the leads one below the other. */
export function traceRows(recording: EcgRecording): TraceRow[] {
  const lead = (name: string): TraceRow['segments'] => {
    const found = recording.leads.find((entry) => entry.name === name);
    return found
      ? [
          {
            name: nameOf(found, 0, Math.ceil(recording.samplingRateHz * 12)),
            microvolts: microvolts({
              ...found,
              samples: found.samples.subarray(0, Math.ceil(recording.samplingRateHz * 12)),
            }),
            derived: found.origin === 'derived',
          },
        ]
      : [];
  };
  const standard = [
    ['I', 'aVR', 'V1', 'V4'],
    ['II', 'aVL', 'V2', 'V5'],
    ['III', 'aVF', 'V3', 'V6'],
  ];
  if (standard.flat().every((name) => lead(name).length > 0)) {
    const more = recording.leads.filter((entry) => !standard.flat().includes(entry.name));
    return [
      ...standard.map((names) => ({ segments: names.flatMap(lead) })),
      { segments: lead('II') },
      ...more.map((entry) => ({ segments: lead(entry.name) })),
    ];
  }
  // without the standard twelve every lead is printed, one below the other, and none is left out
  return recording.leads.map((entry) => ({ segments: lead(entry.name) }));
}

const rowsOfTable: [string, keyof Measurements, keyof MachineMeasurements | undefined, string][] = [
  ['心率', 'heartRateBpm', 'heartRateBpm', 'bpm'],
  ['P 波时限', 'pMs', 'pMs', 'ms'],
  ['PR 间期', 'prMs', 'prMs', 'ms'],
  ['QRS 时限', 'qrsMs', 'qrsMs', 'ms'],
  ['QT 间期', 'qtMs', 'qtMs', 'ms'],
  ['QTc (Bazett)', 'qtcBazettMs', 'qtcMs', 'ms'],
  ['QTc (Fridericia)', 'qtcFridericiaMs', undefined, 'ms'],
  ['P/QRS/T 电轴', 'qrsAxisDegrees', 'qrsAxisDegrees', '°'],
];

function measurementTable(
  automatic: Measurements,
  corrected: Measurements | undefined,
  machine: MachineMeasurements,
): PrintSection {
  const show = (value: number | undefined): string => (value === undefined ? '—' : String(Math.round(value)));
  const axes = (m: Measurements | MachineMeasurements): string =>
    [m.pAxisDegrees, m.qrsAxisDegrees, m.tAxisDegrees].map(show).join(' / ');
  const rows: PrintRow[] = rowsOfTable.map(([label, key, machineKey, unit]) => {
    const isAxis = key === 'qrsAxisDegrees';
    return {
      cells: [
        label,
        corrected ? (isAxis ? axes(corrected) : show(corrected[key])) : '—',
        isAxis ? axes(automatic) : show(automatic[key]),
        machineKey === undefined ? '—' : isAxis ? axes(machine) : show(machine[machineKey]),
        unit,
      ],
    };
  });
  return {
    type: 'table',
    columns: [
      { title: '测量项目', width: 2 },
      { title: '医师修正', width: 1.4, align: 'right' },
      { title: '自动测量', width: 1.4, align: 'right' },
      { title: '设备测量', width: 1.4, align: 'right' },
      { title: '单位', width: 0.8 },
    ],
    rows,
    note: '自动测量与设备测量仅供参考,以医师诊断意见为准。',
  };
}

function techniqueLine(header: RecordingHeader, recording: EcgRecording, synthetic: boolean): string {
  const f = header.filters;
  const filters = [
    f.highPassHz && `高通 ${f.highPassHz} Hz`,
    f.lowPassHz && `低通 ${f.lowPassHz} Hz`,
    f.notchHz && `陷波 ${f.notchHz} Hz`,
  ]
    .filter(Boolean)
    .join(' ');
  const derived = recording.leads.some((lead) => lead.origin === 'derived') ? ' · * 为推导导联' : '';
  return `25 mm/s · 10 mm/mV · ${recording.samplingRateHz} Hz · 设备滤波:${filters || '未标明'} · 设备:${[header.device.manufacturer, header.device.model].filter(Boolean).join(' ') || '未标明'} · 未加显示滤波${derived}${synthetic ? ' · 合成数据,非患者记录' : ''}`;
}
