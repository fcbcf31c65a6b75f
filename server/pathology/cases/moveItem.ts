import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { atBench } from './caseRow.ts';
import type { SubjectType } from './custody.ts';
import { recordCustody } from './custody.ts';

export const moveInput = z.object({
  barcode: z.string().trim().min(3).max(60),
  kind: z.enum(['sent', 'stored', 'handed-over', 'loaned', 'returned', 'discarded', 'missing', 'found']),
  place: z.string().max(60).optional(),
  holder: z.string().max(60).optional(),
  dueBack: z.iso.date().optional(),
  reason: z.string().max(400).optional(),
});

const states = {
  block: {
    stored: 'archived',
    loaned: 'loaned',
    returned: 'archived',
    found: 'archived',
    missing: 'missing',
    discarded: 'discarded',
  },
  slide: {
    stored: 'archived',
    loaned: 'loaned',
    returned: 'archived',
    found: 'archived',
    missing: 'missing',
    discarded: 'discarded',
  },
  container: { sent: 'in-transit', missing: 'missing', found: 'received', discarded: 'discarded' },
} as const;

async function find(
  ctx: Context,
  barcode: string,
): Promise<{ type: SubjectType; id: string; orderId: string; state: string }> {
  for (const [type, table] of [
    ['slide', 'pathologySlide'],
    ['block', 'pathologyBlock'],
    ['container', 'pathologyContainer'],
  ] as const) {
    const row = await ctx.db
      .selectFrom(table)
      .select(['id', 'orderId', 'state'])
      .where('barcode', '=', barcode)
      .executeTakeFirst();
    if (row) return { type, ...row };
  }
  throw notFound('jar, block or slide', barcode);
}

/** Its state under the lock of the order, and the step it still waits for when it lies in the archive unfinished. */
async function stateOf(
  trx: Transaction,
  { type, id }: { type: SubjectType; id: string },
): Promise<{
  state: string;
  place: string | null;
  holder: string | null;
  unfinished?: string | undefined;
}> {
  if (type === 'container')
    return trx
      .selectFrom('pathologyContainer')
      .select(['state', 'place', 'holder'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  if (type === 'slide') {
    const slide = await trx
      .selectFrom('pathologySlide')
      .select(['state', 'place', 'holder', 'stainedAt', 'scannedAt'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return { ...slide, unfinished: (slide.stainedAt ?? slide.scannedAt) ? undefined : 'cut' };
  }
  const block = await trx
    .selectFrom('pathologyBlock')
    .select(['state', 'place', 'holder', 'embeddedAt', 'cutAt'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const waits = block.embeddedAt ? 'embedded' : 'grossed';
  return { ...block, unfinished: block.cutAt ? undefined : waits };
}

/**
 * Moves a jar, block or slide: into the archive, into other hands, out on loan with a day of return, back. What is out
 * on loan only comes back; a loan names who has it. Every move is a row that nobody changes.
 */
export async function moveItem(ctx: Context, actor: Actor, input: z.output<typeof moveInput>) {
  const found = await find(ctx, input.barcode);
  await getVisibleOrder(ctx.db, actor, found.orderId);
  if (input.kind === 'loaned' && (!input.holder || !input.dueBack)) {
    throw invalid('a loan needs the borrower and the day of return', [{ path: 'holder', code: 'required' }]);
  }
  if (['stored', 'handed-over', 'sent', 'returned', 'found'].includes(input.kind) && !input.place) {
    throw invalid('a place is needed', [{ path: 'place', code: 'required' }]);
  }
  if (['discarded', 'missing'].includes(input.kind) && !input.reason) {
    throw invalid('a reason is needed', [{ path: 'reason', code: 'required' }]);
  }
  await act(ctx, actor, found.orderId, 'pathology.move', async (trx, order) => {
    atBench(actor, 'bench.work', order);
    const now = await stateOf(trx, found); // two people with one barcode: the second sees what the first did
    if (now.state === 'loaned' && input.kind !== 'returned' && input.kind !== 'missing') {
      throw conflict('on-loan', 'it is out on loan: book its return first');
    }
    if (now.state === 'missing' && input.kind !== 'found')
      throw conflict('missing', 'it is booked as missing: book it as found first');
    if (input.kind === 'returned' && now.state !== 'loaned')
      throw conflict('not-on-loan', 'it is not out on loan');
    if (input.kind === 'found' && now.state !== 'missing')
      throw conflict('not-missing', 'it is not booked as missing');
    if (now.state === 'discarded') throw conflict('discarded', 'it was discarded');
    const { kind, dueBack, reason } = input;
    // what is missed is missed from where it was last, and from the hands that had it, not from who says so
    const { place, holder } = kind === 'missing' ? now : input;
    await recordCustody(ctx, trx, actor, {
      subjectType: found.type,
      subjectId: found.id,
      orderId: order.id,
      kind,
      place: place ?? (kind === 'loaned' ? '借出' : null),
      holder: holder ?? null,
      dueBack: dueBack ?? null,
      reason: reason ?? null,
    });
    const wanted = (states[found.type] as Record<string, string | undefined>)[kind];
    // what still waits for a step stays in its list wherever it lies; an embedded block put away is one in reserve
    const reserve = kind === 'stored' && now.unfinished === 'embedded';
    const next = wanted === 'archived' && !reserve ? (now.unfinished ?? wanted) : wanted;
    const table = (
      { slide: 'pathologySlide', block: 'pathologyBlock', container: 'pathologyContainer' } as const
    )[found.type];
    if (next) await trx.updateTable(table).set({ state: next }).where('id', '=', found.id).execute();
    return order;
  });
  return ctx.db
    .selectFrom('pathologyCustody')
    .select(['id', 'kind', 'place', 'holder', 'dueBack', 'reason', 'at', 'actorName'])
    .where('subjectId', '=', found.id)
    .orderBy('id')
    .execute()
    .then((items) => ({ type: found.type, orderId: found.orderId, items }));
}
