import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import { getVisibleOrder } from '../../core/order/order.ts';

/** Cumulative view: whose values, and what was released over time. Whoever may see one order of a patient may see what the laboratory found before; audited. */
export async function readCumulative(
  ctx: Context,
  actor: Actor,
  patientId: string,
  query: { tests?: string | undefined; limit: number },
) {
  const orders = await ctx.db.selectFrom('orders').select('id').where('patientId', '=', patientId).execute();
  for (const order of orders) {
    const visible = await getVisibleOrder(ctx.db, actor, order.id).catch(() => undefined);
    if (!visible) continue;
    await recordAudit(ctx.db, actor, {
      action: 'result.cumulative',
      subjectType: 'patient',
      subjectId: patientId,
      patientId,
    });
    return {
      patient: await describePatient(ctx.db, patientId),
      items: await releasedValues(ctx.db, actor, patientId, query.tests?.split(','), query.limit),
      nextCursor: null,
    };
  }
  throw notFound('patient', patientId);
}

async function describePatient(db: Queryable, patientId: string) {
  const patient = await db
    .selectFrom('patient')
    .select(['id', 'name', 'sex', 'birthDate', 'identity'])
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const identifiers = await db
    .selectFrom('patientIdentifier')
    .select(['type', 'valueMasked as value'])
    .where('patientId', '=', patientId)
    .execute();
  return { ...patient, identifiers };
}

/** Released values by test and time, the hub's and those signed elsewhere; sensitive tests only where they are asked for by code, sensitive orders only to who may see them. */
async function releasedValues(
  db: Queryable,
  actor: Actor,
  patientId: string,
  testCodes: string[] | undefined,
  limit: number,
) {
  const { rows } = await sql<{
    testCode: string;
    name: string;
    unit: string | null;
    at: Date;
    value: number | null;
    text: string | null;
    flag: string | null;
    range: string | null;
    source: string;
    accessionNumber: string | null;
  }>`
    select * from (
      select r.test_code, t.name, r.unit, coalesce(c.collected_at, r.measured_at) as at, r.value_number::float8 as value, coalesce(r.value_text, concat(r.comparator, round(r.value_number, t.decimals))) as text, r.flag, r.range_text as range, 'hub' as source, o.accession_number, t.print_order
      from lab_result r join lab_test t on t.code = r.test_code join orders o on o.id = r.order_id left join lab_container c on c.id = r.container_id
      where r.patient_id = ${patientId} and r.current and r.state = 'released' and not (t.sensitive and ${testCodes === undefined}) and (not o.sensitive or ${visibleOrders(actor, 'o')})
      union all
      select v ->> 'code', coalesce(v ->> 'name', v ->> 'code'), v ->> 'unit', coalesce(e.examined_at, e.reported_at), case when v ->> 'value' ~ '^-?[0-9]+([.][0-9]+)?$' then (v ->> 'value')::float8 end,
        v ->> 'value', v ->> 'flag', v ->> 'range', 'external', e.order_number, 9999
      from external_result e cross join jsonb_array_elements(e.observations) v where e.patient_id = ${patientId} and e.center_kind = 'lab' and e.replaced_by is null and e.status <> 'void'
    ) x where at is not null and (${testCodes === undefined} or test_code = any(${testCodes ?? []}::text[])) order by at desc, print_order, test_code limit ${limit}`.execute(
    db,
  );
  return rows;
}
