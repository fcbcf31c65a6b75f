import type { CatalogueItem } from '../center.ts';
import type { Transaction } from '../database.ts';
import { invalid } from '../errors.ts';
import type { RequestInput } from './requestInput.ts';
import { BY_MESSAGE, type RequestSource } from './requestSource.ts';

/** Whoever has a patient names him with an identifier, and says who consented to remote reporting. */
export function checkPatientPart(input: RequestInput, from: RequestSource, needsPatient: boolean): void {
  if (!needsPatient || from.patientId) return;
  const errors = [];
  if (!input.patient) errors.push({ path: 'patient', code: 'required' });
  else if (input.patient.identifiers.length === 0 && !input.patient.temporary)
    errors.push({
      path: 'patient.identifiers',
      code: 'required',
    });
  if (!input.remoteConsent && !from.provisional && !BY_MESSAGE.has(from.source))
    errors.push({ path: 'remoteConsent', code: 'required' });
  if (errors.length > 0) throw invalid('the request is not complete', errors);
}

/** The ordered items of the centre's catalogue, each once, in the order they were named. */
export async function loadItems(trx: Transaction, input: RequestInput): Promise<CatalogueItem[]> {
  const codes = [...new Set(input.items.map((item) => item.code))];
  const rows = await trx
    .selectFrom('catalogueItem')
    .select(['code', 'name', 'itemClass', 'modality', 'bodyPart', 'reportGroup', 'price'])
    .where('code', 'in', codes)
    .where('centerKind', '=', input.center)
    .where('active', '=', true)
    .execute();
  const unknown = codes.filter((code) => !rows.some((row) => row.code === code));
  if (unknown.length > 0)
    throw invalid(
      `unknown item(s) ${unknown.join(', ')}`,
      unknown.map((code) => ({ path: 'items', code: 'unknown-item', params: { item: code } })),
    );
  return codes.flatMap((code) => rows.find((row) => row.code === code) ?? []);
}

/** The site that examines, by its code. */
export async function findInstitution(trx: Transaction, code: string): Promise<string> {
  const row = await trx
    .selectFrom('institution')
    .select('id')
    .where('code', '=', code)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!row)
    throw invalid(`institution ${code} is not known`, [
      { path: 'performingInstitution', code: 'unknown-institution' },
    ]);
  return row.id;
}
