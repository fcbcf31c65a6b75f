import sharp from 'sharp';
import iconv from 'iconv-lite';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steamPrintOut } from '../../../server/sterilization/demo/printOuts.ts';
import { PRINT_OUT_PROFILES } from '../../../server/sterilization/demo/printOutProfiles.ts';
import type { Client } from '../../helpers/hub.ts';
import {
  newPacked,
  ok,
  refused,
  startSterileHub,
  sterilize,
  bowieDick,
  release,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
let head: Client;
beforeAll(async () => {
  hub = await startSterileHub();
  head = await hub.as('head1');
});
afterAll(() => hub?.close());

test('a set type is changed by a new version with a picture; packs keep the version they were made by', async () => {
  const packed = await newPacked(hub, 'SUTURE-OUT', 1);
  const before = (await head.get('/api/sterilization/set-types/SUTURE-OUT')).body.versions;
  const picture = await sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#778899' } })
    .png()
    .toBuffer();
  const sent = await fetch(`${hub.url}/api/sterilization/pictures`, {
    method: 'POST',
    headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'image/png' },
    body: new Uint8Array(picture),
  });
  const { sha256, width } = (await sent.json()) as { sha256: string; width: number };
  expect([sent.status, width]).toEqual([201, 1600]);
  const saved = await ok(head, 'save-set-type', {
    code: 'SUTURE-OUT',
    name: '拆线包',
    material: before[0].material,
    method: before[0].method,
    priceFen: 1100,
    pictureSha256: sha256,
    contents: [{ instrumentTypeCode: before[0].contents[0].code, quantity: 4 }],
  });
  expect(saved.version).toBe(before[0].version + 1);
  const after = (await head.get('/api/sterilization/set-types/SUTURE-OUT')).body.versions;
  expect(after.map((one: { packs: number }) => one.packs)).toEqual([0, 1]);
  expect((await hub.cssd.get(`/api/sterilization/packs/${packed[0] ?? ''}`)).body.pictureSha256).toBeNull();
  const shown = await hub.cssd.get(`/api/sterilization/pictures/${sha256}`);
  expect(shown.headers.get('content-type')).toContain('image/jpeg');
  // What is no picture is refused; what is no picture of the catalogue is not found, whatever the store holds.
  const bad = await fetch(`${hub.url}/api/sterilization/pictures`, {
    method: 'POST',
    headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'image/png' },
    body: 'not a picture',
  });
  expect(bad.status).toBe(422);
  const stored = await hub.ctx.objects.put(Buffer.from('something else'));
  expect((await hub.cssd.get(`/api/sterilization/pictures/${stored.address}`)).status).toBe(404);
  expect(
    (await refused(hub.cssd, 'save-set-type', { ...saved, name: 'x', contents: [] })).status,
  ).toBeGreaterThanOrEqual(403);
});

test('a programme below the minimum cannot be entered; a new sterilizer starts blocked', async () => {
  const low = {
    machine: 'S1',
    code: 'LOW',
    name: '过低',
    purpose: 'production',
    setTemperatureC: 121,
    minHoldS: 240,
    minutes: 40,
    biologicalEvery: 'week',
  };
  expect((await refused(head, 'save-programme', low)).type).toBe('below-minimum');
  await ok(head, 'save-programme', { ...low, setTemperatureC: 132 });
  expect(
    (await refused(head, 'save-programme', { ...low, setTemperatureC: 132, biologicalEvery: 'none' })).type,
  ).toBe('below-minimum');
  const made = await ok(head, 'save-machine', {
    code: 'S9',
    name: '9 号灭菌器',
    kind: 'sterilizer',
    method: 'steam-prevacuum',
  });
  expect(made.blocked).toBe(true);
  const machine = (await hub.cssd.get('/api/sterilization/machines')).body.items.find(
    (one: { code: string }) => one.code === 'S9',
  );
  expect(machine).toMatchObject({ status: 'blocked' });
  expect(machine.blocks[0]).toMatchObject({
    reason: 'installation',
    requiredProcess: 3,
    requiredBowieDick: 3,
  });
  expect((await refused(head, 'save-machine', { code: 'S9', name: 'x', kind: 'washer' })).type).toBe(
    'machine-kind',
  );
});

test('a print-out profile is tried on bytes as they come before it is saved', async () => {
  const rules = PRINT_OUT_PROFILES['STEAM-ZH']?.rules;
  const paper = steamPrintOut({
    cycleNumber: 77,
    programme: 'P134',
    startedAt: '2026-11-22T09:10:00',
    holdS: 300,
  });
  const gbk = iconv.encode(paper, 'gbk');
  const tried = await ok(head, 'try-print-profile', { rules, base64: gbk.toString('base64') });
  expect(tried).toMatchObject({
    encoding: 'gb18030',
    reading: { cycleNumber: '77', flags: ['gb18030'], parameters: { holdS: 300 } },
  });
  const cut = await ok(head, 'try-print-profile', { rules, base64: gbk.subarray(0, 500).toString('base64') });
  expect(cut.reading.flags).toContain('truncated');
  expect(
    (
      await refused(head, 'save-print-profile', {
        code: 'BAD',
        name: 'x',
        rules: { start: '(a+)+$', fields: [] },
      })
    ).status,
  ).toBe(422);
  await ok(head, 'save-print-profile', { code: 'MINE', name: '自定义', rules });
  await ok(head, 'save-print-source', { machine: 'S1', profile: 'MINE', kind: 'tcp', address: '192.0.2.9' });
  expect(
    (
      await refused(head, 'save-print-source', {
        machine: 'S1',
        profile: 'MINE',
        kind: 'folder',
        address: 'relative',
      })
    ).status,
  ).toBe(422);
});

test('instruments and trays are known by what a scan holds; repairs are kept', async () => {
  const giai = '(8004)0614141TOOL-9';
  const read = (
    await hub.cssd.get(
      `/api/sterilization/code?text=${encodeURIComponent('(01)06901234567892(17)281231(10)L7(21)SN5')}`,
    )
  ).body;
  expect(read.gs1).toMatchObject({
    gtin: '06901234567892',
    expiresOn: '2028-12-31',
    lot: 'L7',
    serialNumber: 'SN5',
  });
  await ok(hub.cssd, 'register-instrument', {
    code: giai,
    instrumentTypeCode: 'HANDPIECE',
    tray: 'T-HANDPIECE-01',
    maxUses: 500,
  });
  await ok(hub.cssd, 'repair-instrument', { code: '0614141TOOL-9', fault: '异响' });
  await ok(hub.cssd, 'repair-instrument', {
    code: '0614141TOOL-9',
    result: 'repaired',
    repairedBy: '维修站',
  });
  const one = (await hub.cssd.get(`/api/sterilization/instruments/${encodeURIComponent(giai)}`)).body;
  expect(one).toMatchObject({ code: '0614141TOOL-9', state: 'in-use', maxUses: 500 });
  expect(one.repairs[0]).toMatchObject({ fault: '异响', result: 'repaired' });
});

test('turnaround counts by the calendar of the centre', async () => {
  await sql`insert into turnaround_calendar (code, name, week) values ('none-today', '三日后才开门', ${JSON.stringify(
    Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((weekday) => [String(weekday), [[0, 1]]])),
  )}::jsonb)`.execute(hub.ctx.db); // one minute a day: hours of waiting count as nothing
  await ok(head, 'save-center-setting', {
    calendar: 'none-today',
    urgentMinutes: 2,
    routineMinutes: 3,
    overdueDays: 7,
  });
  const codes = await newPacked(hub, 'SUTURE-OUT', 1);
  await bowieDick(hub, 'S2');
  const load = await sterilize(hub, 'S2', codes, 'B1');
  await release(hub, load);
  const row = await hub.ctx.db
    .selectFrom('cssdPack')
    .select(['dueAt', 'collectedAt', 'turnaroundMin'])
    .where('code', '=', codes[0] ?? '')
    .executeTakeFirstOrThrow();
  expect(Number(row.dueAt) - Number(row.collectedAt)).toBeGreaterThan(36 * 3_600_000);
  expect(row.turnaroundMin).toBeLessThanOrEqual(1);
});

test('a figure opens the cases behind it', async () => {
  const begun = await ok(hub.cssd, 'begin-new', { setTypeCode: 'DEBRIDE', quantity: 1 });
  const code = begun.packs[0].code as string;
  const contents = (await hub.cssd.get(`/api/sterilization/packs/${code}`)).body.contents;
  await ok(hub.cssd, 'count', {
    code,
    lines: [
      {
        instrumentTypeCode: contents[0].code,
        expected: contents[0].quantity,
        found: contents[0].quantity - 1,
        damaged: 0,
        discrepancy: 'missing',
      },
    ],
  });
  const { figures, setTypes } = (await head.get('/api/sterilization/figures')).body;
  expect(figures.find((one: { code: string }) => one.code === 'missing').value).toBe(1);
  expect(setTypes.find((row: { code: string }) => row.code === 'SUTURE-OUT')).toMatchObject({ packs: 1 });
  const today = new Date(hub.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
  for (const kind of ['late', 'rejected', 'wet', 'expired', 'missing', 'damaged', 'lost', 'overdue']) {
    const { status, body } = await head.get(
      `/api/sterilization/incidents?kind=${kind}&from=${today}&to=${today}`,
    );
    expect([kind, status, body.items?.length]).toEqual([kind, 200, kind === 'missing' ? 1 : 0]);
  }
  const board = await hub.cssd.get('/api/sterilization/board');
  expect([board.status, (await hub.cssd.get('/api/sterilization/packs')).status]).toEqual([200, 200]);
  const ledger = await hub.cssd.get(`/api/sterilization/ledgers/sterilization?from=${today}&to=${today}`);
  expect(ledger.body.subarray(0, 5).toString()).toBe('%PDF-');
});

test('within its time no record is deleted, and the time is never shorter than the standard', async () => {
  await expect(sql`delete from cssd_load`.execute(hub.ctx.db)).rejects.toThrow('are kept 36 months');
  await expect(sql`delete from cssd_wash_load`.execute(hub.ctx.db)).rejects.toThrow('are kept 6 months');
  await expect(sql`truncate cssd_recall cascade`.execute(hub.ctx.db)).rejects.toThrow(/kept|append only/);
  await expect(
    sql`update cssd_retention set keep_months = 12 where kind = 'sterilization'`.execute(hub.ctx.db),
  ).rejects.toThrow('cssd_retention_minimum');
});
