import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client, reader: Client, verifier: Client, other: Client;
let id: string;
const pin = '246810';
const content = { findings: '双肺纹理清晰', impression: '未见异常', positive: false, critical: false };

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader, verifier, other] = (await Promise.all(
    ['doctor1', 'radiologist1', 'radiologist2', 'doctor2'].map((username) => hub.as(username)),
  )) as [Client, Client, Client, Client];
});
afterAll(() => hub?.close());

let serial = 0;
const place = async () => {
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: {
      name: '孙报告',
      sex: 'F',
      birthDate: '1990-02-03',
      identifiers: [{ type: 'mrn', value: `RR${++serial}` }],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  id = (made.body as { id: string }).id;
  expect((await reader.post(`/api/orders/${id}/accept`)).status).toBe(200);
};

const path = (end = '') => `/api/orders/${id}/report${end}`;
const save = (version: string, body: unknown = content, client = reader) =>
  client.put(path(), body, { 'if-match': version });
const sign = async () => {
  expect((await save('"0"')).status).toBe(200);
  expect((await reader.post(path('/submit'), { version: 1 })).status).toBe(200);
  expect((await verifier.post(path('/sign'), { pin })).status).toBe(200);
};
const acts = async (action: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'detail', 'outcome'])
    .where('subjectId', '=', id)
    .where('action', '=', action)
    .orderBy('seq')
    .execute();
const versions = async () =>
  ((await doctor.get(`/api/orders/${id}/reports`)).body as { items: unknown[] }).items;

describe('the draft', () => {
  beforeEach(place);
  test('is there before anybody wrote: empty, of version 0, and reading it is on record', async () => {
    const { status, headers, body } = await reader.get(path());
    expect([status, headers.get('etag')]).toEqual([200, '"0"']);
    expect(body).toMatchObject({ version: 0, state: 'draft', findings: '', impression: '', positive: false, critical: false, content: {}, author: null });
    expect(await acts('report.read')).toMatchObject([{ actorName: '陈思远', outcome: 'done' }]);
  }); // prettier-ignore

  test('answers each save with the version that the next one names', async () => {
    const first = await save('"0"');
    expect([first.headers.get('etag'), first.body.version]).toEqual(['"1"', 1]);
    const next = await save('"1"', { ...content, synoptic: { grade: 2 } });
    expect([next.headers.get('etag'), next.body.version]).toEqual(['"2"', 2]);
    const { body } = await reader.get(path());
    expect(body).toMatchObject({ version: 2, synoptic: { grade: 2 }, content: { synoptic: { grade: 2 } } });
  });

  test.each([
    ['no If-Match', undefined, content, 428, 'precondition-required'],
    ['a weak tag', 'W/"0"', content, 412, 'stale'],
    ['a version of the future', '"7"', content, 412, 'stale'],
    ['findings that are no text', '"0"', { findings: 7 }, 422, 'invalid'],
    ['a mark that is no mark', '"0"', { positive: 'yes' }, 422, 'invalid'],
    ['a list', '"0"', [], 422, 'invalid'],
  ])('with %s is not saved', async (_what, version, body, status, type) => {
    const answer = await reader.put(path(), body, version ? { 'if-match': version } : {});
    expect(answer).toMatchObject({ status, body: { type } });
    expect((await reader.get(path())).body.version).toBe(0);
  });

  test('that is too long says so at its field', async () => {
    const answer = await save('"0"', { impression: '肺'.repeat(20_001) });
    expect(answer.body.errors).toMatchObject([
      { path: 'impression', code: 'too_big', params: { maximum: 20_000 } },
    ]);
    const whole = await save('"0"', { measurements: 'x'.repeat(400_001) });
    expect(whole.body.errors).toMatchObject([{ code: 'report-too-long', params: { most: '400 kB' } }]);
  });

  test('is of nobody who is not signed in, and is not there for another site', async () => {
    const bare = await fetch(hub.url + path());
    expect(bare.status).toBe(401);
    for (const end of ['', '.pdf', '/problems'])
      expect((await other.get(path(end))).status).toBe(end === '/problems' ? 403 : 404);
    expect((await other.get(`/api/orders/${id}/reports`)).status).toBe(404);
    expect((await acts('report.read')).length).toBe(0);
  });

  test('tells its writer what stops a signature before he asks for one', async () => {
    await save('"0"', { findings: '双肺纹理清晰', impression: '' });
    const { body } = await reader.get(path('/problems'));
    expect(body.items).toMatchObject([{ severity: 'stop', code: 'empty-impression' }]);
    const refused = await reader.post(path('/submit'));
    expect(refused).toMatchObject({
      status: 422,
      body: { type: 'report-problems', errors: [{ path: 'content', code: 'empty-impression' }] },
    });
    expect((await doctor.get(path('/problems'))).status, 'the site does not write').toBe(403);
  });
});

describe('the acts on a report take', () => {
  beforeAll(async () => {
    await place();
    await sign();
  });
  test.each([
    ['sign', {}, 'pin'],
    ['sign', { pin: '123' }, 'pin'],
    ['sign', { pin: '1'.repeat(33) }, 'pin'],
    ['sign', { pin, version: 1.5 }, 'version'],
    ['sign', { pin, from: 'tablet' }, 'from'],
    ['sign', { pin, shown: { quality: 'full', series: [{ uid: '1', images: -1, full: 0 }] } }, 'shown.series.0.images'],
    ['reject', {}, 'reason'],
    ['reject', { reason: '   ' }, 'reason'],
    ['reject', { reason: 'x'.repeat(1_001) }, 'reason'],
    ['addendum', { pin, reason: '补' }, 'text'],
    ['addendum', { pin, reason: '补', text: ' \n' }, 'text'],
    ['addendum', { pin, reason: '补', text: 'x'.repeat(20_001) }, 'text'],
    ['correct', { pin, reason: '误' }, 'content'],
    ['correct', { pin, content: {} }, 'reason'],
    ['void', { pin }, 'reason'],
    ['void', { reason: '误' }, 'pin'],
  ])('%s %j is refused at %s', async (act, body, field) => {
    const before = await versions();
    const answer = await verifier.post(path(`/${act}`), body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path: at }: { path: string }) => at)).toEqual([field]);
    expect(await versions()).toEqual(before);
  }); // prettier-ignore

  test('what is corrected in `content` or beside it, the same', async () => {
    const beside = await verifier.post(path('/correct'), { pin, reason: '误', impression: '右肺结节' });
    expect(beside.body.status).toBe('corrected');
    const within = await verifier.post(path('/correct'), { pin, reason: '误', content: { positive: true } });
    expect(within.body.status).toBe('corrected');
    const [, second, third] = (await versions()) as { content: object }[];
    expect(second?.content).toEqual({ ...content, impression: '右肺结节' });
    expect(third?.content).toEqual({ ...content, impression: '右肺结节', positive: true });
  });
});

describe('the signed file', () => {
  beforeAll(place);
  test('is not there before it is signed, and no number opens one of another kind', async () => {
    expect((await doctor.get(path('.pdf'))).status).toBe(404);
    await sign();
    for (const number of ['2', '0', '-1']) expect((await doctor.get(path(`.pdf?number=${number}`))).status).toBe(404);
    expect((await doctor.get(path('.pdf?number=first'))).status).toBe(400);
    expect(await acts('report.view')).toEqual([]);
  }); // prettier-ignore

  test('of each version has its own name, is kept by no cache, and whoever opened it is known', async () => {
    await verifier.post(path('/addendum'), { pin, reason: '补', text: '建议复查' });
    const { accessionNumber } = (await doctor.get(`/api/orders/${id}`)).body as { accessionNumber: string };
    const newest = await doctor.get(path('.pdf'));
    const first = await doctor.get(path('.pdf?number=1'));
    expect(newest.headers.get('content-disposition')).toBe(`inline; filename="${accessionNumber}-2.pdf"`);
    expect(first.headers.get('content-disposition')).toBe(`inline; filename="${accessionNumber}-1.pdf"`);
    expect(first.headers.get('cache-control')).toBe('private, no-store');
    expect(Buffer.compare(newest.body as Buffer, first.body as Buffer)).not.toBe(0);
    expect((await acts('report.view')).map(({ detail }) => detail)).toEqual([{ number: 2 }, { number: 1 }]);
    const viewed = await hub.ctx.db
      .selectFrom('reportView')
      .innerJoin('signedReport', 'signedReport.id', 'reportView.signedReportId')
      .innerJoin('staff', 'staff.id', 'reportView.staffId')
      .select(['number', 'act', 'username'])
      .where('orderId', '=', id)
      .orderBy('reportView.id')
      .execute();
    expect(viewed).toEqual([
      { number: 2, act: 'viewed', username: 'doctor1' },
      { number: 1, act: 'viewed', username: 'doctor1' },
    ]);
  });
});

describe('the acknowledgement', () => {
  beforeAll(async () => {
    await place();
    await sign();
  });
  test.each([
    [{ patientInformed: {} }, ['patientInformed.who', 'patientInformed.how']],
    [{ patientInformed: { who: ' ', how: '电话' } }, ['patientInformed.who']],
    [{ patientInformed: { who: '本人', how: '电话', at: '昨天' } }, ['patientInformed.at']],
  ])('%j is refused and nothing is confirmed', async (body, fields) => {
    const answer = await doctor.post(`/api/orders/${id}/acknowledge`, body);
    expect(answer.body.errors.map(({ path: at }: { path: string }) => at)).toEqual(fields);
    expect((await doctor.get(`/api/orders/${id}`)).body.status).toBe('final');
  });

  test('says who told the patient, when and how, to everybody who may see the case', async () => {
    const patientInformed = { who: '本人', how: '电话', at: '2026-11-22T12:00:00+08:00' };
    const answer = await doctor.post(`/api/orders/${id}/acknowledge`, { patientInformed });
    expect(answer.body).toMatchObject({ id, status: 'acknowledged' });
    const row = await hub.ctx.db
      .selectFrom('acknowledgement')
      .select('patientInformed')
      .where('orderId', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.patientInformed).toEqual(patientInformed);
  });
});
