import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Center } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { createRequest } from '../../core/order/createRequest.ts';
import { requestInput } from '../../core/order/requestInput.ts';
import { day, note } from '../inputs.ts';
import { addDays, localDay } from '../rules/expiry.ts';

export const requestPacksInput = z.object({
  neededOn: day,
  priority: z.enum(['emergency', 'urgent', 'routine']).default('routine'),
  lines: z
    .array(z.object({ setTypeCode: z.string().min(1).max(32), quantity: z.number().int().min(1).max(500) }))
    .min(1)
    .max(50),
  note: note.optional(),
});

/** A site asks for packs of some set types for a day: one request, one order for the whole list. */
export async function requestPacks(ctx: Context, actor: Actor, input: z.output<typeof requestPacksInput>) {
  const today = localDay(ctx.clock.now());
  if (input.neededOn < today) throw invalid('the day is past', [{ path: 'neededOn', code: 'day-past' }]);
  if (input.neededOn > addDays(today, 90))
    throw invalid('the day is more than 90 days ahead', [{ path: 'neededOn', code: 'day-too-far' }]);
  const request = requestInput.parse({
    center: 'sterilization',
    items: input.lines.map((line) => ({ code: `SET-${line.setTypeCode}` })),
    priority: input.priority,
    ...(input.note && { clinicalInfo: input.note }),
    neededOn: input.neededOn,
    sets: input.lines,
  });
  return createRequest(ctx, actor, request, { source: 'browser' });
}

const setsOfRequest = z.object({
  neededOn: day.optional(),
  items: z.array(z.object({ code: z.string() })),
  sets: z.array(z.object({ setTypeCode: z.string(), quantity: z.number().int().min(1).max(500) })).optional(),
});

/** In the transaction that makes the order: how many of which set, for when. An order by the plain API counts one each. */
export const writeOrderLines: NonNullable<Center['onOrderCreated']> = async (
  trx,
  ctx,
  _actor,
  order,
  input,
) => {
  const parsed = setsOfRequest.parse(input);
  const quantities = new Map<string, number>();
  for (const { code } of parsed.items) quantities.set(code.replace(/^SET-/, ''), 0);
  for (const line of parsed.sets ?? [])
    quantities.set(line.setTypeCode, (quantities.get(line.setTypeCode) ?? 0) + line.quantity);
  const types = await trx
    .selectFrom('cssdSetType')
    .select(['id', 'code'])
    .where('code', 'in', [...quantities.keys()])
    .where('institutionId', '=', order.reportingInstitutionId)
    .where('active', '=', true)
    .execute();
  const unknown = [...quantities.keys()].filter((code) => !types.some((type) => type.code === code));
  if (unknown.length > 0)
    throw invalid(`the centre has no set type ${unknown.join(', ')}`, [
      { path: 'items', code: 'unknown-set-type', params: { named: unknown.join(', ') } },
    ]);
  const neededOn = parsed.neededOn ?? addDays(localDay(ctx.clock.now()), 1);
  await trx
    .insertInto('cssdOrderLine')
    .values(
      types.map((type) => ({
        orderId: order.id,
        setTypeId: type.id,
        quantity: Math.max(1, quantities.get(type.code) ?? 1),
        neededOn,
      })),
    )
    .execute();
};
