import { sql } from 'kysely';
import type { Transaction } from '../../core/database.ts';

/** One more use of the tray and of each coded instrument of this circulation, however late the use was told. */
export async function countUse(trx: Transaction, pack: { id: string; trayId: string | null }): Promise<void> {
  if (pack.trayId)
    await sql`update cssd_tray set use_count = use_count + 1 where id = ${pack.trayId}`.execute(trx);
  await sql`update cssd_instrument set use_count = use_count + 1
    where id in (select instrument_id from cssd_pack_instrument where pack_id = ${pack.id})`.execute(trx);
}
