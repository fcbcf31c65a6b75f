import { DicomError } from '../../server/standards/dicom/errors.ts';
import { DomainError } from '../../server/core/errors.ts';

/** DIMSE statuses (PS3.7 Annex C, PS3.4 Annexes B, C, J, K). */
export const statuses = {
  success: 0x0000,
  cancel: 0xfe00,
  pending: 0xff00,
  /** Kept, but for a person: conflict or quarantine. */
  warningKept: 0xb000,
  suboperationsWithFailures: 0xb000,
  outOfResources: 0xa700,
  moveDestinationUnknown: 0xa801,
  identifierDoesNotMatch: 0xa900,
  cannotUnderstand: 0xc000,
  unableToProcess: 0xc001,
  sopClassNotSupported: 0x0122,
  unrecognizedOperation: 0x0211,
  noSuchAction: 0x0123,
  noSuchSopInstance: 0x0112,
  duplicateSopInstance: 0x0111,
  processingFailure: 0x0110,
  invalidAttributeValue: 0x0106,
  invalidArgument: 0x0115,
  resourceLimitation: 0x0213,
  missingAttribute: 0x0120,
  notAuthorized: 0x0124,
} as const;

export interface StatusAnswer {
  readonly status: number;
  readonly comment?: string | undefined;
}

/** Database or store out of reach: connection errors of the platform, and SQLSTATE classes 08, 53, 57P, 58 of PostgreSQL. */
function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|ENOSPC|EMFILE|ENFILE|EIO|EROFS|EDQUOT|08|53|57P|58)/.test(code))
    return true;
  if (/connection terminated|timeout exceeded when trying to connect|connection ended/i.test(error.message))
    return true;
  return error.cause !== undefined && isOutOfReach(error.cause);
}

/**
 * The one translation of failures to DIMSE: 503 and anything out of reach → out of resources, so that the peer tries again;
 * what was not understood → 0xC000; the rest → unable to process.
 */
export function statusOf(error: unknown): StatusAnswer {
  if (isOutOfReach(error))
    return { status: statuses.outOfResources, comment: 'temporarily out of resources' };
  if (error instanceof DicomError) return { status: statuses.cannotUnderstand, comment: error.message };
  if (error instanceof DomainError) {
    if (error.status === 503 || error.status === 507 || error.status === 429)
      return { status: statuses.outOfResources, comment: error.message };
    if (error.status === 413) return { status: statuses.outOfResources, comment: error.message };
    if (error.status === 403 || error.status === 404)
      return { status: statuses.notAuthorized, comment: error.message };
    if (error.status < 500) return { status: statuses.cannotUnderstand, comment: error.message };
  }
  return { status: statuses.unableToProcess, comment: 'unable to process' };
}

/** The same for the normalized services (N-CREATE, N-SET), whose statuses are those of PS3.7 Annex C. */
export function normalizedStatusOf(error: unknown): StatusAnswer {
  const answer = statusOf(error);
  if (error instanceof DomainError) {
    const comment = error.message;
    if (error.status === 404) return { status: statuses.noSuchSopInstance, comment };
    if (error.status === 409 && error.type.startsWith('duplicate'))
      return { status: statuses.duplicateSopInstance, comment };
    if (error.status === 409) return { status: statuses.processingFailure, comment };
    if (error.status < 500) return { status: statuses.invalidAttributeValue, comment };
  }
  if (error instanceof DicomError) return { status: statuses.invalidArgument, comment: error.message };
  // There is no "out of resources" here: 0213 resource limitation.
  if (answer.status === statuses.outOfResources) return { ...answer, status: statuses.resourceLimitation };
  return { status: statuses.processingFailure, comment: 'processing failure' };
}

export function isFailure(status: number): boolean {
  return (
    status !== 0 &&
    status !== statuses.cancel &&
    (status & 0xf000) !== 0xb000 &&
    status !== 0xff00 &&
    status !== 0xff01
  );
}
