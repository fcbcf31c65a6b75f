import { acceptOrder } from '../../../server/core/order/acts.ts';
import type { Order } from '../../../server/core/order/order.ts';
import { readReport } from '../../../server/core/report/readReport.ts';
import { saveReport } from '../../../server/core/report/saveReport.ts';
import { signReport } from '../../../server/core/report/signReport.ts';
import { submitReport } from '../../../server/core/report/submitReport.ts';
import { ctx, orderRow, place, reader, second } from './county.ts';

export const PIN = '246810';

/** Reads an order that waits and signs it: written by one radiologist, signed by the other. Needs `openReaders`. */
export async function readAndSign(id: string, content: Record<string, unknown> = {}): Promise<Order> {
  const order = await orderRow(id);
  if (order.status !== 'received') await acceptOrder(ctx, reader, id);
  const { version } = await readReport(ctx.db, reader, await orderRow(id));
  const said = {
    findings: '双肺清晰',
    impression: '心肺未见异常',
    positive: false,
    critical: false,
    ...content,
  };
  await saveReport(ctx, reader, id, version, said);
  await submitReport(ctx, reader, id, version + 1);
  await signReport(ctx, second, id, { pin: PIN });
  return orderRow(id);
}

/** An order that was placed, read and signed. */
export const signedCase = async (
  order: Record<string, unknown> = {},
  content: Record<string, unknown> = {},
): Promise<Order> => readAndSign((await place(order)).id, content);
