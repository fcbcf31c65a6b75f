import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Transaction } from '../../../server/core/database.ts';
import { DomainError } from '../../../server/core/errors.ts';
import {
  findOrCreatePatient,
  NATIONAL_TYPES,
  type PatientInput,
} from '../../../server/core/patient/findOrCreatePatient.ts';
import { namePinyin } from '../../../server/core/patient/pinyin.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import { segment } from '../../../server/standards/hl7v2/parse.ts';
import type { Outcome, Received } from './outcome.ts';
import { readIdentifiers, readPatient } from './readPatient.ts';

/**
 * ADT A01, A04, A08: makes the patient known, or brings demographics up to date. They are changed only when every
 * identifier on file was issued by the sender; otherwise the difference waits for a person.
 */
export async function changePatient(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
): Promise<Outcome> {
  const input = readPatient(received.message);
  try {
    const patient = await findOrCreatePatient(ctx, trx, input, received.institutionId);
    await recordAudit(trx, actor, {
      action: patient.created ? 'patient.create' : 'patient.update',
      subjectType: 'patient',
      subjectId: patient.id,
      patientId: patient.id,
    });
    return { state: 'accepted', patientId: patient.id };
  } catch (error) {
    if (!(error instanceof DomainError) || !error.errors.some((one) => /contradiction/.test(one.code ?? '')))
      throw error;
    if (error.errors.some((one) => one.code === 'id-card-contradiction')) throw error;
    // The contradiction is found before anything is written.
    return correctDemographics(ctx, trx, actor, received, input, error);
  }
}

async function correctDemographics(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  input: PatientInput,
  difference: DomainError,
): Promise<Outcome> {
  const known = await findByIdentifiers(ctx, trx, input.identifiers, received.institutionId);
  if (!known) throw difference;
  const issuers = await trx
    .selectFrom('patientIdentifier')
    .select(['type', 'issuerId'])
    .where('patientId', '=', known)
    .execute();
  const reported = await trx
    .selectFrom('orders')
    .select('id')
    .where('patientId', '=', known)
    .where('finalAt', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  const own = issuers.every(
    (row) => !NATIONAL_TYPES.has(row.type) && row.issuerId === received.institutionId,
  );
  if (!own || reported) {
    await trx
      .insertInto('unmatchedInput')
      .values({
        centerKind: 'imaging',
        kind: 'mismatch',
        institutionId: received.institutionId,
        deviceId: received.deviceId,
        subjectType: 'hl7-message',
        subjectId: String(received.id),
        reason: `the patient on file differs in ${difference.errors.map((one) => one.path.replace('patient.', '')).join(', ')}`,
        detail: JSON.stringify({
          patientId: known,
          sent: { name: input.name, sex: input.sex, birthDate: input.birthDate },
        }),
      })
      .execute();
    return { state: 'held', text: difference.message, patientId: known };
  }
  const before = await trx
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate'])
    .where('id', '=', known)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('patient')
    .set({
      name: input.name,
      namePinyin: namePinyin(input.name),
      sex: input.sex,
      ...(input.birthDate && { birthDate: input.birthDate }),
    })
    .where('id', '=', known)
    .execute();
  await recordAudit(trx, actor, {
    action: 'patient.correct',
    subjectType: 'patient',
    subjectId: known,
    patientId: known,
    detail: { before },
  });
  return { state: 'accepted', patientId: known };
}

/** ADT A40: the sender says that two numbers are one person. The hub links, it never merges: a person decides. */
export async function proposePatientLink(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
): Promise<Outcome> {
  const input = readPatient(received.message);
  const mrg = segment(received.message, 'MRG');
  if (!mrg) throw contentError('MRG', 1, 'A40 without the prior identifier', 'refuse', 100);
  const prior = await findByIdentifiers(ctx, trx, readIdentifiers(mrg, 1), received.institutionId);
  const surviving = await findByIdentifiers(ctx, trx, input.identifiers, received.institutionId);
  if (!surviving) throw contentError('PID', 3, 'the surviving patient is not known here', 'refuse', 204);
  if (!prior) throw contentError('MRG', 1, 'the prior patient is not known here', 'refuse', 204);
  if (prior === surviving) return { state: 'accepted', text: 'already one patient', patientId: surviving };
  const [patientId, otherPatientId] = prior < surviving ? [prior, surviving] : [surviving, prior];
  await trx
    .insertInto('patientLink')
    .values({ patientId, otherPatientId, reason: `ADT^A40 of ${received.sender}` })
    .onConflict((oc) => oc.doNothing())
    .execute();
  await recordAudit(trx, actor, {
    action: 'patient.link.propose',
    subjectType: 'patient',
    subjectId: surviving,
    patientId: surviving,
    detail: { other: prior },
  });
  return { state: 'accepted', text: 'link proposed', patientId: surviving };
}

/** The patient of any of these identifiers, as the sender's institution knows them. */
export async function findByIdentifiers(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  identifiers: { type: string; value: string }[],
  institutionId: string,
): Promise<string | undefined> {
  for (const one of identifiers) {
    const row = await trx
      .selectFrom('patientIdentifier')
      .select('patientId')
      .where('type', '=', one.type)
      .where(
        'valueHash',
        '=',
        ctx.keys.lookup(
          `${one.type}:${NATIONAL_TYPES.has(one.type) ? one.value.toUpperCase().replace(/\s/g, '') : one.value}`,
        ),
      )
      .where('issuerId', 'is not distinct from', NATIONAL_TYPES.has(one.type) ? null : institutionId)
      .executeTakeFirst();
    if (row) return row.patientId;
  }
  return undefined;
}
