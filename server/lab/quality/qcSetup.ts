import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { WESTGARD_RULES } from '../rules/westgard.ts';
import { copyTargets, otherLots } from './changeLot.ts';

export const materialInput = z.object({
  name: z.string().trim().min(1).max(80),
  manufacturer: z.string().max(80).optional(),
  level: z.number().int().min(1).max(9),
  lot: z.string().trim().min(1).max(40),
  barcode: z.string().max(40).optional(),
  expiresOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** The lot that this one is to replace: its targets are copied and run in parallel. */
  replaces: z.uuid().optional(),
});

/** A new lot of control material; with `replaces` it starts in parallel on every analyzer and test of that lot. */
export async function saveMaterial(ctx: Context, actor: Actor, input: z.output<typeof materialInput>) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const { replaces, ...material } = input;
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('labQcMaterial')
      .values({
        ...material,
        manufacturer: material.manufacturer ?? null,
        barcode: material.barcode ?? null,
      })
      .onConflict((oc) => oc.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!row)
      throw conflict('duplicate-lot', `lot ${input.lot} or its barcode stands there already`, {
        lot: input.lot,
      });
    const targets = replaces ? await copyTargets(trx, replaces, row.id) : 0;
    await recordAudit(trx, actor, {
      action: 'qc.material',
      subjectType: 'qc-material',
      subjectId: row.id,
      detail: input,
    });
    return { ...row, targets };
  });
}

export const targetInput = z
  .object({
    materialId: z.uuid(),
    testCode: z.string().max(24),
    instrumentId: z.uuid(),
    mode: z.enum(['fixed', 'first-20', 'rolling']),
    mean: z.number().optional(),
    sd: z.number().positive().optional(),
    active: z.boolean().default(true),
  })
  .refine((target) => target.mode !== 'fixed' || (target.mean !== undefined && target.sd !== undefined), {
    message: 'a fixed target needs mean and SD',
    params: { code: 'target-values' },
    path: ['mean'],
  });

/**
 * Target mean and SD of a level on an analyzer: fixed, from the first 20 runs, or rolling. A target of a second lot of
 * the same level starts in parallel.
 */
export async function saveTarget(ctx: Context, actor: Actor, input: z.output<typeof targetInput>) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const values = { mode: input.mode, mean: input.mean ?? null, sd: input.sd ?? null, active: input.active };
  const { materialId, testCode, instrumentId } = input;
  return ctx.db.transaction().execute(async (trx) => {
    const material = await trx
      .selectFrom('labQcMaterial')
      .select('level')
      .where('id', '=', materialId)
      .executeTakeFirst();
    if (!material) throw notFound('control material', materialId);
    const parallel = (await otherLots(trx, input, material.level)).length > 0;
    const row = await trx
      .insertInto('labQcTarget')
      .values({ materialId, testCode, instrumentId, ...values, parallel })
      .onConflict((oc) => oc.columns(['materialId', 'testCode', 'instrumentId']).doUpdateSet(values))
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'qc.target',
      subjectType: 'qc-target',
      subjectId: row.id,
      detail: input,
    });
    return row;
  });
}

export const planInput = z.object({
  rules: z.partialRecord(z.enum(WESTGARD_RULES), z.enum(['reject', 'warning', 'off'])),
  validHours: z.number().int().min(1).max(168).default(24),
  levels: z.number().int().min(1).max(4).default(2),
});

/** Which rules warn and which reject, for one test. */
export async function savePlan(
  ctx: Context,
  actor: Actor,
  testCode: string,
  input: z.output<typeof planInput>,
) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const values = {
    rules: JSON.stringify(input.rules),
    validHours: input.validHours,
    levels: input.levels,
    updatedBy: actor.id,
    updatedAt: ctx.clock.now(),
  };
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('labQcPlan')
      .values({ testCode, ...values })
      .onConflict((oc) => oc.column('testCode').doUpdateSet(values))
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'qc.plan',
      subjectType: 'lab-test',
      subjectId: testCode,
      detail: input,
    });
    return row;
  });
}
