import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { day } from '../inputs.ts';
import { localDay } from '../rules/expiry.ts';
import { guarded } from '../refusals.ts';

export const saveCostRateInput = z.object({
  component: z.enum([
    'labor',
    'packaging',
    'indicator',
    'detergent',
    'energy',
    'depreciation',
    'transport',
    'other',
  ]),
  setTypeCode: z.string().max(32).optional(),
  method: z.enum(['steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat']).optional(),
  amountFen: z.number().int().min(0).max(10_000_000),
  validFrom: day,
});

/** What one component costs per pack from a day on. Packs released before keep the cost they were given. */
export async function saveCostRate(ctx: Context, actor: Actor, input: z.output<typeof saveCostRateInput>) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  if (input.validFrom < localDay(ctx.clock.now()))
    throw invalid('a rate starts today or later: costs already fixed are not changed', [
      { path: 'validFrom', code: 'in-the-past' },
    ]);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const type = input.setTypeCode
        ? await trx
            .selectFrom('cssdSetType')
            .select('id')
            .where('institutionId', '=', centerId)
            .where('code', '=', input.setTypeCode)
            .executeTakeFirst()
        : undefined;
      if (input.setTypeCode && !type)
        throw invalid('unknown set type', [{ path: 'setTypeCode', code: 'unknown-set-type' }]);
      const row = await trx
        .insertInto('cssdCostRate')
        .values({
          institutionId: centerId,
          component: input.component,
          setTypeId: type?.id ?? null,
          method: input.method ?? null,
          amountFen: input.amountFen,
          validFrom: input.validFrom,
        })
        .onConflict((oc) =>
          oc
            .columns(['institutionId', 'component', 'setTypeId', 'method', 'validFrom'])
            .doUpdateSet({ amountFen: input.amountFen }),
        )
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.cost-rate',
        subjectType: 'cssd-cost-rate',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id };
    }),
  );
}
