import { drawLine } from '../../core/print/drawLine.ts';
import { pointsPerMm, type PrintArea, type PrintSection } from '../../core/print/sections.ts';
import type { LongStrip, StripEvent } from '../analysis/analyseLong.ts';
import { microvolts, type EcgRecording } from '../formats/model.ts';
import type { RecordingRow } from '../join/attachRecording.ts';
import { drawTrace, type TraceRow } from './drawTrace.ts';
import { nameOf } from './nameOf.ts';

const kinds: [StripEvent['kind'], string, string][] = [
  ['fibrillation', '疑似房颤', 's'],
  ['pause', '长间歇', 'ms'],
  ['ventricular-run', '室性连发', '个'],
  ['fast', '心率快', 'bpm'],
  ['slow', '心率慢', 'bpm'],
  ['irregular', 'RR 不规则', ''],
  ['ventricular', '室性早搏', '个'],
];

const stripSeconds = 9;
const stripHeightMm = 34;

/** Clock time in the recording: hh:mm:ss from its start, or of the day where the start is known. */
export function clockOf(ms: number, startText: string | null): string {
  const at = /T(\d{2}):(\d{2}):?(\d{2})?/.exec(startText ?? '');
  const start = at ? Number(at[1]) * 3600 + Number(at[2]) * 60 + Number(at[3] ?? 0) : 0;
  const seconds = Math.floor(ms / 1000) + start;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${two(at ? hours % 24 : hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

type LongRecording = Pick<
  RecordingRow,
  'durationMs' | 'sampleCount' | 'samplingRateHz' | 'acquiredDeviceText'
>;

/** What a day's recording needs on paper: totals, rate by the hour, the trend, and the most marked event of each kind. */
export async function longSections(
  strip: LongStrip,
  { durationMs, sampleCount, samplingRateHz, acquiredDeviceText: startText }: LongRecording,
  load: (from: number, to: number) => Promise<EcgRecording>,
): Promise<PrintSection[]> {
  const { totals, trend, events } = strip;
  const beats = Math.max(1, totals.beats);
  const share = (count: number): string => `${count}(${((100 * count) / beats).toFixed(1)}%)`;
  const measured = trend.filter((minute) => minute.beats >= 10);
  const slowest = measured.reduce(
    (a, b) => (b.lowBpm > 0 && b.lowBpm < a.lowBpm ? b : a),
    measured[0] ?? none,
  );
  const fastest = measured.reduce((a, b) => (b.highBpm > a.highBpm ? b : a), measured[0] ?? none);
  const minutes = durationMs / 60_000;
  const at = (minute: number): string => clockOf(minute * 60_000, startText);
  return [
    { type: 'heading', text: '长程心电' },
    {
      type: 'fields',
      columns: 3,
      fields: [
        { label: '记录时长', value: `${Math.floor(minutes / 60)} 小时 ${Math.round(minutes % 60)} 分` },
        { label: '总心搏', value: String(totals.beats) },
        { label: '平均心率', value: minutes > 0 ? `${Math.round(totals.beats / minutes)} 次/分` : '—' },
        { label: '最慢心率', value: `${slowest.lowBpm} 次/分(${at(slowest.minute)})` },
        { label: '最快心率', value: `${fastest.highBpm} 次/分(${at(fastest.minute)})` },
        { label: '最长 RR', value: `${totals.longestRrMs} ms` },
        { label: '室性搏动', value: share(totals.ventricular) },
        { label: '室上性搏动', value: share(totals.supraventricular) },
        { label: '≥2 s 停搏', value: `${totals.pauses} 次` },
        {
          label: '疑似房颤(≥30 s)',
          value: totals.fibrillationEpisodes
            ? `${totals.fibrillationEpisodes} 段,占 ${totals.fibrillationPercent}%`
            : '未见',
        },
      ],
    },
    {
      type: 'vector',
      heightMm: 42,
      caption: '心率趋势(每分钟平均,灰带为最低至最高)',
      draw: (pdf, area) => drawTrend(pdf, area, strip, minutes, startText),
    },
    hourTable(strip, minutes, startText),
    ...(await eventStrips(
      events,
      startText,
      (event) => stripRows(event, samplingRateHz, Number(sampleCount), load),
      samplingRateHz,
    )),
  ];
}

const none = { minute: 0, lowBpm: 0, highBpm: 0 } as LongStrip['trend'][number];

function hourTable(strip: LongStrip, minutes: number, startText: string | null): PrintSection {
  const hours = Math.max(1, Math.ceil(minutes / 60));
  return {
    type: 'table',
    columns: [
      { title: '时段', width: 1.6 },
      { title: '心搏', width: 1, align: 'right' },
      { title: '平均', width: 1, align: 'right' },
      { title: '最慢', width: 1, align: 'right' },
      { title: '最快', width: 1, align: 'right' },
      { title: '室性', width: 1, align: 'right' },
      { title: '室上性', width: 1, align: 'right' },
    ],
    rows: Array.from({ length: hours }, (_, hour) => {
      const inside = strip.trend.filter(
        (minute) => Math.floor(minute.minute / 60) === hour && minute.beats > 0,
      );
      const sum = (key: 'beats' | 'ventricular' | 'supraventricular'): number =>
        inside.reduce((total, minute) => total + minute[key], 0);
      const rates = inside.filter((minute) => minute.meanBpm > 0);
      const beats = rates.reduce((total, minute) => total + minute.beats, 0);
      const mean = rates.reduce((total, minute) => total + minute.meanBpm * minute.beats, 0) / beats;
      const lows = inside.map((minute) => minute.lowBpm).filter((value) => value > 0);
      return {
        cells: [
          clockOf(hour * 3_600_000, startText).slice(0, 5),
          String(sum('beats')),
          beats > 0 ? String(Math.round(mean)) : '—',
          lows.length > 0 ? String(Math.min(...lows)) : '—',
          inside.length > 0 ? String(Math.max(...inside.map((minute) => minute.highBpm))) : '—',
          String(sum('ventricular')),
          String(sum('supraventricular')),
        ],
      };
    }),
    note: '自动统计,仅供参考,以医师诊断意见为准。',
  };
}

/** Nine-second strips in true scale around the most marked event of each kind. */
async function eventStrips(
  events: StripEvent[],
  startText: string | null,
  rowsOf: (event: StripEvent) => Promise<TraceRow[]>,
  samplingRateHz: number,
): Promise<PrintSection[]> {
  const strips: PrintSection[] = [];
  for (const [kind, words, unit] of kinds) {
    const mine = events.filter((event) => event.kind === kind);
    const [first, ...others] = mine;
    if (!first) continue;
    const further = (a: StripEvent, b: StripEvent): boolean =>
      kind === 'slow' ? b.value < a.value : b.value > a.value;
    const event = others.reduce((a, b) => (further(a, b) ? b : a), first);
    const rows = await rowsOf(event);
    strips.push({
      type: 'vector',
      heightMm: stripHeightMm * rows.length,
      caption: `${words} ${event.value} ${unit} · ${clockOf(event.atMs, startText)} · 共 ${mine.length} 次中最显著者 · 25 mm/s · 10 mm/mV`,
      draw: (pdf, area) =>
        drawTrace(pdf, area, rows, { mmPerSecond: 25, mmPerMillivolt: 10, samplingRateHz }),
    });
  }
  return strips.length > 0 ? [{ type: 'pageBreak', orientation: 'landscape' }, ...strips] : [];
}

/** Two leads around an event; of the day only that stretch is read. */
async function stripRows(
  event: StripEvent,
  rateHz: number,
  length: number,
  load: (from: number, to: number) => Promise<EcgRecording>,
): Promise<TraceRow[]> {
  const span = Math.round(stripSeconds * rateHz);
  const middle = ((event.atMs + Math.min(event.lengthMs, 4000) / 2) / 1000) * rateHz;
  const from = Math.max(0, Math.min(length - span, Math.round(middle - span / 2)));
  const { leads } = await load(from, from + span);
  return leads.slice(0, 2).map((lead) => {
    const first = Math.max(0, from - lead.startSample);
    return {
      segments: [
        {
          name: nameOf(lead, from, from + span),
          derived: lead.origin === 'derived',
          microvolts: microvolts({ ...lead, samples: lead.samples.subarray(first, first + span) }),
        },
      ],
    };
  });
}

function drawTrend(
  pdf: PDFKit.PDFDocument,
  area: PrintArea,
  { trend }: LongStrip,
  minutes: number,
  startText: string | null,
): void {
  const mm = pointsPerMm;
  const left = area.x + 9 * mm;
  const width = area.width - 10 * mm;
  const bottom = area.y + area.height - 6 * mm;
  const height = area.height - 8 * mm;
  const top = Math.max(120, ...trend.map((minute) => minute.highBpm)) * 1.05;
  const x = (minute: number): number => left + (minute / Math.max(1, minutes)) * width;
  const y = (bpm: number): number => bottom - (Math.min(top, bpm) / top) * height;
  pdf.lineWidth(0.3).strokeColor('#999999');
  for (let bpm = 0; bpm <= top; bpm += 40) {
    pdf
      .moveTo(left, y(bpm))
      .lineTo(left + width, y(bpm))
      .stroke();
    drawLine(pdf, String(bpm), area.x, y(bpm) + 2, { size: 7 });
  }
  const step = minutes > 12 * 60 ? 120 : minutes > 180 ? 60 : 10;
  for (let minute = 0; minute <= minutes; minute += step)
    drawLine(pdf, clockOf(minute * 60_000, startText).slice(0, 5), x(minute) - 6, bottom + 9, { size: 7 });
  const shown = trend.filter((minute) => minute.beats >= 10);
  pdf.lineWidth(Math.max(0.4, width / Math.max(1, minutes))).strokeColor('#c4c4c4');
  for (const minute of shown)
    pdf.moveTo(x(minute.minute + 0.5), y(minute.lowBpm)).lineTo(x(minute.minute + 0.5), y(minute.highBpm));
  pdf.stroke();
  pdf.lineWidth(0.7).strokeColor('#000000');
  shown.forEach((minute, i) => {
    // a gap in the recording stays a gap
    if (i > 0 && minute.minute - (shown[i - 1]?.minute ?? 0) <= 2)
      pdf.lineTo(x(minute.minute + 0.5), y(minute.meanBpm));
    else pdf.moveTo(x(minute.minute + 0.5), y(minute.meanBpm));
  });
  pdf.stroke();
}
