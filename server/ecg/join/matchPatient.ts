import { sql } from 'kysely';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { latinNameMatches } from '../../core/patient/pinyin.ts';

export interface Difference {
  field: 'name' | 'sex' | 'birthDate' | 'patientId' | 'institution' | 'status';
  input: string;
  order: string;
}

export interface RecordedPatient {
  name: string | null;
  number: string | undefined;
  sex: string | null;
  birthDate: string | null;
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s^·・.,_-]/g, '')
    .toLowerCase();

/** Undefined where the recording holds no usable name. */
export function nameAgrees(recorded: string | null, name: string): boolean | undefined {
  const text = recorded?.trim();
  if (!text || /^[-?*x]+$/i.test(text)) return undefined;
  if (plain(text) === plain(name)) return true;
  if (/\p{Script=Han}/u.test(text) || !/\p{Script=Han}/u.test(name)) return false;
  const parts = text.split(/[\s^,]+/).filter(Boolean);
  return (
    latinNameMatches(text, name) || latinNameMatches([...parts.slice(1), parts[0] ?? ''].join(' '), name)
  );
}

/**
 * Compares who the recording says it shows with who the order is for. `agrees`: nothing contradicts, and number or
 * name speaks for it; a field that one side does not have says nothing.
 */
export async function matchPatient(
  ctx: Pick<Context, 'keys'>,
  db: Queryable,
  recorded: RecordedPatient,
  patientId: string,
  institutionId: string,
): Promise<{ agrees: boolean; differences: Difference[] }> {
  const patient = await db
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate', 'identity'])
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const temporary = patient.identity === 'temporary';
  const differences: Difference[] = [];
  const identifiers = await db
    .selectFrom('patientIdentifier')
    .select(['type', 'valueHash'])
    .where('patientId', '=', patientId)
    .where(sql<boolean>`(issuer_id is null or issuer_id = ${institutionId}::uuid)`)
    .execute();
  const number = recorded.number?.trim();
  const sameNumber =
    number !== undefined &&
    number !== '' &&
    identifiers.some(({ type, valueHash }) =>
      [number, number.toUpperCase()].some((text) => ctx.keys.lookup(`${type}:${text}`) === valueHash),
    );
  if (number && !sameNumber && identifiers.some(({ type }) => type === 'mrn'))
    differences.push({ field: 'patientId', input: number, order: '' });
  const sameName = nameAgrees(recorded.name, patient.name);
  if (sameName === false && !temporary)
    differences.push({ field: 'name', input: recorded.name ?? '', order: patient.name });
  const sex = recorded.sex;
  if ((sex === 'M' || sex === 'F') && (patient.sex === 'M' || patient.sex === 'F') && sex !== patient.sex)
    differences.push({ field: 'sex', input: sex, order: patient.sex });
  if (recorded.birthDate && patient.birthDate && recorded.birthDate !== patient.birthDate)
    differences.push({ field: 'birthDate', input: recorded.birthDate, order: patient.birthDate });
  return { agrees: differences.length === 0 && (sameNumber || sameName === true), differences };
}
