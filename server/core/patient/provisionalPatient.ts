import { sql } from 'kysely';
import { readIdCard } from '../../standards/identity/idCard.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { DomainError } from '../errors.ts';
import { findOrCreatePatient, type PatientInput } from './findOrCreatePatient.ts';
import { isoDate } from './matchPatient.ts';

const UNKNOWN_NAME = '无名氏';

/**
 * The patient of an order made for input that came without one (补录): who the input says, unverified until a person
 * resolves it; without a name 无名氏 with a temporary identity. What contradicts a patient on file makes a temporary one.
 */
export async function provisionalPatient(
  ctx: Context,
  trx: Transaction,
  said: {
    name: string | null | undefined;
    number: string | null | undefined;
    sex: string | null;
    birthDate: string | null;
  },
  institutionId: string,
): Promise<string> {
  const name = said.name?.trim().slice(0, 100);
  const number = said.number?.trim().slice(0, 64);
  const sex = said.sex?.toUpperCase();
  const birthDate = isoDate(said.birthDate);
  const input: PatientInput = {
    name: name || UNKNOWN_NAME,
    sex: sex === 'M' || sex === 'F' || sex === 'O' ? sex : 'U',
    ...(birthDate && isRealDate(birthDate) && { birthDate }),
    identifiers: number && name ? [{ type: readIdCard(number) ? 'id-card' : 'mrn', value: number }] : [],
    ...(!name && { temporary: true }),
  };
  await sql`savepoint provisional_patient`.execute(trx);
  try {
    const found = await findOrCreatePatient(ctx, trx, input, institutionId);
    if (found.created && name)
      await trx.updateTable('patient').set({ identity: 'unverified' }).where('id', '=', found.id).execute();
    return found.id;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await sql`rollback to savepoint provisional_patient`.execute(trx);
    const made = await findOrCreatePatient(
      ctx,
      trx,
      { ...input, identifiers: [], temporary: true },
      institutionId,
    );
    return made.id;
  }
}

function isRealDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
