import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { climbLadder } from '../../../../server/core/critical/climbLadder.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client, reader: Client;
let orderId: string, accessionNumber: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader] = (await Promise.all(['doctor1', 'radiologist1'].map((name) => hub.as(name)))) as [Client, Client];
  ({ id: orderId, accessionNumber } = await place('LIST1'));
}); // prettier-ignore
afterAll(() => hub?.close());

async function place(mrn: string): Promise<{ id: string; accessionNumber: string }> {
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'emergency',
    patient: {
      name: '钱小满',
      sex: 'F',
      birthDate: '1980-02-02',
      identifiers: [{ type: 'mrn', value: mrn }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  return made.body as { id: string; accessionNumber: string };
}
const raise = async (order: string, body: object = { finding: '张力性气胸' }) =>
  reader.post(`/api/orders/${order}/critical`, body);
const answer = (who: Client, id: string, body: object) => who.post(`/api/critical/${id}/answer`, body);
type Value = Record<string, unknown> & { id: string; events: Record<string, unknown>[] };
const list = async (who: Client, query = '') =>
  (await who.get(`/api/critical${query}`)).body.items as Value[];

describe('a critical value', () => {
  test.each([
    [{}, 'finding'],
    [{ finding: '  ' }, 'finding'],
    [{ finding: 'x'.repeat(2_001) }, 'finding'],
    [{ finding: 'x', tier: 'grave' }, 'tier'],
    [{ finding: 'x', ruleCode: 'x'.repeat(61) }, 'ruleCode'],
  ])('is not raised by %j', async (body, path) => {
    const refused = await raise(orderId, body);
    expect([refused.status, refused.body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
      422,
      [path],
    ]);
    expect(await list(reader, `?open=false&orderId=${orderId}`)).toEqual([]);
  });

  test('is listed with its case, its telephone and every step of its loop', async () => {
    const { body } = await raise(orderId, { finding: '张力性气胸', ruleCode: 'tension-pneumothorax' });
    await climbLadder(hub.ctx);
    await answer(reader, body.id, {
      kind: 'notified',
      channel: 'phone',
      recipientName: '郑国华',
      readBack: '张力性气胸',
      result: 'reached',
    });
    await answer(doctor, body.id, { kind: 'acknowledged', readBack: '左侧' });
    const [value, ...others] = await list(doctor, `?orderId=${orderId}`);
    expect(others).toEqual([]);
    expect(value).toMatchObject({
      id: body.id,
      state: 'acknowledged',
      ruleCode: 'tension-pneumothorax',
      accessionNumber,
      patientName: '钱小满',
      institutionName: '柳河镇卫生院',
      foundBy: '陈思远',
      acknowledgedBy: '郑国华',
      nextStepAt: null,
    });
    expect(value?.events.map(({ kind, actor, recipient, readBack, result }) => [kind, actor, recipient, readBack, result])).toEqual([
      ['found', '陈思远', null, null, null],
      ['escalated', null, '郑国华', null, 'pushed'],
      ['notified', '陈思远', '郑国华', '张力性气胸', 'reached'],
      ['acknowledged', '郑国华', null, '左侧', null],
    ]);
  }); // prettier-ignore

  test('that is disposed of leaves the open list and stays in the whole one', async () => {
    const { id: order } = await place('LIST2');
    const { body } = await raise(order);
    await answer(doctor, body.id, { kind: 'acknowledged', readBack: '气胸' });
    const patientReachedAt = '2026-11-22T08:30:00.000Z';
    await answer(doctor, body.id, { kind: 'disposed', disposition: '闭式引流', patientReachedAt });
    expect(await list(doctor, `?orderId=${order}`)).toEqual([]);
    expect(await list(doctor, `?open=false&orderId=${order}`)).toMatchObject([
      { state: 'disposed', disposition: '闭式引流' },
    ]);
  });

  test('is seen by its site, its centre, quality and the duty office, and by nobody else', async () => {
    const { id: order } = await place('LIST3');
    await raise(order);
    const seen: Record<string, number> = {};
    for (const name of ['nurse1', 'head1', 'qa1', 'duty1', 'doctor2', 'cardiologist1', 'village1'])
      seen[name] = (await list(await hub.as(name), `?orderId=${order}`)).length;
    expect(seen).toEqual({
      nurse1: 1,
      head1: 1,
      qa1: 1,
      duty1: 1,
      doctor2: 0,
      cardiologist1: 0,
      village1: 0,
    });
    expect((await (await hub.as('regulator1')).get('/api/critical')).status).toBe(403);
  });

  test('that waits stands before one that was acknowledged, the newest first, as many as asked for', async () => {
    const { id: order } = await place('LIST4');
    const ids: string[] = [];
    for (const finding of ['甲', '乙', '丙']) {
      hub.clock.advance(1);
      ids.push((await raise(order, { finding })).body.id as string);
    }
    await answer(doctor, ids[2] ?? '', { kind: 'acknowledged', readBack: '丙' });
    const findings = async (query: string) =>
      (await list(doctor, `?orderId=${order}${query}`)).map(({ finding }) => finding);
    expect(await findings('')).toEqual(['乙', '甲', '丙']);
    expect(await findings('&limit=1')).toEqual(['乙']);
    for (const query of ['limit=0', 'limit=201', 'open=maybe', 'orderId=1'])
      expect((await doctor.get(`/api/critical?${query}`)).status, query).toBe(400);
  });

  test.each([
    [{ kind: 'seen' }, 'kind'],
    [{ kind: 'acknowledged' }, 'readBack'],
    [{ kind: 'disposed', disposition: ' ' }, 'disposition'],
    [{ kind: 'disposed', disposition: 'x', patientReachedAt: '昨天' }, 'patientReachedAt'],
    [{ kind: 'withdrawn' }, 'reason'],
    [{ kind: 'notified', channel: 'fax', recipientName: 'x', result: 'reached' }, 'channel'],
  ])('is not answered by %j, and stands as before', async (body, path) => {
    const { body: made } = await raise(orderId);
    const refused = await answer(doctor, made.id, body);
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path]);
    const value = (await list(doctor, `?orderId=${orderId}`)).find(({ id }) => id === made.id);
    expect(value).toMatchObject({ state: 'open' });
    expect(value?.events).toHaveLength(1);
  });

  test('that was withdrawn is read in the bell of who was called', async () => {
    const { id: order } = await place('LIST5');
    const { body } = await raise(order);
    await climbLadder(hub.ctx);
    const bell = async () =>
      ((await doctor.get('/api/notifications')).body.items as { kind: string; orderId: string }[])
        .filter((notice) => notice.orderId === order)
        .map(({ kind }) => kind);
    expect(await bell()).toEqual(['critical']);
    await answer(reader, body.id, { kind: 'withdrawn', reason: '误报' });
    expect(await bell()).toEqual(['critical.withdrawn']);
  });
});
