import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, DomainError, invalid } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { loadSigner } from '../../core/signature/loadSigner.ts';
import type { Signer } from '../../core/signature/signer.ts';
import { centerOf, RIGHTS } from '../access.ts';
import { colleague } from '../colleague.ts';
import { note } from '../inputs.ts';
import { lockLoad } from '../machine/recordCycle.ts';
import { fixCosts } from '../records/cost.ts';
import { guarded } from '../refusals.ts';
import { loadCenterHours, turnaroundMinutes } from '../rules/centerHours.ts';
import { localDay } from '../rules/expiry.ts';
import { stepPacks } from '../stepPack.ts';
import { releaseDocument } from './releaseDocument.ts';
import { gatherEvidence, type Evidence } from './evidence.ts';

export const releaseLoadInput = z.object({
  loadId: z.uuid(),
  pin: z.string().min(4).max(32),
  kind: z.enum(['normal', 'after-biological', 'early-implant']).optional(),
  /** Early release: why it cannot wait, and who else agreed. */
  reason: note.default(''),
  approvedBy: z.string().trim().max(64).optional(),
  /** The approver's own signing PIN: agreeing is signing. */
  approverPin: z.string().min(4).max(32).optional(),
});

/** Biological results of an early release are due within this time. */
const FOLLOW_UP_HOURS = 72;

/**
 * Releases a load by an authorised person: a signed PDF is the load release record, its packs become sterile goods.
 * Refused with `release-incomplete` naming what is missing; the guards of DOMAIN stand in the table once more.
 */
export async function releaseLoad(ctx: Context, actor: Actor, input: z.output<typeof releaseLoadInput>) {
  const centerId = await centerOf(ctx.db, actor, 'authorise');
  const signer = await loadSigner(ctx, actor, input.pin);
  const approval = await approvalOf(ctx, actor, centerId, input);
  const answer = await guarded(() =>
    ctx.db.transaction().execute((trx) => release(ctx, trx, actor, signer, approval, centerId, input)),
  );
  ctx.bell.ring();
  return answer;
}

interface Approval {
  person: { id: string; name: string };
  signer: Signer;
}

/** The second person of an early release, who agrees with a PIN of his own. */
async function approvalOf(
  ctx: Context,
  actor: Actor,
  centerId: string,
  input: z.output<typeof releaseLoadInput>,
): Promise<Approval | undefined> {
  if (!input.approvedBy) return undefined;
  const person = await colleague(ctx.db, input.approvedBy, RIGHTS.authorise, centerId, 'approvedBy');
  if (person.id === personId(actor))
    throw invalid('the approver is another person', [{ path: 'approvedBy', code: 'same-person' }]);
  if (!input.approverPin)
    throw invalid('the approver signs with a PIN', [{ path: 'approverPin', code: 'required' }]);
  const at = { address: actor.address, requestId: actor.requestId };
  const acting: Actor = {
    ...person,
    ...(at.address && { address: at.address }),
    ...(at.requestId && { requestId: at.requestId }),
  };
  const signer = await loadSigner(ctx, acting, input.approverPin).catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    // Whose PIN it was: two are typed in one dialog.
    throw new DomainError(error.status, `approver-${error.type}`, `${person.name}: ${error.message}`, {
      cause: error,
      extra: error.extra,
    });
  });
  return { person, signer };
}

async function release(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  signer: Signer,
  approval: Approval | undefined,
  centerId: string,
  input: z.output<typeof releaseLoadInput>,
) {
  const load = await lockLoad(trx, centerId, input.loadId);
  const evidence = await gatherEvidence(trx, load.id);
  const kind = input.kind ?? chooseKind(evidence);
  refuseIncomplete(evidence, kind);
  const signedAt = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000);
  const { pdf, record, approvalSha256 } = await releaseDocument(trx, {
    actor,
    evidence,
    kind,
    reason: input.reason,
    approval: approval && { name: approval.person.name, signer: approval.signer },
    signedAt,
    signer,
  });
  const stored = await ctx.objects.put(pdf); // bytes first, then rows
  const row = await trx
    .insertInto('cssdRelease')
    .values({
      loadId: load.id,
      kind,
      hasImplant: load.hasImplant,
      biologicalRequired: evidence.programme.biologicalEvery === 'load',
      physicalOutcome: evidence.cycle?.physicalOutcome ?? '',
      outerIndicatorId: evidence.outer?.id ?? '',
      outerOutcome: evidence.outer?.outcome ?? '',
      ...(evidence.biological && kind === 'after-biological'
        ? {
            biologicalIndicatorId: evidence.biological.id,
            biologicalKind: 'biological',
            biologicalOutcome: evidence.biological.outcome,
          }
        : {}),
      ...(evidence.class5 && kind === 'early-implant'
        ? {
            class5IndicatorId: evidence.class5.id,
            class5Kind: 'class-5',
            class5Outcome: evidence.class5.outcome,
          }
        : {}),
      reason: input.reason,
      approvedBy: approval?.person.id ?? null,
      approvalSha256,
      releasedAt: signedAt,
      releasedBy: personId(actor),
      documentSha256: stored.address,
      recordSha256: createHash('sha256').update(record).digest('hex'),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const packs = await trx
    .selectFrom('cssdPack')
    .selectAll()
    .where('loadId', '=', load.id)
    .where('state', '=', 'sterilized')
    .orderBy('code')
    .forUpdate()
    .execute();
  await trx.updateTable('cssdLoad').set({ state: 'released' }).where('id', '=', load.id).execute();
  if (packs.length > 0)
    await stepPacks(
      ctx,
      trx,
      actor,
      { institutionId: centerId },
      packs,
      'released',
      { loadId: load.id, machineId: load.machineId, detail: { kind, releaseId: row.id } },
      { releaseId: row.id, readyAt: signedAt },
    );
  const hours = await loadCenterHours(trx, centerId);
  await sql`update cssd_pack p set turnaround_min = x.minutes from (select unnest(${packs.map((pack) => pack.id)}::uuid[]) as id,
      unnest(${packs.map((pack) => turnaroundMinutes(hours, pack.collectedAt, signedAt))}::int[]) as minutes) x where p.id = x.id`.execute(
    trx,
  );
  await fixCosts(trx, load.id, localDay(signedAt));
  if (kind === 'early-implant')
    await trx
      .insertInto('cssdReleaseFollowUp')
      .values({ releaseId: row.id, dueAt: new Date(signedAt.getTime() + FOLLOW_UP_HOURS * 3_600_000) })
      .execute();
  await recordAudit(trx, actor, {
    action: 'sterilization.release',
    subjectType: 'cssd-load',
    subjectId: load.id,
    detail: {
      kind,
      packs: packs.length,
      document: stored.address,
      ...(approval && { approvedBy: approval.person.name }),
    },
  });
  await announce(trx, {
    kind: 'sterilization.load',
    centerKind: 'sterilization',
    reportingInstitutionId: centerId,
    data: { loadId: load.id, state: 'released' },
  });
  return {
    releaseId: row.id,
    loadId: load.id,
    number: load.number,
    kind,
    packs: packs.length,
    documentSha256: stored.address,
  };
}

const chooseKind = (evidence: Evidence) =>
  evidence.load.hasImplant || evidence.programme.biologicalEvery === 'load' ? 'after-biological' : 'normal';

function refuseIncomplete(evidence: Evidence, kind: string): void {
  const missing: string[] = [];
  if (!['ended', 'failed'].includes(evidence.load.state))
    throw conflict('not-releasable', `load ${evidence.load.number} is ${evidence.load.state}`, {
      state: evidence.load.state,
    });
  if (!evidence.cycle) missing.push('physical');
  else if (evidence.cycle.physicalOutcome !== 'pass')
    throw conflict('physical-failed', 'the physical record of this load did not pass: it is not released', {
      findings: evidence.cycle.findings,
    });
  if (!evidence.outer || evidence.outer.outcome === 'pending') missing.push('outer-chemical');
  else if (evidence.outer.outcome === 'fail')
    throw conflict(
      'outer-indicator-failed',
      'the outer chemical indicators failed: the load is not released',
    );
  if (evidence.failed.length > 0)
    throw conflict('indicator-failed', `a ${evidence.failed.join(', ')} indicator of this load failed`);
  if (kind === 'after-biological' && evidence.biological?.outcome !== 'pass') missing.push('biological');
  if (kind === 'early-implant' && evidence.class5?.outcome !== 'pass') missing.push('class-5');
  if (missing.length > 0)
    throw conflict('release-incomplete', `not released; missing: ${missing.join(', ')}`, { missing, kind });
}
