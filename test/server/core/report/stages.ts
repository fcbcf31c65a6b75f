import type { Actor } from '../../../../server/core/access/actor.ts';
import { acceptOrder } from '../../../../server/core/order/acts.ts';
import { readReport } from '../../../../server/core/report/readReport.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { submitReport } from '../../../../server/core/report/submitReport.ts';
import { ctx, orderRow, place, reader, second } from '../county.ts';

export const pin = '246810';
export const content = {
  findings: '双肺纹理清晰',
  impression: '未见异常',
  positive: false,
  critical: false,
};

/** An order of the county whose images are there, up to the named stage of its report. */
export async function received(more: Record<string, unknown> = {}): Promise<string> {
  const { id } = await place(more);
  await acceptOrder(ctx, reader, id);
  return id;
}
export async function written(more?: Record<string, unknown>): Promise<string> {
  const id = await received(more);
  await saveReport(ctx, reader, id, 0, content);
  return id;
}
export async function submitted(more?: Record<string, unknown>): Promise<string> {
  const id = await written(more);
  await submitReport(ctx, reader, id, 1);
  return id;
}
export async function signed(more?: Record<string, unknown>): Promise<string> {
  const id = await submitted(more);
  await signReport(ctx, second, id, { pin });
  return id;
}

export const view = async (actor: Actor, id: string) => readReport(ctx.db, actor, await orderRow(id));

/** Signed versions as they stand in the database, oldest first. */
export const versionsOf = (orderId: string) =>
  ctx.db.selectFrom('signedReport').selectAll().where('orderId', '=', orderId).orderBy('number').execute();

/** Everything of a report that an act may change; what was refused must have left it as it was. */
export async function stateOf(orderId: string) {
  const all = <T extends 'report' | 'reportVersion' | 'signedReport' | 'orderEvent' | 'acknowledgement'>(
    table: T,
  ) =>
    ctx.db
      .selectFrom(table as 'report')
      .selectAll()
      .where('orderId', '=', orderId)
      .execute();
  const jobs = await ctx.db
    .selectFrom('job')
    .select(({ fn }) => fn.countAll().as('n'))
    .executeTakeFirstOrThrow();
  return {
    order: await orderRow(orderId),
    draft: await all('report'),
    saved: (await all('reportVersion')).length,
    signed: (await all('signedReport')).length,
    events: (await all('orderEvent')).length,
    acknowledged: (await all('acknowledgement')).length,
    jobs: jobs.n,
  };
}
