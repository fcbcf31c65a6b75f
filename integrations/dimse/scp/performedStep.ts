import { isUid, sopClasses } from '../../../server/standards/dicom/index.ts';
import type { IncomingRequest } from '../association.ts';
import { normalizedStatusOf, statuses } from '../status.ts';
import { readIdentifier, respond, respondFailure } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';

const affectedSopClassUid = sopClasses.modalityPerformedProcedureStep;

/** MPPS N-CREATE (PS3.4 §F.7.2.1): the examination has begun. */
export async function servePerformedStepCreate(
  context: ServiceContext,
  request: IncomingRequest,
): Promise<void> {
  const { association, peer, services } = context;
  const uid = request.command.affectedSopInstanceUid ?? '';
  const echo = { affectedSopClassUid, affectedSopInstanceUid: uid };
  try {
    const attributes = await readIdentifier(request);
    if (attributes === undefined) return;
    if (!isUid(uid)) return await respond(association, request, { status: statuses.invalidArgument }, echo);
    if (services.createPerformedStep === undefined)
      return await respond(association, request, { status: statuses.sopClassNotSupported }, echo);
    await services.createPerformedStep(peer, uid, attributes);
    await respond(association, request, { status: statuses.success }, echo);
  } catch (error) {
    await respondFailure(context, request, error, echo, normalizedStatusOf);
  }
}

/** MPPS N-SET (PS3.4 §F.7.2.2): completed or discontinued. */
export async function servePerformedStepSet(
  context: ServiceContext,
  request: IncomingRequest,
): Promise<void> {
  const { association, peer, services } = context;
  const uid = request.command.requestedSopInstanceUid ?? '';
  const echo = { affectedSopClassUid, affectedSopInstanceUid: uid };
  try {
    const attributes = await readIdentifier(request);
    if (attributes === undefined) return;
    if (services.setPerformedStep === undefined)
      return await respond(association, request, { status: statuses.sopClassNotSupported }, echo);
    await services.setPerformedStep(peer, uid, attributes);
    await respond(association, request, { status: statuses.success }, echo);
  } catch (error) {
    await respondFailure(context, request, error, echo, normalizedStatusOf);
  }
}
