import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let quality: Client, doctor: Client, other: Client, head: Client;
let liuhe: string, doctor2: string;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [quality, doctor, other, head] = (await Promise.all(['qa1', 'doctor1', 'doctor2', 'head1'].map((name) => hub.as(name)))) as [Client, Client, Client, Client];
  liuhe = (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'LIUHE').executeTakeFirstOrThrow()).id;
  doctor2 = (await hub.ctx.db.selectFrom('staff').select('id').where('username', '=', 'doctor2').executeTakeFirstOrThrow()).id;
}); // prettier-ignore
afterAll(() => hub?.close());

type Ticket = Record<string, unknown> & { id: string };
const open = async (body: object = {}) =>
  quality.post('/api/tickets', { title: '柳河影像及时率下降', institutionId: liuhe, ...body });
const opened = async (body?: object): Promise<string> => (await open(body)).body.id as string;
const list = async (who: Client, query = '') =>
  (await who.get(`/api/tickets${query}`)).body.items as Ticket[];
const has = async (who: Client, id: string) => (await list(who)).some((ticket) => ticket.id === id);
const rows = () => hub.ctx.db.selectFrom('ticket').select('id').execute();
const audits = (action: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'detail', 'subjectId'])
    .where('action', '=', action)
    .execute();

describe('a ticket by hand', () => {
  test('has its number, first step, opener and note, and is on record', async () => {
    const answer = await open({ note: '请说明原因', center: 'imaging' });
    expect(answer.status).toBe(201);
    const { id } = answer.body as Ticket;
    const ticket = (await list(quality)).find((each) => each.id === id);
    expect(ticket).toMatchObject({ kind: 'manual', title: '柳河影像及时率下降', state: 'open', step: 1, institutionName: '柳河镇卫生院' });
    expect((await quality.get(`/api/tickets/${id}/history`)).body.items).toMatchObject([
      { kind: 'opened', note: '请说明原因', actorName: '潘慧' },
    ]);
    expect((await audits('ticket.open')).at(-1)).toMatchObject({ actorName: '潘慧', detail: { title: '柳河影像及时率下降' } });
  }); // prettier-ignore

  test.each([
    [{ title: '' }, 'invalid'],
    [{ title: '  ' }, 'invalid'],
    [{ title: 'x'.repeat(201) }, 'invalid'],
    [{ center: 'dental' }, 'invalid'],
    [{ note: 'x'.repeat(2_001) }, 'invalid'],
    [{ institutionId: NOWHERE }, 'unknown-reference'],
    [{ orderId: NOWHERE }, 'unknown-reference'],
  ])('is not opened with %j, and nothing is left of it', async (body, type) => {
    const before = (await rows()).length;
    const audited = (await audits('ticket.open')).length;
    const refused = await open(body);
    expect([refused.status, refused.body.type]).toEqual([422, type]);
    expect([(await rows()).length, (await audits('ticket.open')).length]).toEqual([before, audited]);
  });

  test('is opened by quality and heads only', async () => {
    for (const who of [doctor, other])
      expect((await who.post('/api/tickets', { title: '自己开' })).status).toBe(403);
    expect((await head.post('/api/tickets', { title: '科主任开' })).status).toBe(201);
  });
});

describe('who is told of a ticket', () => {
  const bell = async (who: Client, id: string) =>
    ((await who.get('/api/notifications')).body.items as { body: { ticketId?: string } }[]).filter(
      (notice) => notice.body.ticketId === id,
    ).length;

  test('its site, when it is opened by hand', async () => {
    const id = await opened();
    expect([await bell(doctor, id), await bell(other, id)]).toEqual([1, 0]);
    expect(await bell(doctor, await opened({ institutionId: undefined }))).toBe(0);
  });

  test('when it is opened again: the person responsible, or its site where there is none', async () => {
    const [mine, theirs] = [await opened(), await opened()];
    const act = (id: string, sent: object, who = quality) => who.post(`/api/tickets/${id}/acts`, sent);
    await act(theirs, { kind: 'assign', staffId: doctor2 });
    for (const id of [mine, theirs]) {
      await act(id, { kind: 'feedback', note: '已整改' }, head);
      expect((await act(id, { kind: 'reopen', note: '并未整改' })).status).toBe(200);
    }
    expect([await bell(doctor, mine), await bell(other, mine)]).toEqual([2, 0]);
    expect([await bell(doctor, theirs), await bell(other, theirs)], 'opened, assigned, opened again').toEqual([1, 2]);
  }); // prettier-ignore
});

describe('a ticket is seen', () => {
  test('by its site and quality, not by others, until one of them is made responsible', async () => {
    const id = await opened();
    const history = async (who: Client) => (await who.get(`/api/tickets/${id}/history`)).status;
    expect([await has(doctor, id), await has(quality, id), await has(other, id)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await history(doctor), await history(other)]).toEqual([200, 404]);
    await quality.post(`/api/tickets/${id}/acts`, { kind: 'assign', staffId: doctor2 });
    expect([await has(other, id), await history(other)]).toEqual([true, 200]);
    const notices = (await other.get('/api/notifications')).body.items as {
      kind: string;
      ticket?: Ticket;
    }[];
    expect(notices.find(({ ticket }) => ticket?.id === id)?.kind).toBe('ticket.raised');
    expect(await history(await hub.as('nurse1'))).toBe(200);
    expect((await quality.get(`/api/tickets/${NOWHERE}/history`)).status).toBe(404);
  });

  test('of no site by quality alone', async () => {
    const id = await opened({ institutionId: undefined });
    expect([await has(quality, id), await has(doctor, id)]).toEqual([true, false]);
  });

  test('by its state', async () => {
    const id = await opened();
    await doctor.post(`/api/tickets/${id}/acts`, { kind: 'feedback', note: '已整改' });
    const states = async (state: string) =>
      (await list(quality, `?state=${state}`)).some((ticket) => ticket.id === id);
    expect([await states('open'), await states('feedback')]).toEqual([false, true]);
    expect((await quality.get('/api/tickets?state=done')).status).toBe(400);
  });

  test('with the document that the feedback named', async () => {
    const id = await opened();
    const kept = await keep('整改.pdf', '%PDF-1.7 fixed', 'application/pdf', doctor);
    const { address } = (await kept.json()) as { address: string };
    await doctor.post(`/api/tickets/${id}/acts`, {
      kind: 'feedback',
      note: '见附件',
      evidenceAddress: address,
    });
    const { items } = (await quality.get(`/api/tickets/${id}/history`)).body as { items: Ticket[] };
    expect(items.at(-1)).toMatchObject({ documentName: '整改.pdf', documentAddress: address });
  });
});

describe('the numbers of a rule', () => {
  const rule = async (code: string) =>
    ((await quality.get('/api/ticket-rules')).body.items as Ticket[]).find((each) => each.code === code);
  const set = (code: string, settings: object, active = true) =>
    quality.put(`/api/ticket-rules/${code}`, { active, settings });

  test('are shown with their bounds, changed by quality, and on record', async () => {
    expect(await rule('breach-cluster')).toMatchObject({
      settings: { count: 5, hours: 24 },
      bounds: { count: { least: 2, most: 1_000 }, hours: { least: 1, most: 720 } },
    });
    expect((await set('breach-cluster', { count: 3, hours: 48, other: 1 }, false)).status).toBe(200);
    expect(await rule('breach-cluster')).toMatchObject({
      active: false,
      settings: { count: 3, hours: 48 },
    });
    expect((await audits('ticket.rule')).at(-1)).toMatchObject({ subjectId: 'breach-cluster' });
    expect((await doctor.put('/api/ticket-rules/breach-cluster', {})).status).toBe(403);
    await set('breach-cluster', { count: 5, hours: 24 });
  });

  test.each([
    [{ count: 1, hours: 24 }, ['settings.count']],
    [{ count: 5, hours: 721 }, ['settings.hours']],
    [{}, ['settings.count', 'settings.hours']],
    [{ count: 5 }, ['settings.hours']],
  ])('are not %j', async (settings, paths) => {
    const refused = await set('breach-cluster', settings);
    expect([refused.status, refused.body.errors.map((fault: { path: string }) => fault.path)]).toEqual([
      422,
      paths,
    ]);
    expect(refused.body.errors[0]).toMatchObject({
      code: 'bounds',
      params: { least: expect.any(Number) as number },
    });
    expect(await rule('breach-cluster')).toMatchObject({ settings: { count: 5, hours: 24 } });
  });

  test.each(['no-such-rule', 'constructor', '__proto__', 'toString'])(
    'of "%s" are not found',
    async (code) => {
      expect((await set(code, {})).status).toBe(404);
    },
  );

  test('of the steps are those of every new ticket', async () => {
    expect((await quality.get('/api/ticket-rules')).body.steps).toEqual([1, 3, 7, 30]);
    for (const days of [[], [0], [366], Array<number>(9).fill(1), ['1']])
      expect((await quality.put('/api/ticket-steps', { days })).status, JSON.stringify(days)).toBe(422);
    expect((await quality.put('/api/ticket-steps', { days: [0.5, 2] })).body).toEqual({ steps: [0.5, 2] });
    const id = await opened();
    const { createdAt, dueAt } = await hub.ctx.db
      .selectFrom('ticket')
      .select(['createdAt', 'dueAt'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(Number(dueAt) - Number(createdAt)).toBe(12 * 3_600_000);
    await quality.put('/api/ticket-steps', { days: [1, 3, 7, 30] });
  });
});

const keep = (name: string, body: string | Buffer<ArrayBuffer>, type: string, who: Client = quality) =>
  fetch(`${hub.url}/api/documents?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { cookie: who.cookie, origin: hub.url, 'content-type': type },
    body,
  });

describe('a document', () => {
  const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
  const PNG = Buffer.concat([Buffer.from([0x89]), Buffer.from('PNG\r\n'), Buffer.alloc(8)]);

  test.each([
    ['证书 一.pdf', Buffer.from('%PDF-1.7'), 'application/pdf'],
    ['照片.jpg', JPEG, 'image/jpeg'],
    ['图.png', PNG, 'image/png'],
  ])('%s is read as it was kept, inline, by no cache, and reading it is on record', async (name, bytes, type) => {
    const kept = await keep(name, bytes, type);
    expect(kept.status).toBe(201);
    const { address } = (await kept.json()) as { address: string };
    const read = await doctor.get(`/api/documents/${address}`);
    expect(read.body.equals(bytes)).toBe(true);
    expect(read.headers.get('content-type')).toBe(type);
    expect(read.headers.get('content-disposition')).toBe(`inline; filename*=UTF-8''${encodeURIComponent(name)}`);
    expect(read.headers.get('cache-control')).toBe('private, no-store');
    expect((await audits('document.read')).some(({ subjectId }) => subjectId === address)).toBe(true);
  }); // prettier-ignore

  test.each([
    ['a page that calls itself PDF', '<html>', 'application/pdf', 400],
    ['a PDF that calls itself JPEG', '%PDF-1.7', 'image/jpeg', 400],
    ['nothing', '', 'application/pdf', 400],
    ['words', '证书', 'text/plain', 400],
    ['more than 20 MB', Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(20 * 1_048_576)]), 'application/pdf', 413],
  ])('that is %s is not kept', async (_what, body, type, status) => {
    const before = await hub.ctx.db.selectFrom('supervisionDocument').select('id').execute();
    expect((await keep('x', body, type)).status).toBe(status);
    expect(await hub.ctx.db.selectFrom('supervisionDocument').select('id').execute()).toHaveLength(before.length);
  }); // prettier-ignore

  test('has a name, and is kept and read by those who supervise or are supervised', async () => {
    expect((await keep('', '%PDF-', 'application/pdf')).status).toBe(400);
    expect((await keep('x'.repeat(201), '%PDF-', 'application/pdf')).status).toBe(400);
    expect((await keep('x', '%PDF-', 'application/pdf', await hub.as('courier1'))).status).toBe(403);
    expect((await doctor.get(`/api/documents/${'0'.repeat(64)}`)).status).toBe(404);
    expect((await doctor.get('/api/documents/..%2F..%2Fetc')).status).toBe(400);
    expect((await (await hub.as('regulator1')).get(`/api/documents/${'0'.repeat(64)}`)).status).toBe(403);
  });
});
