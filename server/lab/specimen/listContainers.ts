import { z } from 'zod';
import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';
import { decodeCursor, encodeCursor } from '../../core/http.ts';

export const containerQuery = z.object({
  state: z.string().max(120).optional(),
  q: z.string().max(60).optional(),
  /** Retained tubes whose time is over. */
  overdue: z.stringbool().optional(),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** Tubes, newest first; what the actor may see by the scope of orders. The first page says how many there are. */
export async function listContainers(db: Queryable, actor: Actor, query: z.output<typeof containerQuery>) {
  const after = decodeCursor(query.cursor, 2);
  const states = query.state?.split(',').filter(Boolean);
  const found = db
    .selectFrom('labContainer as c')
    .innerJoin('orders', 'orders.id', 'c.orderId')
    .innerJoin('labTubeType as t', 't.code', 'c.tubeCode')
    .innerJoin('institution as i', 'i.id', 'orders.requestingInstitutionId')
    .leftJoin('labBox as b', 'b.id', 'c.boxId')
    .leftJoin('labRejectionReason as j', 'j.code', 'c.rejectionCode')
    .leftJoin('patient as p', 'p.id', 'orders.patientId')
    .where(visibleOrders(actor))
    .$if(states !== undefined && states.length > 0, (qb) => qb.where('c.state', 'in', states ?? []))
    .$if(query.q !== undefined, (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('c.barcode', '=', (query.q ?? '').toUpperCase()),
          eb('orders.accessionNumber', '=', (query.q ?? '').toUpperCase()),
          eb('orders.patientName', 'like', `%${query.q ?? ''}%`),
        ]),
      ),
    )
    .$if(query.overdue === true, (qb) =>
      qb
        .where('c.state', '=', 'stored')
        .where('c.storeUntil', '<', sql<string>`(now() at time zone 'Asia/Shanghai')::date`),
    );
  const rows = await found
    .select([
      'c.id',
      'c.barcode',
      'c.state',
      'c.orderId',
      'c.specimenType',
      't.name as tubeName',
      't.color',
      'c.collectedAt',
      'c.separatedAt',
      'c.receivedAt',
      'c.rejectionCode',
      'j.name as rejectionName',
      'c.storeRack',
      'c.storePosition',
      'c.storeUntil',
      'b.code as boxCode',
    ])
    .select([
      'orders.accessionNumber',
      'orders.patientName',
      'p.sex',
      'p.birthDate',
      'orders.itemName',
      'orders.priority',
      'orders.status as orderStatus',
      'i.shortName as institutionName',
    ])
    .select(
      // The order that asks for the tube to be drawn again.
      sql<
        string | null
      >`(select e.detail ->> 'recollection' from order_event e where e.order_id = c.order_id and e.kind = 'specimen-rejected' and e.detail ->> 'barcode' = c.barcode order by e.seq desc limit 1)`.as(
        'recollection',
      ),
    )
    .select(sql<string>`c.created_at::text`.as('cursorKey'))
    .$if(after !== undefined, (qb) =>
      qb.where(sql<boolean>`(c.created_at, c.id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`),
    )
    .orderBy('c.createdAt', 'desc')
    .orderBy('c.id', 'desc')
    .limit(query.limit + 1)
    .execute();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const more = rows.length > query.limit;
  return {
    ...(after === undefined && {
      total: more
        ? (await found.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n
        : rows.length,
    }),
    items: items.map(({ cursorKey, ...row }) => (void cursorKey, row)),
    nextCursor: more && last ? encodeCursor([last.cursorKey, last.id]) : null,
  };
}
