import { sql } from 'kysely';
import { readIdCard } from '../../standards/identity/idCard.ts';
import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../database.ts';
import { invalid } from '../errors.ts';
import { namePinyin } from './pinyin.ts';

export interface PatientInput {
  name: string;
  sex: 'M' | 'F' | 'O' | 'U';
  birthDate?: string | undefined;
  phone?: string | undefined;
  identifiers: { type: string; value: string }[];
  /** 无名氏: a temporary identity, linked later. */
  temporary?: boolean | undefined;
}

/** Types that identify a person everywhere; all others (hospital numbers) only within their issuer. */
export const NATIONAL_TYPES = new Set([
  'id-card',
  'passport',
  'hk-mo-permit',
  'tw-permit',
  'military',
  'residence-permit',
  'birth-certificate',
  'social-card',
]);

/**
 * The patient of these identifiers, made when unknown. A hospital number counts within `institutionId` only.
 * Known demographics are never overwritten here; a contradiction with an ID card, in itself or with the patient on
 * file, is refused (`invalid`). Patients found by different identifiers are proposed for linking, not merged.
 */
export async function findOrCreatePatient(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  input: PatientInput,
  institutionId: string,
): Promise<{ id: string; created: boolean }> {
  const identifiers = input.identifiers.map((identifier) => ({
    ...identifier,
    value: normalise(identifier.type, identifier.value),
  }));
  const card = checkIdCard(input, identifiers);
  const hashes = identifiers.map(({ type, value }) => ctx.keys.lookup(`${type}:${value}`)).sort();
  for (const hash of hashes)
    // two requests for one new patient: the second waits and finds the first's
    await sql`select pg_advisory_xact_lock(hashtextextended(${hash}, 0))`.execute(trx);
  const [id, ...others] = await findPatients(ctx, trx, identifiers, institutionId);
  if (id) {
    await refuseContradiction(trx, id, input);
    for (const other of others) await proposeLink(trx, id, other, 'one request carries identifiers of both');
    await addIdentifiers(ctx, trx, id, identifiers, institutionId);
    return { id, created: false };
  }
  const patient = await trx
    .insertInto('patient')
    .values({
      name: input.name,
      namePinyin: namePinyin(input.name),
      sex: input.sex,
      birthDate: input.birthDate ?? card?.birthDate ?? null,
      identity: input.temporary ? 'temporary' : identifiers.length > 0 ? 'verified' : 'unverified',
      ...(input.phone && {
        phoneEncrypted: ctx.keys.encrypt(input.phone),
        phoneHash: ctx.keys.lookup(`phone:${input.phone}`),
      }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await addIdentifiers(ctx, trx, patient.id, identifiers, institutionId);
  if (input.phone) await proposeSimilar(trx, patient.id);
  return { id: patient.id, created: true };
}

/** The patients on file under these identifiers, in their order; a hospital number counts within `institutionId` only. */
export async function findPatients(
  ctx: Pick<Context, 'keys'>,
  db: Queryable,
  identifiers: PatientInput['identifiers'],
  institutionId: string,
): Promise<string[]> {
  const found = new Set<string>();
  for (const { type, value } of identifiers) {
    const row = await db
      .selectFrom('patientIdentifier')
      .select('patientId')
      .where('type', '=', type)
      .where('valueHash', '=', ctx.keys.lookup(`${type}:${normalise(type, value)}`))
      .where('issuerId', 'is not distinct from', issuerOf(type, institutionId))
      .executeTakeFirst();
    if (row) found.add(row.patientId);
  }
  return [...found];
}

const issuerOf = (type: string, institutionId: string): string | null =>
  NATIONAL_TYPES.has(type) ? null : institutionId;

function normalise(type: string, value: string): string {
  const text = value.trim();
  return NATIONAL_TYPES.has(type) ? text.toUpperCase().replace(/\s/g, '') : text;
}

/** Shown in place of the value: `3206**********1234`. At least three characters stay hidden, of short numbers all. */
export function maskIdentifier(value: string): string {
  if (value.length <= 4) return '*'.repeat(value.length);
  const head = value.length >= 12 ? 4 : 1;
  const tail = Math.min(4, value.length - head - 3);
  return value.slice(0, head) + '*'.repeat(value.length - head - tail) + value.slice(-tail);
}

function checkIdCard(input: PatientInput, identifiers: { type: string; value: string }[]) {
  const number = identifiers.find((identifier) => identifier.type === 'id-card');
  if (!number) return undefined;
  const card = readIdCard(number.value);
  if (!card)
    throw invalid('the ID card number is not valid: check its digits', [
      { path: 'patient.identifiers', code: 'id-card-invalid' },
    ]);
  const errors = [];
  if (input.birthDate && input.birthDate !== card.birthDate)
    errors.push({
      path: 'patient.birthDate',
      code: 'id-card-contradiction',
      params: { birthDate: card.birthDate },
    });
  if ((input.sex === 'M' || input.sex === 'F') && input.sex !== card.sex)
    errors.push({ path: 'patient.sex', code: 'id-card-contradiction' });
  if (errors.length > 0) throw invalid('the ID card contradicts birth date or sex', errors);
  return card;
}

/** Enough to see a slip of the pen, not enough to learn a stranger's name from a number. */
const maskName = (name: string): string =>
  `${[...name][0] ?? ''}${'*'.repeat(Math.max(1, [...name].length - 1))}`;
const isKnownSex = (sex: string): boolean => sex === 'M' || sex === 'F';

async function refuseContradiction(trx: Transaction, id: string, input: PatientInput): Promise<void> {
  const known = await trx
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate', 'identity'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (known.identity === 'temporary') return;
  const errors = [];
  if (known.name.replace(/\s/g, '') !== input.name.replace(/\s/g, ''))
    errors.push({
      path: 'patient.name',
      code: 'name-contradiction',
      params: { name: maskName(known.name) },
    });
  if (known.birthDate && input.birthDate && known.birthDate !== input.birthDate)
    errors.push({
      path: 'patient.birthDate',
      code: 'birth-date-contradiction',
    });
  if (isKnownSex(known.sex) && isKnownSex(input.sex) && known.sex !== input.sex)
    errors.push({
      path: 'patient.sex',
      code: 'sex-contradiction',
    });
  if (errors.length > 0) throw invalid('the patient on file with this document differs', errors);
}

async function addIdentifiers(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  patientId: string,
  identifiers: { type: string; value: string }[],
  institutionId: string,
): Promise<void> {
  for (const { type, value } of identifiers) {
    // What is on file already stays: for this patient, or for one proposed for linking.
    await trx
      .insertInto('patientIdentifier')
      .values({
        patientId,
        type,
        issuerId: issuerOf(type, institutionId),
        valueEncrypted: ctx.keys.encrypt(value),
        valueHash: ctx.keys.lookup(`${type}:${value}`),
        valueMasked: maskIdentifier(value),
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
}

async function proposeSimilar(trx: Transaction, id: string): Promise<void> {
  await sql`insert into patient_link (patient_id, other_patient_id, reason)
    select least(p.id, o.id), greatest(p.id, o.id), 'same name, birth date and phone'
    from patient p join patient o on o.name = p.name and o.birth_date = p.birth_date and o.phone_hash = p.phone_hash and o.id <> p.id
    where p.id = ${id} limit 5 on conflict do nothing`.execute(trx);
}

async function proposeLink(trx: Transaction, a: string, b: string, reason: string): Promise<void> {
  const [patientId, otherPatientId] = a < b ? [a, b] : [b, a];
  await trx
    .insertInto('patientLink')
    .values({ patientId, otherPatientId, reason })
    .onConflict((oc) => oc.doNothing())
    .execute();
}
