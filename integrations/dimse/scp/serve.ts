import { isStorageSopClass, sopClasses } from '../../../server/standards/dicom/uids.ts';
import type { IncomingRequest } from '../association.ts';
import { commandFields } from '../command.ts';
import { statuses } from '../status.ts';
import { serveEcho } from './echo.ts';
import { serveFind } from './find.ts';
import { serveGet } from './get.ts';
import { serveMove } from './move.ts';
import { servePerformedStepCreate, servePerformedStepSet } from './performedStep.ts';
import { respond } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';
import { serveStorageCommitment } from './storageCommitment.ts';
import { serveStore } from './store.ts';

type Service = (context: ServiceContext, request: IncomingRequest) => Promise<void>;

const findClasses: ReadonlySet<string> = new Set([
  sopClasses.modalityWorklistFind,
  sopClasses.patientRootFind,
  sopClasses.studyRootFind,
]);
const moveClasses: ReadonlySet<string> = new Set([sopClasses.patientRootMove, sopClasses.studyRootMove]);
const getClasses: ReadonlySet<string> = new Set([sopClasses.patientRootGet, sopClasses.studyRootGet]);
const is = (uid: string) => (abstractSyntax: string) => abstractSyntax === uid;

/** Operation and abstract syntax → service. */
const table: readonly [number, (abstractSyntax: string) => boolean, Service][] = [
  [commandFields.cStoreRq, isStorageSopClass, serveStore],
  [commandFields.cEchoRq, is(sopClasses.verification), serveEcho],
  [commandFields.cFindRq, (uid) => findClasses.has(uid), serveFind],
  [commandFields.cMoveRq, (uid) => moveClasses.has(uid), serveMove],
  [commandFields.cGetRq, (uid) => getClasses.has(uid), serveGet],
  [commandFields.nActionRq, is(sopClasses.storageCommitmentPush), serveStorageCommitment],
  [commandFields.nCreateRq, is(sopClasses.modalityPerformedProcedureStep), servePerformedStepCreate],
  [commandFields.nSetRq, is(sopClasses.modalityPerformedProcedureStep), servePerformedStepSet],
];

/** Serves one request of the peer by the table; what is not in it is answered as unrecognized operation. */
export async function serve(context: ServiceContext, request: IncomingRequest): Promise<void> {
  const { command, context: presentation } = request;
  for (const [field, matches, service] of table) {
    if (field === command.commandField && matches(presentation.abstractSyntax))
      return service(context, request);
  }
  if (request.data !== undefined && !(await request.data.discard())) return;
  await respond(context.association, request, { status: statuses.unrecognizedOperation });
}
