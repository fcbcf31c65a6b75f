import { z } from 'zod';
import { CENTER_KINDS, PRIORITIES } from './order/requestInput.ts';

/** Shapes of answers that several areas use. Tests hold real answers against them, in both directions. */
export const instant = z.iso.datetime({ offset: true });
export const text = z.string().nullable();
/** What a centre or a device adds; its keys are its own. */
export const free = z.record(z.string(), z.unknown());
export const id = z.uuid();

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const done = z.object({ ok: z.literal(true) });

export const orderStatus = z.enum([
  'requested',
  'awaiting-decision',
  'acquired',
  'received',
  'claimed',
  'preliminary',
  'partial',
  'final',
  'acknowledged',
  'returned',
  'corrected',
  'cancelled',
  'void',
]);
export const centerKind = z.enum(CENTER_KINDS);
export const priority = z.enum(PRIORITIES);

/** What every act on an order answers. */
export const orderBrief = z.object({
  id,
  accessionNumber: z.string(),
  status: orderStatus,
  dueAt: instant.nullable(),
});
