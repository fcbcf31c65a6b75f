import iconv from 'iconv-lite';
import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { beginNew } from '../flow/beginCirculation.ts';
import { collectReturn } from '../flow/collectReturn.ts';
import { countAndSort } from '../flow/countAndSort.ts';
import { dispatch } from '../flow/dispatch.ts';
import { dry } from '../flow/dry.ts';
import { inspect } from '../flow/inspect.ts';
import { packSet } from '../flow/packSet.ts';
import { storePacks } from '../flow/storePacks.ts';
import { endWash, startWash } from '../flow/washLoad.ts';
import { recordCycle } from '../machine/recordCycle.ts';
import { recordTest } from '../machine/recordTest.ts';
import { startLoad } from '../machine/startLoad.ts';
import { receivePrintOut } from '../printout/receivePrintOut.ts';
import { recordDailyCheck } from '../records/recordDailyCheck.ts';
import { recordIndicator } from '../release/recordIndicator.ts';
import { releaseLoad } from '../release/releaseLoad.ts';
import { addDays, localDay } from '../rules/expiry.ts';
import { declareReturn } from '../site/declareReturn.ts';
import { requestPacks } from '../site/requestPacks.ts';
import { steamCurve } from './historyCurves.ts';
import { steamPrintOut } from './printOuts.ts';
import { seededRandom } from './random.ts';
import { at, demoActor } from './world.ts';

const PIN = '246810';

/** Today's work in hand, by the hub's own acts: something waits at every step of the flow. */
export async function playToday(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const midnight = Date.parse(`${localDay(now)}T00:00:00+08:00`) + 60_000;
  const ago = (minutes: number) => at(ctx, new Date(Math.max(midnight, now.getTime() - minutes * 60_000)));
  const cssd1 = await demoActor(ctx, 'cssd1');
  const cssd2 = await demoActor(ctx, 'cssd2');
  const nurse = await demoActor(ctx, 'nurse1');
  const courier = await demoActor(ctx, 'courier1');
  for (const machine of ['S1', 'S2'])
    await recordTest(ago(300), cssd1, {
      machine,
      kind: 'bowie-dick',
      outcome: 'pass',
      lot: 'BD-1107',
      note: '',
    });
  await recordDailyCheck(ago(290), cssd1, {
    kind: 'climate',
    place: '无菌物品存放区',
    measured: { temperatureC: 22.1, humidityPercent: 55 },
    action: '',
  });
  await recordDailyCheck(ago(285), cssd1, {
    kind: 'water',
    place: '纯水机',
    measured: { conductivityMicrosiemensCm: 6.2 },
    action: '',
  });

  // Released this morning, signed, in the store; part of it sent to 柳河 against a request.
  const morning = await flow(ago, cssd1, await begin(ago(280), cssd1, 'DRESSING', 8), 270);
  const first = await startLoad(ago(230), cssd1, {
    machine: 'S1',
    programme: 'S134',
    codes: morning,
    biologicalLot: `BI-${localDay(now).replaceAll('-', '').slice(2)}`,
  });
  await recordCycle(ago(180), cssd1, {
    loadId: first.id,
    parameters: {
      holdS: 300,
      minTemperatureC: 134.2,
      maxTemperatureC: 135.6,
      minPressureKpa: 206,
      maxPressureKpa: 214,
      verdict: 'pass',
    },
    curve: steamCurve(seededRandom(7)),
  });
  await recordIndicator(ago(172), cssd1, {
    loadId: first.id,
    kind: 'outer-chemical',
    outcome: 'pass',
    note: '',
  });
  await releaseLoad(ctx, cssd2, { loadId: first.id, pin: PIN, reason: '' });
  await storePacks(ctx, cssd1, { codes: morning.slice(0, 6), shelf: 'A-02' });
  const asked = await requestPacks(ago(120), nurse, {
    neededOn: addDays(localDay(now), 1),
    priority: 'routine',
    lines: [
      { setTypeCode: 'DRESSING', quantity: 4 },
      { setTypeCode: 'DEBRIDE', quantity: 2 },
    ],
  });
  await requestPacks(ago(45), nurse, {
    neededOn: localDay(now),
    priority: 'urgent',
    lines: [
      { setTypeCode: 'DELIVERY', quantity: 1 },
      { setTypeCode: 'EPISIO', quantity: 1 },
    ],
    note: '产妇待产',
  });
  await dispatch(ctx, cssd1, {
    to: 'LIUHE',
    codes: morning.slice(0, 3),
    courier: 'courier1',
    vehicle: '苏F·演示1',
    ...(asked.orders[0] && { orderId: asked.orders[0].id }),
  });

  // Plasma: ended, waits for release. S2: runs. S1's print-out of its next run waits to be matched.
  const scopes = await flow(ago, cssd1, await begin(ago(200), cssd1, 'LAP-SCOPE', 2), 190);
  const plasma = await startLoad(ago(110), cssd1, {
    machine: 'H1',
    programme: 'STD',
    codes: scopes,
    biologicalLot: 'BIP-31',
  });
  await recordCycle(ago(55), cssd1, {
    loadId: plasma.id,
    parameters: {
      holdS: 1310,
      minTemperatureC: 45.4,
      maxTemperatureC: 46.8,
      concentrationMgL: 7.0,
      verdict: 'pass',
    },
  });
  const running = await flow(ago, cssd1, await begin(ago(160), cssd1, 'MINOR', 4), 150);
  await startLoad(ago(22), cssd1, {
    machine: 'S2',
    programme: 'S134',
    codes: running,
    biologicalLot: 'BI-88',
  });
  const s1 = await ctx.db
    .selectFrom('cssdMachine')
    .select('id')
    .where('code', '=', 'S1')
    .executeTakeFirstOrThrow();
  const profile = await ctx.db
    .selectFrom('cssdPrintProfile')
    .select('id')
    .where('code', '=', 'STEAM-ZH')
    .executeTakeFirst();
  const startedAt = new Date(now.getTime() - 60 * 60_000 + 8 * 3_600_000).toISOString().slice(0, 19);
  await receivePrintOut(ctx, {
    machineId: s1.id,
    profileId: profile?.id ?? null,
    source: 'tcp',
    bytes: iconv.encode(
      steamPrintOut({ cycleNumber: 2117, programme: 'S134', startedAt, holdS: 300 }),
      'gbk',
    ),
  });

  // Something at each earlier step.
  await flow(ago, cssd1, await begin(ago(140), cssd1, 'SUTURE-OUT', 3), 130, 'inspected');
  await flow(ago, cssd1, await begin(ago(120), cssd1, 'DENT-EXTR', 3), 110, 'packed');
  await flow(ago, cssd1, await begin(ago(100), cssd1, 'CATHETER', 2), 90, 'dried');
  const washing = await flow(ago, cssd1, await begin(ago(80), cssd1, 'DENT-EXAM', 5), 70, 'counted');
  await startWash(ago(12), cssd1, { machine: 'W1', programme: 'P1', codes: washing });
  await flow(ago, cssd1, await begin(ago(60), cssd1, 'IUD', 2), 50, 'counted');
  await playReturns(ago, ctx, nurse, courier);
}

/** 柳河 hands over: one return collected and on its way, one (infectious) waiting for the courier. */
async function playReturns(
  ago: (minutes: number) => Context,
  ctx: Context,
  nurse: Actor,
  courier: Actor,
): Promise<void> {
  const { rows } = await sql<{ code: string }>`
    select distinct on (p.tray_id) p.code from cssd_pack p join cssd_tray t on t.id = p.tray_id
    where t.owner_institution_id = ${nurse.institutionId} and p.state = 'used'
      and not exists (select from cssd_pack o where o.tray_id = p.tray_id and o.state not in ('used', 'reprocess', 'discarded', 'lost'))
    order by p.tray_id, p.id desc limit 4`.execute(ctx.db);
  const line = (code: string, more = {}) => ({
    code,
    quantity: 1,
    missing: 0,
    damaged: 0,
    note: '',
    ...more,
  });
  if (rows.length > 1) {
    const sent = await declareReturn(ago(95), nurse, {
      infectious: 'none',
      note: '',
      lines: rows.slice(0, 3).map((row, index) => line(row.code, { damaged: index === 1 ? 1 : 0 })),
    });
    await collectReturn(ago(40), courier, { returnNumber: sent.number, vehicle: '苏F·演示1' });
  }
  await declareReturn(ago(15), nurse, {
    infectious: 'gas-gangrene',
    note: '双层密闭包装',
    lines: [{ setTypeCode: 'DEBRIDE', quantity: 1, missing: 0, damaged: 0, note: '' }],
  });
}

/** Trays of a set type that are not out, else new goods without a tray. */
async function begin(ctx: Context, actor: Actor, setTypeCode: string, quantity: number): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select t.code from cssd_tray t join cssd_set_type s on s.id = t.set_type_id where s.code = ${setTypeCode} and t.kind = 'own'
      and not exists (select from cssd_pack p where p.tray_id = t.id and p.state not in ('used', 'reprocess', 'discarded', 'lost')) order by t.code limit ${quantity}`.execute(
    ctx.db,
  );
  const codes: string[] = [];
  for (const { code } of rows)
    codes.push(
      ...(await beginNew(ctx, actor, { tray: code, quantity: 1, urgent: false })).packs.map(
        (pack) => pack.code,
      ),
    );
  if (codes.length < quantity)
    codes.push(
      ...(
        await beginNew(ctx, actor, { setTypeCode, quantity: quantity - codes.length, urgent: false })
      ).packs.map((pack) => pack.code),
    );
  return codes;
}

/** Takes packs up to a step, the acts three minutes apart. */
async function flow(
  ago: (minutes: number) => Context,
  actor: Actor,
  codes: string[],
  from: number,
  to: 'counted' | 'dried' | 'inspected' | 'packed' = 'packed',
): Promise<string[]> {
  for (const code of codes) await countAndSort(ago(from), actor, { code, lines: [], station: '回收清点' });
  if (to === 'counted') return codes;
  const wash = await startWash(ago(from - 3), actor, { machine: 'W2', programme: 'P1', codes });
  await endWash(ago(from - 6), actor, { washLoadId: wash.id, parameters: { a0: 705 }, soiled: [], note: '' });
  await dry(ago(from - 9), actor, { codes, machine: 'D1' });
  if (to === 'dried') return codes;
  for (const code of codes)
    await inspect(ago(from - 12), actor, {
      code,
      cleaning: 'clean',
      function: 'works',
      lines: [],
      instruments: [],
      station: '检查组装',
    });
  if (to === 'inspected') return codes;
  for (const code of codes)
    await packSet(ago(from - 15), actor, { code, checkedBy: 'cssd2', sealer: 'F1', station: '包装' });
  return codes;
}
