import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { nextBarcodes } from './barcode.ts';
import { totalRows, withTotal } from '../withTotal.ts';

export const preprintedInput = z.object({
  institution: z.string().max(40),
  tubeCode: z.string().max(20),
  count: z.number().int().min(1).max(500),
});

/** Makes codes for pre-labelled tubes of a site (预制条码); each is bound once, when it is drawn. */
export async function issuePreprinted(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof preprintedInput>,
): Promise<{ barcodes: string[] }> {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const site = await trx
      .selectFrom('institution')
      .select('id')
      .where('code', '=', input.institution)
      .executeTakeFirst();
    if (!site) throw notFound('institution', input.institution);
    const tube = await trx
      .selectFrom('labTubeType')
      .select('code')
      .where('code', '=', input.tubeCode)
      .executeTakeFirst();
    if (!tube)
      throw invalid(`tube type ${input.tubeCode} is not in the catalogue`, [
        { path: 'tubeCode', code: 'unknown-tube' },
      ]);
    const barcodes = await nextBarcodes(trx, ctx.clock.now(), input.count);
    await trx
      .insertInto('labPreprintedCode')
      .values(
        barcodes.map((barcode) => ({
          barcode,
          institutionId: site.id,
          tubeCode: input.tubeCode,
          printedAt: ctx.clock.now(),
        })),
      )
      .execute();
    await recordAudit(trx, actor, {
      action: 'preprinted.issue',
      subjectType: 'institution',
      subjectId: site.id,
      detail: { tubeCode: input.tubeCode, count: input.count },
    });
    return { barcodes };
  });
}

/** Codes issued, newest first: by site, and how many are still free. */
export async function listPreprinted(db: Queryable) {
  const rows = await db
    .selectFrom('labPreprintedCode as p')
    .innerJoin('institution as i', 'i.id', 'p.institutionId')
    .innerJoin('labTubeType as t', 't.code', 'p.tubeCode')
    .select([
      'i.code as institution',
      'i.shortName as institutionName',
      'p.tubeCode',
      't.name as tubeName',
      't.color',
      'p.printedAt',
    ])
    .select((eb) => [
      eb.fn.countAll<number>().as('issued'),
      eb.fn.count<number>('p.containerId').as('used'),
      eb.fn.min('p.barcode').as('first'),
      eb.fn.max('p.barcode').as('last'),
    ])
    .select(totalRows.as('total'))
    .groupBy(['i.id', 't.code', 'p.tubeCode', 'p.printedAt'])
    .orderBy('p.printedAt', 'desc')
    .limit(100)
    .execute();
  return withTotal(rows);
}

/** Free codes of one issue, for printing their labels. */
export async function freePreprinted(
  db: Queryable,
  query: { institution: string; tubeCode: string; printedAt: string },
) {
  return db
    .selectFrom('labPreprintedCode as p')
    .innerJoin('institution as i', 'i.id', 'p.institutionId')
    .innerJoin('labTubeType as t', 't.code', 'p.tubeCode')
    .select([
      'p.barcode',
      't.name as tubeName',
      't.colorName',
      't.specimenType',
      'i.shortName as institutionName',
    ])
    .where('i.code', '=', query.institution)
    .where('p.tubeCode', '=', query.tubeCode)
    .where('p.printedAt', '=', new Date(query.printedAt))
    .where('p.containerId', 'is', null)
    .orderBy('p.barcode')
    .limit(500)
    .execute();
}
