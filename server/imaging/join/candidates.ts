import { sql } from 'kysely';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { loadOrderPatient } from '../../core/patient/loadOrderPatient.ts';
import { matchPatient, type Difference } from '../../core/patient/matchPatient.ts';
import { orderOfStudyUid } from '../modality/studyUid.ts';
import type { StudyRow } from '../queries.ts';

export interface Candidate {
  order: Order;
  agrees: boolean;
  differences: Difference[];
}

/** Orders that the numbers in the images point at, each compared with the images' institution and patient. */
export async function findCandidates(
  ctx: Pick<Context, 'keys'>,
  db: Queryable,
  study: StudyRow,
  chosenOrderId?: string,
): Promise<Candidate[]> {
  const numbers = [
    ...new Set(
      [study.accessionNumber, study.placerOrderNumber].filter(
        (number): number is string => number !== null && number !== '',
      ),
    ),
  ];
  const worklistOrder = chosenOrderId ?? orderOfStudyUid(study.studyInstanceUid);
  if (numbers.length === 0 && !worklistOrder) return [];
  const orders = await db
    .selectFrom('orders')
    .selectAll()
    .where('centerKind', '=', 'imaging')
    .where((eb) =>
      eb.or([
        ...(numbers.length > 0
          ? [eb('accessionNumber', 'in', numbers), eb('placerOrderNumber', 'in', numbers)]
          : []),
        ...(worklistOrder ? [eb('id', '=', worklistOrder)] : []),
      ]),
    )
    .limit(20)
    .execute();
  const candidates: Candidate[] = [];
  for (const order of orders) {
    const ownSite =
      order.requestingInstitutionId === study.institutionId ||
      order.performingInstitutionId === study.institutionId;
    if (!ownSite && order.accessionNumber !== study.accessionNumber && order.id !== worklistOrder) continue; // another site's placer number means nothing here
    const candidate = await compare(ctx, db, study, order, ownSite);
    // Images without any patient data are who the person says that uploads them for this order.
    const nameless = !study.patientName && !study.patientIdText;
    if (order.id === chosenOrderId && nameless && candidate.differences.length === 0) candidate.agrees = true;
    candidates.push(candidate);
  }
  return candidates;
}

async function compare(
  ctx: Pick<Context, 'keys'>,
  db: Queryable,
  study: StudyRow,
  order: Order,
  ownSite: boolean,
): Promise<Candidate> {
  const patient = order.patientId
    ? await loadOrderPatient(ctx, db, order.patientId, study.institutionId)
    : undefined;
  const { agrees, differences } = patient
    ? matchPatient(
        {
          patientId: study.patientIdText,
          otherPatientIds: study.otherPatientIds,
          patientName: study.patientName,
          sex: study.patientSex,
          birthDate: study.patientBirthDate,
        },
        patient,
      )
    : { agrees: false, differences: [] };
  if (!ownSite)
    differences.push({
      field: 'institution',
      input: study.institutionId,
      order: order.requestingInstitutionId,
    });
  if (order.status === 'cancelled' || order.status === 'void')
    differences.push({ field: 'status', input: '', order: order.status });
  return { order, agrees: agrees && differences.length === 0, differences };
}

/** Open orders of probably the same patient at the site, for a person to choose from. */
export async function findSimilarOrders(
  db: Queryable,
  study: StudyRow,
): Promise<{ orderId: string; accessionNumber: string; patientName: string | null; itemName: string }[]> {
  const names = (study.patientNameSearch ?? '').split('|').filter((part) => part.length > 1);
  if (names.length === 0) return [];
  const { rows } = await sql<{
    orderId: string;
    accessionNumber: string;
    patientName: string | null;
    itemName: string;
  }>`
    select o.id as order_id, o.accession_number, o.patient_name, o.item_name from orders o join patient p on p.id = o.patient_id
    where o.center_kind = 'imaging' and o.requesting_institution_id = ${study.institutionId} and o.created_at > now() - interval '14 days'
      and o.status in ('requested', 'awaiting-decision', 'acquired', 'received', 'returned') and not o.provisional
      and (lower(p.name) = any(${names}::text[]) or split_part(p.name_pinyin, ' ', 1) = any(${names}::text[]))
    order by o.created_at desc limit 10`.execute(db);
  return rows;
}
