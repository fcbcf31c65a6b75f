import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import { DomainError } from '../errors.ts';
import type { Order } from '../order/order.ts';

/** Kinds whose reports are signed on a phone where their centre has not decided: a trace is read in full there, images are not. */
const USUAL: ReadonlySet<string> = new Set(['ecg']);

/** Whether a centre lets its reports be signed on a phone. */
export const maySignOnPhone = (center: { kind: CenterKind; phoneSigning: boolean | null }): boolean =>
  center.phoneSigning ?? USUAL.has(center.kind);

/** The same for the centre that reports an order. */
export async function phoneSigningRule(db: Queryable, order: Order): Promise<boolean> {
  const center = await db
    .selectFrom('center')
    .select(['kind', 'phoneSigning'])
    .where('kind', '=', order.centerKind)
    .where('institutionId', '=', order.reportingInstitutionId)
    .executeTakeFirst();
  return center ? maySignOnPhone(center) : USUAL.has(order.centerKind);
}

/** Refuses with 403 `phone-signing-off` where the centre does not allow it. */
export async function requirePhoneSigning(db: Queryable, order: Order): Promise<void> {
  if (!(await phoneSigningRule(db, order)))
    throw new DomainError(403, 'phone-signing-off', 'this centre does not allow signing on a phone');
}
