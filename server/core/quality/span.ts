import { z } from 'zod';
import { spanOfDay } from './refreshIndicators.ts';

/** Local days of a figure, both included. */
export const days = z.object({ from: z.iso.date(), to: z.iso.date() });

/** The instants between which those days lie. */
export const spanOf = (query: { from: string; to: string }) => ({
  from: spanOfDay(query.from).from,
  to: spanOfDay(query.to).to,
});
