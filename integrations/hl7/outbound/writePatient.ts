import type { Context } from '../../../server/core/context.ts';
import type { OutField, OutSegment } from '../../../server/standards/hl7v2/write.ts';
import type { Quirks } from './endpoint.ts';

const IDENTIFIER_CODES: Record<string, string> = {
  'id-card': 'NNCHN',
  mrn: 'MR',
  passport: 'PPN',
  'social-card': 'SS',
  military: 'MI',
};

/** PID: identifiers known to everybody or given by this institution, name, birth date, sex. */
export async function writePatient(
  ctx: Pick<Context, 'db' | 'keys'>,
  patientId: string,
  institutionId: string,
  quirks: Quirks,
): Promise<OutSegment> {
  const patient = await ctx.db
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate'])
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const identifiers = await ctx.db
    .selectFrom('patientIdentifier')
    .select(['type', 'valueEncrypted', 'issuerId'])
    .where('patientId', '=', patientId)
    .where((eb) => eb.or([eb('issuerId', 'is', null), eb('issuerId', '=', institutionId)]))
    .execute();
  const list = identifiers.map((one) => [
    ctx.keys.decrypt(one.valueEncrypted),
    undefined,
    undefined,
    undefined,
    (one.type === 'id-card' ? quirks.idCardType : undefined) ??
      IDENTIFIER_CODES[one.type] ??
      one.type.toUpperCase(),
  ]);
  const name: OutField = quirks.splitNames ? [patient.name.slice(0, 1), patient.name.slice(1)] : patient.name;
  return [
    'PID',
    1,
    undefined,
    { repeat: list },
    undefined,
    name,
    undefined,
    patient.birthDate?.replace(/-/g, ''),
    patient.sex,
  ];
}
