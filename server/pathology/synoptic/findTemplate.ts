import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import type { SynopticDefinition } from './definition.ts';
import { builtInTemplates } from './templates.ts';

/** A form in a given version; the newest when none is named. */
export async function findTemplate(
  db: Queryable,
  code: string,
  version?: number,
): Promise<SynopticDefinition | undefined> {
  const row = await db
    .selectFrom('synopticTemplate')
    .select('definition')
    .where('code', '=', code)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row) return row.definition as unknown as SynopticDefinition;
  return builtInTemplates.find(
    (template) => template.code === code && (version === undefined || template.version === version),
  );
}

/** The newest version of every form in use. */
export async function listTemplates(db: Queryable): Promise<SynopticDefinition[]> {
  const rows = await db
    .selectFrom('synopticTemplate')
    .select(['code', 'definition', 'active'])
    .distinctOn('code')
    .orderBy('code')
    .orderBy('version', 'desc')
    .execute();
  const own = rows
    .filter(({ active }) => active)
    .map(({ definition }) => definition as unknown as SynopticDefinition);
  const codes = new Set(rows.map(({ code }) => code));
  return [...own, ...builtInTemplates.filter(({ code }) => !codes.has(code))];
}

const words = z.object({ zh: z.string().min(1).max(100), en: z.string().min(1).max(200) });

/** A form as a head may save it. */
export const templateInput = z.object({
  code: z.string().regex(/^[A-Z0-9-]{2,40}$/),
  name: words,
  sites: z.array(z.string().min(1).max(40)).max(40).default([]),
  staging: z.enum(['stomach', 'colorectum', 'lung', 'breast']).optional(),
  elements: z
    .array(
      z.object({
        code: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/),
        label: words,
        type: z.enum(['choice', 'multi', 'number', 'text']),
        unit: z.string().max(20).optional(),
        required: z.boolean().optional(),
        min: z.number().optional(),
        max: z.number().optional(),
        options: z
          .array(z.object({ code: z.string().min(1).max(40), label: words }))
          .max(100)
          .optional(),
        when: z
          .object({ element: z.string().max(40), in: z.array(z.string().max(40)).min(1).max(40) })
          .optional(),
      }),
    )
    .min(1)
    .max(120),
});

/** Saves a form as the next version; versions in use are never changed. */
export async function saveTemplate(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof templateInput>,
): Promise<{ code: string; version: number }> {
  requirePermission(actor, 'template.edit', { centerKind: 'pathology' });
  return ctx.db.transaction().execute(async (trx) => {
    const newest = await findTemplate(trx, input.code);
    const version = (newest?.version ?? 0) + 1;
    await trx
      .insertInto('synopticTemplate')
      .values({
        code: input.code,
        version,
        definition: JSON.stringify({ ...input, version }),
        createdBy: actor.id,
      })
      .execute();
    await recordAudit(trx, actor, {
      action: 'synoptic.save',
      subjectType: 'synoptic-template',
      subjectId: `${input.code} ${version}`,
    });
    return { code: input.code, version };
  });
}
