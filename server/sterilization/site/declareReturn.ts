import { sql } from 'kysely';
import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { invalid } from '../../core/errors.ts';
import { chooseReportingInstitution } from '../../core/order/chooseCenter.ts';
import { siteOf } from '../access.ts';
import { note, scan, stationFields } from '../inputs.ts';
import { looksLikeGs1, parseGs1 } from '../formats/gs1.ts';
import { refuse } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { recordPackEvents } from '../stepPack.ts';
import { countUse } from './countUse.ts';

const line = z
  .object({
    /** Label of the used pack, or the tray's own code. */
    code: scan.optional(),
    /** Goods without a code: set type and number. */
    setTypeCode: z.string().max(32).optional(),
    quantity: z.number().int().min(1).max(200).default(1),
    missing: z.number().int().min(0).max(500).default(0),
    damaged: z.number().int().min(0).max(500).default(0),
    note: note.default(''),
  })
  .refine((value) => (value.code === undefined) !== (value.setTypeCode === undefined), {
    message: 'give a code or a set type',
    params: { code: 'code-or-set' },
  });

export const declareReturnInput = z.object({
  infectious: z.enum(['none', 'prion', 'gas-gangrene', 'unknown-cause']).default('none'),
  lines: z.array(line).min(1).max(200),
  note: note.default(''),
  institutionId: z.uuid().optional(),
  ...stationFields,
});
export type DeclareReturn = z.output<typeof declareReturnInput>;

/**
 * The site hands over used sets: what, how many, what is missing or damaged, and whether they are infectious. A pack
 * whose use nobody recorded is closed as used without a patient, so that the gap can be counted and not forgotten.
 */
export async function declareReturn(ctx: Context, actor: Actor, input: DeclareReturn) {
  const institutionId = siteOf(actor, input.institutionId);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const centerId = await chooseReportingInstitution(trx, 'sterilization', institutionId, [], now);
      const number = await nextNumber(trx, 'R', 'cssd_return_number', localDay(now));
      const row = await trx
        .insertInto('cssdReturn')
        .values({
          number,
          institutionId,
          centerId,
          infectious: input.infectious,
          declaredAt: now,
          declaredBy: personId(actor),
          deviceAt: input.deviceAt ?? null,
          note: input.note,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      for (const one of input.lines)
        await addLine(ctx, trx, actor, { returnId: row.id, institutionId, centerId, input }, one);
      await recordAudit(trx, actor, {
        action: 'sterilization.return',
        subjectType: 'cssd-return',
        subjectId: row.id,
        detail: { number, lines: input.lines.length },
      });
      await announce(trx, {
        kind: 'sterilization.return',
        centerKind: 'sterilization',
        institutionIds: [institutionId],
        reportingInstitutionId: centerId,
        data: { number, infectious: input.infectious },
      });
      return { id: row.id, number };
    }),
  );
  ctx.bell.ring();
  return answer;
}

interface Head {
  returnId: string;
  institutionId: string;
  centerId: string;
  input: DeclareReturn;
}

async function addLine(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  head: Head,
  one: DeclareReturn['lines'][number],
): Promise<void> {
  const source = one.code
    ? await resolve(ctx, trx, actor, head, one.code)
    : await setTypeOf(trx, head.centerId, one.setTypeCode ?? '');
  if (source.trayId && one.quantity !== 1)
    throw invalid('a coded tray is one piece', [{ path: 'lines.quantity', code: 'coded-tray-one' }]);
  await trx
    .insertInto('cssdReturnLine')
    .values({
      returnId: head.returnId,
      setTypeId: source.setTypeId,
      trayId: source.trayId,
      previousPackId: source.previousPackId,
      quantity: one.quantity,
      missing: one.missing,
      damaged: one.damaged,
      note: one.note,
    })
    .execute();
}

interface Source {
  setTypeId: string;
  trayId: string | null;
  previousPackId: string | null;
}

/** A scanned code at the site: the label of a used pack, or the tray's own code (then its last pack is meant). */
async function resolve(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  head: Head,
  code: string,
): Promise<Source> {
  const gs1 = looksLikeGs1(code) ? parseGs1(code) : undefined;
  const { rows } = await sql<{ id: string | null; trayId: string | null; setTypeId: string }>`
    with tray as (select id, set_type_id from cssd_tray where code in (${code}, ${gs1?.grai ?? code})
      union select t.id, t.set_type_id from cssd_instrument i join cssd_tray t on t.id = i.tray_id where i.code in (${code}, ${gs1?.giai ?? code}) limit 1),
    pack as (select p.* from cssd_pack p where p.code = ${code}
      union all (select p.* from cssd_pack p join tray on tray.id = p.tray_id order by p.id desc limit 1))
    select pack.id, coalesce(pack.tray_id, tray.id) as tray_id, coalesce(pack.set_type_id, tray.set_type_id) as set_type_id
    from (select 1) one left join tray on true left join pack on true where coalesce(pack.id, tray.id) is not null limit 1`.execute(
    trx,
  );
  const hit = rows[0];
  if (!hit) throw refuse('unknown-barcode', code, 'no pack, tray or instrument of this county has this code');
  // Pack before tray, as everywhere: using a pack counts a use of its tray.
  const used = hit.id === null ? undefined : await lockUsed(trx, hit.id);
  if (hit.trayId) await refuseWaitingTray(trx, hit.trayId, code);
  if (hit.id === null || !used) return { setTypeId: hit.setTypeId, trayId: hit.trayId, previousPackId: null };
  const found = { ...hit, id: hit.id, ...used };
  if (found.taken) throw refuse('already-returned', code, 'its return is declared already');
  if (found.state === 'received') {
    if (found.locationId !== head.institutionId)
      throw refuse('pack-elsewhere', code, 'this pack stands at another site');
    await closeUnrecordedUse(ctx, trx, actor, head, {
      id: found.id,
      trayId: found.trayId,
      loadId: found.loadId ?? '',
      expiresOn: found.expiresOn ?? '',
    });
  } else if (!['used', 'reprocess', 'discarded', 'lost'].includes(found.state ?? ''))
    throw refuse(
      'dirty-and-sterile',
      code,
      `is ${found.state ?? ''}: it is not a used pack; unused sterile packs go back separately`,
      { state: found.state },
    );
  return { setTypeId: found.setTypeId, trayId: found.trayId, previousPackId: found.id };
}

/** The tray is locked, so that two returns declared at once cannot both hold it until the courier comes. */
async function refuseWaitingTray(trx: Transaction, trayId: string, code: string): Promise<void> {
  await trx.selectFrom('cssdTray').select('id').where('id', '=', trayId).forNoKeyUpdate().execute();
  const waiting = await trx
    .selectFrom('cssdReturnLine')
    .innerJoin('cssdReturn', 'cssdReturn.id', 'cssdReturnLine.returnId')
    .select('cssdReturn.number')
    .where('cssdReturnLine.trayId', '=', trayId)
    .where('cssdReturn.transferId', 'is', null)
    .executeTakeFirst();
  if (waiting)
    throw refuse(
      'already-returned',
      code,
      `its return ${waiting.number} is declared and waits for the courier`,
    );
}

/** The pack as it is once nobody else holds it: a use or a recall at the same moment comes first or waits. */
async function lockUsed(trx: Transaction, packId: string) {
  const pack = await trx
    .selectFrom('cssdPack')
    .select(['state', 'locationId', 'loadId', 'expiresOn', 'trayId'])
    .where('id', '=', packId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const line = await trx
    .selectFrom('cssdReturnLine')
    .select('id')
    .where('previousPackId', '=', packId)
    .executeTakeFirst();
  return { ...pack, taken: line !== undefined };
}

async function closeUnrecordedUse(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  head: Head,
  pack: { id: string; trayId: string | null; loadId: string; expiresOn: string },
): Promise<void> {
  const now = ctx.clock.now();
  await trx
    .updateTable('cssdPack')
    .set({ state: 'used', updatedAt: now })
    .where('id', '=', pack.id)
    .execute();
  await trx
    .insertInto('cssdUse')
    .values({
      packId: pack.id,
      loadId: pack.loadId,
      expiresOn: pack.expiresOn,
      institutionId: head.institutionId,
      usedAt: now,
      deviceAt: head.input.deviceAt ?? null,
      usedBy: personId(actor),
      innerOutcome: 'not-recorded',
      recorded: 'at-return',
    })
    .execute();
  await countUse(trx, pack);
  const at = {
    institutionId: head.institutionId,
    station: head.input.station,
    deviceAt: head.input.deviceAt,
  };
  await recordPackEvents(ctx, trx, actor, at, [{ id: pack.id }], { kind: 'use-unrecorded' });
}

async function setTypeOf(trx: Transaction, centerId: string, code: string): Promise<Source> {
  const type = await trx
    .selectFrom('cssdSetType')
    .select('id')
    .where('institutionId', '=', centerId)
    .where('code', '=', code)
    .executeTakeFirst();
  if (!type)
    throw invalid(`no set type ${code}`, [
      { path: 'lines.setTypeCode', code: 'unknown-set-type', params: { named: code } },
    ]);
  return { setTypeId: type.id, trayId: null, previousPackId: null };
}

type Sequence =
  | 'cssd_return_number'
  | 'cssd_transfer_number'
  | 'cssd_load_number'
  | 'cssd_recall_number'
  | 'cssd_pack_number';

/** A document number: letter, day, running number. */
export async function nextNumber(
  trx: Transaction,
  letter: string,
  sequence: Sequence,
  day: string,
): Promise<string> {
  const { rows } = await sql<{ n: number }>`select nextval(${sequence}::regclass) as n`.execute(trx);
  return `${letter}${day.replaceAll('-', '').slice(2)}-${String((rows[0]?.n ?? 0) % 100_000).padStart(5, '0')}`;
}
