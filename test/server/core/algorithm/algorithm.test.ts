import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queueCases } from '../../../../server/core/algorithm/queueCases.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { chestCases, type ChestCases } from '../quality/chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let reader: Client;
let quality: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [reader, quality] = await Promise.all([hub.as('radiologist1'), hub.as('qa1')]);
});
afterAll(() => hub.close());

describe('an algorithm', () => {
  test('gets a case by token, answers a draft with its name and version, raises priority only when registered, and is judged', async () => {
    const admin = await hub.as('admin1');
    const lead = await cases.site('QHRM');
    const token = (await admin.post('/api/tokens', { name: 'ai', institutionId: lead, verbs: ['input.read'], days: 30 })).body; // prettier-ignore
    const register = (more: Record<string, unknown>) =>
      admin.post('/api/algorithms', { name: '肺结节提示', version: '2.1', vendor: '某公司', intendedUse: '提示', institutionId: lead, center: 'imaging', tokenId: token.id, ...more }); // prettier-ignore
    expect((await register({ mayRaisePriority: true })).status).toBe(422);
    expect((await register({ mayRaisePriority: true, registrationNumber: '国械注准20260001' })).status).toBe(
      201,
    );
    const order = await cases.ordered();
    const machine = (path: string, body: unknown = {}) =>
      fetch(hub.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await queueCases(hub.ctx);
    let taken: { caseId: string; orderId: string } | undefined;
    for (let n = 0; n < 20 && taken?.orderId !== order.id; n++)
      taken = (await (await machine('/api/algorithm-cases/next')).json()) as typeof taken;
    expect(JSON.stringify(taken)).not.toContain('督办');
    const found = { conclusion: '右上肺结节可疑', positive: true, findings: [{ code: 'nodule', label: '结节', confidence: 0.9 }], priority: 'emergency' }; // prettier-ignore
    expect((await machine(`/api/algorithm-cases/${taken!.caseId}/findings`, { ...found, conclusion: '' })).status).toBe(400); // prettier-ignore
    expect((await machine(`/api/algorithm-cases/${taken!.caseId}/findings`, found)).status).toBe(201);
    expect((await machine(`/api/algorithm-cases/${taken!.caseId}/findings`, found)).status).toBe(409);
    const after = (await reader.get(`/api/orders/${order.id}`)).body;
    expect(after).toMatchObject({ priority: 'emergency', status: 'received' });
    const [draft] = (await reader.get(`/api/orders/${order.id}/algorithm-results`)).body.items;
    expect(draft).toMatchObject({ algorithmName: '肺结节提示', algorithmVersion: '2.1', conclusion: '右上肺结节可疑' }); // prettier-ignore
    await reader.post(`/api/algorithm-results/${draft.id}/verdict`, { verdict: 'partly' });
    const today = localDate(hub.ctx.clock.now());
    const rows = (await quality.get(`/api/algorithms/agreement?from=${today}&to=${today}`)).body.items;
    expect(rows).toMatchObject([{ name: '肺结节提示', version: '2.1', cases: 1, partly: 1 }]);
    expect((await machine(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).status).toBe(403);
  });

  test('agrees with doctors by κ with its interval: of disease with the signed conclusion, of images with the grade', async () => {
    const admin = await hub.as('admin1');
    const lead = await cases.site('QHRM');
    const today = localDate(hub.ctx.clock.now());
    const register = async (name: string, judges: string) => {
      const token = (await admin.post('/api/tokens', { name, institutionId: lead, verbs: ['input.read'], days: 30 })).body; // prettier-ignore
      const made = await admin.post('/api/algorithms', { name, version: '1.0', vendor: '某公司', intendedUse: '提示', institutionId: lead, center: 'imaging', tokenId: token.id, judges }); // prettier-ignore
      expect(made.status).toBe(201);
      return (path: string, body: unknown = {}) =>
        fetch(hub.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
    };
    const machines = { disease: await register('结节', 'disease'), image: await register('画质', 'image') };
    // Doctor and algorithm: twice both yes, once only the algorithm, once only the doctor, twice both no.
    const pairs = [
      [true, true],
      [true, true],
      [false, true],
      [true, false],
      [false, false],
      [false, false],
    ] as const;
    for (const [doctor, algorithm] of pairs) {
      const { id } = await cases.ordered();
      await queueCases(hub.ctx);
      for (const machine of Object.values(machines)) {
        let taken: { caseId: string; orderId: string } | undefined;
        for (let n = 0; n < 40 && taken?.orderId !== id; n++)
          taken = (await (await machine('/api/algorithm-cases/next')).json()) as typeof taken;
        const found = { conclusion: algorithm ? '可疑' : '未见异常', positive: algorithm, findings: [] };
        expect((await machine(`/api/algorithm-cases/${taken!.caseId}/findings`, found)).status).toBe(201);
      }
      await reader.post(`/api/imaging/orders/${id}/grade`, doctor ? { grade: 'B', faults: ['motion'] } : { grade: 'A', faults: [] }); // prettier-ignore
      await cases.sign(id, doctor);
    }
    const rows = (await quality.get(`/api/algorithms/agreement?from=${today}&to=${today}`)).body.items;
    for (const [name, judges] of [
      ['结节', 'disease'],
      ['画质', 'image'],
    ]) {
      const row = rows.find((each: { name: string }) => each.name === name);
      expect(row).toMatchObject({ judges, cases: 6, bothPositive: 2, onlyAlgorithm: 1, onlyDoctor: 1, bothNegative: 2 }); // prettier-ignore
      expect(row.kappa.kappa).toBeCloseTo(1 / 3, 6);
      expect(row.kappa.low).toBeLessThan(row.kappa.kappa);
      expect(row.kappa.high).toBeLessThanOrEqual(1);
      const behind = async (cell?: string) =>
        (await quality.get(`/api/algorithms/agreement/cases?from=${today}&to=${today}&name=${encodeURIComponent(name!)}&version=1.0${cell ? `&cell=${cell}` : ''}`)).body.items; // prettier-ignore
      expect(await behind()).toHaveLength(6);
      expect(await behind('onlyDoctor')).toMatchObject([{ algorithm: false, doctor: true, conclusion: '未见异常', grade: 'B' }]); // prettier-ignore
    }
  });
});
