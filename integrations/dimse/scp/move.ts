import { sopClasses, tags } from '../../../server/standards/dicom/index.ts';
import type { IncomingRequest } from '../association.ts';
import { requestAssociation, storageContexts } from '../requestor.ts';
import type { RetrievedInstance } from '../services.ts';
import { statuses } from '../status.ts';
import { storeInstance } from '../scu/store.ts';
import { readIdentifier, respond, respondFailure } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';
import { runSuboperations, type SendInstance } from './suboperations.ts';

/** C-MOVE (PS3.7 §9.1.4): sends what matches to the AE title that the peer names, over an association of the hub's own. */
export async function serveMove(context: ServiceContext, request: IncomingRequest): Promise<void> {
  const { association, peer, services, aeTitle } = context;
  try {
    const identifier = await readIdentifier(request);
    if (identifier === undefined) return;
    if (services.retrieve === undefined)
      return await respond(association, request, { status: statuses.sopClassNotSupported });
    const destination = await services.moveDestination?.(peer, request.command.moveDestination ?? '');
    if (destination === undefined)
      return await respond(association, request, {
        status: statuses.moveDestinationUnknown,
        comment: 'no device of this AE title with address and port is admitted',
      });
    const instances = await services.retrieve(peer, {
      model: request.context.abstractSyntax === sopClasses.patientRootMove ? 'patient-root' : 'study-root',
      level: identifier.string(tags.queryRetrieveLevel) ?? '',
      identifier,
      cancelled: request.cancelled,
    });
    await sendAll(context, request, instances, {
      host: destination.host,
      port: destination.port,
      calledAe: destination.aeTitle,
      callingAe: aeTitle,
    });
  } catch (error) {
    await respondFailure(context, request, error);
  }
}

async function sendAll(
  { association, peer, services }: ServiceContext,
  request: IncomingRequest,
  instances: readonly RetrievedInstance[],
  to: { host: string; port: number; calledAe: string; callingAe: string },
): Promise<void> {
  if (instances.length === 0) return runSuboperations(association, request, instances, async () => 0);
  const out = await requestAssociation({ ...to, contexts: storageContexts(instances) }).catch(
    (error: unknown) => {
      services.failed?.(peer, error);
      return undefined;
    },
  );
  const origin = {
    moveOriginatorAeTitle: peer.callingAe,
    moveOriginatorMessageId: request.command.messageId,
  };
  const send: SendInstance = async (instance) =>
    out === undefined ? statuses.unableToProcess : storeInstance(out, instance, origin);
  const unreachable = out === undefined ? `no association with ${to.calledAe}` : undefined;
  await runSuboperations(association, request, instances, send, unreachable);
  await out?.release();
}
