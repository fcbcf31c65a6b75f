import type { Actor } from '../../../../server/core/access/actor.ts';
import { acceptOrder, claimOrder } from '../../../../server/core/order/acts.ts';
import { transition } from '../../../../server/core/order/recordEvent.ts';
import { county, ctx, place, reader, second } from '../county.ts';

/** Sets the county's clock to a local minute. */
export const setTo = (text: string): void =>
  county.clock.advance((Date.parse(`${text}:00+08:00`) - ctx.clock.now().getTime()) / 60_000);

/** Orders at a local minute. */
export async function orderedAt(text: string, input: Record<string, unknown> = {}): Promise<string> {
  setTo(text);
  return (await place(input)).id;
}

let serial = 0;

/** Leaves in the tables what signing leaves, without the costly document. Answers the id of the signed report. */
export async function sign(
  id: string,
  { reporter = reader, signer = second, positive = false }: { reporter?: Actor; signer?: Actor; positive?: boolean } = {},
): Promise<string> {
  return ctx.db.transaction().execute(async (trx) => {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const now = ctx.clock.now();
    await transition(ctx, trx, signer, order, 'final', {}, { finalAt: now, positive });
    const report = await trx
      .insertInto('signedReport')
      .values({
        orderId: id,
        number: 1,
        kind: 'final',
        content: JSON.stringify({ findings: '双肺清晰', impression: '未见异常' }),
        manifest: '[]',
        reporterId: reporter.id,
        signerId: signer.id ?? '',
        signedAt: now,
        verifyCode: `history-${++serial}`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return report.id;
  });
} // prettier-ignore

/** A case ordered, accepted, claimed and signed at local minutes. */
export async function signedCase(
  at: { ordered: string; accepted: string; claimed?: string; signed: string },
  input: Record<string, unknown> = {},
  people: { reporter?: Actor; signer?: Actor; positive?: boolean } = {},
): Promise<string> {
  const id = await orderedAt(at.ordered, input);
  setTo(at.accepted);
  await acceptOrder(ctx, people.reporter ?? reader, id);
  if (at.claimed) {
    setTo(at.claimed);
    await claimOrder(ctx, people.reporter ?? reader, id);
  }
  setTo(at.signed);
  await sign(id, people);
  return id;
}
