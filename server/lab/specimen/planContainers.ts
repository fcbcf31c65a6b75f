import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { nextBarcodes } from './barcode.ts';

interface PlannedTest {
  panelCode: string;
  testCode: string;
  tubeCode: string;
  specimenType: string;
  volumeUl: number;
  tubeMl: number;
  calculated: boolean;
}

/**
 * In the transaction that makes an order: its tests from the panels, and the tubes they need. Tests of one tube type
 * share a tube while half its volume (the serum of blood) suffices; then another is planned.
 */
export async function planContainers(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
): Promise<void> {
  const rows = await trx
    .selectFrom('orderItem as i')
    .innerJoin('labPanelTest as p', 'p.panelCode', 'i.code')
    .innerJoin('labTest as t', 't.code', 'p.testCode')
    .innerJoin('labTubeType as u', 'u.code', 't.tubeCode')
    .select([
      'p.panelCode',
      't.code as testCode',
      't.tubeCode',
      't.specimenType',
      't.volumeUl',
      'u.volumeMl as tubeMl',
      't.resultKind',
    ])
    .where('i.orderId', '=', order.id)
    .where('t.active', '=', true)
    .orderBy('u.drawOrder')
    .orderBy('p.position')
    .execute();
  const tests = new Map<string, PlannedTest>();
  for (const row of rows)
    if (!tests.has(row.testCode))
      tests.set(row.testCode, { ...row, calculated: row.resultKind === 'calculated' });
  const tubes = fillTubes([...tests.values()]);
  const containerOf = await insertTubes(ctx, trx, actor, order, tubes);
  if (tests.size > 0)
    await insertTests(
      trx,
      order,
      [...tests.values()].map(({ testCode, panelCode }) => ({
        testCode,
        panelCode,
        containerId: containerOf.get(testCode) ?? null,
      })),
    );
}

/** All tubes with their first event; container by test code. Columns as arrays: one statement text for any number of rows, prepared once a connection. */
async function insertTubes(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  tubes: ReturnType<typeof fillTubes>,
): Promise<Map<string, string>> {
  if (tubes.length === 0) return new Map();
  const now = ctx.clock.now();
  const barcodes = await nextBarcodes(trx, now, tubes.length);
  const { rows } = await sql<{ id: string; barcode: string }>`
    with tube as (
      insert into lab_container (barcode, order_id, tube_code, specimen_type)
      select t.barcode, ${order.id}::uuid, t.tube_code, t.specimen_type
      from unnest(${barcodes}::text[], ${tubes.map((one) => one.tubeCode)}::text[], ${tubes.map((one) => one.specimenType)}::text[]) as t (barcode, tube_code, specimen_type)
      returning id, barcode
    ), planned as (
      insert into lab_container_event (container_id, kind, at, actor_id, actor_name, institution_id, detail)
      select id, 'planned', ${now}::timestamptz, ${actor.kind === 'staff' ? actor.id : null}::uuid, ${actor.name}, ${actor.institutionId}::uuid, jsonb_build_object('barcode', barcode)
      from tube
    )
    select id, barcode from tube`.execute(trx);
  const idOf = new Map(rows.map((row) => [row.barcode, row.id]));
  return new Map(
    tubes.flatMap((tube, index) => {
      const id = idOf.get(barcodes[index] ?? '');
      return id ? tube.testCodes.map((code): [string, string] => [code, id]) : [];
    }),
  );
}

async function insertTests(
  trx: Transaction,
  order: Order,
  tests: { testCode: string; panelCode: string; containerId: string | null }[],
): Promise<void> {
  await sql`
    insert into lab_order_test (order_id, test_code, panel_code, container_id)
    select ${order.id}::uuid, t.test_code, t.panel_code, t.container_id
    from unnest(${tests.map((one) => one.testCode)}::text[], ${tests.map((one) => one.panelCode)}::text[], ${tests.map((one) => one.containerId)}::uuid[]) as t (test_code, panel_code, container_id)`.execute(
    trx,
  );
}

/** Groups tests into tubes. Pure; a calculated test needs no volume but rides in the tube of its type. */
export function fillTubes(
  tests: readonly Omit<PlannedTest, 'panelCode'>[],
): { tubeCode: string; specimenType: string; testCodes: string[] }[] {
  const tubes: { tubeCode: string; specimenType: string; testCodes: string[]; leftUl: number }[] = [];
  for (const test of tests) {
    const need = test.calculated ? 0 : test.volumeUl;
    let tube = tubes.find(
      (one) => one.tubeCode === test.tubeCode && one.specimenType === test.specimenType && one.leftUl >= need,
    );
    if (!tube) {
      tube = {
        tubeCode: test.tubeCode,
        specimenType: test.specimenType,
        testCodes: [],
        leftUl: Math.max(test.tubeMl * 500, need),
      };
      tubes.push(tube);
    }
    tube.testCodes.push(test.testCode);
    tube.leftUl -= need;
  }
  return tubes.map(({ tubeCode, specimenType, testCodes }) => ({ tubeCode, specimenType, testCodes }));
}
