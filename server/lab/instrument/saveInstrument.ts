import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { isUniqueViolation } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';

const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .nullish()
    .transform((value) => value || null);

export const instrumentInput = z.object({
  code: z.string().regex(/^[A-Z0-9._-]{1,32}$/),
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().max(80).default(''),
  model: text(80),
  bench: z.string().trim().min(1).max(20),
  driver: z.string().max(40).default('lis2-a2'),
  protocol: z.enum(['hl7', 'astm', 'none']),
  /** What it calls itself: H-5 of ASTM, MSH-3|MSH-4 of HL7. */
  sender: text(120),
  address: text(60),
  charset: z.enum(['utf-8', 'gb18030']).default('gb18030'),
  active: z.boolean().default(true),
});

/** Adds an analyzer, or changes the one with this id. Its code and its name on the wire are unique. */
export async function saveInstrument(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof instrumentInput>,
  id?: string,
) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const before = id
        ? await trx
            .selectFrom('labInstrument')
            .selectAll()
            .where('id', '=', id)
            .forUpdate()
            .executeTakeFirst()
        : undefined;
      if (id && !before) throw notFound('instrument', id);
      if (before)
        requirePermission(actor, 'policy.edit', { centerKind: 'lab', institutionId: before.institutionId });
      const row = before
        ? await trx
            .updateTable('labInstrument')
            .set(input)
            .where('id', '=', before.id)
            .returningAll()
            .executeTakeFirstOrThrow()
        : await trx
            .insertInto('labInstrument')
            .values({ ...input, institutionId: actor.institutionId ?? '' })
            .returningAll()
            .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: before ? 'instrument.edit' : 'instrument.add',
        subjectType: 'instrument',
        subjectId: row.id,
        detail: { ...input, ...(before && { before }) },
      });
      return row;
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw conflict(
        'duplicate-instrument',
        `an analyzer with code ${input.code} or this sender stands there already`,
        {
          instrument: input.code,
        },
      );
    throw error;
  }
}
