import { sql, type Selectable } from 'kysely';
import type { PathologyCase } from '../../../db/types.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Permission } from '../../core/access/roles.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import type { CaseKind } from './caseInput.ts';

export type Case = Selectable<PathologyCase>;

/** The case of an order. Throws 404 for an order of another centre. */
export async function loadCase(db: Queryable, orderId: string): Promise<Case> {
  const row = await db
    .selectFrom('pathologyCase')
    .selectAll()
    .where('orderId', '=', orderId)
    .executeTakeFirst();
  if (!row) throw notFound('pathology case', orderId);
  return row;
}

/** The right at the pathology centre that answers for the order. */
export function atBench(actor: Actor, permission: Permission, order: Order): void {
  requirePermission(actor, permission, {
    institutionId: order.reportingInstitutionId,
    centerKind: 'pathology',
  });
}

const letters: Record<CaseKind, string> = { histology: 'H', frozen: 'F', cytology: 'C', consultation: 'X' };

/**
 * Gives the case its 病理号: letter of its type, year, running number in that series of the centre (H2026-00001). The
 * number is taken in the transaction of acceptance, so a series has no gaps. A case keeps its first number.
 */
export async function givePathologyNumber(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  found: Case,
): Promise<string> {
  if (found.pathologyNumber) return found.pathologyNumber;
  const year = new Date(ctx.clock.now().getTime() + 8 * 3_600_000).getUTCFullYear();
  const { rows } = await sql<{ last: number }>`
    insert into pathology_series (institution_id, kind, year, last) values (${found.institutionId}, ${found.kind}, ${year}, 1)
    on conflict (institution_id, kind, year) do update set last = pathology_series.last + 1 returning last`.execute(
    trx,
  );
  const number = `${letters[found.kind as CaseKind]}${year}-${String(rows[0]?.last ?? 0).padStart(5, '0')}`;
  await trx
    .updateTable('pathologyCase')
    .set({ pathologyNumber: number })
    .where('orderId', '=', found.orderId)
    .execute();
  return number;
}

const stages = ['requested', 'accepted', 'grossed', 'embedded', 'cut', 'stained', 'scanned'] as const;
export type Stage = (typeof stages)[number];

/** Moves the case on to a stage; it never goes back by itself. */
export async function advanceStage(trx: Transaction, orderId: string, stage: Stage): Promise<void> {
  const earlier = stages.slice(0, stages.indexOf(stage));
  await trx
    .updateTable('pathologyCase')
    .set({ stage })
    .where('orderId', '=', orderId)
    .where('stage', 'in', [...earlier, 'waiting-stain'])
    .execute();
}
