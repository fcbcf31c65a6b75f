import { sql, type Selectable } from 'kysely';
import type { Study } from '../../db/types.ts';
import { machineActor, SYSTEM, type Actor } from '../core/access/actor.ts';
import type { Queryable, Transaction } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';

export type StudyRow = Selectable<Study>;

/** The study, locked for the rest of the transaction. */
export const lockStudy = (trx: Transaction, studyId: number): Promise<StudyRow | undefined> =>
  trx.selectFrom('study').selectAll().where('id', '=', studyId).forUpdate().executeTakeFirst();

/** Orders that a study is joined to now. */
export const ordersOfStudy = (db: Queryable, studyId: number): Promise<Order[]> =>
  db
    .selectFrom('orders')
    .innerJoin('studyOrder', 'studyOrder.orderId', 'orders.id')
    .selectAll('orders')
    .where('studyOrder.studyId', '=', studyId)
    .where('studyOrder.undoneAt', 'is', null)
    .execute();

/** Studies that answer an order now, oldest first. */
export const studiesOfOrder = (db: Queryable, orderId: string): Promise<StudyRow[]> =>
  db
    .selectFrom('study')
    .innerJoin('studyOrder', 'studyOrder.studyId', 'study.id')
    .selectAll('study')
    .where('studyOrder.orderId', '=', orderId)
    .where('studyOrder.undoneAt', 'is', null)
    .orderBy('study.id')
    .limit(100)
    .execute();

/** The machine that brought a study, as actor of what the hub does about it by itself. */
export async function actorOfStudy(db: Queryable, study: StudyRow): Promise<Actor> {
  if (!study.deviceId) return { ...SYSTEM, institutionId: study.institutionId };
  const device = await db
    .selectFrom('device')
    .select(['id', 'name'])
    .where('id', '=', study.deviceId)
    .executeTakeFirst();
  return device
    ? machineActor(device.name, device.id, study.institutionId, [])
    : { ...SYSTEM, institutionId: study.institutionId };
}

/** Milliseconds that a device's clock is ahead of the hub's; undefined when never measured. */
export async function clockOffsetMs(db: Queryable, deviceId: string | null): Promise<number | undefined> {
  if (!deviceId) return undefined;
  const device = await db
    .selectFrom('device')
    .select('clockOffsetMs')
    .where('id', '=', deviceId)
    .executeTakeFirst();
  return device?.clockOffsetMs ?? undefined;
}

/** Numbers of series and current instances of a study. */
export async function countStudy(
  db: Queryable,
  studyId: number,
): Promise<{ series: number; instances: number }> {
  const { rows } = await sql<{ series: number; instances: number }>`
    select count(distinct s.id)::int as series, count(i.id)::int as instances from series s
    left join instance i on i.series_id = s.id and i.superseded_at is null where s.study_id = ${studyId}`.execute(
    db,
  );
  return rows[0] ?? { series: 0, instances: 0 };
}
