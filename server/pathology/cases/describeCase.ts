import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { readSlides } from '../slides/readSlides.ts';

/** Slides that a case page opens with: as many as its windows, so that their tissue needs no second question. */
const windows = 4;

/** Everything a case page shows of a pathology case: specimens, jars, blocks, glass, slide images, orders, opinions. */
export async function describeCase(db: Queryable, order: Order): Promise<Record<string, unknown>> {
  const orderId = order.id;
  const found = await db
    .selectFrom('pathologyCase')
    .selectAll()
    .where('orderId', '=', orderId)
    .executeTakeFirst();
  if (!found) return {};
  const [
    specimens,
    containers,
    receptions,
    blocks,
    glass,
    images,
    stains,
    photos,
    frozen,
    opinions,
    snapshots,
    grossVersions,
    frozenCalls,
    firstSlides,
  ] = await Promise.all([
    db.selectFrom('pathologySpecimen').selectAll().where('orderId', '=', orderId).orderBy('letter').execute(),
    db
      .selectFrom('pathologyContainer')
      .selectAll()
      .where('orderId', '=', orderId)
      .orderBy('barcode')
      .execute(),
    db
      .selectFrom('pathologyReception as r')
      .leftJoin('staff as s', 's.id', 'r.receivedBy')
      .select(['r.outcome', 'r.reasons', 'r.note', 'r.at', 's.name as by'])
      .where('r.orderId', '=', orderId)
      .orderBy('r.at')
      .execute(),
    db.selectFrom('pathologyBlock').selectAll().where('orderId', '=', orderId).orderBy('label').execute(),
    db.selectFrom('pathologySlide').selectAll().where('orderId', '=', orderId).orderBy('label').execute(),
    db
      .selectFrom('slideImage')
      .select([
        'id',
        'pathologySlideId',
        'stain',
        'state',
        'width',
        'height',
        'micrometrePerPixel',
        'objectivePower',
        'synthetic',
        'createdAt',
        'refusedReason',
        'refusedDetail',
      ])
      .where('orderId', '=', orderId)
      .where('state', 'in', ['ready', 'uploading', 'refused'])
      .orderBy('createdAt')
      .execute(),
    db
      .selectFrom('pathologyStainOrder as w')
      .leftJoin('pathologyBlock as b', 'b.id', 'w.blockId')
      .leftJoin('staff as s', 's.id', 'w.orderedBy')
      .leftJoin('staff as r', 'r.id', 'w.readBy')
      .select([
        'w.id',
        'w.kind',
        'w.stain',
        'w.state',
        'w.orderedAt',
        'w.dueAt',
        'w.doneAt',
        'w.result',
        'b.label as block',
        's.name as orderedBy',
        'r.name as readBy',
      ])
      .where('w.orderId', '=', orderId)
      .orderBy('w.orderedAt')
      .orderBy('w.id')
      .execute(),
    db
      .selectFrom('pathologyPhoto')
      .select(['id', 'caption', 'at', 'specimenId'])
      .where('orderId', '=', orderId)
      .orderBy('at')
      .execute(),
    db
      .selectFrom('pathologyFrozen as f')
      .leftJoin('pathologyCase as p', 'p.orderId', 'f.paraffinOrderId')
      .leftJoin('orders as po', 'po.id', 'f.paraffinOrderId')
      .leftJoin('pathologyArchive as pa', 'pa.orderId', 'f.paraffinOrderId')
      .leftJoin('staff as cb', 'cb.id', 'f.comparedBy')
      .selectAll('f')
      .select([
        'p.pathologyNumber as paraffinNumber',
        'po.accessionNumber as paraffinAccession',
        'po.status as paraffinStatus',
        'pa.diagnosis as paraffinDiagnosis',
        'cb.name as comparedByName',
      ])
      .where('f.orderId', '=', orderId)
      .executeTakeFirst(),
    db
      .selectFrom('pathologyOpinion as p')
      .leftJoin('staff as a', 'a.id', 'p.askedBy')
      .leftJoin('staff as o', 'o.id', 'p.askedOf')
      .leftJoin('staff as g', 'g.id', 'p.givenBy')
      .select([
        'p.id',
        'p.kind',
        'p.question',
        'p.outside',
        'p.outsideExpert',
        'p.diagnosis',
        'p.askedOf as askedOfId',
        'p.askedBy as askedById',
        'p.askedAt',
        'p.opinion',
        'p.agrees',
        'p.givenAt',
        'a.name as askedBy',
        'o.name as askedOf',
        'g.name as givenBy',
      ])
      .where('p.orderId', '=', orderId)
      .orderBy('p.askedAt')
      .execute(),
    db
      .selectFrom('slideSnapshot')
      .select(['id', 'slideImageId', 'caption', 'at'])
      .where('orderId', '=', orderId)
      .orderBy('at')
      .execute(),
    db
      .selectFrom('pathologyGrossVersion as v')
      .leftJoin('staff as s', 's.id', 'v.describedBy')
      .select(['v.id', 'v.description', 'v.at', 's.name as by'])
      .where('v.orderId', '=', orderId)
      .orderBy('v.at')
      .execute(),
    db
      .selectFrom('pathologyFrozenCall as k')
      .leftJoin('staff as s', 's.id', 'k.calledBy')
      .select(['k.id', 'k.diagnosis', 'k.toldTo', 'k.readBack', 'k.at', 's.name as by'])
      .where('k.orderId', '=', orderId)
      .orderBy('k.at')
      .execute(),
    readSlides(db, sql`s.order_id = ${orderId} and s.state = 'ready'`, windows),
  ]);
  return {
    ...found,
    specimens,
    containers,
    receptions,
    blocks,
    glass,
    images,
    stains,
    photos,
    frozen: frozen ?? null,
    opinions,
    snapshots,
    grossVersions,
    frozenCalls,
    firstSlides: firstSlides.map(
      ({ barcode: _barcode, refusedReason: _reason, refusedDetail: _detail, ...facts }) => ({
        ...facts,
        proposedOrderId: null,
        refused: null,
      }),
    ),
  };
}
