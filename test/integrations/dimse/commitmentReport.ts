import type { Association, IncomingRequest } from '../../../integrations/dimse/association.ts';
import { commandFields } from '../../../integrations/dimse/command.ts';
import { readIdentifier, respond } from '../../../integrations/dimse/scp/respond.ts';
import { tags } from '../../../server/standards/dicom/index.ts';

/** What a scanner does with N-EVENT-REPORT: notes it and answers success. */
export function serveCommitmentReport(reports: string[]) {
  return async (association: Association, request: IncomingRequest): Promise<void> => {
    if (request.command.commandField !== commandFields.nEventReportRq) throw new Error('unexpected request');
    const attributes = await readIdentifier(request);
    const count = (tag: number): number => attributes?.sequence(tag).length ?? 0;
    reports.push(
      `${attributes?.string(tags.transactionUid)} event ${request.command.eventTypeId}: ` +
        `${count(tags.referencedSopSequence)} committed, ${count(tags.failedSopSequence)} failed`,
    );
    await respond(association, request, { status: 0 });
  };
}
