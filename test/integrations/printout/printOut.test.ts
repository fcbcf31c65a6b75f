import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPrintOutServer, type PrintOutServer } from '../../../integrations/printout/printOutServer.ts';
import { sweepFolders } from '../../../integrations/printout/sweepFolders.ts';
import { steamPrintOut } from '../../../server/sterilization/demo/printOuts.ts';
import {
  bowieDick,
  newPacked,
  ok,
  startSterileHub,
  type SterileHub,
} from '../../server/sterilization/helpers.ts';

let hub: SterileHub;
let server: PrintOutServer;
beforeAll(async () => {
  hub = await startSterileHub();
  server = await startPrintOutServer(hub.ctx, { host: '127.0.0.1', port: 0, quietMs: 300 });
});
afterAll(async () => {
  await server?.close();
  await hub?.close();
});

function send(parts: Uint8Array[], keepOpen = false): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => {
      socket.setNoDelay(true);
      const next = (index: number) => {
        const part = parts[index];
        if (part === undefined) {
          if (!keepOpen) socket.end();
          resolve(socket);
        } else socket.write(part, () => setImmediate(next, index + 1));
      };
      next(0);
    });
    socket.on('error', reject);
  });
}
const waiting = async (machine: string) =>
  (await hub.cssd.get(`/api/sterilization/print-outs?machine=${machine}`)).body.items;
const paper = (cycleNumber: number, holdS = 300) =>
  iconv.encode(
    `#S1\n${steamPrintOut({ cycleNumber, programme: 'S134', startedAt: '2026-11-22T09:10:00', holdS })}`,
    'gbk',
  );

test('a print-out in GBK over the serial server ends a load: the original is kept, the curve is judged', async () => {
  const bytes = paper(501);
  await send([bytes.subarray(0, 700), bytes.subarray(700, 701), bytes.subarray(701)]); // split inside a character
  await expect.poll(async () => (await waiting('S1')).length, { timeout: 120_000 }).toBe(1);
  const [printOut] = await waiting('S1');
  expect(printOut).toMatchObject({
    source: 'tcp',
    encoding: 'gb18030',
    flags: ['gb18030'],
    reading: { cycleNumber: '501' },
  });
  const original = await hub.cssd.get(`/api/sterilization/print-outs/${printOut.id}/original`);
  expect(Buffer.compare(original.body, bytes.subarray(4))).toBe(0);

  await bowieDick(hub, 'S1');
  const [code] = await newPacked(hub, 'DRESSING', 1);
  const load = await ok(hub.cssd, 'start-load', {
    machine: 'S1',
    programme: 'S134',
    codes: [code],
    biologicalLot: 'B',
  });
  const cycle = await ok(hub.cssd, 'record-cycle', { loadId: load.id, printOutId: printOut.id });
  expect(cycle).toMatchObject({ outcome: 'pass', judged: { holdS: 300, verdict: 'pass' } });
  expect((await hub.cssd.get(`/api/sterilization/loads/${load.id}`)).body.cycle.curve.length).toBeGreaterThan(
    50,
  );
  expect(await waiting('S1')).toHaveLength(0);
});

test('the same strip twice is one; a pause ends a print-out on an open line; a strip cut off never passes', async () => {
  await send([paper(502)]);
  await send([paper(502)]);
  const socket = await send([paper(503).subarray(0, 900)], true); // the machine lost power: the line stays open
  await expect.poll(async () => (await waiting('S1')).length, { timeout: 120_000 }).toBe(2);
  socket.destroy();
  const cut = (await waiting('S1')).find((one: { flags: string[] }) => one.flags.includes('truncated'));
  expect(cut).toBeDefined();
  const [code] = await newPacked(hub, 'DRESSING', 1);
  const load = await ok(hub.cssd, 'start-load', {
    machine: 'S1',
    programme: 'S134',
    codes: [code],
    biologicalLot: 'B',
  });
  const cycle = await ok(hub.cssd, 'record-cycle', {
    loadId: load.id,
    printOutId: cut.id,
    parameters: {
      holdS: 300,
      minTemperatureC: 134.5,
      maxTemperatureC: 135,
      minPressureKpa: 206,
      maxPressureKpa: 214,
    },
  });
  expect(cycle.outcome).toBe('fail');
});

test('an unknown machine is not guessed', async () => {
  await send([
    Buffer.from(
      `#S9\n${steamPrintOut({ cycleNumber: 9, programme: 'X', startedAt: '2026-11-22T09:10:00', holdS: 300 })}`,
    ),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { count } = await hub.ctx.db
    .selectFrom('cssdPrintOut')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('source', '=', 'tcp')
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(3);
});

test('a watched folder: settled files are taken and set aside, fresh ones wait', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'printout-'));
  const machine = await hub.ctx.db
    .selectFrom('cssdMachine')
    .select('id')
    .where('code', '=', 'W1')
    .executeTakeFirstOrThrow();
  const profile = await hub.ctx.db
    .selectFrom('cssdPrintProfile')
    .select('id')
    .where('code', '=', 'WASHER-EN')
    .executeTakeFirstOrThrow();
  await hub.ctx.db
    .insertInto('cssdPrintSource')
    .values({ machineId: machine.id, profileId: profile.id, kind: 'folder', address: folder })
    .execute();
  writeFileSync(
    path.join(folder, 'run.txt'),
    'WASHER DISINFECTOR\nCYCLE NO: 77\nPROGRAM: P1\n10:00:00 90.4\n10:00:30 90.6\n10:01:10 90.5\nA0: 742\nRESULT: PASSED\nEND OF PROCESS\n',
  );
  expect(await sweepFolders(hub.ctx, 60_000)).toBe(0);
  expect(await sweepFolders(hub.ctx, 0)).toBe(1);
  expect(readdirSync(folder)).toEqual(['taken']);
  expect((await waiting('W1'))[0]).toMatchObject({
    source: 'folder',
    flags: [],
    reading: { cycleNumber: '77', parameters: { a0: 742, verdict: 'pass' } },
  });
});
