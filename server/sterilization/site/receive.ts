import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { transition } from '../../core/order/recordEvent.ts';
import { siteOf } from '../access.ts';
import { scan, stationFields } from '../inputs.ts';
import { lockPacks, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { stepPacks, type At } from '../stepPack.ts';

export const receiveInput = z.object({
  packs: z
    .array(
      z.object({ code: scan, condition: z.enum(['intact', 'wet', 'torn', 'dropped']).default('intact') }),
    )
    .min(1)
    .max(300),
  shelf: z.string().trim().max(40).default(''),
  institutionId: z.uuid().optional(),
  ...stationFields,
});

/** The site takes over a sterile transfer pack by pack. Wet, torn or dropped is not sterile: it goes back. */
export async function receive(ctx: Context, actor: Actor, input: z.output<typeof receiveInput>) {
  const institutionId = siteOf(actor, input.institutionId);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const packs = await lockPacks(
        trx,
        input.packs.map((one) => one.code),
      );
      const at = { institutionId, station: input.station, deviceAt: input.deviceAt };
      const accepted: Pack[] = [];
      const rejected: { pack: Pack; condition: string }[] = [];
      for (const [index, pack] of packs.entries()) {
        if (pack.locationId !== institutionId)
          throw refuse('pack-elsewhere', pack.code, 'this pack was sent to another site', {
            state: pack.state,
          });
        const condition = input.packs[index]?.condition ?? 'intact';
        if (condition === 'intact') accepted.push(pack);
        else rejected.push({ pack, condition });
      }
      if (accepted.length > 0)
        await stepPacks(ctx, trx, actor, at, accepted, 'received', {}, { shelf: input.shelf });
      for (const { pack, condition } of rejected)
        await stepPacks(ctx, trx, actor, at, [pack], 'reprocess', {
          kind: 'rejected',
          detail: { defect: condition, where: 'receipt' },
        });
      const transfers = await closeTransfers(ctx, trx, actor, at, packs, input);
      await acknowledgeOrders(ctx, trx, actor, packs);
      await recordAudit(trx, actor, {
        action: 'sterilization.receive',
        subjectType: 'institution',
        subjectId: institutionId,
        detail: { accepted: accepted.length, rejected: rejected.length },
      });
      const centerId = packs[0]?.centerId;
      await announce(trx, {
        kind: 'sterilization.transfer',
        centerKind: 'sterilization',
        institutionIds: [institutionId],
        ...(centerId && { reportingInstitutionId: centerId }),
        data: { received: accepted.length, rejected: rejected.length },
      });
      return {
        received: accepted.map((pack) => pack.code),
        rejected: rejected.map(({ pack, condition }) => ({ code: pack.code, condition })),
        transfersComplete: transfers,
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** Writes the condition of each pack; a transfer whose packs are all accounted for has arrived. */
async function closeTransfers(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  at: At,
  packs: Pack[],
  input: z.output<typeof receiveInput>,
): Promise<string[]> {
  const now = ctx.clock.now();
  const touched = new Set<string>();
  for (const [index, pack] of packs.entries()) {
    const rows = await trx
      .updateTable('cssdTransferPack')
      .set({ receivedAt: now, condition: input.packs[index]?.condition ?? 'intact' })
      .where('packId', '=', pack.id)
      .where('kind', '=', 'sterile')
      .where('receivedAt', 'is', null)
      .returning('transferId')
      .execute();
    for (const row of rows) touched.add(row.transferId);
  }
  if (touched.size === 0) return [];
  const closed = await trx
    .updateTable('cssdTransfer')
    .set({ arrivedAt: now, receivedBy: personId(actor) })
    .where('id', 'in', [...touched])
    .where('toInstitutionId', '=', at.institutionId)
    .where('arrivedAt', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('cssdTransferPack')
            .select('packId')
            .whereRef('transferId', '=', 'cssdTransfer.id')
            .where('receivedAt', 'is', null),
        ),
      ),
    )
    .returning('number')
    .execute();
  return closed.map((row) => row.number);
}

/** An order is acknowledged when it is final and its last pack has arrived. */
async function acknowledgeOrders(ctx: Context, trx: Transaction, actor: Actor, packs: Pack[]): Promise<void> {
  const ids = [...new Set(packs.flatMap((pack) => (pack.orderId ? [pack.orderId] : [])))];
  for (const id of ids.sort()) {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (order?.status !== 'final') continue;
    const open = await trx
      .selectFrom('cssdPack')
      .select('id')
      .where('orderId', '=', id)
      .where('state', '=', 'dispatched')
      .executeTakeFirst();
    if (!open) await transition(ctx, trx, actor, order, 'acknowledged', { detail: { by: 'receipt' } });
  }
}
