import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { patientInput } from '../../core/order/requestInput.ts';
import { findOrCreatePatient } from '../../core/patient/findOrCreatePatient.ts';
import { siteOf } from '../access.ts';
import { note, scan, stationFields } from '../inputs.ts';
import { lockPack, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { refuseWrongStep, stepPacks } from '../stepPack.ts';
import { countUse } from './countUse.ts';

export const usePackInput = z
  .object({
    code: scan,
    patientId: z.uuid().optional(),
    patient: patientInput.optional(),
    visit: z.string().trim().max(64).default(''),
    procedureName: note.default(''),
    /** The inner chemical indicator, read when the pack is opened. */
    innerIndicator: z.enum(['pass', 'fail']),
    institutionId: z.uuid().optional(),
    ...stationFields,
  })
  .refine(
    (input) =>
      input.innerIndicator === 'fail' || (input.patientId === undefined) !== (input.patient === undefined),
    { message: 'give the patient, by id or by particulars', params: { code: 'patient-needed' } },
  );

/**
 * Opens a pack at a patient: ties the circulation to him. Refused when expired, recalled or not received. A failed inner
 * indicator means the pack is not used: it goes back and the centre is told.
 */
export async function usePack(ctx: Context, actor: Actor, input: z.output<typeof usePackInput>) {
  const institutionId = siteOf(actor, input.institutionId);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const pack = await lockPack(trx, input.code);
      if (pack.locationId !== institutionId)
        throw refuse('pack-elsewhere', pack.code, 'this pack stands at another site', { state: pack.state });
      refuseWrongStep(pack, 'used');
      if (pack.expiresOn !== null && pack.expiresOn < localDay(now))
        throw refuse('expired', pack.code, `expired on ${pack.expiresOn}: do not use it`, {
          expiresOn: pack.expiresOn,
        });
      const at = { institutionId, station: input.station, deviceAt: input.deviceAt };
      if (input.innerIndicator === 'fail') return rejectOpened(ctx, trx, actor, at, pack);
      const patientId = await patientOf(ctx, trx, input, institutionId);
      await stepPacks(ctx, trx, actor, at, [pack], 'used', {
        patientId,
        detail: { visit: input.visit, procedure: input.procedureName },
      });
      await trx
        .insertInto('cssdUse')
        .values({
          packId: pack.id,
          loadId: pack.loadId ?? '',
          expiresOn: pack.expiresOn ?? '',
          patientId,
          visit: input.visit,
          procedureName: input.procedureName,
          institutionId,
          usedAt: now,
          deviceAt: input.deviceAt ?? null,
          usedBy: personId(actor),
          innerOutcome: 'pass',
        })
        .execute();
      await countUse(trx, pack);
      const early = await trx
        .selectFrom('cssdRelease')
        .select('id')
        .where('id', '=', pack.releaseId)
        .where('kind', '=', 'early-implant')
        .executeTakeFirst();
      await recordAudit(trx, actor, {
        action: 'sterilization.use',
        subjectType: 'cssd-pack',
        subjectId: pack.id,
        patientId,
        detail: { code: pack.code, visit: input.visit },
      });
      return { code: pack.code, used: true, patientId, earlyRelease: early !== undefined };
    }),
  );
  ctx.bell.ring();
  return answer;
}

async function patientOf(
  ctx: Context,
  trx: Transaction,
  input: z.output<typeof usePackInput>,
  institutionId: string,
): Promise<string> {
  if (input.patient) {
    if (input.patient.identifiers.length === 0 && !input.patient.temporary)
      throw invalid('the patient has no identifier', [
        {
          path: 'patient.identifiers',
          code: 'required',
        },
      ]);
    return (await findOrCreatePatient(ctx, trx, input.patient, institutionId)).id;
  }
  const known = await trx
    .selectFrom('patient')
    .select('id')
    .where('id', '=', input.patientId ?? '')
    .executeTakeFirst();
  if (!known) throw notFound('patient', input.patientId);
  return known.id;
}

async function rejectOpened(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  at: { institutionId: string },
  pack: Pack,
) {
  await stepPacks(ctx, trx, actor, at, [pack], 'reprocess', {
    kind: 'rejected',
    detail: { defect: 'inner-indicator', where: 'use' },
  });
  if (pack.loadId)
    await trx
      .insertInto('cssdIndicator')
      .values({
        loadId: pack.loadId,
        packId: pack.id,
        kind: 'inner-chemical',
        outcome: 'fail',
        placedBy: personId(actor),
        placedAt: ctx.clock.now(),
        readBy: personId(actor),
        readAt: ctx.clock.now(),
      })
      .execute();
  await trx
    .insertInto('notification')
    .values({
      institutionId: pack.centerId,
      kind: 'sterilization.inner-indicator-failed',
      body: JSON.stringify({ packId: pack.id, code: pack.code, loadId: pack.loadId }),
      createdAt: ctx.clock.now(),
    })
    .execute();
  await announce(trx, {
    kind: 'sterilization.inner-indicator-failed',
    centerKind: 'sterilization',
    reportingInstitutionId: pack.centerId,
    data: { packId: pack.id, code: pack.code },
  });
  return { code: pack.code, used: false, patientId: null, earlyRelease: false };
}
