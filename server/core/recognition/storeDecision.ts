import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Transaction } from '../database.ts';
import type { RequestInput } from '../order/requestInput.ts';
import { isElsewhere, type Prompt } from './choosePrompts.ts';
import { citationOf } from './citation.ts';

export type Decision = NonNullable<RequestInput['recognitionDecisions']>[number];

/** An adopted result with the text that the clinician's record cites. */
export interface Adopted {
  promptId: string;
  citation: string;
}

/**
 * Writes what the clinician decided on one prompt: for good, in his name, with citation and saving of an adoption.
 * Whoever adopts counts as a reader of that version, so that a later correction calls him back. Answers the citation
 * of an adoption.
 */
export async function storeDecision(
  trx: Transaction,
  actor: Actor,
  prompt: { id: string; patientId: string; itemCode: string; orderId: string | null },
  decision: Decision,
  result: Prompt | undefined,
  now: Date,
): Promise<Adopted | undefined> {
  const staffId = actor.kind === 'staff' ? actor.id : null;
  const adopted = decision.decision === 'adopt' ? result : undefined;
  const citation = adopted ? citationOf(adopted) : null;
  await trx
    .updateTable('recognitionPrompt')
    .set({
      decision: decision.decision,
      reason: decision.decision === 'repeat' ? (decision.reason ?? null) : null,
      note: decision.note ?? null,
      patientInformed: decision.patientInformed ? JSON.stringify(decision.patientInformed) : null,
      citation,
      saving: adopted?.price ?? null,
      decidedBy: staffId,
      decidedAt: now,
      orderId: prompt.orderId,
    })
    .where('id', '=', prompt.id)
    .execute();
  if (adopted && !isElsewhere(adopted) && staffId)
    await trx
      .insertInto('reportView')
      .values({ signedReportId: adopted.signedReportId, staffId, act: 'adopted' })
      .execute();
  await recordAudit(trx, actor, {
    action: `recognition.${decision.decision}`,
    subjectType: 'recognition-prompt',
    subjectId: prompt.id,
    patientId: prompt.patientId,
    detail: {
      item: prompt.itemCode,
      reason: decision.reason ?? null,
      ...(result && isElsewhere(result) && { platform: result.platformName, report: result.reportNumber }),
    },
  });
  return citation ? { promptId: decision.promptId, citation } : undefined;
}
