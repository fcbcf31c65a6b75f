import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueue } from '../../../server/core/jobs/enqueue.ts';
import { startHub, type TestHub } from '../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { METRICS_TOKEN: 'a-long-metrics-token', HUB_ROLES: 'web' } });
});
afterAll(() => hub?.close());

const read = async (headers: Record<string, string> = {}) => {
  const answer = await fetch(`${hub.url}/metrics`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};
const value = (text: string, name: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1),
  );

test('figures in the form that Prometheus reads: each sample has its help and type, and counts move', async () => {
  const before = await read();
  expect(before).toMatchObject({ status: 200, type: expect.stringContaining('text/plain') as string });
  for (const line of before.text.split('\n').filter((each) => each && !each.startsWith('#'))) {
    expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{.*\})? [-+.\deE]+(NaN|Inf)?$/);
    const family = line.replace(/(_bucket|_sum|_count)?[{ ].*/, '');
    expect(before.text).toMatch(new RegExp(`# TYPE ${family}`));
  }
  await enqueue(hub.ctx.db, { kind: 'test.metrics', key: 'one' });
  const { text } = await read();
  expect(text).toMatch(/\{kind="test\.metrics",state="waiting"\} 1/);
  const requests = (from: string) => value(from, 'hub_http_request_seconds_count{method="GET",status="200"}');
  expect(requests(text)).toBeGreaterThan(requests(before.text) || 0);
});

test('nothing in them names a person or a case', async () => {
  const { text } = await read();
  const staff = await hub.ctx.db.selectFrom('staff').select(['name', 'username']).execute();
  for (const { name, username } of staff) {
    expect(text).not.toContain(name);
    expect(text).not.toMatch(new RegExp(`"${username}"`));
  }
});

test('what a proxy on the same machine hands on needs the token', async () => {
  for (const header of ['x-forwarded-for', 'forwarded']) {
    expect((await read({ [header]: '203.0.113.9' })).status, header).toBe(403);
    expect((await read({ [header]: '203.0.113.9', authorization: 'Bearer wrong' })).status).toBe(403);
    const known = await read({ [header]: '203.0.113.9', authorization: 'Bearer a-long-metrics-token' });
    expect(known.status).toBe(200);
  }
});
