import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, DomainError, forbidden, invalid, notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { patientInput } from '../../core/order/requestInput.ts';
import { findOrCreatePatient } from '../../core/patient/findOrCreatePatient.ts';
import { centerOf, RIGHTS } from '../access.ts';
import { note, scan, stationFields } from '../inputs.ts';
import { lockPack, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { countUse } from '../site/countUse.ts';
import { stepPacks } from '../stepPack.ts';
import { raiseRecall } from './raiseRecall.ts';

export const decideRecallInput = z.object({
  loadId: z.uuid(),
  reason: z.enum(['bowie-dick', 'other']),
  testId: z.uuid().optional(),
  decision: z.string().trim().min(5).max(1000),
});

/** Recall by decision, for everything but a failed biological indicator (which recalls by itself). */
export async function decideRecall(ctx: Context, actor: Actor, input: z.output<typeof decideRecallInput>) {
  const centerId = await centerOf(ctx.db, actor, 'authorise');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const load = await trx
        .selectFrom('cssdLoad')
        .innerJoin('cssdMachine', 'cssdMachine.id', 'cssdLoad.machineId')
        .select(['cssdLoad.id', 'cssdLoad.machineId'])
        .where('cssdLoad.id', '=', input.loadId)
        .where('cssdMachine.institutionId', '=', centerId)
        .executeTakeFirst();
      if (!load) throw notFound('load', input.loadId);
      return raiseRecall(ctx, trx, actor, {
        centerId,
        machineId: load.machineId,
        loadId: load.id,
        reason: input.reason,
        decision: input.decision,
        ...(input.testId && { testId: input.testId }),
      });
    }),
  );
  ctx.bell.ring();
  return answer;
}

export const acknowledgeRecallInput = z.object({ recallId: z.uuid(), institutionId: z.uuid().optional() });

/** The holder confirms that he knows: the ladder of escalation stops for his site. */
export async function acknowledgeRecall(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof acknowledgeRecallInput>,
) {
  const institutionId = input.institutionId ?? actor.institutionId;
  if (!institutionId) throw forbidden('a recall is acknowledged for a site', 'needs-institution');
  if (!can(actor, 'bench.work', { institutionId, centerKind: 'sterilization' }))
    requirePermission(actor, 'critical.acknowledge', { institutionId });
  const answer = await ctx.db.transaction().execute(async (trx) => {
    const notice = await trx
      .selectFrom('cssdRecallNotice')
      .selectAll()
      .where('recallId', '=', input.recallId)
      .where('institutionId', '=', institutionId)
      .forUpdate()
      .executeTakeFirst();
    if (!notice) throw notFound('recall', input.recallId);
    if (!notice.acknowledgedAt) {
      await trx
        .updateTable('cssdRecallNotice')
        .set({ acknowledgedAt: ctx.clock.now(), acknowledgedBy: personId(actor) })
        .where('recallId', '=', input.recallId)
        .where('institutionId', '=', institutionId)
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.recall-acknowledge',
        subjectType: 'cssd-recall',
        subjectId: input.recallId,
      });
      await announce(trx, {
        kind: 'sterilization.recall',
        centerKind: 'sterilization',
        institutionIds: [institutionId],
        data: { recallId: input.recallId, acknowledged: true },
      });
    }
    return { recallId: input.recallId, acknowledged: true, packs: notice.packs, usedPacks: notice.usedPacks };
  });
  ctx.bell.ring();
  return answer;
}

export const resolveRecallItemInput = z.object({
  recallId: z.uuid(),
  code: scan,
  outcome: z.enum(['found', 'used', 'destroyed', 'reprocessed', 'lost']),
  /** Of a pack that turns out to have been used: its patient. */
  patientId: z.uuid().optional(),
  patient: patientInput.optional(),
  visit: z.string().trim().max(64).default(''),
  note: note.default(''),
  ...stationFields,
});

export const resolveRecallItemsInput = resolveRecallItemInput
  .omit({ code: true })
  .extend({ codes: z.array(scan).min(1).max(500) });

/** The same fate for many packs: each is settled for itself, and those that are refused are named with the reason. */
export async function resolveRecallItems(
  ctx: Context,
  actor: Actor,
  { codes, ...input }: z.output<typeof resolveRecallItemsInput>,
) {
  const settled: string[] = [];
  const refused: { code: string; problem: string; detail: string }[] = [];
  for (const code of new Set(codes)) {
    try {
      settled.push((await resolveRecallItem(ctx, actor, { ...input, code })).code);
    } catch (error) {
      if (!(error instanceof DomainError) || error.status >= 500) throw error;
      refused.push({ code, problem: error.type, detail: error.message });
    }
  }
  return { settled, refused };
}

const NEXT_STATE = { used: 'used', destroyed: 'discarded', reprocessed: 'reprocess', lost: 'lost' } as const;

/** What became of a recalled pack: found (set aside), used after all (then at whom), destroyed, reprocessed or lost. */
export async function resolveRecallItem(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof resolveRecallItemInput>,
) {
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code);
      const item = await trx
        .selectFrom('cssdRecallItem')
        .selectAll()
        .where('recallId', '=', input.recallId)
        .where('packId', '=', pack.id)
        .forUpdate()
        .executeTakeFirst();
      if (!item) throw notFound('recalled pack', input.code);
      if (!can(actor, RIGHTS.work, { institutionId: pack.centerId, centerKind: 'sterilization' }))
        requirePermission(actor, RIGHTS.site, { institutionId: item.locationId });
      if (!['pending', 'found'].includes(item.outcome))
        throw conflict('already-resolved', `${pack.code}: already ${item.outcome}`, {
          outcome: item.outcome,
        });
      const at = {
        institutionId: actor.institutionId ?? pack.centerId,
        station: input.station,
        deviceAt: input.deviceAt,
      };
      if (input.outcome === 'used') await recordLateUse(ctx, trx, actor, at, pack, item.locationId, input);
      else if (input.outcome !== 'found')
        await stepPacks(ctx, trx, actor, at, [pack], NEXT_STATE[input.outcome], {
          kind: `recall-${input.outcome}`,
          viaRecall: true,
          detail: { recallId: input.recallId },
        });
      await trx
        .updateTable('cssdRecallItem')
        .set({
          outcome: input.outcome,
          decidedAt: ctx.clock.now(),
          decidedBy: personId(actor),
          note: input.note,
        })
        .where('recallId', '=', input.recallId)
        .where('packId', '=', pack.id)
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.recall-item',
        subjectType: 'cssd-recall',
        subjectId: input.recallId,
        detail: { code: pack.code, outcome: input.outcome },
      });
      const { rows } = await sql<{
        open: number;
      }>`select count(*)::int as open from cssd_recall_item where recall_id = ${input.recallId} and outcome in ('pending', 'found')`.execute(
        trx,
      );
      return { code: pack.code, outcome: input.outcome, open: rows[0]?.open ?? 0 };
    }),
  );
  ctx.bell.ring();
  return answer;
}

async function recordLateUse(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  at: { institutionId: string },
  pack: Pack,
  siteId: string,
  input: z.output<typeof resolveRecallItemInput>,
): Promise<void> {
  const patientId =
    input.patientId ??
    (input.patient ? (await findOrCreatePatient(ctx, trx, input.patient, siteId)).id : undefined);
  if (!patientId)
    throw invalid('name the patient the pack was used on', [{ path: 'patient', code: 'required' }]);
  await stepPacks(ctx, trx, actor, at, [pack], 'used', {
    kind: 'used',
    viaRecall: true,
    patientId,
    detail: { recorded: 'at-recall' },
  });
  await trx
    .insertInto('cssdUse')
    .values({
      packId: pack.id,
      loadId: pack.loadId ?? '',
      expiresOn: pack.expiresOn ?? '',
      patientId,
      visit: input.visit,
      institutionId: siteId,
      usedAt: ctx.clock.now(),
      usedBy: personId(actor),
      innerOutcome: 'not-recorded',
      recorded: 'at-recall',
    })
    .execute();
  await countUse(trx, pack);
}
