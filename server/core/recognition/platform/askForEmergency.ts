import { SYSTEM } from '../../access/actor.ts';
import type { Transaction } from '../../database.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import type { JobHandler } from '../../jobs/worker.ts';
import type { Order } from '../../order/order.ts';
import { choosePrompts } from '../choosePrompts.ts';
import { findEarlierResults } from '../findEarlierResults.ts';
import { rememberPrompt } from '../gate.ts';
import { askForOrder } from './askForOrder.ts';
import { hasPlatforms } from './askPlatforms.ts';

const JOB = 'recognition.ask-platforms';

/** An emergency goes ahead at once; what other platforms have of its patient is asked for when it stands. */
export async function queueQuestion(trx: Transaction, order: Order): Promise<void> {
  if (await hasPlatforms({ db: trx })) await enqueue(trx, { kind: JOB, key: order.id, payload: { orderId: order.id } }); // prettier-ignore
}

/** Puts results of other platforms before the clinician of an emergency; the decision is due within 24 hours. */
const askForEmergency: JobHandler = async (ctx, payload) => {
  const order = await ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', String(payload['orderId']))
    .executeTakeFirst();
  if (!order?.patientId || order.status === 'cancelled' || order.status === 'void') return;
  const { patientId, requestingInstitutionId: institutionId } = order;
  const items = await ctx.db.selectFrom('orderItem').select('code').where('orderId', '=', order.id).execute();
  const itemCodes = items.map((item) => item.code);
  const actor = SYSTEM;
  const elsewhere = await askForOrder(ctx, actor, { identifiers: [], patientId, institutionId, itemCodes });
  if (elsewhere.items.length === 0) return;
  await ctx.db.transaction().execute(async (trx) => {
    const now = ctx.clock.now();
    const own = await findEarlierResults(ctx, trx, patientId, itemCodes, now);
    const decided = await trx
      .selectFrom('recognitionPrompt')
      .select('itemCode')
      .where('orderId', '=', order.id)
      .execute();
    const { prompts } = choosePrompts(own, elsewhere.items);
    for (const prompt of prompts)
      if (!decided.some(({ itemCode }) => itemCode === prompt.itemCode))
        await rememberPrompt(trx, { patientId, institutionId, emergency: true }, prompt, {
          actor,
          orderId: order.id,
          now,
        });
  });
  ctx.bell.ring();
};

export const recognitionJobs = { [JOB]: askForEmergency };
