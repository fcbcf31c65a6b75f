import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { recordContainerEvent } from './containerEvent.ts';
import type { Order } from '../../core/order/order.ts';
import { nextBarcode } from './barcode.ts';

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
  const containerOf = new Map<string, string>();
  for (const tube of tubes) {
    const container = await trx
      .insertInto('labContainer')
      .values({
        barcode: await nextBarcode(trx, ctx.clock.now()),
        orderId: order.id,
        tubeCode: tube.tubeCode,
        specimenType: tube.specimenType,
      })
      .returning(['id', 'barcode'])
      .executeTakeFirstOrThrow();
    for (const code of tube.testCodes) containerOf.set(code, container.id);
    await recordContainerEvent(ctx, trx, actor, container.id, {
      kind: 'planned',
      detail: { barcode: container.barcode },
    });
  }
  if (tests.size > 0)
    await trx
      .insertInto('labOrderTest')
      .values(
        [...tests.values()].map((test) => ({
          orderId: order.id,
          testCode: test.testCode,
          panelCode: test.panelCode,
          containerId: containerOf.get(test.testCode) ?? null,
        })),
      )
      .execute();
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
