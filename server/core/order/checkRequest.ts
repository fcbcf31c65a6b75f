import type { CatalogueItem } from '../center.ts';
import type { Transaction } from '../database.ts';
import { invalid } from '../errors.ts';
import type { RequestInput } from './requestInput.ts';
import { BY_MESSAGE, type RequestSource } from './requestSource.ts';

/** Whoever has a patient names him with an identifier, and says who consented to remote reporting. */
export function checkPatientPart(input: RequestInput, from: RequestSource, needsPatient: boolean): void {
  if (!needsPatient || from.patientId) return;
  const errors = [];
  if (!input.patient) errors.push({ path: 'patient', message: '缺少患者信息', code: 'required' });
  else if (input.patient.identifiers.length === 0 && !input.patient.temporary)
    errors.push({
      path: 'patient.identifiers',
      message: '至少需要一种证件或院内号;无名氏请选择临时身份',
      code: 'required',
    });
  if (!input.remoteConsent && !from.provisional && !BY_MESSAGE.has(from.source))
    errors.push({ path: 'remoteConsent', message: '缺少患者远程诊断知情同意', code: 'required' });
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
      unknown.map((code) => ({ path: 'items', message: `目录中没有项目 ${code}`, code: 'unknown-item' })),
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
      { path: 'performingInstitution', message: '机构不存在', code: 'unknown-institution' },
    ]);
  return row.id;
}
