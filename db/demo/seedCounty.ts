import { sql } from 'kysely';
import { SYSTEM } from '../../server/core/access/actor.ts';
import { hashPassword } from '../../server/core/access/password.ts';
import type { Context } from '../../server/core/context.ts';
import { ensureAuthority } from '../../server/core/signature/heldAuthority.ts';
import { enrolSigner } from '../../server/core/signature/enrolSigner.ts';
import { PEOPLE } from './people.ts';
import { seedDevices } from './seedDevices.ts';
import { seedPeople, seedRoster } from './seedPeople.ts';
import { seedCenters, seedPlaces } from './seedPlaces.ts';
import { seedCatalogue, seedRecognition, seedRules } from './seedRules.ts';

export const DEMO_PIN = '246810';

/** Institutions, people, devices, catalogue, policies and roster of 青禾县; all names are invented. */
export async function seedCounty(ctx: Context, placesStand = false): Promise<void> {
  if (!placesStand) await seedPlacesAndPeople(ctx);
  await enrolDemoSigners(ctx);
}

async function seedPlacesAndPeople(ctx: Context): Promise<void> {
  const passwordHash = await hashPassword(ctx.config.demoPassword);
  await ctx.db.transaction().execute(async (trx) => {
    const places = await seedPlaces(trx);
    await seedCenters(trx, places);
    const people = await seedPeople(trx, places, passwordHash);
    await seedDevices(trx, places);
    await seedCatalogue(trx);
    await seedRules(trx);
    await seedRecognition(ctx, trx, places);
    await seedRoster(ctx, trx, places, people);
    await sql`insert into setting (key, value) values ('demo.places', 'true')`.execute(trx);
  });
}

/** Signing certificates of the demo people who have none yet. */
async function enrolDemoSigners(ctx: Context): Promise<void> {
  const usernames = PEOPLE.filter((person) => person.signs).map((person) => person.username);
  const { rows } = await sql<{ id: string }>`select id from staff s where username = any(${usernames}::text[])
    and not exists (select 1 from signature_certificate c where c.staff_id = s.id) order by username`.execute(
    ctx.db,
  );
  // Demo cases are signed at moments of the past months: the certificates must have been valid then.
  const aYearAgo = { now: () => new Date(ctx.clock.now().getTime() - 400 * 86_400_000) };
  const enrol = (staffId: string) =>
    enrolSigner({ ...ctx, clock: aYearAgo }, SYSTEM, { staffId, pin: DEMO_PIN });
  await ensureAuthority({ ...ctx, clock: aYearAgo });
  await Promise.all(rows.map(({ id }) => enrol(id))); // keys are derived slowly by intention, on every core
}
