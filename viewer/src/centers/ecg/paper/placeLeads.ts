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

/** Room above the first and below the last row, so that waves of 2 mV at the usual gain are not cut off: 20 mm in all. */
export function edgeOf(height: number, rows: number, mm: number): number {
  return Math.min(height * 0.1, Math.max(0, 20 * mm - height / Math.max(1, rows) / 2));
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
  const margin = edgeOf(page.height, rows.length, mm);
  const rowHeight = (page.height - 2 * margin) / Math.max(1, rows.length);
  const middles = rows.map((_, r) => Math.round(margin + rowHeight * (r + 0.5)));
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
