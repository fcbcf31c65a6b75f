import { sql } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** Boxes the actor has to do with: a site its own, the laboratory those bound for it, a courier all on the way. */
export async function listBoxes(
  db: Queryable,
  actor: Actor,
  query: { state?: string[] | undefined; code?: string; limit: number },
) {
  let rows = db
    .selectFrom('labBox as b')
    .innerJoin('institution as f', 'f.id', 'b.fromInstitutionId')
    .innerJoin('institution as t', 't.id', 'b.toInstitutionId')
    .leftJoin('staff as c', 'c.id', 'b.courierId')
    .selectAll('b')
    .select(totalRows.as('total'))
    .select(['f.shortName as fromName', 't.shortName as toName', 'c.name as courierName'])
    .select(sql<number>`(select count(*)::int from lab_container k where k.box_id = b.id)`.as('tubes'))
    .select(
      sql<number | null>`(select max(celsius)::float8 from lab_box_temperature x where x.box_id = b.id)`.as(
        'warmest',
      ),
    )
    .select(
      sql<number | null>`(select min(celsius)::float8 from lab_box_temperature x where x.box_id = b.id)`.as(
        'coldest',
      ),
    );
  if (query.code !== undefined) {
    const code = query.code;
    rows = rows.where((eb) =>
      eb.or([eb('b.code', '=', code.toUpperCase()), eb(sql<string>`b.id::text`, '=', code)]),
    );
  }
  if (query.state) rows = rows.where('b.state', 'in', query.state);
  const courier = actor.roles.some((held) => held.role === 'courier');
  if (!courier && actor.kind !== 'system')
    rows = rows.where((eb) =>
      eb.or([
        eb('b.fromInstitutionId', '=', actor.institutionId),
        eb(
          'b.toInstitutionId',
          '=',
          can(actor, 'specimen.receive', { centerKind: 'lab' }) ? actor.institutionId : null,
        ),
      ]),
    );
  return withTotal(await rows.orderBy('b.createdAt', 'desc').limit(query.limit).execute());
}

/** A box with its manifest. A courier sees numbers and tubes, no patients. */
export async function readBox(db: Queryable, actor: Actor, code: string) {
  const { items } = await listBoxes(db, actor, { code, limit: 1 });
  const box = items[0];
  if (!box) throw notFound('box', code);
  const names = can(actor, 'order.read');
  const tubes = await db
    .selectFrom('labContainer as c')
    .innerJoin('orders as o', 'o.id', 'c.orderId')
    .innerJoin('labTubeType as t', 't.code', 'c.tubeCode')
    .select([
      'c.barcode',
      'c.state',
      't.name as tubeName',
      't.color',
      'c.collectedAt',
      'c.separatedAt',
      'c.rejectionCode',
      'c.orderId',
      'o.accessionNumber',
      'o.itemName',
      'o.priority',
    ])
    .$if(names, (qb) => qb.select('o.patientName'))
    .where('c.boxId', '=', box.id)
    .orderBy('c.barcode')
    .limit(500)
    .execute();
  const temperatures = await db
    .selectFrom('labBoxTemperature')
    .select(['at', 'celsius', 'source'])
    .where('boxId', '=', box.id)
    .orderBy('at')
    .limit(2000)
    .execute();
  const extras = await db
    .selectFrom('labBoxExtra as x')
    .leftJoin('labContainer as c', 'c.id', 'x.containerId')
    .leftJoin('staff as s', 's.id', 'x.foundBy')
    .select(['x.barcode', 'x.foundAt', 'c.state', 's.name as foundBy'])
    .where('x.boxId', '=', box.id)
    .orderBy('x.foundAt')
    .limit(200)
    .execute();
  return { ...box, containers: tubes, temperatures, extras };
}
