import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';

export const rerunInput = z.object({
  testCodes: z.array(z.string().max(24)).min(1).max(100),
  reason: z.string().trim().min(2).max(300),
  dilution: z.number().positive().optional(),
});

/** Sends tests back to the analyzer (host query lists them again). The value that stands stays as a version. */
export async function rerunTest(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof rerunInput>,
): Promise<{ rerun: string[] }> {
  const rerun: string[] = [];
  await act(ctx, actor, orderId, 'result.rerun', async (trx, order) => {
    requirePermission(actor, 'bench.work', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'lab',
    });
    if (!['received', 'claimed', 'partial'].includes(order.status))
      throw conflict('wrong-status', `the order is ${order.status}`, { status: order.status });
    const rows = await trx
      .updateTable('labOrderTest')
      .set({ state: 'received' })
      .where('orderId', '=', orderId)
      .where('testCode', 'in', input.testCodes)
      .where('state', '=', 'resulted')
      .returning('testCode')
      .execute();
    if (rows.length === 0)
      throw conflict('nothing-to-rerun', 'none of these tests has a result that is still open');
    await trx
      .updateTable('labResult')
      .set((eb) => ({
        state: 'entered',
        verifiedAt: null,
        verifiedRule: null,
        holds: eb.fn<string[]>('array_append', [
          eb.fn<string[]>('array_remove', ['holds', eb.val('rerun')]),
          eb.val('rerun'),
        ]),
        note: `复测:${input.reason}${input.dilution ? `,稀释 ${input.dilution}×` : ''}`,
      }))
      .where('orderId', '=', orderId)
      .where('current', '=', true)
      .where(
        'testCode',
        'in',
        rows.map((row) => row.testCode),
      )
      .execute();
    rerun.push(...rows.map((row) => row.testCode));
    await recordEvent(ctx, trx, actor, order, {
      kind: 'rerun',
      reason: input.reason,
      detail: { tests: rerun, dilution: input.dilution ?? null },
    });
    return order;
  });
  return { rerun };
}
