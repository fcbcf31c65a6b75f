import { sql } from 'kysely';
import type { ReportContent } from '../center.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { announce } from '../events/announce.ts';
import type { Order } from '../order/order.ts';
import { findEvidence } from './matchRules.ts';

/**
 * At a signature: drafts a card for each disease the report speaks for, with its legal due time, and tells the site. A
 * corrected or voided report withdraws drafts that it no longer bears, and a later one that bears the disease again drafts
 * them again; what was reported or dismissed stays as history.
 */
export async function draftCards(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  order: Order,
  signed: { id: string; kind: string; content: ReportContent },
): Promise<void> {
  if (!order.patientId || signed.kind === 'partial') return;
  const now = ctx.clock.now();
  const rules = await trx.selectFrom('notifiableRule').selectAll().where('active', '=', true).execute();
  const found = new Map<string, string>();
  if (signed.kind !== 'void')
    for (const rule of rules) {
      const evidence = findEvidence(rule, signed.content);
      if (evidence) found.set(rule.code, evidence);
    }
  await trx
    .updateTable('notifiableCard')
    .set({ state: 'withdrawn', answeredAt: now, reason: signed.kind })
    .where('orderId', '=', order.id)
    .where('state', '=', 'draft')
    .$if(found.size > 0, (query) => query.where('ruleCode', 'not in', [...found.keys()]))
    .execute();
  for (const rule of rules) {
    const evidence = found.get(rule.code);
    if (evidence === undefined) continue;
    const card = {
      ruleVersion: rule.version,
      patientId: order.patientId,
      institutionId: order.requestingInstitutionId,
      signedReportId: signed.id,
      evidence,
      foundAt: now,
      dueAt: new Date(now.getTime() + rule.dueHours * 3_600_000),
    };
    const made = await trx
      .insertInto('notifiableCard')
      .values({ ruleCode: rule.code, orderId: order.id, ...card })
      .onConflict((oc) =>
        oc
          .columns(['orderId', 'ruleCode'])
          .doUpdateSet({ ...card, state: 'draft', answeredAt: null, reason: null })
          .where('notifiableCard.state', '=', 'withdrawn'),
      )
      .returning('id')
      .executeTakeFirst();
    if (!made) continue;
    await sql`insert into notification (institution_id, order_id, kind, body)
      values (${order.requestingInstitutionId}, ${order.id}, 'notifiable.draft', ${JSON.stringify({ cardId: made.id })}::jsonb)`.execute(
      trx,
    );
    await announce(trx, {
      kind: 'notifiable.draft',
      orderId: order.id,
      centerKind: order.centerKind,
      institutionIds: [order.requestingInstitutionId],
      data: { cardId: made.id },
    });
  }
}
