import { sql } from 'kysely';
import { pinyin } from 'pinyin-pro';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { conflict, notFound } from '../core/errors.ts';
import { isUniqueViolation, type Queryable } from '../core/database.ts';

/** Library entries by number, pinyin initials or words; the number alone finds one, letters find by prefix first. */
export async function searchStatements(db: Queryable, text: string, limit: number, withInactive = false) {
  const q = text.trim().toLowerCase();
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  const prefix = `${q.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<{
    id: string;
    code: string;
    number: number;
    category: string;
    textZh: string;
    textEn: string;
    initials: string;
    normal: boolean;
    ruleCode: string | null;
    active: boolean;
  }>`
    select id, code, number, category, text_zh, text_en, initials, normal, rule_code, active from ecg_statement
    where (${withInactive} or active) and (${q} = '' or number::text = ${q} or initials like ${pattern} or text_zh ilike ${pattern} or text_en ilike ${pattern})
    order by (number::text = ${q}) desc, (${q} <> '' and initials like ${prefix}) desc, case when ${q} <> '' then length(initials) end, number limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface StatementInput {
  category: string;
  textZh: string;
  textEn: string;
  normal: boolean;
  ruleCode?: string | null | undefined;
  active: boolean;
}

/** Letters to type for a statement: initials of the Chinese, Latin as it stands: 短 PR 间期 → `dprjq`. */
export const initialsOf = (text: string): string =>
  [...text.matchAll(/[A-Za-z0-9]+|[^A-Za-z0-9]+/g)]
    .map(([run]) =>
      /^[A-Za-z0-9]/.test(run)
        ? run
        : pinyin(run, { pattern: 'first', toneType: 'none', type: 'array' }).join(''),
    )
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** The centre's own entry; its number is the next free one. */
export async function addStatement(
  ctx: Context,
  actor: Actor,
  input: StatementInput,
): Promise<{ id: string; number: number }> {
  requirePermission(actor, 'template.edit', { centerKind: 'ecg' });
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(727020)`.execute(trx);
      const next = await sql<{
        n: number;
      }>`select coalesce(max(number), 0) + 1 as n from ecg_statement`.execute(trx);
      const number = next.rows[0]?.n ?? 1;
      const row = await trx
        .insertInto('ecgStatement')
        .values({
          code: `U${String(number).padStart(3, '0')}`,
          number,
          ...input,
          ruleCode: input.ruleCode ?? null,
          initials: initialsOf(input.textZh),
          updatedBy: personId(actor),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'ecg-statement.add',
        subjectType: 'ecg-statement',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id, number };
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw conflict('duplicate-statement', 'a statement with this code stands already');
    throw error;
  }
}

export async function changeStatement(
  ctx: Context,
  actor: Actor,
  id: string,
  input: StatementInput,
): Promise<{ id: string }> {
  requirePermission(actor, 'template.edit', { centerKind: 'ecg' });
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('ecgStatement')
      .set({
        ...input,
        ruleCode: input.ruleCode ?? null,
        initials: initialsOf(input.textZh),
        updatedBy: personId(actor),
        updatedAt: ctx.clock.now(),
      })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw notFound('statement', id);
    await recordAudit(trx, actor, {
      action: 'ecg-statement.change',
      subjectType: 'ecg-statement',
      subjectId: id,
      detail: { ...input },
    });
    return row;
  });
}
