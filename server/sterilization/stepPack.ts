import type { Updateable } from 'kysely';
import type { CssdPack } from '../../db/types.ts';
import { personId, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import type { Transaction } from '../core/database.ts';
import { refuse, type Pack } from './packs.ts';
import { judgeStep, type PackState } from './rules/steps.ts';

/** Where a scan was made; the station's clock is kept beside the server's. */
export interface At {
  institutionId: string;
  station?: string | undefined;
  deviceAt?: Date | undefined;
}

export interface PackEventInput {
  kind?: string;
  machineId?: string;
  washLoadId?: string;
  loadId?: string;
  transferId?: string;
  patientId?: string;
  detail?: Record<string, unknown>;
  /** A recalled pack moves only as an item of its recall. */
  viaRecall?: boolean;
}

/**
 * Moves packs to a state, with one event each, in the caller's transaction (the packs are locked). A pack whose flow
 * misses a step is refused with 409 `step-missing`, naming the missing ones; the database refuses it once more.
 */
export async function stepPacks(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  at: At,
  packs: readonly Pack[],
  to: PackState,
  event: PackEventInput = {},
  set: Updateable<CssdPack> = {},
): Promise<void> {
  for (const pack of packs) refuseWrongStep(pack, to, event.viaRecall);
  await trx
    .updateTable('cssdPack')
    .set({ ...set, state: to, updatedAt: ctx.clock.now() })
    .where(
      'id',
      'in',
      packs.map((pack) => pack.id),
    )
    .execute();
  await recordPackEvents(ctx, trx, actor, at, packs, { ...event, kind: event.kind ?? to });
}

export function refuseWrongStep(pack: Pack, to: PackState, viaRecall = false): void {
  if (pack.state === 'recalled' && !viaRecall)
    throw refuse('recalled', pack.code, 'is recalled: set it aside and account for it in the recall', {
      state: pack.state,
    });
  const verdict = judgeStep(pack.state as PackState, to, pack);
  if (verdict.ok) return;
  const extra = { state: pack.state, wanted: to };
  if (verdict.reason === 'missing')
    throw refuse(
      'step-missing',
      pack.code,
      `is ${pack.state}; missing before ${to}: ${verdict.missing.join(', ')}`,
      {
        ...extra,
        missing: verdict.missing,
      },
    );
  if (verdict.reason === 'already')
    throw refuse('step-already-done', pack.code, `is already ${pack.state}`, extra);
  throw refuse('pack-closed', pack.code, `is ${pack.state} and takes no further step`, extra);
}

/** Appends an event to each pack without changing its state. */
export async function recordPackEvents(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  at: At,
  packs: readonly Pick<Pack, 'id'>[],
  event: PackEventInput & { kind: string },
): Promise<void> {
  if (packs.length === 0) return;
  const staffId = personId(actor);
  await trx
    .insertInto('cssdPackEvent')
    .values(
      packs.map((pack) => ({
        packId: pack.id,
        kind: event.kind,
        at: ctx.clock.now(),
        deviceAt: at.deviceAt ?? null,
        staffId,
        institutionId: at.institutionId,
        station: at.station ?? '',
        machineId: event.machineId ?? null,
        washLoadId: event.washLoadId ?? null,
        loadId: event.loadId ?? null,
        transferId: event.transferId ?? null,
        patientId: event.patientId ?? null,
        detail: JSON.stringify(event.detail ?? {}),
      })),
    )
    .execute();
}
