import type { ElementList } from '../../../server/standards/dicom/index.ts';
import {
  answeringCharacterSet,
  sopClasses,
  tags,
  writeDataSet,
} from '../../../server/standards/dicom/index.ts';
import type { IncomingRequest } from '../association.ts';
import type { FindModel } from '../services.ts';
import { statuses } from '../status.ts';
import { readIdentifier, respond, respondFailure } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';

const models: Readonly<Record<string, FindModel>> = {
  [sopClasses.modalityWorklistFind]: 'worklist',
  [sopClasses.patientRootFind]: 'patient-root',
  [sopClasses.studyRootFind]: 'study-root',
};

/**
 * C-FIND (PS3.7 §9.1.2) of worklist, patient root and study root: each match is one response, written in one piece, in the character set that the peer
 * asked with where the hub writes it. C-CANCEL ends the search.
 */
export async function serveFind(context: ServiceContext, request: IncomingRequest): Promise<void> {
  const { association, peer, services } = context;
  try {
    const identifier = await readIdentifier(request);
    if (identifier === undefined) return;
    if (services.find === undefined)
      return await respond(association, request, { status: statuses.sopClassNotSupported });
    const model = models[request.context.abstractSyntax] ?? 'study-root';
    const level = model === 'worklist' ? '' : (identifier.string(tags.queryRetrieveLevel) ?? '');
    const matches = services.find(peer, { model, level, identifier, cancelled: request.cancelled });
    const characterSet = answeringCharacterSet(identifier.characterSetTerms);
    for await (const match of matches) {
      if (request.cancelled.aborted) break;
      await sendMatch(context, request, match, characterSet);
    }
    const status = request.cancelled.aborted ? statuses.cancel : statuses.success;
    await respond(association, request, { status });
  } catch (error) {
    await respondFailure(context, request, error);
  }
}

async function sendMatch(
  { association }: ServiceContext,
  request: IncomingRequest,
  match: ElementList,
  characterSet: string,
): Promise<void> {
  const dataSet = writeDataSet(match, { transferSyntax: request.context.transferSyntax, characterSet });
  await respond(association, request, { status: statuses.pending }, {}, dataSet);
}
