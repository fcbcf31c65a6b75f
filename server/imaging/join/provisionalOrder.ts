import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { Order } from '../../core/order/order.ts';
import { provisionalPatient } from '../../core/patient/provisionalPatient.ts';
import type { StudyRow } from '../queries.ts';
import { plainModality } from '../modality/plainModality.ts';

const CLASSES: Record<string, string> = { DX: 'xray', MG: 'xray', CT: 'ct-mr', MR: 'ct-mr', US: 'us' };

/**
 * 补录: an order for images that came without one, so that they can be read and called at once. The patient is who the
 * images say, unverified until a person resolves it; a contradiction with the patient on file makes a temporary one.
 */
export async function placeProvisionalOrder(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  study: StudyRow,
): Promise<Order> {
  const patientId = await provisionalPatient(
    ctx,
    trx,
    {
      name: study.patientDisplayName,
      number: study.patientIdText,
      sex: study.patientSex,
      birthDate: study.patientBirthDate,
    },
    study.institutionId,
  );
  const modality = plainModality(study.modalities[0] ?? 'OT');
  const item = await chooseItem(trx, modality, study);
  const { orders } = await placeRequest(
    ctx,
    trx,
    actor,
    { center: 'imaging', items: [{ code: item.code }], priority: 'urgent', flags: [] },
    {
      source: 'provisional',
      provisional: true,
      institutionId: study.institutionId,
      patientId,
      requestedByName: actor.name,
    },
  );
  const [order] = orders;
  if (!order) throw new Error('a provisional request made no order');
  if (item.code !== 'IMG-OTHER') return order;
  return trx
    .updateTable('orders')
    .set({
      modality,
      bodyPart: study.bodyPart,
      itemName: [modality, study.studyDescription ?? study.bodyPart, '(待核实项目)']
        .filter(Boolean)
        .join(' '),
      itemClass: CLASSES[modality] ?? 'other',
    })
    .where('id', '=', order.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function chooseItem(trx: Transaction, modality: string, study: StudyRow): Promise<{ code: string }> {
  const items = await trx
    .selectFrom('catalogueItem')
    .select(['code', 'bodyPart'])
    .where('centerKind', '=', 'imaging')
    .where('active', '=', true)
    .where('modality', '=', modality)
    .execute();
  const where = `${study.bodyPart ?? ''} ${study.studyDescription ?? ''}`.toUpperCase();
  const fitting = items.filter((item) => item.bodyPart && where.includes(item.bodyPart));
  const [only] = fitting;
  return only && fitting.length === 1 ? only : { code: 'IMG-OTHER' };
}
