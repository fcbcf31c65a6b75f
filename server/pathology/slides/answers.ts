import { z } from 'zod';
import { id, text } from '../../core/answers.ts';

/** `GET /pathology/slides/:id`; while it comes in, `offset` and `size` say how far it is. */
export const slideAnswer = z.object({
  id,
  state: z.string(),
  orderId: id.nullable(),
  fileName: z.string(),
  format: text,
  vendor: text,
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  micrometrePerPixel: z.number().nullable(),
  objectivePower: z.number().nullable(),
  stain: text,
  scannedAt: text,
  synthetic: z.boolean(),
  teaching: z.boolean(),
  levels: z.array(
    z.object({
      width: z.number().int(),
      height: z.number().int(),
      tileWidth: z.number().int(),
      tileHeight: z.number().int(),
      downsample: z.number(),
    }),
  ),
  associated: z.array(z.string()),
  colorProfile: z.boolean(),
  focalPlanes: z.number().int(),
  focalStepMicrometre: z.number().nullable(),
  proposedOrderId: id.nullable(),
  refused: z.object({ reason: z.string(), detail: z.string() }).nullable(),
  offset: z.number().int().optional(),
  size: z.number().int().optional(),
});

/** `POST /pathology/slides`: the slide when its file came whole, else where to send the parts. */
export const uploadAnswer = z.union([
  slideAnswer,
  z.object({
    id,
    state: z.literal('uploading'),
    offset: z.number().int(),
    size: z.number().int(),
    partBytes: z.number().int(),
  }),
]);

export const partAnswer = z.object({
  id,
  offset: z.number().int(),
  size: z.number().int(),
  state: z.string(),
});
