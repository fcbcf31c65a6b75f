import type { ReportContent } from '../center.ts';
import type { Transaction } from '../database.ts';
import type { Order } from '../order/order.ts';
import { preliminaryVisible } from './readReport.ts';

/** The site may have acted on the preliminary report that it was shown: where the final one concludes otherwise, it is told. */
export async function tellChangedConclusion(
  trx: Transaction,
  order: Order,
  final: ReportContent,
): Promise<void> {
  if (order.status !== 'preliminary' || !(await preliminaryVisible(trx, order))) return;
  const submitted = await trx
    .selectFrom('report as r')
    .innerJoin('reportVersion as v', (join) =>
      join.onRef('v.orderId', '=', 'r.orderId').onRef('v.version', '=', 'r.submittedVersion'),
    )
    .select('v.content')
    .where('r.orderId', '=', order.id)
    .executeTakeFirst();
  if (!submitted || conclusionOf(submitted.content as ReportContent) === conclusionOf(final)) return;
  await trx
    .insertInto('notification')
    .values({
      institutionId: order.requestingInstitutionId,
      orderId: order.id,
      kind: 'report.conclusion-changed',
      body: JSON.stringify({ accessionNumber: order.accessionNumber }),
    })
    .execute();
}

const conclusionOf = ({ impression, positive }: ReportContent): string =>
  JSON.stringify([typeof impression === 'string' ? impression.trim() : '', positive === true]);
