import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { scan, stationFields } from '../inputs.ts';
import { looksLikeGs1, parseGs1 } from '../formats/gs1.ts';
import { lockPack, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { unexplained } from '../rules/counts.ts';
import { localDay } from '../rules/expiry.ts';
import { refuseWrongStep, stepPacks } from '../stepPack.ts';
import { countLine, insertCounts } from './countAndSort.ts';

export const inspectInput = z.object({
  code: scan,
  cleaning: z.enum(['clean', 'soiled']).default('clean'),
  function: z.enum(['works', 'faulty']).default('works'),
  /** Lines of the checklist that deviate; a complete set needs none. */
  lines: z.array(countLine).max(100).default([]),
  /** Codes of single instruments, and UDI of implants, as scanned. */
  instruments: z.array(scan).max(200).default([]),
  ...stationFields,
});

/**
 * Inspection and assembly against the checklist of the set type. A soiled set goes back to be washed; coded instruments
 * and implants become part of this circulation, so that each can be traced to its patients.
 */
export async function inspect(ctx: Context, actor: Actor, input: z.output<typeof inspectInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code, centerId);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      if (input.cleaning === 'soiled') {
        await stepPacks(ctx, trx, actor, at, [pack], 'counted', {
          kind: 'rewash',
          detail: { reason: 'soiled' },
        });
        return { id: pack.id, code: pack.code, state: 'counted' };
      }
      if (input.function === 'faulty' && !input.lines.some((line) => line.discrepancy !== 'none'))
        throw invalid('say which instrument is faulty', [{ path: 'lines', code: 'required' }]);
      refuseWrongStep(pack, 'inspected');
      await refuseUnexplained(trx, pack, input.lines);
      await stepPacks(ctx, trx, actor, at, [pack], 'inspected', {
        detail: { complete: input.lines.length === 0, instruments: input.instruments.length },
      });
      await insertCounts(ctx, trx, actor, pack, 'assembly', input.lines);
      for (const code of input.instruments) await addInstrument(ctx, trx, pack, code);
      if (pack.trayId) await addTrayInstruments(trx, pack, pack.trayId);
      return { id: pack.id, code: pack.code, state: 'inspected' };
    }),
  );
}

async function refuseUnexplained(
  trx: Transaction,
  pack: Pack,
  lines: z.output<typeof countLine>[],
): Promise<void> {
  const sorted = await trx
    .selectFrom('cssdCount')
    .innerJoin('cssdInstrumentType', 'cssdInstrumentType.id', 'cssdCount.instrumentTypeId')
    .select(['cssdInstrumentType.code', 'cssdInstrumentType.name', 'expected', 'found', 'damaged'])
    .where('packId', '=', pack.id)
    .where('stage', '=', 'sort')
    .execute();
  const open = unexplained(sorted, lines);
  if (open.length === 0) return;
  const names = sorted.filter((one) => open.includes(one.code)).map((one) => one.name);
  throw refuse(
    'count-differs',
    pack.code,
    `counted short at reception, nothing said now: ${names.join(', ')}`,
    {
      instruments: [...new Set(names)],
    },
  );
}

async function addInstrument(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  pack: Pack,
  code: string,
): Promise<void> {
  const gs1 = looksLikeGs1(code) ? parseGs1(code) : undefined;
  const instrument = await trx
    .selectFrom('cssdInstrument')
    .selectAll()
    .where('code', 'in', [
      code,
      gs1?.giai ?? code,
      gs1?.gtin && gs1.serialNumber ? `${gs1.gtin}.${gs1.serialNumber}` : code,
    ])
    .executeTakeFirst();
  if (instrument) {
    if (instrument.state !== 'in-use')
      throw refuse('instrument-out', code, `this instrument is ${instrument.state}`);
    if (instrument.maxUses !== null && instrument.useCount >= instrument.maxUses)
      throw conflict(
        'uses-exhausted',
        `instrument ${instrument.code} has reached its ${instrument.maxUses} uses`,
      );
    await trx
      .insertInto('cssdPackInstrument')
      .values({ packId: pack.id, instrumentId: instrument.id })
      .onConflict((oc) => oc.doNothing())
      .execute();
    return;
  }
  if (!gs1?.gtin) throw refuse('unknown-barcode', code, 'no instrument has this code, and it is no UDI');
  if (!pack.implant) throw refuse('not-an-implant-set', code, 'this set type carries no implants');
  if (gs1.expiresOn && gs1.expiresOn < localDay(ctx.clock.now()))
    throw refuse('expired', code, `the implant expired on ${gs1.expiresOn}`);
  await trx
    .insertInto('cssdPackImplant')
    .values({
      packId: pack.id,
      gtin: gs1.gtin,
      lot: gs1.lot ?? '',
      serialNumber: gs1.serialNumber ?? '',
      producedOn: gs1.producedOn ?? null,
      expiresOn: gs1.expiresOn ?? null,
      raw: code,
    })
    .execute();
}

/** The coded instruments that live in this tray belong to the circulation without being scanned one by one. */
async function addTrayInstruments(trx: Transaction, pack: Pack, trayId: string): Promise<void> {
  const rows = await trx
    .selectFrom('cssdInstrument')
    .select('id')
    .where('trayId', '=', trayId)
    .where('state', '=', 'in-use')
    .execute();
  if (rows.length === 0) return;
  await trx
    .insertInto('cssdPackInstrument')
    .values(rows.map((row) => ({ packId: pack.id, instrumentId: row.id })))
    .onConflict((oc) => oc.doNothing())
    .execute();
}
