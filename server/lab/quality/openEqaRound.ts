import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { isUniqueViolation } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { loadTests } from '../queries.ts';

export const eqaRoundInput = z.object({
  organizer: z.string().trim().min(1).max(120),
  scheme: z.string().trim().min(1).max(120),
  name: z.string().trim().min(1).max(120),
  range: z.enum(['national', 'region', 'province', 'city', 'county']),
  dueAt: z.iso.datetime({ offset: true }),
  samples: z.array(z.string().min(1).max(20)).min(1).max(20),
  testCodes: z.array(z.string().max(24)).min(1).max(60),
});

/** Opens a round of 室间质评: which samples, which tests, until when. */
export async function openEqaRound(ctx: Context, actor: Actor, input: z.output<typeof eqaRoundInput>) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const institutionId = actor.institutionId;
  if (!institutionId) throw notFound('institution');
  const codes = [...new Set(input.testCodes)];
  const known = await loadTests(ctx.db, codes);
  const unknown = codes.filter((code) => !known.has(code));
  if (unknown.length > 0)
    throw invalid(`not in the catalogue: ${unknown.join(', ')}`, [
      {
        path: 'testCodes',
        code: 'unknown-test',
        params: { test: unknown.join(', ') },
      },
    ]);
  return insertRound(ctx, actor, institutionId, { ...input, testCodes: codes });
}

async function insertRound(
  ctx: Context,
  actor: Actor,
  institutionId: string,
  input: z.output<typeof eqaRoundInput>,
) {
  const work = ctx.db.transaction().execute(async (trx) => {
    const round = await trx
      .insertInto('labEqaRound')
      .values({
        organizer: input.organizer,
        scheme: input.scheme,
        name: input.name,
        range: input.range,
        institutionId,
        dueAt: new Date(input.dueAt),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('labEqaResult')
      .values(
        [...new Set(input.samples)].flatMap((sample) =>
          input.testCodes.map((testCode) => ({ roundId: round.id, sample, testCode })),
        ),
      )
      .execute();
    await recordAudit(trx, actor, { action: 'eqa.open', subjectType: 'eqa-round', subjectId: round.id });
    return round;
  });
  return work.catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw conflict('duplicate-round', `round ${input.scheme} ${input.name} exists already`, {
      name: `${input.scheme} ${input.name}`,
    });
  });
}
