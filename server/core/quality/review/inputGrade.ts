import { sql } from 'kysely';
import type { CenterKind } from '../../../../db/types.ts';
import type { Transaction } from '../../database.ts';
import { invalid, type FieldError } from '../../errors.ts';
import { INPUT_FAULTS } from '../inputFaults.ts';

/** 甲 A, 乙 B, 丙 C of the images, trace or specimen, with the faults that B and C name. */
export interface InputGrade {
  grade: 'A' | 'B' | 'C';
  faults: string[];
}

/** Throws 422 for a B or C that names no fault, and for a fault that the centre does not know. */
export function checkInputGrade(center: CenterKind, { grade, faults }: InputGrade): void {
  const known: readonly string[] = INPUT_FAULTS[center];
  const errors: FieldError[] = faults
    .filter((fault) => !known.includes(fault))
    .map((fault) => ({ path: 'inputGrade.faults', code: 'unknown-fault', params: { fault } }));
  if (grade !== 'A' && faults.length === 0) errors.push({ path: 'inputGrade.faults', code: 'required' });
  if (errors.length > 0) throw invalid('the grade of the input is not complete', errors);
}

/** Of a decided review the strictest grade of its readings stands; the site that made the input is told of a B or C. */
export async function keepInputGrade(trx: Transaction, reviewId: string): Promise<void> {
  const worst = await trx
    .selectFrom('reviewReading')
    .select(['inputGrade', 'inputFaults'])
    .where('reviewId', '=', reviewId)
    .where('inputGrade', 'is not', null)
    .orderBy('inputGrade', 'desc')
    .orderBy('readAt')
    .executeTakeFirst();
  if (!worst) return;
  await trx.updateTable('qualityReview').set(worst).where('id', '=', reviewId).execute();
  if (worst.inputGrade === 'A') return;
  await sql`insert into notification (institution_id, order_id, kind, body)
    select o.performing_institution_id, o.id, 'input-graded', jsonb_build_object('accessionNumber', o.accession_number, 'center', o.center_kind, 'grade', ${worst.inputGrade}::text, 'faults', ${worst.inputFaults}::text[])
    from quality_review q join orders o on o.id = q.order_id where q.id = ${reviewId}`.execute(trx);
}
