import type { Queryable } from '../../core/database.ts';

/** The analyzer that calls itself `sender`, preferably from this address. */
export async function findInstrument(
  db: Queryable,
  who: { protocol: 'hl7' | 'astm'; sender: string; address: string | null },
): Promise<
  | { id: string; charset: string; driver: string; settings: unknown; institutionId: string; code: string }
  | undefined
> {
  return db
    .selectFrom('labInstrument')
    .select(['id', 'charset', 'driver', 'settings', 'institutionId', 'code'])
    .where('protocol', '=', who.protocol)
    .where('sender', '=', who.sender)
    .where('active', '=', true)
    .where((eb) => eb.or([eb('address', 'is', null), eb('address', '=', who.address)]))
    .orderBy('address', (ob) => ob.asc().nullsLast())
    .limit(1)
    .executeTakeFirst();
}
