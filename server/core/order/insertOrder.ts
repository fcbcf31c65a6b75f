import { sql } from 'kysely';
import type { CenterKind, OrderPriority } from '../../../db/types.ts';
import type { CatalogueItem } from '../center.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { invalid } from '../errors.ts';
import { localDate } from '../turnaround/calendar.ts';
import { choosePolicies } from '../turnaround/choosePolicies.ts';
import { chooseReportingInstitution } from './chooseCenter.ts';
import type { Order } from './order.ts';
import type { RequestInput } from './requestInput.ts';

const LETTER: Record<CenterKind, string> = {
  imaging: 'I',
  ecg: 'E',
  lab: 'L',
  pathology: 'P',
  sterilization: 'S',
};

/** Lanes of scanners and benches: what is urgent stands first there, whatever its due time. */
const LANE: Record<OrderPriority, number> = { emergency: 0, urgent: 1, routine: 2 };

/** One order of a request: its accession number, reporting centre, policies and items. */
export async function insertOrder(
  ctx: Context,
  trx: Transaction,
  {
    group,
    request,
    input,
    provisional,
  }: {
    group: CatalogueItem[];
    request: { id: string; patientId: string | null; institutionId: string; performing: string };
    input: RequestInput;
    provisional: boolean;
  },
): Promise<Order> {
  const [first] = group;
  if (!first) throw invalid('an order has at least one item', 'no-item');
  const now = ctx.clock.now();
  const drawn = await sql<{ number: number; patientName: string | null }>`
    select nextval('accession_number_seq') as number, (select name from patient where id = ${request.patientId}) as patient_name`.execute(
    trx,
  );
  const { number = 0, patientName = null } = drawn.rows[0] ?? {};
  const accessionNumber = `${LETTER[input.center]}${localDate(now).slice(2, 4)}${String(number).padStart(8, '0')}`;
  const facts = {
    centerKind: input.center,
    itemClass: first.itemClass,
    priority: input.priority,
    flags: input.flags as string[],
  };
  const order = await trx
    .insertInto('orders')
    .values({
      ...facts,
      requestId: request.id,
      accessionNumber,
      placerOrderNumber: input.placerOrderNumber ?? null,
      patientId: request.patientId,
      patientName,
      itemName: group.map((item) => item.name).join('、'),
      modality: first.modality,
      bodyPart: first.bodyPart,
      requestingInstitutionId: request.institutionId,
      performingInstitutionId: request.performing,
      reportingInstitutionId: await chooseReportingInstitution(
        trx,
        input.center,
        request.institutionId,
        group.map((item) => item.code),
        now,
      ),
      policyIds: sql<string[]>`${await choosePolicies(trx, facts, now)}::uuid[]`,
      lane: LANE[input.priority],
      provisional,
      price: group.reduce((sum, item) => sum + (item.price ?? 0), 0),
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('orderItem')
    .values(group.map((item) => ({ orderId: order.id, code: item.code, name: item.name, price: item.price })))
    .execute();
  return order;
}
