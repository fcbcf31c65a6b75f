import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note, scan, stationFields } from '../inputs.ts';
import { lockPack, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { expectByContent } from '../rules/counts.ts';
import { recordPackEvents, stepPacks } from '../stepPack.ts';

export const countLine = z.object({
  instrumentTypeCode: z.string().max(32).optional(),
  expected: z.number().int().min(0).max(500),
  found: z.number().int().min(0).max(500),
  damaged: z.number().int().min(0).max(500).default(0),
  discrepancy: z.enum(['none', 'missing', 'damaged', 'foreign', 'replaced', 'repair']).default('none'),
  note: note.default(''),
});

export const countAndSortInput = z.object({
  code: scan,
  /** Only what deviates needs a line; without lines the set is complete. */
  lines: z.array(countLine).max(100).default([]),
  urgent: z.boolean().optional(),
  ...stationFields,
});

/** Reception at the centre: the box arrives, each set is counted and sorted; missing, damaged and foreign are named. */
export async function countAndSort(ctx: Context, actor: Actor, input: z.output<typeof countAndSortInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code, centerId);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      await arriveWith(ctx, trx, actor, pack);
      await refuseUncountedLoaner(trx, pack);
      await stepPacks(
        ctx,
        trx,
        actor,
        at,
        [pack],
        'counted',
        { detail: { complete: input.lines.length === 0 } },
        input.urgent === undefined ? {} : { urgent: input.urgent },
      );
      await insertCounts(ctx, trx, actor, pack, 'sort', input.lines);
      return { id: pack.id, code: pack.code, state: 'counted' };
    }),
  );
  ctx.bell.ring();
  return answer;
}

export const pretreatInput = z.object({
  code: scan,
  agent: z.string().trim().min(1).max(100),
  minutes: z.number().int().min(1).max(1440),
  ...stationFields,
});

/** The infectious route: disinfection before anything else is done with the set (WS 310.2). */
export async function pretreat(ctx: Context, actor: Actor, input: z.output<typeof pretreatInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code, centerId);
      if (pack.infectious === 'none')
        throw invalid('this pack is not on the infectious route', 'not-infectious');
      await arriveWith(ctx, trx, actor, pack);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      await stepPacks(
        ctx,
        trx,
        actor,
        at,
        [pack],
        'pretreated',
        { detail: { agent: input.agent, minutes: input.minutes, infectious: pack.infectious } },
        { pretreatedAt: ctx.clock.now() },
      );
      return { id: pack.id, code: pack.code, state: 'pretreated' };
    }),
  );
}

/** The first pack handled at the centre ends its dirty transfer. */
async function arriveWith(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  pack: Pack,
): Promise<void> {
  await trx
    .updateTable('cssdTransfer')
    .set({ arrivedAt: ctx.clock.now(), receivedBy: personId(actor) })
    .where('arrivedAt', 'is', null)
    .where('kind', '=', 'dirty')
    .where('id', 'in', trx.selectFrom('cssdTransferPack').select('transferId').where('packId', '=', pack.id))
    .execute();
}

async function refuseUncountedLoaner(trx: Transaction, pack: Pack): Promise<void> {
  if (!pack.trayId) return;
  const tray = await trx
    .selectFrom('cssdTray')
    .select(['kind', 'code'])
    .where('id', '=', pack.trayId)
    .executeTakeFirstOrThrow();
  if (tray.kind !== 'loaner') return;
  const receipt = await trx
    .selectFrom('cssdLoanerReceipt')
    .select('id')
    .where('trayId', '=', pack.trayId)
    .where('returnedAt', 'is', null)
    .executeTakeFirst();
  if (!receipt)
    throw invalid(`loaner set ${tray.code} has no vendor receipt: record it first`, [
      { path: 'code', code: 'loaner-receipt' },
    ]);
}

/** What the version of the set this pack was made by should hold. */
async function contentOf(trx: Transaction, pack: Pack): Promise<{ code: string; quantity: number }[]> {
  return trx
    .selectFrom('cssdSetTypeContent')
    .innerJoin('cssdInstrumentType', 'cssdInstrumentType.id', 'cssdSetTypeContent.instrumentTypeId')
    .select(['cssdInstrumentType.code', 'cssdSetTypeContent.quantity'])
    .where('cssdSetTypeContent.setTypeVersionId', '=', pack.setTypeVersionId)
    .execute();
}

/** Writes count lines; the database refuses a difference without its discrepancy. */
export async function insertCounts(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  pack: Pack,
  stage: 'sort' | 'assembly' | 'loaner-out',
  given: z.output<typeof countLine>[],
): Promise<void> {
  if (given.length === 0) return;
  const codes = [...new Set(given.flatMap((line) => line.instrumentTypeCode ?? []))];
  const types =
    codes.length === 0
      ? []
      : await trx
          .selectFrom('cssdInstrumentType')
          .select(['id', 'code'])
          .where('institutionId', '=', pack.centerId)
          .where('code', 'in', codes)
          .execute();
  const unknown = codes.find((code) => !types.some((type) => type.code === code));
  if (unknown !== undefined)
    throw invalid(`no instrument type ${unknown}`, [
      { path: 'lines.instrumentTypeCode', code: 'unknown-instrument', params: { named: unknown } },
    ]);
  const lines = expectByContent(await contentOf(trx, pack), given);
  await trx
    .insertInto('cssdCount')
    .values(
      lines.map((line) => ({
        packId: pack.id,
        stage,
        instrumentTypeId: types.find((type) => type.code === line.instrumentTypeCode)?.id ?? null,
        expected: line.expected,
        found: line.found,
        damaged: line.damaged,
        discrepancy: line.discrepancy,
        note: line.note,
        countedAt: ctx.clock.now(),
        countedBy: personId(actor),
      })),
    )
    .execute();
  const differing = lines.filter((line) => line.discrepancy !== 'none');
  if (differing.length > 0)
    await recordPackEvents(ctx, trx, actor, { institutionId: pack.centerId }, [pack], {
      kind: 'discrepancy',
      detail: { stage, lines: differing },
    });
}
