import type { Transaction } from '../../database.ts';
import { notFound } from '../../errors.ts';

/** A review with who wrote and signed its report, held until the transaction ends. Throws 404. */
export async function lockReview(trx: Transaction, id: string) {
  const review = await trx
    .selectFrom('qualityReview as q')
    .innerJoin('signedReport as s', 's.id', 'q.signedReportId')
    .selectAll('q')
    .select(['s.signerId', 's.reporterId'])
    .where('q.id', '=', id)
    .forUpdate('q')
    .executeTakeFirst();
  if (!review) throw notFound('review', id);
  return review;
}
