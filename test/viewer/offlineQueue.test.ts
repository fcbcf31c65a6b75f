import type http from 'node:http';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { bodyOf, givePageDocument, givePageStorage, openServer, sendPathsTo } from './browser/window.ts';

interface Scan {
  sequence: number;
  operation: string;
  input: object;
  ticket?: string;
}
interface OfflineQueue {
  queued(station: string): Scan[];
  enqueue(station: string, operation: string, input: object, by: { id: string; name: string }): Scan;
  flush(station: string, userId: string): Promise<{ sequence: number; outcome: string }[]>;
  fetchTicket(userId: string): Promise<void>;
  thisDevice(): string;
}
const source: string = '../../viewer/src/centers/sterilization/stations/offlineQueue.ts';

const server = openServer();
sendPathsTo(server.base);
givePageDocument();
let kept = givePageStorage();
const queue = (await import(source)) as OfflineQueue;
beforeEach(() => {
  kept = givePageStorage();
});

const nurse = { id: 'n', name: '周护士' };
const other = { id: 'o', name: '吴护士' };

interface Sent {
  station: string;
  scans: Scan[];
}
/** Takes scans over as a hub does; `answers` says which of a batch it answers, in `taken` stands what it has seen. */
function takeOver(
  taken: Scan[],
  answers: (scans: Scan[]) => Scan[] = (scans) => scans,
): http.RequestListener {
  return async (request, response) => {
    const { scans } = (await bodyOf(request)) as Sent;
    const answered = answers(scans);
    taken.push(...answered);
    const results = answered.map(({ sequence }) => ({
      sequence,
      outcome: 'accepted',
      problem: '',
      person: '',
    }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ results }));
  };
}

test('scans go over once and in the order they were made, however many the hub answers at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('pack', 'load', 'use'), { maxLength: 450 }),
      fc.integer({ min: 1, max: 250 }),
      async (operations, most) => {
        kept = givePageStorage();
        const made = operations.map((operation, n) => queue.enqueue('A', operation, { n }, nurse));
        const taken: Scan[] = [];
        server.answer(takeOver(taken, (scans) => scans.slice(0, most)));
        await queue.flush('A', nurse.id);
        expect(taken.map(({ sequence }) => sequence)).toEqual(made.map(({ sequence }) => sequence));
        expect(new Set(taken.map(({ sequence }) => sequence)).size).toBe(operations.length);
        expect(queue.queued('A')).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test('a line that breaks in the middle keeps what was not answered, and the next hand-over ends it', async () => {
  for (let n = 0; n < 450; n++) queue.enqueue('A', 'pack', { n }, nurse);
  const taken: Scan[] = [];
  let calls = 0;
  const well = takeOver(taken);
  server.answer((request, response) => {
    calls++;
    if (calls === 2) request.socket.destroy();
    else well(request, response);
  });
  await expect(queue.flush('A', nurse.id)).rejects.toMatchObject({ status: 0 });
  expect(taken).toHaveLength(200);
  expect(queue.queued('A').map(({ input }) => input)).toEqual(
    Array.from({ length: 250 }, (_, n) => ({ n: n + 200 })),
  );
  await queue.flush('A', nurse.id);
  expect(taken.map(({ input }) => input)).toEqual(Array.from({ length: 450 }, (_, n) => ({ n })));
});

test('a hub that answers nothing is asked once, and nothing leaves the queue', async () => {
  queue.enqueue('A', 'pack', {}, nurse);
  let calls = 0;
  const none = takeOver([], () => []);
  server.answer((request, response) => {
    calls++;
    none(request, response);
  });
  await queue.flush('A', nurse.id);
  expect([calls, queue.queued('A').length]).toEqual([1, 1]);
});

test('a scan made while others are handed over stays for the next time or goes with it, never lost', async () => {
  queue.enqueue('A', 'pack', { n: 1 }, nurse);
  const taken: Scan[] = [];
  const well = takeOver(taken);
  let first = true;
  server.answer((request, response) => {
    if (first) queue.enqueue('A', 'pack', { n: 2 }, nurse);
    first = false;
    well(request, response);
  });
  await queue.flush('A', nurse.id);
  await queue.flush('A', nurse.id);
  expect(taken.map(({ input }) => input)).toEqual([{ n: 1 }, { n: 2 }]);
});

test('two hand-overs at once are one; stations are apart', async () => {
  queue.enqueue('A', 'pack', {}, nurse);
  queue.enqueue('B', 'load', {}, nurse);
  const taken: Scan[] = [];
  server.answer(takeOver(taken));
  const [first, second] = await Promise.all([queue.flush('A', nurse.id), queue.flush('A', nurse.id)]);
  expect(second).toBe(first);
  expect(taken.map(({ operation }) => operation)).toEqual(['pack']);
  expect(queue.queued('B')).toHaveLength(1);
});

test('the number never goes back, also when the queue is empty again', async () => {
  const before = queue.enqueue('A', 'pack', {}, nurse).sequence;
  server.answer(takeOver([]));
  await queue.flush('A', nurse.id);
  expect(queue.enqueue('A', 'pack', {}, nurse).sequence).toBe(before + 1);
});

test("another's scan goes with its own proof, or with none; the handing person's own needs no proof", async () => {
  server.answer((_request, response) =>
    response.setHeader('content-type', 'application/json').end('{"ticket":"proof-of-o"}'),
  );
  await queue.fetchTicket(other.id);
  queue.enqueue('A', 'pack', { n: 1 }, other);
  queue.enqueue('A', 'pack', { n: 2 }, { id: 'x', name: '临时' });
  queue.enqueue('A', 'pack', { n: 3 }, nurse);
  const taken: Scan[] = [];
  server.answer(takeOver(taken));
  await queue.flush('A', nurse.id);
  expect(taken.map(({ ticket }) => ticket)).toEqual(['proof-of-o', 'none', undefined]);
});

test.each(['not JSON', '{"a":1}', 'null'])('a queue that reads %s is empty and takes scans again', (text) => {
  kept.set('hub.sterilization.queue.A', text);
  expect(queue.queued('A')).toEqual([]);
  queue.enqueue('A', 'pack', {}, nurse);
  expect(queue.queued('A')).toHaveLength(1);
});

test('a browser has one short name', () => {
  const name = queue.thisDevice();
  expect(name).toMatch(/^[0-9A-Z]{1,5}$/);
  expect(queue.thisDevice()).toBe(name);
});
