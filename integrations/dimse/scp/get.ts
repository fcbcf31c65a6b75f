import { sopClasses, tags } from '../../../server/standards/dicom/index.ts';
import type { IncomingRequest } from '../association.ts';
import { storeInstance } from '../scu/store.ts';
import { statuses } from '../status.ts';
import { readIdentifier, respond, respondFailure } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';
import { runSuboperations } from './suboperations.ts';

/** C-GET (PS3.7 §9.1.3): sends what matches over the same association, for which the peer took the SCP role of the storage classes. */
export async function serveGet(context: ServiceContext, request: IncomingRequest): Promise<void> {
  const { association, peer, services } = context;
  try {
    const identifier = await readIdentifier(request);
    if (identifier === undefined) return;
    if (services.retrieve === undefined)
      return await respond(association, request, { status: statuses.sopClassNotSupported });
    const instances = await services.retrieve(peer, {
      model: request.context.abstractSyntax === sopClasses.patientRootGet ? 'patient-root' : 'study-root',
      level: identifier.string(tags.queryRetrieveLevel) ?? '',
      identifier,
      cancelled: request.cancelled,
    });
    const takes = new Set(association.roles.filter((role) => role.scp).map((role) => role.sopClassUid));
    await runSuboperations(association, request, instances, async (instance) =>
      takes.has(instance.sopClassUid) ? storeInstance(association, instance) : statuses.sopClassNotSupported,
    );
  } catch (error) {
    await respondFailure(context, request, error);
  }
}
