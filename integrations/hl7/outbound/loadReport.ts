import type { Context } from '../../../server/core/context.ts';
import { notFound } from '../../../server/core/errors.ts';

/** A signed report with what a message says of its order, signer and items. */
export async function loadReport(ctx: Pick<Context, 'db'>, id: string) {
  const row = await ctx.db
    .selectFrom('signedReport as s')
    .innerJoin('orders as o', 'o.id', 's.orderId')
    .innerJoin('staff as g', 'g.id', 's.signerId')
    .innerJoin('institution as r', 'r.id', 'o.reportingInstitutionId')
    .select([
      's.id',
      's.kind',
      's.number',
      's.content',
      's.signedAt',
      's.pdfAddress',
      's.verifyCode',
      'g.name as signerName',
      'r.code as reportingCode',
      'o.id as orderId',
    ])
    .select([
      'o.accessionNumber',
      'o.placerOrderNumber',
      'o.centerKind',
      'o.patientId',
      'o.createdAt',
      'o.requestingInstitutionId as institutionId',
    ])
    .where('s.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('signed report', id);
  const items = await ctx.db
    .selectFrom('orderItem')
    .select(['code', 'name'])
    .where('orderId', '=', row.orderId)
    .execute();
  const acquired = await ctx.db
    .selectFrom('orderEvent')
    .select('at')
    .where('orderId', '=', row.orderId)
    .where('kind', '=', 'acquired')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return {
    ...row,
    items,
    examinedAt: acquired?.at ?? row.createdAt,
    content: (row.content ?? {}) as Record<string, unknown>,
  };
}
