import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  command,
  makeFolder,
  openEmbedded,
  removeFolder,
  seeded,
  seedFolder,
  servers,
  startHub,
  type HubProcess,
} from './hubProcess.ts';
import {
  Acknowledged,
  place,
  prepare,
  send,
  sign,
  signIn,
  storescu,
  stow,
  verifyAll,
  writeStudy,
  type People,
} from './work.ts';

const KILLS = Number(process.env.RELIABILITY_KILLS ?? 3);
const SEED = Number(process.env.RELIABILITY_SEED ?? 20_261_122);

type Work = 'store' | 'stow' | 'keep' | 'request' | 'submit' | 'sign' | 'wait';

/** Where the process dies, and what is under way then. */
const POINTS: [point: string, work: Work][] = [
  ['object.before-sync@2', 'store'],
  ['object.after-sync@2', 'store'],
  ['object.after-rename@3', 'store'],
  ['object.durable@3', 'store'],
  ['instance.before-commit', 'store'],
  ['instance.after-commit@2', 'store'],
  ['imaging.join.taken', 'store'],
  ['imaging.join.done', 'store'],
  ['stow.before-answer', 'stow'],
  ['study.settle.before-commit', 'store'],
  ['study.settle.after-commit', 'store'],
  ['kept.before-commit', 'keep'],
  ['kept.after-commit', 'keep'],
  ['request.before-commit', 'request'],
  ['request.after-commit', 'request'],
  ['report.submit.before-commit', 'submit'],
  ['report.submit.after-commit', 'submit'],
  ['sign.before-object', 'sign'],
  ['sign.after-object', 'sign'],
  ['report.sign.before-commit', 'sign'],
  ['report.sign.after-commit', 'sign'],
  ['audit.seal.before-commit', 'wait'],
];

describe.skipIf(!storescu)('kill -9 (needs dcmtk)', () => {
  const folder = makeFolder();
  const done = new Acknowledged();
  const waiting: string[] = [];
  const startTimes: number[] = [];
  let people: People;
  let server: number | undefined;

  beforeAll(async () => {
    await seedFolder(folder);
    const hub = await startHub(folder);
    const database = openEmbedded(folder);
    await database.pool.query(`insert into setting (key, value) values ('imaging.quietSeconds', '1')`);
    await database.close();
    people = await signIn(hub);
    for (let n = 0; n < 4; n++) waiting.push(await readyToSign(hub));
    await sign(hub, people, await readyToSign(hub), done);
    await hub.stop('SIGKILL'); // right behind the answer
    expect(done.signed.size).toBe(1);
    server = servers(folder)[0];
  }, 240_000);
  afterAll(() => removeFolder(folder), 60_000);

  const readyToSign = async (hub: HubProcess): Promise<string> => {
    const order = (await place(hub, people, done)) ?? '';
    await prepare(hub, people, order);
    return order;
  };

  const doWork = async (hub: HubProcess, work: Work): Promise<void> => {
    if (work === 'store') await send(hub, writeStudy(path.join(folder, 'sent')), done);
    if (work === 'stow') await stow(hub, people, writeStudy(path.join(folder, 'sent')), done);
    if (work === 'keep') {
      const nameless = writeStudy(path.join(folder, 'sent'), 1, { study: '' }); // kept for a person
      await send(hub, nameless, new Acknowledged());
    }
    if (work === 'request') await place(hub, people, done);
    if (work === 'submit') await expect(readyToSign(hub)).rejects.toThrow('fetch failed'); // no answer: not submitted for anybody
    if (work === 'sign') await sign(hub, people, waiting.shift() ?? '', done);
  };

  const verify = async (): Promise<void> => {
    const database = openEmbedded(folder);
    await verifyAll(folder, database, done).finally(() => database.close());
  };

  test.each(POINTS)(
    'at %s',
    async (point, work) => {
      const hub = await startHub(folder, { HUB_CRASH_AT: point });
      startTimes.push(hub.startMs);
      const lost = setTimeout(() => void hub.stop('SIGTERM'), 60_000);
      try {
        expect(servers(folder)).toEqual([server]); // the one that outlived its hub was adopted
        await doWork(hub, work);
        expect(await hub.ended).toMatchObject({ signal: 'SIGKILL' });
      } finally {
        clearTimeout(lost);
        await hub.stop('SIGKILL');
      }
      await verify();
    },
    120_000,
  );

  test(`at ${KILLS} random moments (seed ${SEED})`, { timeout: 120_000 + KILLS * 60_000 }, async () => {
    const random = seeded(SEED);
    for (let n = 0; n < KILLS; n++) {
      const hub = await startHub(folder);
      startTimes.push(hub.startMs);
      expect(servers(folder)).toEqual([server]);
      const order = await readyToSign(hub);
      const dies = setTimeout(() => void hub.stop('SIGKILL'), random() * 1_500);
      const placeMore = async () => {
        while (await place(hub, people, done));
      };
      await Promise.all([
        send(hub, writeStudy(path.join(folder, 'sent'), 8), done),
        send(hub, writeStudy(path.join(folder, 'sent'), 8), done),
        sign(hub, people, order, done),
        placeMore(),
      ]);
      clearTimeout(dies);
      await hub.stop('SIGKILL');
      await verify();
    }
  });

  test(
    'afterwards what was under way can be done again, and the audit chain is whole',
    async () => {
      const hub = await startHub(folder);
      const { files, requests, signing } = done.unfinished;
      const again = new Acknowledged();
      for (const study of files) await send(hub, study, again);
      expect(again.objects.size).toBe(files.flat().length);
      for (const [uid, bytes] of again.objects) done.objects.set(uid, bytes);
      for (const request of requests) await place(hub, people, again, request);
      for (const order of signing) await sign(hub, people, order, again);
      expect(again.unfinished.files).toEqual([]);
      const database = openEmbedded(folder);
      const { rows } = await database.pool.query<{ status: string; n: number }>(
        'select status, count(*)::int as n from orders where id = any($1) group by status',
        [signing],
      );
      expect(rows).toEqual(signing.length > 0 ? [{ status: 'final', n: signing.length }] : []);
      const placers = requests.map((request) => (request as { placerOrderNumber: string }).placerOrderNumber);
      const placed = await database.pool.query<{ n: number }>(
        'select count(*)::int as n from request where placer_order_number = any($1)',
        [placers],
      );
      expect(placed.rows[0]?.n).toBe(placers.length);
      await expect
        .poll(
          async () =>
            (await database.pool.query(`select from job where kind = 'imaging.join' and state = 'waiting'`))
              .rowCount,
          { timeout: 120_000, interval: 250 },
        )
        .toBe(0); // a job that a killed process had taken is done without waiting for its lock
      await verifyAll(folder, database, done);
      await database.close();
      expect((await hub.stop('SIGTERM')).code).toBe(0);
      expect(servers(folder)).toEqual([]);
      const verdict = await command(folder, 'audit', 'verify', '--json');
      expect(verdict).toMatchObject({ code: 0 });
      expect(JSON.parse(verdict.stdout)).not.toHaveProperty('fault');
      const middle = startTimes.sort((a, b) => a - b)[Math.floor(startTimes.length / 2)];
      console.log(
        `kill -9: ${startTimes.length} starts after a kill, median ${middle} ms to ready; ${done.objects.size} objects, ${done.orders.size} orders, ${done.signed.size} signatures acknowledged and there`,
      );
    },
    240_000 + KILLS * 10_000,
  );
});
