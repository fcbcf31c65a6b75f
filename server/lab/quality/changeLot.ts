import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { limitsOf } from './limits.ts';
import { refreshHolds } from './refreshHolds.ts';

/** What a change of lots did: targets that judge now, and tests whose new lot has no limits yet and stays in parallel. */
export interface LotChange {
  changed: number;
  waiting: string[];
}

/**
 * Puts a lot of control material in use: from now on its runs decide whether results are held, and the lots of the same
 * level that stood there before are retired, analyzer by analyzer and test by test. A test whose new lot has no mean and
 * SD yet (fewer than 20 runs) stays in parallel and is named. Every change is a mark of the chart.
 */
export async function putLotInUse(ctx: Context, actor: Actor, materialId: string): Promise<LotChange> {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const material = await lockMaterial(trx, materialId);
    const targets = await trx
      .selectFrom('labQcTarget')
      .selectAll()
      .where('materialId', '=', materialId)
      .where('active', '=', true)
      .execute();
    if (targets.length === 0)
      throw conflict('lot-without-targets', `lot ${material.lot} has no targets`, { lot: material.lot });
    const change: LotChange = { changed: 0, waiting: [] };
    for (const target of targets) {
      if (!(await limitsOf(trx, target))) {
        change.waiting.push(target.testCode);
        continue;
      }
      const before = await otherLots(trx, target, material.level);
      await trx.updateTable('labQcTarget').set({ parallel: false }).where('id', '=', target.id).execute();
      if (before.length > 0) {
        await trx
          .updateTable('labQcTarget')
          .set({ active: false })
          .where(
            'id',
            'in',
            before.map((one) => one.id),
          )
          .execute();
        await trx
          .insertInto('labQcEvent')
          .values({
            instrumentId: target.instrumentId,
            testCode: target.testCode,
            at: ctx.clock.now(),
            kind: 'control-lot',
            note: `L${material.level} ${before.map((one) => one.lot).join(', ')} → ${material.lot}`,
            enteredBy: actor.id,
          })
          .execute();
      }
      if (before.length > 0 || target.parallel) change.changed++;
      await refreshHolds(trx, target.instrumentId, target.testCode, ctx.clock.now());
    }
    await retireEmpty(trx);
    await recordAudit(trx, actor, {
      action: 'qc.lot-in-use',
      subjectType: 'qc-material',
      subjectId: materialId,
      detail: { lot: material.lot, ...change },
    });
    return change;
  });
}

/** Takes a lot of control material out of use, whether it is replaced or not: it holds no results any more. */
export async function retireLot(ctx: Context, actor: Actor, materialId: string): Promise<LotChange> {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const material = await lockMaterial(trx, materialId);
    const targets = await trx
      .updateTable('labQcTarget')
      .set({ active: false })
      .where('materialId', '=', materialId)
      .where('active', '=', true)
      .returning(['instrumentId', 'testCode'])
      .execute();
    await trx.updateTable('labQcMaterial').set({ active: false }).where('id', '=', materialId).execute();
    for (const target of targets)
      await refreshHolds(trx, target.instrumentId, target.testCode, ctx.clock.now());
    await recordAudit(trx, actor, {
      action: 'qc.lot-retired',
      subjectType: 'qc-material',
      subjectId: materialId,
      detail: { lot: material.lot, targets: targets.length },
    });
    return { changed: targets.length, waiting: [] };
  });
}

/**
 * Targets of a new lot, one for each that another lot of the same material has in use: they collect their first 20 runs
 * in parallel with it.
 */
export async function copyTargets(trx: Transaction, from: string, to: string): Promise<number> {
  const rows = await trx
    .selectFrom('labQcTarget')
    .select(['testCode', 'instrumentId'])
    .where('materialId', '=', from)
    .where('active', '=', true)
    .execute();
  if (rows.length === 0) return 0;
  await trx
    .insertInto('labQcTarget')
    .values(rows.map((row) => ({ ...row, materialId: to, mode: 'first-20', parallel: true })))
    .execute();
  return rows.length;
}

/** The other active targets of this level, analyzer and test: lots that are in use or stand in parallel. */
export async function otherLots(
  trx: Transaction,
  target: { materialId: string; instrumentId: string; testCode: string },
  level: number,
): Promise<{ id: string; lot: string }[]> {
  return trx
    .selectFrom('labQcTarget as t')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .select(['t.id', 'm.lot'])
    .where('t.instrumentId', '=', target.instrumentId)
    .where('t.testCode', '=', target.testCode)
    .where('t.materialId', '<>', target.materialId)
    .where('t.active', '=', true)
    .where('m.active', '=', true)
    .where('m.level', '=', level)
    .orderBy('m.lot')
    .execute();
}

async function lockMaterial(trx: Transaction, id: string) {
  const material = await trx
    .selectFrom('labQcMaterial')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!material) throw notFound('control material', id);
  if (!material.active)
    throw conflict('lot-retired', `lot ${material.lot} is retired`, { lot: material.lot });
  return material;
}

/** A lot none of whose targets is active any more is retired with them. */
async function retireEmpty(trx: Transaction): Promise<void> {
  await trx
    .updateTable('labQcMaterial as m')
    .set({ active: false })
    .where('m.active', '=', true)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('labQcTarget as t').select('t.id').whereRef('t.materialId', '=', 'm.id')),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('labQcTarget as t')
            .select('t.id')
            .whereRef('t.materialId', '=', 'm.id')
            .where('t.active', '=', true),
        ),
      ),
    )
    .execute();
}
