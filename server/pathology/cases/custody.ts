import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';

export type CustodyKind =
  | 'sent'
  | 'received'
  | 'made'
  | 'stored'
  | 'handed-over'
  | 'loaned'
  | 'returned'
  | 'discarded'
  | 'missing'
  | 'found';
export type SubjectType = 'container' | 'block' | 'slide';

export interface CustodyEntry {
  subjectType: SubjectType;
  subjectId: string;
  orderId: string;
  kind: CustodyKind;
  place?: string | null;
  /** who has it now; the actor unless told */
  holder?: string | null;
  dueBack?: string | null;
  reason?: string | null;
}

const tables = { container: 'pathologyContainer', block: 'pathologyBlock', slide: 'pathologySlide' } as const;

/** Writes who holds what and where, and keeps the present place on the jar, block or slide itself. */
export async function recordCustody(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  entry: CustodyEntry,
): Promise<void> {
  const holder = entry.holder ?? actor.name;
  await trx
    .insertInto('pathologyCustody')
    .values({
      subjectType: entry.subjectType,
      subjectId: entry.subjectId,
      orderId: entry.orderId,
      kind: entry.kind,
      place: entry.place ?? null,
      holder,
      dueBack: entry.dueBack ?? null,
      reason: entry.reason ?? null,
      at: ctx.clock.now(),
      actorId: actor.kind === 'staff' ? actor.id : null,
      actorName: actor.name,
    })
    .execute();
  const place = entry.place ?? null;
  await trx
    .updateTable(tables[entry.subjectType])
    .set({ place, holder })
    .where('id', '=', entry.subjectId)
    .execute();
}
