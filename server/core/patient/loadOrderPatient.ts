import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import type { OrderPatient } from './matchPatient.ts';

/** The patient of an order as an input is compared with it; numbers of other sites say nothing here. */
export async function loadOrderPatient(
  ctx: Pick<Context, 'keys'>,
  db: Queryable,
  patientId: string,
  institutionId: string,
): Promise<OrderPatient> {
  const patient = await db
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate', 'identity'])
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const identifiers = await db
    .selectFrom('patientIdentifier')
    .select(['type', 'issuerId', 'valueHash', 'valueMasked'])
    .where('patientId', '=', patientId)
    .execute();
  const own = identifiers.filter(
    (identifier) => identifier.issuerId === null || identifier.issuerId === institutionId,
  );
  return {
    name: patient.name,
    sex: patient.sex,
    birthDate: patient.birthDate,
    temporary: patient.identity === 'temporary',
    hasIdentifier: (value) =>
      value.trim().toUpperCase() === hubPatientNumber(patientId) ||
      own.some(({ type, valueHash }) =>
        [value.trim(), value.trim().toUpperCase()].some(
          (text) => ctx.keys.lookup(`${type}:${text}`) === valueHash,
        ),
      ),
    hospitalNumber: own.find((identifier) => identifier.type === 'mrn')?.valueMasked ?? null,
  };
}

/** Patient ID that the hub puts into the modality worklist where the site gave no hospital number. */
export function hubPatientNumber(patientId: string): string {
  return `P${patientId.replaceAll('-', '').slice(-12).toUpperCase()}`;
}
