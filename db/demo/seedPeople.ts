import { sql } from 'kysely';
import type { Context } from '../../server/core/context.ts';
import type { Transaction } from '../../server/core/database.ts';
import { PEOPLE } from './people.ts';
import { need, type Ids } from './seedPlaces.ts';

/** Staff with their roles; all have the same password. */
export async function seedPeople(trx: Transaction, places: Ids, passwordHash: string): Promise<Ids> {
  const ids: Ids = new Map();
  for (const person of PEOPLE) {
    const institutionId = need(places, person.institution);
    const staff = await trx
      .insertInto('staff')
      .values({
        username: person.username,
        name: person.name,
        title: person.title,
        institutionId,
        passwordHash,
        phone: `1380000${String(1000 + ids.size)}`,
        ...(person.signs && { licenceNumber: `11032000000${String(1000 + ids.size)}` }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(person.username, staff.id);
    await trx
      .insertInto('staffRole')
      .values(
        person.roles.map(([role, centerKind]) => ({
          staffId: staff.id,
          role,
          institutionId,
          centerKind: centerKind ?? null,
        })),
      )
      .execute();
  }
  return ids;
}

/** A month of duty from today, each shift a day long, so that the ladder always finds somebody. */
export async function seedRoster(ctx: Context, trx: Transaction, places: Ids, people: Ids): Promise<void> {
  const start = new Date(Math.floor(ctx.clock.now().getTime() / 86_400_000) * 86_400_000);
  const duties: [institution: string, staff: string, duty: string, center: string | null][] = [
    ['LIUHE', 'doctor1', 'site-duty', null],
    ['LIUHE', 'doctor1', 'site-head', null],
    ['BAITA', 'doctor2', 'site-duty', null],
    ['SHUANGQIAO', 'doctor3', 'site-duty', null],
    ['DONGSHAN', 'doctor4', 'site-duty', null],
    ['QHRM', 'duty1', 'duty-office', null],
    ['QHRM', 'radiologist1', 'reporter', 'imaging'],
    ['QHRM', 'radiologist2', 'verifier', 'imaging'],
    ['QHRM', 'cardiologist1', 'reporter', 'ecg'],
    ['QHRM', 'cardiologist2', 'verifier', 'ecg'],
  ];
  for (const [institution, staff, duty, center] of duties)
    await sql`insert into roster_shift (institution_id, center_kind, staff_id, duty, starts_at, ends_at, phone)
      select ${need(places, institution)}::uuid, ${center}::center_kind, ${need(people, staff)}::uuid, ${duty}, ${start}::timestamptz + d * interval '1 day', ${start}::timestamptz + (d + 1) * interval '1 day', '0513-5550119' from generate_series(0, 59) d`.execute(
      trx,
    );
}
