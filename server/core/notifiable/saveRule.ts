import { z } from 'zod';
import { personId, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { conflict, DomainError, notFound } from '../errors.ts';

const words = z.array(z.string().trim().min(1).max(60)).max(60);
export const ruleBody = z
  .object({
    disease: z.string().trim().min(1).max(80),
    diseaseEn: z.string().trim().min(1).max(120),
    class: z.enum(['A', 'B', 'C']),
    dueHours: z.number().int().min(1).max(168),
    words: words.default([]),
    testCodes: z.array(z.string().trim().toUpperCase().regex(/^[A-Z0-9%#._-]{1,24}$/)).max(60).default([]),
    testValues: words.default([]),
    active: z.boolean().default(true),
    reason: z.string().trim().min(1).max(500),
  })
  .refine((rule) => rule.words.length > 0 || (rule.testCodes.length > 0 && rule.testValues.length > 0), {
    path: ['words'],
    message: 'a rule has words of a conclusion, or tests with results', params: { code: 'rule-empty' },
  }); // prettier-ignore
export type RuleBody = z.output<typeof ruleBody>;

/**
 * Writes a rule's next version. `expected` is the version that stood on the screen (undefined: a new rule); a newer one
 * refuses. Cards drafted before keep the version that drafted them.
 */
export async function saveRule(
  ctx: Context,
  actor: Actor,
  code: string,
  body: RuleBody,
  expected: number | undefined,
): Promise<{ code: string; version: number }> {
  const staffId = personId(actor);
  const now = ctx.clock.now();
  const { reason, ...definition } = body;
  return audited(
    ctx,
    actor,
    { action: 'notifiable.rule', subjectType: 'notifiable-rule', subjectId: code, detail: { reason } },
    async (trx) => {
      const standing = await trx
        .selectFrom('notifiableRule')
        .select('version')
        .where('code', '=', code)
        .forUpdate()
        .executeTakeFirst();
      if (expected === undefined && standing) throw conflict('rule-exists', `the rule ${code} exists`);
      if (expected !== undefined && !standing) throw notFound('rule', code);
      if (expected !== undefined && standing?.version !== expected)
        throw new DomainError(
          412,
          'stale',
          'the rule was changed meanwhile; look at it again before saving',
          { extra: { version: standing?.version } },
        );
      const version = (standing?.version ?? 0) + 1;
      const columns = { ...definition, version, updatedBy: staffId, updatedAt: now };
      if (standing) await trx.updateTable('notifiableRule').set(columns).where('code', '=', code).execute();
      else
        await trx
          .insertInto('notifiableRule')
          .values({ code, ...columns })
          .execute();
      await trx
        .insertInto('notifiableRuleVersion')
        .values({
          code,
          version,
          definition: JSON.stringify(definition),
          reason,
          madeBy: staffId,
          madeAt: now,
        })
        .execute();
      return { code, version };
    },
  );
}
