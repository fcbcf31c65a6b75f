import type { Context } from '../../server/core/context.ts';
import { commitStorage } from '../../server/imaging/modality/commitStorage.ts';
import { createPerformedStep, setPerformedStep } from '../../server/imaging/modality/performedStep.ts';
import { sopClasses } from '../../server/standards/dicom/uids.ts';
import { peerActor } from './peerActor.ts';
import { messageContext, requestAssociation } from './requestor.ts';
import { reportCommitment } from './scu/reportCommitment.ts';
import type { CommitmentResult, DimseServices, Peer } from './services.ts';

const retryMs = [1_000, 10_000, 60_000];

/** Storage commitment and performed procedure steps of the devices. */
export function modalityService(
  ctx: Context,
): Required<
  Pick<
    DimseServices,
    | 'commitStorage'
    | 'commitmentReported'
    | 'reportCommitmentLater'
    | 'createPerformedStep'
    | 'setPerformedStep'
  >
> {
  const source = (peer: Peer) => ({
    actor: peerActor(peer),
    institutionId: peer.institutionId,
    deviceId: peer.deviceId,
  });
  return {
    async commitStorage(peer, { transactionUid, instances }) {
      const outcome = await commitStorage(ctx, peerActor(peer), {
        institutionId: peer.institutionId,
        instances,
      });
      await noteCommitment(ctx, peer, { transactionUid, ...outcome });
      return { transactionUid, ...outcome };
    },
    commitmentReported: (peer, result) => closeCommitment(ctx, peer, result, true),
    reportCommitmentLater: (peer, result) => reportLater(ctx, peer, result),
    createPerformedStep: (peer, uid, attributes) => createPerformedStep(ctx, source(peer), uid, attributes),
    setPerformedStep: (peer, uid, attributes) => setPerformedStep(ctx, source(peer), uid, attributes),
  };
}

async function noteCommitment(ctx: Context, peer: Peer, result: CommitmentResult): Promise<void> {
  const row = {
    items: JSON.stringify(result.committed),
    failed: JSON.stringify(result.failed),
    deviceId: peer.deviceId,
    calledAe: peer.calledAe,
    address: peer.address,
    state: 'waiting',
  };
  await ctx.db
    .insertInto('storageCommitment')
    .values({ ...row, transactionUid: result.transactionUid, requestorAe: peer.callingAe })
    .onConflict((conflict) => conflict.columns(['transactionUid', 'requestorAe']).doUpdateSet(row))
    .execute();
}

/** The device has gone: the hub calls it back, where it is known on which port the device listens. */
async function reportLater(ctx: Context, peer: Peer, result: CommitmentResult): Promise<void> {
  const device = await ctx.db
    .selectFrom('device')
    .select('dicomPort')
    .where('id', '=', peer.deviceId)
    .executeTakeFirst();
  const port = device?.dicomPort ?? undefined;
  let reported = false;
  for (let attempt = 0; port !== undefined && !reported && attempt <= retryMs.length; attempt++) {
    reported = await callBack(ctx, peer, port, result).then(
      () => true,
      () => false,
    );
    const wait = retryMs[attempt];
    if (!reported && wait !== undefined) await new Promise((resolve) => setTimeout(resolve, wait).unref());
  }
  if (!reported)
    ctx.log.warn({ transactionUid: result.transactionUid }, 'storage commitment could not be reported');
  await closeCommitment(ctx, peer, result, reported);
}

async function closeCommitment(
  ctx: Context,
  peer: Peer,
  result: CommitmentResult,
  reported: boolean,
): Promise<void> {
  await ctx.db
    .updateTable('storageCommitment')
    .set({ state: reported ? 'reported' : 'failed', reportedAt: reported ? ctx.clock.now() : null })
    .where('transactionUid', '=', result.transactionUid)
    .where('requestorAe', '=', peer.callingAe)
    .execute();
}

/** The hub is requestor and takes the SCP role, as the service demands (PS3.4 §J.3.3). */
async function callBack(ctx: Context, peer: Peer, port: number, result: CommitmentResult): Promise<void> {
  const sopClassUid = sopClasses.storageCommitmentPush;
  const association = await requestAssociation({
    host: peer.address,
    port,
    callingAe: ctx.config.aeTitle,
    calledAe: peer.callingAe,
    contexts: [messageContext(sopClassUid)],
    roles: [{ sopClassUid, scu: false, scp: true }],
  });
  await reportCommitment(association, result);
  await association.release();
}
