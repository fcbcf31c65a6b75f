import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

test('a policy warns before its target, not from the start', async () => {
  const head = await hub.as('head1');
  const policies = (await head.get('/api/policies')).body.items as {
    id: string;
    validTo: string | null;
    workingDays: number | null;
    warnMinutes: number;
  }[];
  const policy = policies.find((each) => each.validTo === null && each.workingDays === null)!;
  const path = `/api/policies/${policy.id}/versions`;
  const refused = await head.post(path, { targetMinutes: 25, warnMinutes: 25 });
  expect([refused.status, refused.body.errors]).toMatchObject([
    422,
    [{ path: 'warnMinutes', code: 'warn-after-start', params: { maximum: 24 } }],
  ]);
  const made = await head.post(path, { targetMinutes: 25, warnMinutes: 24 });
  expect([made.status, made.body.targetMinutes, made.body.warnMinutes]).toEqual([201, 25, 24]);
});
