import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scp, startCounty, type County } from './county.ts';

let county: County;
beforeAll(async () => {
  county = await startCounty();
});
afterAll(async () => county.hub.close());

describe('whose recording it is', () => {
  test('a number alone never joins: right number and right patient do, a contradiction goes to a person', async () => {
    const { hub, doctor, upload, order } = county;
    const mine = await order();
    const agreeing = await upload(
      scp({ sequence: mine.accessionNumber, number: mine.hospitalNumber, bpm: 70 }),
    );
    expect(agreeing.body.join).toMatchObject({ state: 'joined', orderId: mine.id });
    const other = await order();
    const wrong = await upload(scp({ sequence: other.accessionNumber, name: '李四', bpm: 71 }));
    expect(wrong.body.join).toMatchObject({ state: 'mismatch' });
    expect(wrong.body.join.differences[0]).toMatchObject({ field: 'name', input: '李四', order: '张三' });
    expect((await doctor.get(`/api/orders/${other.id}`)).body.status).toBe('requested');
    const queued = await hub.ctx.db
      .selectFrom('unmatchedInput')
      .select(['kind', 'reason'])
      .where('subjectId', '=', wrong.body.id)
      .executeTakeFirstOrThrow();
    expect(queued).toEqual({ kind: 'mismatch', reason: 'the number is right but name differ' });
  });

  test('naming the order does not overrule the patient: a contradiction waits for a person, an emergency is read meanwhile', async () => {
    const { hub, doctor, reader, upload, order } = county;
    const routine = await order();
    const wrong = await upload(scp({ name: '李四', bpm: 66 }), `/api/ecg/recordings?orderId=${routine.id}`);
    expect(wrong.status).toBe(201);
    expect(wrong.body.join).toMatchObject({
      state: 'mismatch',
      differences: [{ field: 'name', input: '李四', order: '张三' }],
    });
    expect((await doctor.get(`/api/orders/${routine.id}`)).body.status).toBe('requested');
    const chestPain = await order({ priority: 'emergency', flags: ['chest-pain'] });
    const urgent = await upload(
      scp({ name: '李四', bpm: 67 }),
      `/api/ecg/recordings?orderId=${chestPain.id}`,
    );
    expect(urgent.body.join.state).toBe('mismatch');
    const meanwhile = (await reader.get(`/api/orders/${urgent.body.join.orderId}`)).body;
    expect(meanwhile).toMatchObject({ provisional: true, priority: 'emergency', status: 'received' });
    const registrar = await hub.as('registrar1');
    const waiting = (await registrar.get('/api/ecg/unmatched')).body.items.find(
      (item: { orderId: string | null }) => item.orderId === meanwhile.id,
    );
    expect(waiting.candidates[0]).toMatchObject({ orderId: chestPain.id });
    expect(
      (
        await registrar.post(`/api/ecg/unmatched/${waiting.id}/decide`, {
          decision: 'join',
          orderId: chestPain.id,
        })
      ).body,
    ).toMatchObject({ state: 'resolved' });
    const joined = (await reader.get(`/api/orders/${chestPain.id}`)).body;
    expect(joined.status).toBe('received');
    expect(joined.input.recordings[0].differences).toMatchObject([{ field: 'name', input: '李四' }]);
    expect((await reader.get(`/api/orders/${meanwhile.id}`)).body.status).toBe('cancelled');
    const problems = await reader.get(`/api/orders/${chestPain.id}/report/problems`);
    expect(problems.body.items.map((problem: { code: string }) => problem.code)).toEqual(
      expect.arrayContaining(['empty-report', 'patient-differs']),
    );
  });

  test('without an order a provisional one stands in the worklist; a person joins it to the right order', async () => {
    const { hub, reader, upload, order } = county;
    const stray = await upload(scp({ name: '王五', bpm: 64 }));
    expect(stray.body.join).toMatchObject({ state: 'provisional' });
    const provisional = (await reader.get(`/api/orders/${stray.body.join.orderId}`)).body;
    expect(provisional).toMatchObject({
      status: 'received',
      provisional: true,
      patient: { name: '王五', identity: 'unverified' },
    });
    const right = await order();
    const head = await hub.as('registrar1');
    const joined = await head.post(`/api/ecg/recordings/${stray.body.id}/join`, { orderId: right.id });
    expect(joined.body).toMatchObject({ status: 'received' });
    expect((await reader.get(`/api/orders/${stray.body.join.orderId}`)).body.status).toBe('cancelled');
  });

  test('the registrar decides: an unreadable file becomes a document of a case, a stray one is confirmed', async () => {
    const { hub, tech, reader, upload, order } = county;
    const registrar = await hub.as('registrar1');
    const counts = async (): Promise<[uploads: number, unreadable: number]> => {
      const [from, to] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
      const { items } = (await reader.get(`/api/ecg/statistics?from=${from}&to=${to}`)).body;
      return [items[0].uploads, items[0].unreadable];
    };
    const [uploads, unreadable] = await counts();
    const bad = await upload(scp({ bpm: 61 }).subarray(0, 700));
    const placed = await order();
    const attached = await registrar.post(`/api/ecg/unmatched/${bad.body.unmatchedId}/decide`, {
      decision: 'join',
      orderId: placed.id,
    });
    expect(attached.body).toMatchObject({ state: 'resolved' });
    const described = (await reader.get(`/api/orders/${placed.id}`)).body;
    expect(described).toMatchObject({ status: 'received', input: { recordings: [{ format: 'document' }] } });
    expect(await counts()).toEqual([uploads, unreadable + 1]);
    expect(
      (
        await registrar.post(`/api/ecg/unmatched/${bad.body.unmatchedId}/decide`, {
          decision: 'discard',
          reason: 'x',
        })
      ).status,
    ).toBe(409);
    const stray = await upload(scp({ name: '赵六', bpm: 62 }));
    const waiting = (await registrar.get('/api/ecg/unmatched')).body.items.find(
      (item: { subjectId: string }) => item.subjectId === stray.body.id,
    );
    expect(waiting).toMatchObject({ kind: 'no-order', detail: { patientName: '赵六' } });
    expect(
      (await registrar.post(`/api/ecg/unmatched/${waiting.id}/decide`, { decision: 'confirm' })).body.state,
    ).toBe('resolved');
    expect((await reader.get(`/api/orders/${stray.body.join.orderId}`)).body).toMatchObject({
      provisional: false,
      patient: { identity: 'verified' },
    });
    expect((await tech.get('/api/ecg/unmatched')).status).toBe(403);
  });
});
