import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startHub, type TestHub } from '../../../helpers/hub.ts';
import { siteOf, staffOf } from '../admin/trail.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub?.close());
// Only the beat of the stream runs by this: every fifteen seconds.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const beat = () => vi.advanceTimersByTimeAsync(15_000);

/** A stream that is open: what came of it, and whether it has ended. */
async function listen(headers: Record<string, string>) {
  const stop = new AbortController();
  const response = await fetch(`${hub.url}/api/events`, { headers, signal: stop.signal });
  const state = { text: '', ended: false, stop: () => stop.abort() };
  void (async () => {
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
        state.text += chunk;
    } catch {
      // stopped by the test
    }
    state.ended = true;
  })();
  await expect.poll(() => state.text).toContain('retry:');
  return state;
}
/** The stream goes on over the next beat. */
async function goesOn(stream: Awaited<ReturnType<typeof listen>>): Promise<void> {
  const before = stream.text.length;
  await beat();
  await expect.poll(() => stream.text.slice(before)).toContain(': beat');
  expect(stream.ended).toBe(false);
}

describe('a stream that is open', () => {
  test('beats while its session is used, and ends with the beat after the sign-out', async () => {
    const nurse = await hub.as('nurse1');
    const stream = await listen({ cookie: nurse.cookie });
    await goesOn(stream);
    await goesOn(stream);
    await nurse.delete('/api/session');
    await beat();
    await expect.poll(() => stream.ended).toBe(true);
  });

  test('ends when its session idled out: listening is no use of it', async () => {
    const tech = await hub.as('tech1');
    const stream = await listen({ cookie: tech.cookie });
    await goesOn(stream);
    hub.clock.advance(31);
    await beat();
    await expect.poll(() => stream.ended).toBe(true);
  });

  test('ends when its person is shut out', async () => {
    const village = await hub.as('village1');
    const stream = await listen({ cookie: village.cookie });
    await goesOn(stream);
    const admin = await hub.as('admin1');
    await admin.put(`/api/staff/${await staffOf(hub, 'village1')}`, { active: false });
    await beat();
    await expect.poll(() => stream.ended).toBe(true);
  });

  test('of a machine ends when its token is revoked, and when its time is over', async () => {
    const admin = await hub.as('admin1');
    const institutionId = await siteOf(hub, 'LIUHE');
    const make = async (days: number) =>
      (await admin.post('/api/tokens', { name: 'his', institutionId, verbs: ['order.read'], days })).body as {
        id: string;
        token: string;
      };
    const [revoked, short] = [await make(30), await make(1)];
    const streams: Awaited<ReturnType<typeof listen>>[] = [];
    for (const { token } of [revoked, short])
      streams.push(await listen({ authorization: `Bearer ${token}` }));
    for (const stream of streams) await goesOn(stream);
    await admin.delete(`/api/tokens/${revoked.id}`);
    await beat();
    await expect.poll(() => streams.map(({ ended }) => ended)).toEqual([true, false]);
    hub.clock.advance(24 * 60 + 1);
    await beat();
    await expect.poll(() => streams.map(({ ended }) => ended)).toEqual([true, true]);
  });

  test('whose browser went away beats no more', async () => {
    const doctor = await hub.as('doctor1');
    const before = vi.getTimerCount();
    const stream = await listen({ cookie: doctor.cookie });
    expect(vi.getTimerCount()).toBe(before + 1);
    stream.stop();
    await expect.poll(() => vi.getTimerCount()).toBe(before);
  });
});
