import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { loadRows, showValue } from './buildContent.ts';

/** Tubes and tests for the case page. Values are added by `GET /api/lab/orders/:id`, which knows who asks. */
export async function describeLabOrder(db: Queryable, order: Order): Promise<Record<string, unknown>> {
  const containers = await db
    .selectFrom('labContainer as c')
    .innerJoin('labTubeType as t', 't.code', 'c.tubeCode')
    .leftJoin('labRejectionReason as j', 'j.code', 'c.rejectionCode')
    .leftJoin('labBox as b', 'b.id', 'c.boxId')
    .select([
      'c.id',
      'c.barcode',
      'c.state',
      'c.specimenType',
      'c.tubeCode',
      't.name as tubeName',
      't.color',
      't.colorName',
      't.volumeMl',
      'c.collectedAt',
      'c.collectedByName',
      'c.fasting',
      'c.bodySite',
      'c.separatedAt',
      'c.receivedAt',
      'c.rejectionCode',
      'j.name as rejectionName',
      'c.rejectionNote',
      'b.code as boxCode',
      'c.storeRack',
      'c.storePosition',
      'c.storeUntil',
    ])
    .where('c.orderId', '=', order.id)
    .orderBy('t.drawOrder')
    .orderBy('c.barcode')
    .execute();
  const rows = await loadRows(db, order.id);
  const open = ['received', 'claimed', 'preliminary', 'partial', 'requested', 'acquired'].includes(
    order.status,
  );
  return {
    containers,
    tests: rows.map((row) => ({
      code: row.code,
      name: row.name,
      panel: row.panel,
      state: row.testState,
      barcode: row.barcode,
      // A site sees values only when they are released.
      // What was released stays in sight until its successor is.
      ...(row.state !== 'released' &&
        row.replaces?.preliminary && {
          value: showValue({ ...row, ...row.replaces, comparator: null }),
          unit: row.unit,
          preliminary: true,
          released: true,
        }),
      ...(row.state === 'released' && {
        value: showValue(row),
        preliminary: row.preliminary === true,
        unit: row.unit,
        flag: row.flag,
        range: row.rangeText,
        organisms: row.organisms,
        released: true,
      }),
    })),
    open,
  };
}
