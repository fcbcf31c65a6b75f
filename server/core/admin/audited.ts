import type { Actor } from '../access/actor.ts';
import { recordAudit, type AuditEntry } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { isUniqueViolation, type Transaction } from '../database.ts';
import { conflict } from '../errors.ts';

/**
 * Runs a change of settings and its audit row in one transaction; a violated uniqueness is 409 `exists`. An entry with a
 * type of subject and no id is about what the work made.
 */
export async function audited<T>(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  entry: AuditEntry,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const result = await work(trx);
      await recordAudit(trx, actor, { ...(entry.subjectType && idOf(result)), ...entry });
      return result;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict('exists', 'an entry with this name or code stands already');
    throw error;
  }
}

const idOf = (made: unknown): { subjectId?: string } =>
  typeof made === 'object' && made !== null && 'id' in made && typeof made.id === 'string'
    ? { subjectId: made.id }
    : {};
