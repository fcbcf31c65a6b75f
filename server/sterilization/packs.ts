import { sql, type Selectable } from 'kysely';
import type { CssdPack } from '../../db/types.ts';
import type { Queryable, Transaction } from '../core/database.ts';
import { conflict, DomainError } from '../core/errors.ts';
import { looksLikeGs1, parseGs1 } from './formats/gs1.ts';
import { CLOSED_STATES } from './rules/steps.ts';
import { judgePackCode } from './rules/packCode.ts';

export type Pack = Selectable<CssdPack>;

/**
 * What a scanner gave: a pack code, a tray's own code or GRAI, an instrument's code or GIAI (stands for its tray).
 * Throws 409 `unknown-barcode`, `double-barcode`, `foreign-pack` or `no-open-pack`, so that the station can say which.
 */
export async function findPackId(db: Queryable, scanned: string, centerId?: string): Promise<string> {
  const code = scanned.trim();
  if (code === '' || code.length > 400) throw refuse('unknown-barcode', code, 'nothing readable was scanned');
  if (/^P\d{8,14}\s*P\d{8,14}/.test(code))
    throw refuse('double-barcode', code, 'two labels were read at once: scan them one after the other');
  if (/^P\d{8,14}$/.test(code)) {
    const pack = await db.selectFrom('cssdPack').select(['id']).where('code', '=', code).executeTakeFirst();
    if (pack) return pack.id;
    const centers = centerId ? [centerId] : await centerIds(db);
    if (centers.every((id) => judgePackCode(id, code) === 'foreign'))
      throw refuse('foreign-pack', code, 'this pack belongs to another county or centre: set it aside');
    throw refuse('unknown-barcode', code, 'no pack has this code');
  }
  const own = await openPackOfTray(db, code);
  if (own) return own;
  if (looksLikeGs1(code)) {
    const gs1 = parseGs1(code);
    for (const part of [
      gs1.grai,
      gs1.giai,
      gs1.gtin && gs1.serialNumber ? `${gs1.gtin}.${gs1.serialNumber}` : undefined,
    ]) {
      const found = part ? await openPackOfTray(db, part) : undefined;
      if (found) return found;
    }
  }
  throw refuse('unknown-barcode', code, 'no pack, tray or instrument has this code');
}

const centerIds = async (db: Queryable): Promise<string[]> =>
  (await db.selectFrom('center').select('institutionId').where('kind', '=', 'sterilization').execute()).map(
    (center) => center.institutionId,
  );

async function openPackOfTray(db: Queryable, code: string): Promise<string | undefined> {
  const { rows } = await sql<{ trayId: string }>`
    select id as tray_id from cssd_tray where code = ${code}
    union select tray_id from cssd_instrument where code = ${code} and tray_id is not null limit 1`.execute(
    db,
  );
  const trayId = rows[0]?.trayId;
  if (!trayId) return undefined;
  const pack = await db
    .selectFrom('cssdPack')
    .select('id')
    .where('trayId', '=', trayId)
    .where('state', 'not in', [...CLOSED_STATES])
    .executeTakeFirst();
  if (!pack)
    throw refuse(
      'no-open-pack',
      code,
      'this tray is known, but does not circulate: declare its return first',
    );
  return pack.id;
}

/** The packs of these scans, locked for the transaction, in the order scanned. One pack twice is refused. */
export async function lockPacks(
  trx: Transaction,
  scans: readonly string[],
  centerId?: string,
): Promise<Pack[]> {
  const ids: string[] = [];
  for (const scan of scans) {
    const id = await findPackId(trx, scan, centerId);
    if (ids.includes(id)) throw refuse('scanned-twice', scan, 'this pack was scanned twice');
    ids.push(id);
  }
  if (ids.length === 0) throw new DomainError(422, 'scan-a-pack', 'scan at least one pack');
  const rows = await trx
    .selectFrom('cssdPack')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  const packs = ids.flatMap((id) => rows.filter((row) => row.id === id));
  const foreign = centerId ? packs.find((pack) => pack.centerId !== centerId) : undefined;
  if (foreign) throw refuse('foreign-pack', foreign.code, 'this pack belongs to another centre');
  return packs;
}

export async function lockPack(trx: Transaction, scan: string, centerId?: string): Promise<Pack> {
  const [pack] = await lockPacks(trx, [scan], centerId);
  if (!pack) throw refuse('unknown-barcode', scan, 'no pack has this code');
  return pack;
}

export const refuse = (type: string, code: string, detail: string, extra: Record<string, unknown> = {}) =>
  conflict(type, `${code.slice(0, 60)}: ${detail}`, { code: code.slice(0, 60), ...extra });
