import { describe, expect, test } from 'vitest';
import { localDate } from '../../../server/core/turnaround/calendar.ts';
import { caseOf, hub, openLaboratory, reader, received, senior, sign } from './laboratory.ts';

openLaboratory();

describe('frozen section', () => {
  test('the paraffin case of the same patient is found by itself and asks for the comparison when signed', async () => {
    const patient = {
      name: '对照甲',
      sex: 'M' as const,
      birthDate: '1955-05-05',
      identifiers: [{ type: 'mrn', value: 'PARAFFIN-1' }],
    };
    const frozen = await received({ code: 'FROZEN', priority: 'emergency', patient });
    const call = { diagnosis: '腺癌', to: '手术室', readBack: '腺癌' };
    await reader.post(`/api/pathology/cases/${frozen.id}/frozen/phone`, call);
    const paraffin = await received({ patient });
    expect((await caseOf(frozen.id)).frozen.paraffinOrderId).toBe(paraffin.id);
    const toCompare = async () =>
      (await reader.get('/api/pathology/lists/to-compare')).body.items.filter(
        ({ orderId }: { orderId: string }) => orderId === frozen.id,
      );
    expect(await toCompare()).toEqual([]);
    expect((await sign(paraffin.id, { impression: '中分化腺癌', positive: true })).body.status).toBe('final');
    expect(await toCompare()).toMatchObject([{ detail: '中分化腺癌' }]);
    const compared = await reader.post(`/api/pathology/cases/${frozen.id}/frozen/comparison`, {
      agreement: 'agree',
    });
    expect(compared.status).toBe(200);
    expect((await caseOf(frozen.id)).frozen).toMatchObject({
      paraffinOrderId: paraffin.id,
      paraffinDiagnosis: '中分化腺癌',
    });
    expect(await toCompare()).toEqual([]);
    expect((await sign(frozen.id, { impression: '腺癌', positive: true })).body.status).toBe('final');
  });

  test('the second one on the table has 45 minutes; the call is recorded with its read-back', async () => {
    const first = await received({ code: 'FROZEN', priority: 'emergency', frozen: { theatre: '2 号' } });
    hub.clock.advance(5);
    const second = await received({ code: 'FROZEN', priority: 'emergency' });
    expect((await caseOf(first.id)).frozen).toMatchObject({ ruleMinutes: 30, theatre: '2 号' });
    expect((await caseOf(second.id)).frozen.ruleMinutes).toBe(45);
    const minutesLeft = async (id: string) =>
      (Date.parse((await reader.get(`/api/orders/${id}`)).body.dueAt) - hub.clock.now().getTime()) / 60_000;
    expect(await minutesLeft(first.id)).toBeCloseTo(25, 0);
    expect(await minutesLeft(second.id)).toBeCloseTo(45, 0); // the clock of the core, which the worklist sorts by
    hub.clock.advance(12);
    const call = { diagnosis: '浸润性癌', to: '手术室 李医师', readBack: '浸润性癌' };
    expect(
      (await reader.post(`/api/pathology/cases/${first.id}/frozen/phone`, { ...call, readBack: '' })).status,
    ).toBe(422);
    expect((await reader.post(`/api/pathology/cases/${first.id}/frozen/phone`, call)).status).toBe(200);
    const timeline = (await reader.get(`/api/orders/${first.id}/timeline`)).body.items;
    expect(
      timeline.find(({ kind }: { kind: string }) => kind === 'frozen-phoned').detail.minutes,
    ).toBeCloseTo(17, 0);
    expect(
      (await reader.post(`/api/pathology/cases/${first.id}/frozen/comparison`, { agreement: 'major' }))
        .status,
    ).toBe(422);
    const comparison = `/api/pathology/cases/${first.id}/frozen/comparison`;
    expect((await reader.post(comparison, { agreement: 'agree' })).body.type).toBe('no-paraffin');
    expect((await reader.post(comparison, { agreement: 'deferred', note: '等待石蜡' })).status).toBe(200);
    // a second call with another diagnosis is kept beside the first, which ended the clock
    hub.clock.advance(10);
    const changed = { diagnosis: '不典型增生', to: '手术室 李医师', readBack: '不典型增生' };
    await reader.post(`/api/pathology/cases/${first.id}/frozen/phone`, changed);
    const told = await caseOf(first.id);
    expect(told.frozenCalls).toMatchObject([{ diagnosis: '浸润性癌' }, { diagnosis: '不典型增生' }]);
    expect(told.frozen.diagnosis).toBe('不典型增生');
    const month = localDate(hub.clock.now()).slice(0, 7);
    const { items } = (await senior.get(`/api/pathology/indicators?month=${month}`)).body;
    const figure = (code: string) => items.find((each: { code: string }) => each.code === code);
    expect(figure('frozen-on-time')).toMatchObject({ numerator: 2, denominator: 2, value: 100 });
    expect(figure('frozen-paraffin-agreement')).toMatchObject({ value: 100 });
    expect(figure('cytology-on-time')).toMatchObject({ denominator: 0, value: null });
    const behind = (await senior.get(`/api/pathology/indicators/frozen-on-time?month=${month}`)).body.items;
    expect(behind).toContainEqual(expect.objectContaining({ orderId: first.id, met: true }));
  });
});
