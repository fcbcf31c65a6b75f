import { afterAll, beforeAll, expect, test } from 'vitest';
import { trimStream } from '../../../../server/core/events/trimStream.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
});
afterAll(() => hub.close());

interface Heard {
  id: string;
  event: string;
  data: string;
}

/** Reads the stream until an event satisfies `until`. */
async function listen(cookie: string, lastId: string | undefined, until: (heard: Heard) => boolean) {
  const stop = new AbortController();
  const response = await fetch(`${hub.url}/api/events`, {
    headers: { cookie, ...(lastId !== undefined && { 'last-event-id': lastId }) },
    signal: stop.signal,
  });
  const heard: Heard[] = [];
  const done = (async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        if (!field('event')) continue;
        heard.push({ id: field('id'), event: field('event'), data: field('data') });
        if (until(heard.at(-1)!)) {
          stop.abort();
          return heard;
        }
      }
    }
    return heard;
  })();
  return { status: response.status, done };
}

let serial = 0;
async function order(): Promise<string> {
  const answer = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    patient: {
      name: '钱小满',
      sex: 'F',
      birthDate: '1980-02-02',
      identifiers: [{ type: 'mrn', value: `EV${++serial}` }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  expect(answer.status).toBe(201);
  return answer.body.id as string;
}

test('who listens hears what happens from the moment the answer began, and what he missed after coming back', async () => {
  const live = await listen(doctor.cookie, undefined, (event) => event.event === 'order.new');
  const first = await order();
  const [heard] = (await live.done).filter((event) => event.data.includes(first));
  expect(heard?.event).toBe('order.new');
  const missed = await order();
  const again = await listen(doctor.cookie, heard!.id, (event) => event.data.includes(missed));
  const replayed = await again.done;
  expect(replayed.filter((event) => event.data.includes(first))).toEqual([]);
  expect(new Set(replayed.map((event) => event.id)).size).toBe(replayed.length);
});

test('an id that is too old, trimmed or not ours is answered with reset', async () => {
  for (const id of ['1', 'nonsense', '1-1', '99999999999999999999-1']) {
    const { done } = await listen(doctor.cookie, id, (event) => event.event === 'reset');
    expect((await done)[0]?.event).toBe('reset');
  }
  const live = await listen(doctor.cookie, undefined, (event) => event.event === 'order.new');
  await order();
  const { id } = (await live.done).at(-1)!;
  hub.clock.advance(8 * 24 * 60);
  await trimStream(hub.ctx);
  doctor = await hub.as('doctor1');
  const { done } = await listen(doctor.cookie, id, (event) => event.event === 'reset');
  expect((await done)[0]?.event).toBe('reset');
});

test('another site and the auditor hear nothing of it', async () => {
  for (const name of ['village1', 'auditor1']) {
    const other = await hub.as(name);
    const stranger = await listen(other.cookie, undefined, (event) => event.event.startsWith('order.'));
    const witness = await listen(doctor.cookie, undefined, (event) => event.event === 'order.new');
    await order();
    await witness.done;
    const heard = await Promise.race([
      stranger.done,
      new Promise<Heard[]>((resolve) => setTimeout(() => resolve([]), 300)),
    ]);
    expect(heard).toEqual([]);
  }
});
