import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { advanceStage, atBench, givePathologyNumber, loadCase } from './caseRow.ts';
import { recordCustody } from './custody.ts';

export const blockInput = z.object({
  specimen: z.string().regex(/^[A-Z]{1,2}$/),
  tissue: z.string().trim().min(1).max(100),
  pieces: z.number().int().min(1).max(99).default(1),
  decalcified: z.boolean().default(false),
});

export const grossInput = z.object({
  description: z.string().trim().min(1).max(20_000),
  blocks: z.array(blockInput).max(200).default([]),
});

/**
 * Adds blocks to specimens: numbered on, labelled A1, A2 …, barcode from the accession number. Blocks of another
 * laboratory come embedded and wait for nothing until something is ordered on them.
 */
export async function addBlocks(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  blocks: z.output<typeof blockInput>[],
  outside = false,
) {
  const specimens = await trx
    .selectFrom('pathologySpecimen')
    .select(['id', 'letter'])
    .where('orderId', '=', order.id)
    .execute();
  const made: { id: string; label: string; barcode: string }[] = [];
  for (const [index, block] of blocks.entries()) {
    const specimen = specimens.find(({ letter }) => letter === block.specimen);
    if (!specimen) {
      throw invalid(`there is no specimen ${block.specimen}`, [
        { path: `blocks.${index}.specimen`, code: 'unknown-specimen', params: { specimen: block.specimen } },
      ]);
    }
    const last = await trx
      .selectFrom('pathologyBlock')
      .select('number')
      .where('specimenId', '=', specimen.id)
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    const label = `${specimen.letter}${number}`;
    const row = await trx
      .insertInto('pathologyBlock')
      .values({
        orderId: order.id,
        specimenId: specimen.id,
        number,
        label,
        barcode: `${order.accessionNumber}-${label}`,
        tissue: block.tissue,
        pieces: block.pieces,
        decalcified: block.decalcified,
        ...(outside && { state: 'archived', embeddedAt: ctx.clock.now() }),
      })
      .returning(['id', 'label', 'barcode'])
      .executeTakeFirstOrThrow();
    await recordCustody(ctx, trx, actor, {
      subjectType: 'block',
      subjectId: row.id,
      orderId: order.id,
      kind: outside ? 'received' : 'made',
      place: outside ? '标本接收' : '取材室',
    });
    made.push(row);
  }
  return made;
}

/** 取材: the macroscopic description and the block map. May be done again: blocks are only added, an earlier description is kept. */
export async function grossCase(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof grossInput>,
) {
  let blocks: { id: string; label: string; barcode: string }[] = [];
  await act(ctx, actor, orderId, 'pathology.gross', async (trx, order) => {
    atBench(actor, 'bench.work', order);
    if (!['received', 'claimed', 'preliminary', 'partial'].includes(order.status)) {
      throw conflict('wrong-status', `specimens of a case that is ${order.status} are not cut up`, {
        status: order.status,
      });
    }
    const found = await loadCase(trx, order.id);
    await givePathologyNumber(ctx, trx, found); // taken in by the general acceptance of the core
    const outside = found.kind === 'consultation';
    blocks = await addBlocks(ctx, trx, actor, order, input.blocks, outside);
    await trx
      .updateTable('pathologyCase')
      .set({
        grossDescription: input.description,
        grossedAt: ctx.clock.now(),
        grossedBy: actor.kind === 'staff' ? actor.id : null,
      })
      .where('orderId', '=', order.id)
      .execute();
    await trx
      .insertInto('pathologyGrossVersion')
      .values({
        orderId: order.id,
        description: input.description,
        describedBy: actor.kind === 'staff' ? actor.id : null,
        at: ctx.clock.now(),
      })
      .execute();
    await advanceStage(trx, order.id, outside ? 'embedded' : 'grossed');
    await recordEvent(ctx, trx, actor, order, {
      kind: 'grossed',
      detail: { blocks: blocks.map(({ label }) => label) },
    });
    return order;
  });
  return { blocks };
}
