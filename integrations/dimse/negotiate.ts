import {
  isStorageSopClass,
  sopClasses,
  storableTransferSyntaxes,
  transferSyntaxes,
} from '../../server/standards/dicom/uids.ts';
import type { AnsweredContext, ProposedContext, RoleSelection } from './pdu.ts';

/** What the hub offers for one abstract syntax. */
export interface OfferedService {
  readonly transferSyntaxes: ReadonlySet<string>;
}

/** A presentation context in use. */
export interface PresentationContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

const { implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflatedExplicitLittleEndian } =
  transferSyntaxes;

/** Message services: data sets that the hub itself writes and reads. */
const messageSyntaxes: ReadonlySet<string> = new Set([explicitLittleEndian, implicitLittleEndian]);

const messageClasses: ReadonlySet<string> = new Set([
  sopClasses.verification,
  sopClasses.modalityWorklistFind,
  sopClasses.storageCommitmentPush,
  sopClasses.modalityPerformedProcedureStep,
  sopClasses.patientRootFind,
  sopClasses.patientRootMove,
  sopClasses.patientRootGet,
  sopClasses.studyRootFind,
  sopClasses.studyRootMove,
  sopClasses.studyRootGet,
]);

/** The table of accepted syntaxes; undefined for an abstract syntax that the hub does not serve. */
export function offeredService(abstractSyntax: string): OfferedService | undefined {
  if (messageClasses.has(abstractSyntax)) return { transferSyntaxes: messageSyntaxes };
  if (isStorageSopClass(abstractSyntax)) return { transferSyntaxes: storableTransferSyntaxes };
  return undefined;
}

/** Lower is better: the sender's own order, but what loses representation or is costly only when nothing else is proposed. */
function reluctance(transferSyntax: string): number {
  if (transferSyntax === implicitLittleEndian) return 1;
  if (transferSyntax === explicitBigEndian || transferSyntax === deflatedExplicitLittleEndian) return 2;
  return 0;
}

/** Answers each proposed context by the table (PS3.8 §7.1.1.14): one transfer syntax, the best that the peer proposed, or a refusal. */
export function negotiate(proposed: readonly ProposedContext[]): {
  answers: AnsweredContext[];
  accepted: Map<number, PresentationContext>;
} {
  const answers: AnsweredContext[] = [];
  const accepted = new Map<number, PresentationContext>();
  for (const { id, abstractSyntax, transferSyntaxes: candidates } of proposed) {
    const service = offeredService(abstractSyntax);
    const usable = candidates.filter((candidate) => service?.transferSyntaxes.has(candidate));
    const [transferSyntax] = usable.sort((a, b) => reluctance(a) - reluctance(b));
    if (service === undefined)
      answers.push({ id, result: 3, transferSyntax: candidates[0] ?? implicitLittleEndian });
    else if (transferSyntax === undefined)
      answers.push({ id, result: 4, transferSyntax: candidates[0] ?? implicitLittleEndian });
    else {
      answers.push({ id, result: 0, transferSyntax });
      accepted.set(id, { id, abstractSyntax, transferSyntax });
    }
  }
  return { answers, accepted };
}

/**
 * Roles as granted (PS3.7 §D.3.3.4): a peer may be SCP of storage where it fetches by C-GET, and SCU everywhere.
 * Only what the peer proposed is answered.
 */
export function negotiateRoles(proposed: readonly RoleSelection[]): RoleSelection[] {
  return proposed
    .filter(({ sopClassUid }) => offeredService(sopClassUid) !== undefined)
    .map(({ sopClassUid, scu, scp }) => ({ sopClassUid, scu, scp: scp && isStorageSopClass(sopClassUid) }));
}
