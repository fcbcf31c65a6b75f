import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import readXlsx from 'read-excel-file/node';
import { kappa } from '../../../../server/core/algorithm/agreement.ts';
import { queueCases } from '../../../../server/core/algorithm/queueCases.ts';
import { composeBulletin, periodBefore } from '../../../../server/core/bulletin/composeBulletin.ts';
import { endedPeriods, freezeEnded, compareFrozen } from '../../../../server/core/quality/nightlyFreeze.ts';
import { wholeMonths } from '../../../../server/core/quality/figures.ts';
import { refreshIndicators } from '../../../../server/core/quality/refreshIndicators.ts';
import { weightedKappa } from '../../../../server/core/quality/reviewStatistics.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { supervise } from '../../../../server/core/ticket/superviseTick.ts';
import { assignFairly } from '../../../../server/core/work/assignFairly.ts';
import { measurePicture } from '../../../../server/imaging/algorithms/measurePicture.ts';
import { sideOf } from '../../../../server/imaging/algorithms/checkImageQuality.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let reader: Client;
let verifier: Client;
let quality: Client;
let head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader, verifier, quality, head] = await Promise.all(
    ['doctor1', 'radiologist1', 'radiologist2', 'qa1', 'head1'].map((name) => hub.as(name)),
  ) as [Client, Client, Client, Client, Client]; // prettier-ignore
});
afterAll(() => hub.close());

let serial = 100;
async function ordered(): Promise<{ id: string; card: string }> {
  serial += 2;
  const card = completeIdCard(`32062119720518${serial}`);
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: {
      name: '督办',
      sex: 'F',
      birthDate: '1972-05-18',
      identifiers: [{ type: 'id-card', value: card }],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  await reader.post(`/api/orders/${made.body.id}/accept`);
  return { id: made.body.id, card };
}
async function signed(positive = false): Promise<{ id: string; card: string }> {
  const order = await ordered();
  await reader.post(`/api/orders/${order.id}/claim`);
  await reader.put(
    `/api/orders/${order.id}/report`,
    { findings: '双肺清晰', impression: '未见异常', positive },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${order.id}/report/submit`);
  const { status } = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
  expect(status).toBe(200);
  return order;
}
const site = async (code = 'LIUHE') =>
  (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', code).executeTakeFirstOrThrow())
    .id;

describe('figures', () => {
  test('follow a late change without anybody asking, and only its days are computed', async () => {
    const { id } = await signed();
    const today = localDate(hub.ctx.clock.now());
    const read = async () =>
      (await quality.get(`/api/quality/indicators?from=${today}&to=${today}`)).body.items.find(
        (row: { code: string }) => row.code === 'read-on-time',
      ).numerator;
    // Events count below the oldest transaction of the server, which other tests share: they are waited for.
    const quiet = () =>
      expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000, interval: 500 }).toEqual([]);
    await expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000 }).toContain(today);
    await quiet();
    const before = await read();
    await doctor.post(`/api/orders/${id}/acknowledge`);
    await expect.poll(() => refreshIndicators(hub.ctx), { timeout: 120_000 }).toEqual([today]);
    expect(await read()).toBe(before + 1);
  });

  test('read whole months from months and the ends from days', () => {
    expect(wholeMonths('2026-01-01', '2026-03-31')).toEqual({ first: '2026-01-01', after: '2026-04-01' });
    expect(wholeMonths('2026-01-15', '2026-03-10')).toEqual({ first: '2026-02-01', after: '2026-03-01' });
    expect(wholeMonths('2026-01-15', '2026-02-10')).toBeUndefined();
    expect(endedPeriods('2026-07-04')).toEqual(['2026-06', '2026-Q2', '2026-H1']);
    expect(endedPeriods('2026-07-02')).toEqual(['2026-05']);
    expect(periodBefore('2026-Q1')).toBe('2025-Q4');
  });

  test('frozen at night are computed from the record and equal to it; a change shows as a difference', async () => {
    hub.clock.advance(60 * 24 * 40);
    const [month] = await freezeEnded(hub.ctx);
    expect(await freezeEnded(hub.ctx)).toEqual([]);
    expect(await compareFrozen(hub.ctx, month!)).toEqual([]);
    hub.clock.advance(-60 * 24 * 40);
  });
});

describe('tickets by rule', () => {
  test('a cluster of breaches opens one, is stepped when overdue, and comes back when it recurs', async () => {
    await quality.put('/api/ticket-rules/breach-cluster', {
      active: true,
      settings: { count: 2, hours: 24 },
    });
    expect(
      (await quality.put('/api/ticket-rules/breach-cluster', { active: true, settings: { count: 0, hours: 24 } }))
        .status,
    ).toBe(422); // prettier-ignore
    const breach = async () => {
      const order = await ordered();
      await sql`update order_clock set state = 'breached', breached_at = ${hub.ctx.clock.now()} where order_id = ${order.id} and kind = 'service'`.execute(hub.ctx.db); // prettier-ignore
      await sql`insert into ticket (kind, title, order_id, institution_id, center_kind, source_key) select 'turnaround', '单例超时', id, reporting_institution_id, center_kind, 'breach:' || id from orders where id = ${order.id}`.execute(hub.ctx.db); // prettier-ignore
      hub.clock.advance(1);
    };
    await breach();
    expect((await supervise(hub.ctx)).opened).toBe(0);
    await breach();
    expect((await supervise(hub.ctx)).opened).toBe(1);
    expect((await supervise(hub.ctx)).opened).toBe(0);
    const find = async () =>
      (await quality.get('/api/tickets')).body.items.find(
        (row: { ruleCode: string }) => row.ruleCode === 'breach-cluster',
      );
    const ticket = await find();
    expect(ticket).toMatchObject({ state: 'open', step: 1, recurrences: 0, members: 2 });
    const singles = async (path: string) => (await quality.get(path)).body.items.filter((row: { kind: string }) => row.kind === 'turnaround'); // prettier-ignore
    expect(await singles('/api/tickets')).toEqual([]); // they stand behind their cluster
    expect(await singles(`/api/tickets?cluster=${ticket.id}`)).toHaveLength(2);
    await sql`update ticket set due_at = due_at - interval '25 hours' where rule_code = 'breach-cluster'`.execute(hub.ctx.db); // prettier-ignore
    expect((await supervise(hub.ctx)).overdue).toBe(1);
    expect((await find()).step).toBe(2);
    const act = (who: Client, body: unknown) => who.post(`/api/tickets/${ticket.id}/acts`, body);
    await act(head, { kind: 'feedback', note: '已增派' });
    await act(quality, { kind: 'verify', note: '属实' });
    await act(quality, { kind: 'close', note: '销号' });
    expect((await singles(`/api/tickets?cluster=${ticket.id}`)).map((row: { state: string }) => row.state)).toEqual(['closed', 'closed']); // prettier-ignore
    await breach();
    await breach();
    expect(await supervise(hub.ctx)).toMatchObject({ opened: 0, reopened: 1 });
    expect(await find()).toMatchObject({ state: 'reopened', recurrences: 1, step: 1 });
    const history = (await quality.get(`/api/tickets/${ticket.id}/history`)).body.items;
    expect(history.map((row: { kind: string }) => row.kind)).toEqual(['raised', 'overdue', 'feedback', 'verify', 'close', 'recurred']); // prettier-ignore
  });

  test('reports that nobody read become one ticket per site and month', async () => {
    const orders = [await ordered(), await ordered(), await ordered()];
    const unread = (ids: string[]) => sql`insert into ticket (kind, title, order_id, institution_id, center_kind, source_key, created_at) select 'unread', accession_number || ' 报告未阅读确认', id, requesting_institution_id, center_kind, 'unread:' || id, ${hub.ctx.clock.now()} from orders where id = any(${ids}::uuid[])`.execute(hub.ctx.db); // prettier-ignore
    const list = async (path = '/api/tickets') => (await quality.get(path)).body.items as { id: string; kind: string; ruleCode: string; title: string; members: number }[]; // prettier-ignore
    await unread(orders.slice(0, 2).map(({ id }) => id));
    await supervise(hub.ctx);
    expect((await list()).filter(({ ruleCode }) => ruleCode === 'unread-cluster')).toEqual([]);
    await unread(orders.slice(2).map(({ id }) => id));
    await supervise(hub.ctx);
    const [cluster, ...others] = (await list()).filter(({ ruleCode }) => ruleCode === 'unread-cluster');
    expect(others).toEqual([]);
    expect(cluster).toMatchObject({
      members: 3,
      title: expect.stringContaining('未阅读确认 3 份') as string,
    });
    expect((await list()).filter(({ kind }) => kind === 'unread')).toEqual([]); // they stand behind it
    expect((await list(`/api/tickets?cluster=${cluster!.id}`)).map(({ kind }) => kind)).toEqual(['unread', 'unread', 'unread']); // prettier-ignore
  });

  test('evidence that ends and indicators that fall open theirs; a document is kept as evidence', async () => {
    const today = localDate(hub.ctx.clock.now());
    const answer = await fetch(`${hub.url}/api/documents?name=${encodeURIComponent('证书.pdf')}`, {
      method: 'POST',
      headers: { cookie: quality.cookie, origin: hub.url, 'content-type': 'application/pdf' },
      body: '%PDF-1.7 certificate',
    });
    const document = (await answer.json()) as { address: string };
    expect(answer.status).toBe(201);
    const wrong = await fetch(`${hub.url}/api/documents?name=x.pdf`, {
      method: 'POST',
      headers: { cookie: quality.cookie, origin: hub.url, 'content-type': 'application/pdf' },
      body: '<html>',
    });
    expect(wrong.status).toBe(400);
    await quality.post('/api/recognition/evidence', {
      institutionId: await site(),
      centerKind: 'imaging',
      recognitionRange: 'city',
      evaluator: '市影像质控中心',
      validFrom: '2026-01-01',
      validTo: today,
      source: 'upload',
      documentAddress: document.address,
    });
    const [year = 0, month = 0] = today.split('-').map(Number);
    for (const [back, good] of [
      [2, 95],
      [1, 80],
    ] as const)
      await sql`insert into indicator_month (indicator, institution_id, month, numerator, denominator) values ('img-on-time', ${await site()}, ${new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10)}, ${good}, 100) on conflict (indicator, month, institution_id) do update set numerator = excluded.numerator, denominator = excluded.denominator`.execute(hub.ctx.db); // prettier-ignore
    await supervise(hub.ctx);
    const kinds = (await quality.get('/api/tickets')).body.items.map((row: { ruleCode: string }) => row.ruleCode); // prettier-ignore
    expect(kinds).toEqual(expect.arrayContaining(['evidence-expiry', 'indicator-fall']));
    const page = await (await fetch(`${hub.url}/recognition`)).text();
    expect(page).toContain('市影像质控中心');
    expect(page).toContain('市HR');
  });
});

describe('a bulletin', () => {
  test('is made from frozen figures, signed, archived and reproducible to the byte', async () => {
    const now = hub.ctx.clock.now();
    const last = new Date(Date.UTC(now.getUTCFullYear() - 1, 4, 10)).toISOString().slice(0, 10);
    await sql`insert into indicator_day select 'img-on-time', id, ${last}::date, 18, 20 from institution where code = 'LIUHE'`.execute(hub.ctx.db); // prettier-ignore
    await sql`insert into indicator_day select 'volume.imaging', id, ${last}::date, 20, 21 from institution where code = 'LIUHE'`.execute(hub.ctx.db); // prettier-ignore
    await sql`insert into indicator_day select 'img-returned', id, ${last}::date, 4, 4 from institution where code = 'LIUHE'`.execute(hub.ctx.db); // prettier-ignore
    const period = last.slice(0, 7);
    const made = await quality.post('/api/quality/bulletins', { period, note: '总体平稳。' });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect((await quality.post('/api/quality/bulletins', { period })).status).toBe(409);
    const draft = await quality.get(`/api/quality/bulletins/${id}/bulletin.pdf`);
    expect((await quality.post(`/api/quality/bulletins/${id}/sign`, { pin: '246810' })).status).toBe(200);
    const pdf = await quality.get(`/api/quality/bulletins/${id}/bulletin.pdf`);
    expect(pdf.body.length).toBeGreaterThan(draft.body.length);
    expect(pdf.body.toString('latin1')).toContain('ETSI.CAdES.detached');
    const sheet = (await readXlsx(
      (await quality.get(`/api/quality/bulletins/${id}/bulletin.xlsx`)).body,
    )) as unknown as { data: unknown[][] }[];
    expect(JSON.stringify(sheet)).toContain('影像报告及时率');
    await sql`update indicator_day set numerator = 1 where day = ${last}::date`.execute(hub.ctx.db);
    expect((await quality.get(`/api/quality/bulletins/${id}/reproduce`)).body).toMatchObject({ figures: true, content: true, sheet: true, signature: 'valid', layout: true }); // prettier-ignore
    // Made with an older layout: today's pages differ, what was signed stands.
    const admin = hub.ctx.pool;
    await admin.query('alter table bulletin disable trigger bulletin_stays');
    await admin.query('update bulletin set page_sha256 = $2 where id = $1', [id, 'f'.repeat(64)]);
    expect((await quality.get(`/api/quality/bulletins/${id}/reproduce`)).body).toMatchObject({ figures: true, content: true, sheet: true, signature: 'valid', layout: false }); // prettier-ignore
    // Somebody changed what is stored: the archived file no longer says the same.
    const { rows: kept } = await admin.query<{ data: string }>('select data::text from bulletin where id = $1', [id]); // prettier-ignore
    await admin.query(`update bulletin set data = jsonb_set(data, '{figures,0,numerator}', '19') where id = $1`, [id]); // prettier-ignore
    expect((await quality.get(`/api/quality/bulletins/${id}/reproduce`)).body).toMatchObject({ figures: false, content: false, signature: 'valid' }); // prettier-ignore
    await admin.query('update bulletin set data = $2 where id = $1', [id, kept[0]!.data]);
    await admin.query('alter table bulletin enable trigger bulletin_stays');
    await expect(hub.ctx.pool.query('update bulletin set note = null where id = $1', [id])).rejects.toThrow(
      /not changed/,
    );
    const data = await composeBulletin(hub.ctx.db, hub.ctx.centers, period);
    const liuhe = data.sites.find((each) => each.name === '柳河镇卫生院');
    expect(liuhe).toMatchObject({ judged: 1, outliers: [] }); // four of four returned is too few to say anything
    expect(data.figures.find((each) => each.code === 'img-on-time')).toMatchObject({ numerator: 18, denominator: 20, reached: false }); // prettier-ignore
    expect(JSON.stringify(data)).not.toContain('督办');
    expect((await (await hub.as('regulator1')).get(`/api/quality/bulletins/${id}/bulletin.pdf`)).status).toBe(200); // prettier-ignore
  });
});

describe('money', () => {
  test('prices are frozen at signing; the sheet is per pair; an adopted item charged again is flagged', async () => {
    const order = await signed();
    await sql`update catalogue_item set price = 999 where code = 'DR-CHEST'`.execute(hub.ctx.db);
    const charge = (await doctor.get(`/api/orders/${order.id}/charge`)).body;
    expect(charge).toMatchObject({ state: 'unknown', lines: [{ itemCode: 'DR-CHEST', price: 75 }] });
    expect((await doctor.put(`/api/orders/${order.id}/charge`, { state: 'exempt' })).status).toBe(422);
    const period = localDate(hub.ctx.clock.now()).slice(0, 7);
    const sheet = async () => (await quality.get(`/api/settlement?period=${period}`)).body;
    const before = (await sheet()).items[0];
    expect(before).toMatchObject({
      payee: expect.any(String),
      amount: expect.closeTo(before.gross * 0.4, 2),
    });
    await doctor.put(`/api/orders/${order.id}/charge`, { state: 'exempt', reason: '特困' });
    expect((await sheet()).items[0].gross).toBe(before.gross - 75);
    expect((await quality.post('/api/settlement/close', { period })).status).toBe(422);
    const again = {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: { name: '督办', sex: 'F', birthDate: '1972-05-18', identifiers: [{ type: 'id-card', value: order.card }] },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    }; // prettier-ignore
    const { promptId } = (await doctor.post('/api/orders', again)).body.prompts[0];
    await doctor.post('/api/orders', { ...again, recognitionDecisions: [{ promptId, decision: 'adopt' }] });
    const received = await doctor.post('/api/charges', { idCard: order.card, itemCode: 'DR-CHEST', amount: 75, at: hub.ctx.clock.now().toISOString(), reference: 'F1' }); // prettier-ignore
    expect(received.status).toBe(201);
    const today = localDate(hub.ctx.clock.now());
    const flagged = (await quality.get(`/api/settlement/recharged?from=${today}&to=${today}`)).body.items;
    expect(flagged).toMatchObject([{ itemCode: 'DR-CHEST', reference: 'F1', sourceOrderId: order.id }]);
    const figures = (await quality.get(`/api/recognition/figures?from=${today}&to=${today}&by=clinician`))
      .body;
    expect(figures.items[0]).toMatchObject({ prompts: 1, adopted: 1, rate: 1 });
  });
});

describe('an algorithm', () => {
  test('gets a case by token, answers a draft with its name and version, raises priority only when registered, and is judged', async () => {
    const admin = await hub.as('admin1');
    const lead = await site('QHRM');
    const token = (await admin.post('/api/tokens', { name: 'ai', institutionId: lead, verbs: ['input.read'], days: 30 })).body; // prettier-ignore
    const register = (more: Record<string, unknown>) =>
      admin.post('/api/algorithms', { name: '肺结节提示', version: '2.1', vendor: '某公司', intendedUse: '提示', institutionId: lead, center: 'imaging', tokenId: token.id, ...more }); // prettier-ignore
    expect((await register({ mayRaisePriority: true })).status).toBe(422);
    expect((await register({ mayRaisePriority: true, registrationNumber: '国械注准20260001' })).status).toBe(
      201,
    );
    const order = await ordered();
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

  test('of the hub measures exposure, contrast and sharpness, and reads the side of a request', () => {
    const size = 64;
    const picture = (value: (row: number, column: number) => number) =>
      measurePicture(Int32Array.from({ length: size * size }, (_, at) => value(Math.floor(at / size), at % size)), size, size); // prettier-ignore
    const sharp = picture((row, column) => ((row * 7 + column * 13) % 50) * 20);
    const blurred = picture((row, column) => row + column);
    expect(sharp.sharpness).toBeGreaterThan(blurred.sharpness * 10);
    expect(picture((row) => (row < 40 ? 0 : 4095)).clippedShare).toBe(1);
    expect(picture(() => 5)).toEqual({ clippedShare: 1, contrast: 0, sharpness: 0 });
    expect([sideOf('左膝正侧位'), sideOf('右膝'), sideOf('双膝 左右'), sideOf('胸片')]).toEqual(['L', 'R', undefined, undefined]); // prettier-ignore
  });
});

describe('agreement', () => {
  test('κ of two readers, plain and weighted, as published examples give it', () => {
    // Cohen 1960 style table: 20 5 / 10 15 → 0.4.
    expect(kappa(20, 5, 10, 15)).toBeCloseTo(0.4, 6);
    expect(kappa(0, 0, 0, 0)).toBeNull();
    expect(kappa(10, 0, 0, 0)).toBeNull();
    const two = weightedKappa([
      [20, 5],
      [10, 15],
    ]);
    expect(two?.kappa).toBeCloseTo(0.4, 6);
    expect(two!.low).toBeLessThan(0.4);
    const perfect = weightedKappa([
      [5, 0, 0],
      [0, 5, 0],
      [0, 0, 5],
    ]);
    expect(perfect?.kappa).toBe(1);
  });

  test('two blind readings far apart go to conference; the writer may appeal, another person decides', async () => {
    await signed();
    const today = localDate(hub.ctx.clock.now());
    const drawn = await quality.post('/api/quality/reviews', { center: 'imaging', count: 1, from: today, to: today, readings: 2 }); // prettier-ignore
    expect(drawn.body.drawn).toBe(1);
    const [review] = (await quality.get('/api/quality/reviews')).body.items;
    const read = (who: Client, score: number) =>
      who.post(`/api/quality/reviews/${review.id}`, { score, compliance: { compliant: true, faults: [] } });
    expect((await read(quality, 1)).body.state).toBe('open');
    expect((await read(quality, 1)).status).toBe(409);
    expect((await read(head, 4)).body.state).toBe('conference');
    const settle = { participants: ['潘慧', '萧正'], score: 3, compliant: false, faults: ['laterality'], conclusion: '漏诊结节' }; // prettier-ignore
    expect((await quality.post(`/api/quality/reviews/${review.id}/conference`, settle)).status).toBe(200);
    const settled = (await quality.get(`/api/quality/reviews/${review.id}`)).body;
    expect(settled.compliance).toEqual({ compliant: false, faults: ['laterality'] });
    expect(settled.conference).toMatchObject({ participants: ['潘慧', '萧正'], conclusion: '漏诊结节' });
    expect((await reader.post(`/api/quality/reviews/${review.id}/appeal`, { text: '图像不足以判断' })).status).toBe(200); // prettier-ignore
    const decide = (who: Client) => who.post(`/api/quality/reviews/${review.id}/appeal/decide`, { upheld: false, score: 2, reason: '采纳申诉' }); // prettier-ignore
    expect((await decide(quality)).status).toBe(403);
    expect((await decide(head)).status).toBe(200);
    const { agreement } = (await quality.get(`/api/quality/review-statistics?from=${today}&to=${today}`))
      .body;
    expect(agreement.n).toBe(1);
  });
});

test('a waiting case goes to the reader on duty with the least work', async () => {
  const order = await ordered();
  const lead = await site('QHRM');
  await sql`delete from roster_shift where duty = 'reporter'`.execute(hub.ctx.db);
  await sql`insert into roster_shift (institution_id, center_kind, staff_id, duty, starts_at, ends_at) select ${lead}, 'imaging', id, 'reporter', ${hub.ctx.clock.now()}::timestamptz - interval '1 hour', ${hub.ctx.clock.now()}::timestamptz + interval '1 hour' from staff where username = 'radiologist1'`.execute(hub.ctx.db); // prettier-ignore
  expect(await assignFairly(hub.ctx)).toBe(0);
  expect((await head.put('/api/work/assignment/imaging', { on: true, mostOpen: 100 })).status).toBe(200);
  expect(await assignFairly(hub.ctx)).toBeGreaterThan(0);
  const given = await hub.ctx.db
    .selectFrom('orders')
    .select('assignedTo')
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  expect(given.assignedTo).not.toBeNull();
  const load = (await quality.get(`/api/work/load?from=${localDate(hub.ctx.clock.now())}&to=${localDate(hub.ctx.clock.now())}`)).body; // prettier-ignore
  expect(load.readers.length).toBeGreaterThan(0);
});

test('a training note is among one’s own at its site, and read there once; other sites do not have it', async () => {
  const note = { institutionId: await site(), center: 'imaging', topic: '胸部摆位', body: '吸气后屏气' };
  const { id } = (await quality.post('/api/work/notes', note)).body;
  const technician = await hub.as('tech1');
  const own = async (who: Client): Promise<{ id: string; readBy: string | null }[]> =>
    (await who.get('/api/work/notes?mine=true')).body.items;
  expect((await own(technician)).find((row) => row.id === id)?.readBy).toBeNull();
  expect((await own(quality)).some((row) => row.id === id)).toBe(false);
  expect((await reader.post(`/api/work/notes/${id}/read`)).status).toBe(404);
  expect((await technician.post(`/api/work/notes/${id}/read`)).status).toBe(200);
  expect((await technician.post(`/api/work/notes/${id}/read`)).status).toBe(404);
  expect((await own(technician)).find((row) => row.id === id)?.readBy).toBe('周志强');
});
