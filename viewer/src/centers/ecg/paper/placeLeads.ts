import type { Trace } from '../types.ts';
import type { PaperRow } from './layouts.ts';

export interface PaperScale {
  /** Screen pixels of one true millimetre after calibration. */
  pxPerMm: number;
  mmPerSecond: number;
  mmPerMillivolt: number;
  zoom: number;
}

/** Room of the calibration pulse before every row. */
export const pulseMm = 8;

/** Where a lead stands on the page, in device pixels. */
export interface PlacedLead {
  name: string;
  left: number;
  right: number;
  middle: number;
  /** First sample drawn at `left`, counted in the trace. */
  firstSample: number;
  inverted: boolean;
  /** Place among the leads of its row. */
  index: number;
  overlaid: boolean;
}

export interface PlacedPage {
  /** Device pixels of one millimetre. */
  mm: number;
  pxPerSample: number;
  rowHeight: number;
  middles: number[];
  leads: PlacedLead[];
}

/** Highest and lowest value of a lead over its usual level, µV. */
interface Reach {
  up: number;
  down: number;
}

/** What an amplifier of the usual ±5 mV can hold; an artefact beyond it does not push the page away. */
const mostMicrovolts = 5000;

const reaches = new WeakMap<Float32Array, Reach>();

function reachOf(samples: Float32Array): Reach {
  const known = reaches.get(samples);
  if (known) return known;
  const level = levelOf(samples, 0, samples.length);
  let up = 0;
  let down = 0;
  for (const value of samples) {
    if (value - level > up) up = value - level;
    if (level - value > down) down = level - value;
  }
  const reach = { up: Math.min(up, mostMicrovolts), down: Math.min(down, mostMicrovolts) };
  reaches.set(samples, reach);
  return reach;
}

/** Median of a stretch: the microvolts that stand on the middle of its row. */
export function levelOf(samples: Float32Array, from: number, to: number): number {
  const step = Math.max(1, Math.floor((to - from) / 200));
  const picked: number[] = [];
  for (let i = from; i < to; i += step) picked.push(samples[i] ?? 0);
  picked.sort((a, b) => a - b);
  return picked[picked.length >> 1] ?? 0;
}

/** A line beside the edge of the sheet. */
const rimMm = 2;

/** Line of the beat signs under the lowest row. */
const signsMm = 5;

/** Room over and under the middle of each row, in pixels, that its waves ask for. */
function needsOf(rows: PaperRow[], trace: Trace, scale: PaperScale, mm: number): Reach[] {
  const pxPerMicrovolt = (scale.mmPerMillivolt / 1000) * mm;
  return rows.map((row) => {
    // the calibration pulse stands on every row
    const need = { up: (scale.mmPerMillivolt + rimMm) * mm, down: signsMm * mm };
    for (const { name, inverted } of row.leads) {
      const samples = trace.leads.get(name);
      if (!samples) continue;
      const { up, down } = reachOf(samples);
      need.up = Math.max(need.up, (inverted ? down : up) * pxPerMicrovolt + rimMm * mm);
      need.down = Math.max(need.down, (inverted ? up : down) * pxPerMicrovolt + rimMm * mm);
    }
    return need;
  });
}

/**
 * Height of each row's middle. Waves may run into the next row, as they do on a recorder, but none leaves the sheet:
 * the first and the last rows stand as far from its edges as their waves reach.
 */
function middlesOf(needs: Reach[], height: number, usual: number): number[] {
  const last = needs.length - 1;
  let top = usual;
  let bottom = usual;
  // rows move together when the edges take room, and then the second one may reach the edge
  for (let pass = 0; pass < 3; pass++) {
    const apart = last > 0 ? (height - top - bottom) / last : 0;
    top = Math.max(top, ...needs.map(({ up }, r) => up - r * apart));
    bottom = Math.max(bottom, ...needs.map(({ down }, r) => down - (last - r) * apart));
  }
  if (last <= 0) return needs.map(() => Math.round(top + (height - top - bottom) / 2));
  return needs.map((_, r) => Math.round(top + ((height - top - bottom) * r) / last));
}

/** CSS pixels of height below which rows would stand closer than `apart` or lose their waves over the edge. */
export function leastHeight(rows: PaperRow[], trace: Trace, scale: PaperScale, apart: number): number {
  const needs = needsOf(rows, trace, scale, scale.pxPerMm * scale.zoom);
  const edges = (needs[0]?.up ?? 0) + (needs.at(-1)?.down ?? 0);
  return Math.ceil(Math.max(rows.length * apart, edges + (rows.length - 1) * apart));
}

/** Places the leads of each row side by side, or on one baseline, from sample `offset` on. */
export function placeLeads(
  rows: PaperRow[],
  trace: Trace,
  offset: number,
  scale: PaperScale,
  page: { width: number; height: number; ratio: number },
): PlacedPage {
  const mm = scale.pxPerMm * scale.zoom * page.ratio;
  const pxPerSample = (scale.mmPerSecond / trace.samplingRateHz) * mm;
  const usual = page.height / Math.max(1, rows.length) / 2;
  const middles = middlesOf(needsOf(rows, trace, scale, mm), page.height, usual);
  const [first = 0, second = page.height] = middles;
  const rowHeight = second - first;
  const begin = pulseMm * mm;
  const leads = rows.flatMap((row, r) => {
    const columns = row.overlaid ? 1 : Math.max(1, row.leads.length);
    // columns share the time there is: a wide screen must not leave the last ones empty
    const span = Math.min(page.width - begin, trace.count * pxPerSample) / columns;
    return row.leads.flatMap((lead, index): PlacedLead[] => {
      if (!trace.leads.has(lead.name)) return [];
      const column = row.overlaid ? 0 : index;
      const left = begin + column * span;
      return [
        {
          name: lead.name,
          left,
          right: left + span,
          middle: middles[r] as number,
          firstSample: offset + Math.round((column * span) / pxPerSample),
          inverted: lead.inverted ?? false,
          index,
          overlaid: row.overlaid ?? false,
        },
      ];
    });
  });
  return { mm, pxPerSample, rowHeight, middles, leads };
}
