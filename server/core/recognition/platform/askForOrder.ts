import type { Actor } from '../../access/actor.ts';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { findPatients, NATIONAL_TYPES } from '../../patient/findOrCreatePatient.ts';
import { askPlatforms, hasPlatforms, type PlatformAnswer } from './askPlatforms.ts';
import type { Person } from './isOfPerson.ts';

interface Asked {
  identifiers: { type: string; value: string }[];
  /** A patient already known. */
  patientId?: string | undefined;
  institutionId: string;
  itemCodes: string[];
}

const NOTHING: PlatformAnswer = { items: [], failures: [] };

/**
 * What other platforms have of the patient of an order that is about to be made. Asked outside every transaction: none
 * may wait for another house. His document number goes out, so the question is audited whatever becomes of the order.
 */
export async function askForOrder(
  ctx: Pick<Context, 'db' | 'keys' | 'clock' | 'log'>,
  actor: Actor,
  asked: Asked,
): Promise<PlatformAnswer> {
  if (!(await hasPlatforms(ctx))) return NOTHING;
  const patientId =
    asked.patientId ?? (await findPatients(ctx, ctx.db, asked.identifiers, asked.institutionId))[0];
  const person = documentOf(asked.identifiers) ?? (patientId && (await storedDocument(ctx, patientId)));
  if (!person) return NOTHING;
  const answer = await askPlatforms(ctx, person, asked.itemCodes);
  await recordAudit(ctx.db, actor, {
    action: 'recognition.ask-platforms',
    ...(patientId && { subjectType: 'patient', subjectId: patientId, patientId }),
    detail: {
      items: asked.itemCodes,
      found: answer.items.map((result) => `${result.platformName} ${result.reportNumber}`),
      unanswered: answer.failures.map(({ platformName, reason }) => `${platformName} ${reason}`),
    },
  });
  return answer;
}

/** The document of national standing among identifiers as they were typed. */
export function documentOf(identifiers: Asked['identifiers']): Person | undefined {
  const found = identifiers.find(({ type }) => NATIONAL_TYPES.has(type));
  return found && { type: found.type, number: found.value.trim().toUpperCase().replace(/\s/g, '') };
}

async function storedDocument(
  ctx: Pick<Context, 'db' | 'keys'>,
  patientId: string,
): Promise<Person | undefined> {
  const row = await ctx.db
    .selectFrom('patientIdentifier')
    .select(['type', 'valueEncrypted'])
    .where('patientId', '=', patientId)
    .where('type', 'in', [...NATIONAL_TYPES])
    .orderBy('type')
    .executeTakeFirst();
  return row && { type: row.type, number: ctx.keys.decrypt(row.valueEncrypted) };
}
