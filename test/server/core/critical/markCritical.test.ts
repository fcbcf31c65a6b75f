import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let reader: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader] = await Promise.all([hub.as('doctor1'), hub.as('cardiologist1')]);
});
afterAll(() => hub.close());

async function place(): Promise<string> {
  const answer = await doctor.post('/api/orders', {
    center: 'ecg',
    items: [{ code: 'ECG-12' }],
    priority: 'emergency',
    patient: {
      name: '赵一',
      sex: 'M',
      birthDate: '1980-03-07',
      identifiers: [{ type: 'mrn', value: `${Date.now()}` }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  const { id } = answer.body as { id: string };
  await reader.post(`/api/orders/${id}/accept`);
  return id;
}
const isCritical = async (id: string): Promise<boolean> =>
  (await reader.get(`/api/orders/${id}`)).body.critical;
const raise = async (id: string, finding: string, tier: string): Promise<string> =>
  (await reader.post(`/api/orders/${id}/critical`, { finding, tier })).body.id;
const withdraw = (id: string) =>
  reader.post(`/api/critical/${id}/answer`, { kind: 'withdrawn', reason: '误报' });

test('an order is critical while a critical value stands; a significant finding is none', async () => {
  const id = await place();
  await raise(id, '左室肥厚', 'significant');
  expect(await isCritical(id)).toBe(false);
  const first = await raise(id, '长 RR 间期', 'critical');
  const second = await raise(id, '室性心动过速', 'critical');
  expect(await isCritical(id)).toBe(true);
  expect((await withdraw(first)).status).toBe(200);
  expect(await isCritical(id)).toBe(true);
  expect((await withdraw(second)).status).toBe(200);
  expect(await isCritical(id)).toBe(false);
});

test('before signing it is asked where report and loop say different things', async () => {
  const id = await place();
  await reader.post(`/api/orders/${id}/claim`);
  let version = 0;
  const problems = async (critical: boolean): Promise<string[]> => {
    await reader.put(
      `/api/orders/${id}/report`,
      { findings: '', impression: '长 RR 间期', positive: true, critical },
      { 'if-match': `"${version++}"` },
    );
    const { items } = (await reader.get(`/api/orders/${id}/report/problems`)).body;
    return items
      .map((problem: { code: string }) => problem.code)
      .filter((code: string) => code.startsWith('critical-'));
  };
  expect(await problems(false)).toEqual([]);
  expect(await problems(true)).toEqual(['critical-not-raised']);
  const raised = await raise(id, '长 RR 间期 3.4 s', 'critical');
  expect(await problems(true)).toEqual([]);
  expect(await problems(false)).toEqual(['critical-stands']);
  await withdraw(raised);
  expect(await problems(false)).toEqual([]);
});
