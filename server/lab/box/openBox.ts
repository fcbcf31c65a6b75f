import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { isUniqueViolation, type Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { chooseReportingInstitution } from '../../core/order/chooseCenter.ts';
import { nextBarcode } from '../specimen/barcode.ts';
import type { Box } from './box.ts';

export const openBoxInput = z.object({
  code: z
    .string()
    .regex(/^[A-Z0-9-]{4,24}$/)
    .optional(),
  minCelsius: z.number().min(-90).max(60).default(2),
  maxCelsius: z.number().min(-90).max(60).default(8),
});

/** Opens a transport box at the actor's site, bound for the laboratory that answers for it. */
export async function openBox(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof openBoxInput>,
): Promise<Box> {
  const staffId = personId(actor);
  const from = actor.institutionId;
  if (!from) throw invalid('a box starts at an institution', 'needs-institution');
  requirePermission(actor, 'specimen.transport', { institutionId: from });
  if (input.minCelsius >= input.maxCelsius)
    throw invalid('the lower limit is not below the upper', [{ path: 'minCelsius', code: 'limits' }]);
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const to = await chooseReportingInstitution(trx, 'lab', from, [], ctx.clock.now());
      const box = await trx
        .insertInto('labBox')
        .values({
          code: input.code ?? (await nextBoxCode(trx, ctx.clock.now())),
          fromInstitutionId: from,
          toInstitutionId: to,
          createdBy: staffId,
          minCelsius: input.minCelsius,
          maxCelsius: input.maxCelsius,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, { action: 'box.open', subjectType: 'box', subjectId: box.code });
      return box;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw conflict('duplicate-box', `box ${input.code} is on the way already`, { box: input.code });
  }
}

/** A box number from the sequence of the tubes, so that two are never alike. */
async function nextBoxCode(trx: Transaction, now: Date): Promise<string> {
  return `BX${(await nextBarcode(trx, now)).slice(1)}`;
}
