import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ReportContent } from '../../core/center.ts';
import type { MeasuredGroup } from './measurementReport.ts';

const point = z.tuple([z.number(), z.number()]);

/** A measurement as the viewer keeps it with the report; what only the viewer needs is left alone. */
const stored = z.object({
  uid: z.string().min(1).max(80),
  tool: z.string().regex(/^[A-Za-z]{1,40}$/),
  imageId: z.string().max(500),
  label: z.string().max(200).optional(),
  /** Handles in the pixel matrix: column, row. */
  pixels: z.array(point).min(1).max(400),
  values: z
    .array(
      z.object({
        quantity: z.enum([
          'length',
          'width',
          'angle',
          'area',
          'mean',
          'stdDev',
          'min',
          'max',
          'value',
          'ratio',
        ]),
        value: z.number(),
        unit: z.string().max(16),
      }),
    )
    .max(12),
});

export interface KeptMeasurement extends Omit<MeasuredGroup, 'image'> {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  frame: number;
}

const MOST = 500;
const IMAGE = /\/studies\/([\d.]{1,64})\/series\/([\d.]{1,64})\/instances\/([\d.]{1,64})\/frames\/(\d{1,6})$/;

/** The measurements in a report's content; those of older drafts, which lack the pixels they were drawn on, are left out. */
export function measurementsIn(content: ReportContent): KeptMeasurement[] {
  const list = Array.isArray(content.measurements) ? content.measurements.slice(0, MOST) : [];
  return list.flatMap((each): KeptMeasurement[] => {
    const read = stored.safeParse(each);
    const place = read.success ? IMAGE.exec(read.data.imageId) : null;
    if (!read.success || !place) return [];
    const { uid, tool, label, pixels, values } = read.data;
    return [
      {
        tool,
        label,
        values,
        points: pixels,
        trackingUid: trackingUid(uid),
        studyInstanceUid: place[1] ?? '',
        seriesInstanceUid: place[2] ?? '',
        sopInstanceUid: place[3] ?? '',
        frame: Number(place[4]),
      },
    ];
  });
}

/** A UID that stays the same for a measurement however often it is saved (PS3.5 §B.2). */
function trackingUid(uid: string): string {
  if (/^2\.25\.\d{1,39}$/.test(uid)) return uid;
  const hex = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(uid)
    ? uid.replaceAll('-', '')
    : createHash('sha256').update(uid).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${hex}`).toString()}`;
}
