import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { personId, type Actor } from './actor.ts';
import { PERMISSIONS, ROLE_NAMES } from './roles.ts';
import { requireWitness, witnessInput } from './witness.ts';

/** More rows than these go out with names only when a second person agrees. */
const NAMES_ALONE = 50;
const EXPORTERS = ROLE_NAMES.filter((role) => PERMISSIONS[role].includes('export'));

export const exportInput = z.object({
  list: z.string().trim().min(1).max(100),
  form: z.enum(['csv', 'xlsx']),
  rows: z.number().int().min(1).max(5_000),
  /** Names in clear; masked without it. */
  named: z.boolean().default(false),
  reason: z.string().trim().min(2).max(500),
  witness: witnessInput.optional(),
});

/**
 * Records that a list with persons leaves the hub as a file, before it does. Names in bulk need a second person who may
 * export too: 422 `witness-needed` without, 403 where he may not. The id is printed into the file.
 */
export async function exportList(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof exportInput>,
): Promise<{ id: string; exportedAt: Date }> {
  const exportedBy = personId(actor);
  const agreed = input.named && input.rows > NAMES_ALONE ? await agree(ctx, actor, input) : undefined;
  return ctx.db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('listExport')
      .values({
        list: input.list,
        form: input.form,
        rowCount: input.rows,
        named: input.named,
        reason: input.reason,
        exportedBy,
        exportedAt: ctx.clock.now(),
        agreedBy: agreed?.id ?? null,
      })
      .returning(['id', 'exportedAt'])
      .executeTakeFirstOrThrow();
    const { list, form, rows, named, reason } = input;
    await recordAudit(trx, actor, {
      action: 'list.export',
      subjectType: 'list-export',
      subjectId: made.id,
      detail: { list, form, rows, named, reason, ...(agreed && { agreedBy: agreed.name }) },
    });
    return made;
  });
}

async function agree(ctx: Context, actor: Actor, { witness }: z.output<typeof exportInput>) {
  if (!witness)
    throw new DomainError(
      422,
      'witness-needed',
      `more than ${NAMES_ALONE} names need the agreement of a second person`,
    );
  const person = await requireWitness(ctx, actor, witness, 'two different people let names out in bulk');
  const { rows } = await sql`select 1 from staff_role where staff_id = ${person.id}::uuid
    and revoked_at is null and role::text = any(${EXPORTERS}::text[]) limit 1`.execute(ctx.db);
  if (rows.length === 0)
    throw new DomainError(403, 'witness-elsewhere', 'the second person has no right to export');
  return person;
}
