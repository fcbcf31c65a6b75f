import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { storeInstance } from '../../../integrations/dimse/scu/store.ts';
import { notFound, unavailable } from '../../../server/core/errors.ts';
import { DicomError, sopClasses } from '../../../server/standards/dicom/index.ts';
import { dataSetOf, explicit } from './conversation.ts';
import type { TestScp } from './scp.ts';
import { startScp } from './scp.ts';

let scp: TestScp;
afterEach(() => scp.close());

const connect = (port: number) =>
  requestAssociation({
    host: '127.0.0.1',
    port,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [{ abstractSyntax: sopClasses.ct, transferSyntaxes: [explicit] }],
  });

const instance = (sopInstanceUid: string, parts: Iterable<Buffer>) => ({
  sopClassUid: sopClasses.ct,
  sopInstanceUid,
  transferSyntax: explicit,
  async *open() {
    yield* parts;
  },
});

test('what arrives is byte by byte what was sent, in whatever pieces', async () => {
  scp = await startScp();
  const association = await connect(scp.port);
  for (const size of [2, 131_060, 131_062, 400_000]) {
    const bytes = randomBytes(size);
    const cut = Math.floor(size / 3);
    expect(
      await storeInstance(
        association,
        instance(`1.2.${size}`, [bytes.subarray(0, cut), bytes.subarray(cut)]),
      ),
    ).toBe(0);
    expect(scp.stored.at(-1)).toMatchObject({
      bytes: size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  }
  await association.release();
});

test('a slow sink holds the sender back: memory does not follow the size of the object', async () => {
  let held = 0;
  let mostHeld = 0;
  scp = await startScp({
    openStore: () => ({
      write(bytes) {
        held += bytes.length;
        mostHeld = Math.max(mostHeld, held);
        return sleep(1).then(() => void (held -= bytes.length));
      },
      finish: async () => ({ status: 0 }),
      abort() {},
    }),
  });
  const association = await connect(scp.port);
  const block = Buffer.alloc(1024 * 1024, 1);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const large = instance(
    '1.2.3',
    (function* () {
      for (let i = 0; i < 64; i++) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield block;
      }
    })(),
  );
  expect(await storeInstance(association, large)).toBe(0);
  expect(mostHeld).toBeLessThan(1024 * 1024);
  expect(most).toBeLessThan(48 * 1024 * 1024);
  await association.release();
});

test('a sink that takes time to open loses nothing', async () => {
  const received: Buffer[] = [];
  scp = await startScp({
    openStore: async () => {
      await sleep(30);
      return {
        write: (bytes) => void received.push(Buffer.from(bytes)),
        finish: async () => ({ status: 0 }),
        abort() {},
      };
    },
  });
  const association = await connect(scp.port);
  const bytes = randomBytes(300_000);
  expect(await storeInstance(association, instance('1.2.3', [bytes]))).toBe(0);
  expect(Buffer.concat(received).equals(bytes)).toBe(true);
  await association.release();
});

test.each([
  ['out of resources, try again', unavailable('store is away'), 0xa700],
  ['a lost database', Object.assign(new Error('terminating connection'), { code: '57P01' }), 0xa700],
  ['a full disk', Object.assign(new Error('no space'), { code: 'ENOSPC' }), 0xa700],
  ['not understood', new DicomError('malformed', 'no data set'), 0xc000],
  ['not allowed', notFound('study'), 0x0124],
  ['a fault of ours', new TypeError('x is undefined'), 0xc001],
])('failures become statuses and the association goes on: %s', async (_what, error, status) => {
  let fail: 'open' | 'finish' | undefined;
  scp = await startScp({
    openStore() {
      if (fail === 'open') throw error;
      return {
        write() {},
        finish: async () => (fail === 'finish' ? Promise.reject(error) : { status: 0 }),
        abort() {},
      };
    },
  });
  const association = await connect(scp.port);
  const send = () => storeInstance(association, instance('1.2.3', [dataSetOf('1.2.3', 200_000)]));
  fail = 'open';
  expect(await send()).toBe(status);
  fail = 'finish';
  expect(await send()).toBe(status);
  fail = undefined;
  expect(await send()).toBe(0);
  await association.release();
});

test('kept for a person is a warning with a comment', async () => {
  scp = await startScp({
    openStore: () => ({
      write() {},
      finish: async () => ({ status: 0xb000, comment: 'conflict' }),
      abort() {},
    }),
  });
  const association = await connect(scp.port);
  expect(await storeInstance(association, instance('1.2.3', [dataSetOf('1.2.3')]))).toBe(0xb000);
  expect(await storeInstance(association, { ...instance('not a uid', [dataSetOf('1')]) })).toBe(0xc000);
  await association.release();
});
