import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client, TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { orderCase } from './caseOrder.ts';
import { localDate } from '../../../server/core/turnaround/calendar.ts';

let hub: TestHub;
let doctor: Client, reader: Client, senior: Client, head: Client, tech: Client;
beforeAll(async () => {
  hub = await startHub();
  [doctor, reader, senior, head, tech] = (await Promise.all(
    ['doctor1', 'pathologist1', 'pathologist2', 'head1', 'tech1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client];
});
afterAll(() => hub.close());

const caseOf = async (id: string) => (await reader.get(`/api/pathology/cases/${id}`)).body;
const receive = (id: string) => reader.post(`/api/pathology/cases/${id}/reception`, { outcome: 'accepted' });

async function received(input: Parameters<typeof orderCase>[1] = {}) {
  const order = await orderCase(doctor, input);
  const answer = await receive(order.id);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return order;
}

async function write(id: string, content: object) {
  const saved = await reader.put(`/api/orders/${id}/report`, content, {
    'if-match': (await reader.get(`/api/orders/${id}/report`)).headers.get('etag')!,
  });
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
}

async function sign(id: string, content: object) {
  await reader.post(`/api/orders/${id}/claim`);
  await write(id, content);
  const submitted = await reader.post(`/api/orders/${id}/report/submit`);
  return submitted.status === 200
    ? senior.post(`/api/orders/${id}/report/sign`, { pin: '246810' })
    : submitted;
}

describe('reception', () => {
  test('a jar without fixative goes back with its reason, is sent again and then accepted with reservation', async () => {
    const order = await orderCase(doctor, { specimens: [{ site: '胆囊', containers: 2 }] });
    expect(
      (await reader.post(`/api/pathology/cases/${order.id}/reception`, { outcome: 'rejected' })).status,
    ).toBe(422);
    const back = await reader.post(`/api/pathology/cases/${order.id}/reception`, {
      outcome: 'rejected',
      reasons: ['no-fixative'],
    });
    expect(back.body.status).toBe('returned');
    const described = await doctor.put(`/api/pathology/cases/${order.id}/specimens`, {
      specimens: [
        {
          site: '胆囊',
          containers: 2,
          removedAt: '2026-11-20T09:00:00+08:00',
          fixationStartedAt: '2026-11-20T09:20:00+08:00',
          coldIschaemiaMinutes: 20,
        },
      ],
    });
    expect(described.status).toBe(200);
    expect((await tech.post(`/api/pathology/cases/${order.id}/send`)).status).toBe(200);
    const again = await reader.post(`/api/pathology/cases/${order.id}/reception`, {
      outcome: 'conditional',
      reasons: ['too-little-fixative'],
    });
    expect(again.body.status).toBe('received');
    const facts = await caseOf(order.id);
    expect(facts).toMatchObject({
      conditional: true,
      receptions: [{ outcome: 'rejected' }, { outcome: 'conditional' }],
    });
    expect(facts.containers).toHaveLength(2);
  });

  test('times the wrong way round are refused', async () => {
    const order = await orderCase(doctor);
    const answer = await doctor.put(`/api/pathology/cases/${order.id}/specimens`, {
      specimens: [
        {
          site: '胃',
          removedAt: '2026-11-20T10:00:00+08:00',
          fixationStartedAt: '2026-11-20T09:00:00+08:00',
        },
      ],
    });
    expect(answer.body.errors).toMatchObject([{ code: 'order-of-times' }]);
  });

  test('numbers run by kind and year without gaps, whoever is quicker', async () => {
    const orders = await Promise.all(Array.from({ length: 4 }, () => orderCase(doctor, { code: 'CYTO' })));
    await Promise.all(orders.map(({ id }) => receive(id)));
    const numbers = await Promise.all(
      orders.map(async ({ id }) => (await caseOf(id)).pathologyNumber as string),
    );
    expect(numbers.map((number) => Number(number.slice(-5))).sort()).toEqual([1, 2, 3, 4]);
    expect(numbers[0]).toMatch(/^C20\d\d-/);
  });

  test('only the centre receives, other centres see nothing', async () => {
    const order = await orderCase(doctor);
    expect(
      (await doctor.post(`/api/pathology/cases/${order.id}/reception`, { outcome: 'accepted' })).status,
    ).toBe(403);
    const radiologist = await hub.as('radiologist1');
    expect((await radiologist.get(`/api/pathology/cases/${order.id}`)).status).toBe(404);
  });
});

test('a case without one of its jars is taken with reservation only, and rejected jars have a holder', async () => {
  const order = await orderCase(doctor, { specimens: [{ site: '胆囊', containers: 2 }] });
  const path = `/api/pathology/cases/${order.id}/reception`;
  expect((await reader.post(path, { outcome: 'accepted', containers: [] })).status).toBe(422);
  const containers = [`${order.accessionNumber}A1`];
  const one = await reader.post(path, { outcome: 'accepted', containers });
  expect(one.body.errors).toMatchObject([{ code: 'count-disagrees' }]);
  const kept = { outcome: 'conditional', reasons: ['count-disagrees'], containers };
  expect((await reader.post(path, kept)).body.status).toBe('received');
  expect((await caseOf(order.id)).containers).toMatchObject([{ state: 'received' }, { state: 'missing' }]);
  // rejected after acceptance, it stands in the list of what is to be received again
  await reader.post(path, { outcome: 'rejected', reasons: ['label-disagrees'] });
  expect((await caseOf(order.id)).containers).toMatchObject([
    { state: 'rejected', holder: '唐若水' },
    { state: 'rejected', holder: '唐若水' },
  ]);
  const list = (await reader.get('/api/pathology/lists/to-receive?limit=200')).body.items;
  expect(list).toContainEqual(expect.objectContaining({ orderId: order.id, status: 'returned' }));
});

test('the bench stops where a case stops, repeats nothing and keeps earlier words', async () => {
  const order = await received();
  const gross = (description: string, tissue: string) =>
    reader.post(`/api/pathology/cases/${order.id}/gross`, {
      description,
      blocks: [{ specimen: 'A', tissue }],
    });
  const { barcode } = (await gross('灰白组织一块', '结节')).body.blocks[0];
  const spare = (await gross('灰白组织一块,另见淋巴结', '淋巴结')).body.blocks[0];
  expect((await caseOf(order.id)).grossVersions).toMatchObject([
    { description: '灰白组织一块' },
    { description: '灰白组织一块,另见淋巴结' },
  ]);
  const step = (name: string, code: string) =>
    reader.post('/api/pathology/steps', { step: name, barcodes: [code] });
  await step('embed', barcode);
  expect((await step('cut', barcode)).status).toBe(200);
  expect((await step('cut', barcode)).body.type).toBe('nothing-to-cut');
  const ihc = { kind: 'ihc', block: 'A1', stains: ['HER2'] };
  const ordered = await reader.post(`/api/pathology/cases/${order.id}/stain-orders`, ihc);
  const again = await reader.post(`/api/pathology/cases/${order.id}/stain-orders`, ihc);
  expect(again.body.errors).toMatchObject([{ code: 'already-ordered' }]);
  const finish = `/api/pathology/stain-orders/${ordered.body.items[0].id}/finish`;
  const read = { state: 'done', result: { result: '2+', percent: 30 } };
  expect((await reader.post(finish, read)).body.type).toBe('not-cut');
  await step('cut', barcode);
  expect((await reader.post(finish, { state: 'done' })).body.errors).toMatchObject([{ path: 'result' }]);
  expect((await reader.post(finish, read)).status).toBe(204);
  expect((await caseOf(order.id)).stains).toMatchObject([{ state: 'done', result: { result: '2+' } }]);
  // signed: more is ordered for the addendum, and the clock stays as it ended
  expect((await sign(order.id, { impression: '慢性炎症', positive: false })).body.status).toBe('final');
  const late = await reader.post(`/api/pathology/cases/${order.id}/stain-orders`, {
    ...ihc,
    stains: ['CK'],
  });
  expect(late.status).toBe(201);
  const toCut = (await reader.get('/api/pathology/lists/to-cut?limit=200')).body.items;
  expect(toCut).toContainEqual(expect.objectContaining({ barcode, detail: 'CK' }));
  expect((await step('cut', barcode)).body.items[0].slides).toMatchObject([{ stain: 'CK' }]);
  // a case that was sent back goes on nowhere
  const other = await received();
  const block = await reader.post(`/api/pathology/cases/${other.id}/gross`, {
    description: '组织',
    blocks: [{ specimen: 'A', tissue: '全部' }],
  });
  await reader.post(`/api/pathology/cases/${other.id}/reception`, {
    outcome: 'rejected',
    reasons: ['label-disagrees'],
  });
  expect((await step('embed', block.body.blocks[0].barcode)).body.type).toBe('wrong-status');
  // put away before it was embedded, a block is not cut from the archive
  await reader.post('/api/pathology/moves', { barcode: spare.barcode, kind: 'stored', place: '柜 9' });
  expect((await step('cut', spare.barcode)).status).toBe(409);
});

describe('blocks, stains and custody', () => {
  test('an immunohistochemistry order extends the due day once and makes its slides at the cut', async () => {
    const order = await received();
    const { body: gross } = await reader.post(`/api/pathology/cases/${order.id}/gross`, {
      description: '肺组织一块',
      blocks: [{ specimen: 'A', tissue: '结节' }],
    });
    const { barcode } = gross.blocks[0];
    for (const step of ['embed', 'cut'])
      await reader.post('/api/pathology/steps', { step, barcodes: [barcode] });
    const due = async () => Date.parse((await reader.get(`/api/orders/${order.id}`)).body.dueAt);
    const before = await due();
    const ordered = await reader.post(`/api/pathology/cases/${order.id}/stain-orders`, {
      kind: 'ihc',
      block: 'A1',
      stains: ['TTF-1', 'P40'],
    });
    expect(ordered.status).toBe(201);
    const after = await due();
    expect(after - before).toBeGreaterThanOrEqual(2 * 86_400_000 - 1);
    await reader.post(`/api/pathology/cases/${order.id}/stain-orders`, {
      kind: 'ihc',
      block: 'A1',
      stains: ['ALK'],
    });
    expect(await due()).toBe(after);
    expect((await reader.get('/api/pathology/lists/to-cut')).body.items).toContainEqual(
      expect.objectContaining({ barcode, detail: 'TTF-1、P40、ALK' }),
    );
    const { body: cut } = await reader.post('/api/pathology/steps', { step: 'cut', barcodes: [barcode] });
    expect(cut.items[0].slides.map(({ stain }: { stain: string }) => stain)).toEqual(['TTF-1', 'P40', 'ALK']);
    const waiting = (await reader.get('/api/pathology/lists/waiting-stains')).body.items;
    expect(waiting.filter(({ orderId }: { orderId: string }) => orderId === order.id)).toHaveLength(3);
  });

  test('a block on loan has a borrower and a day, and only comes back', async () => {
    const order = await received();
    const { body: gross } = await reader.post(`/api/pathology/cases/${order.id}/gross`, {
      description: '组织一块',
      blocks: [{ specimen: 'A', tissue: '全部' }],
    });
    const { barcode } = gross.blocks[0];
    await reader.post('/api/pathology/steps', { step: 'embed', barcodes: [barcode] });
    expect((await reader.post('/api/pathology/moves', { barcode, kind: 'loaned' })).status).toBe(422);
    const loan = await reader.post('/api/pathology/moves', {
      barcode,
      kind: 'loaned',
      holder: '省肿瘤医院 王医师',
      dueBack: '2026-12-20',
    });
    expect(loan.body.items.at(-1)).toMatchObject({
      kind: 'loaned',
      holder: '省肿瘤医院 王医师',
      dueBack: '2026-12-20',
    });
    expect(
      (await reader.post('/api/pathology/moves', { barcode, kind: 'stored', place: '柜 3-2' })).body.type,
    ).toBe('on-loan');
    expect((await reader.post('/api/pathology/steps', { step: 'cut', barcodes: [barcode] })).status).toBe(
      409,
    );
    expect((await reader.get('/api/pathology/lists/on-loan')).body.items).toMatchObject([{ barcode }]);
    await reader.post('/api/pathology/moves', { barcode, kind: 'returned', place: '柜 3-2' });
    const way = (await reader.get(`/api/pathology/items/${barcode}`)).body;
    // it was never cut, so it waits for that again
    expect(way).toMatchObject({ type: 'block', state: 'embedded', place: '柜 3-2', dueBack: null });
    const back = { barcode, kind: 'returned', place: '柜 3-2' };
    expect((await reader.post('/api/pathology/moves', back)).body.type).toBe('not-on-loan');
    expect(way.moves.map(({ kind }: { kind: string }) => kind)).toEqual([
      'made',
      'handed-over',
      'loaned',
      'returned',
    ]);
    const there = await reader.get(`/api/pathology/items?q=${encodeURIComponent('柜 3-')}&type=block`);
    expect(there.body.items).toMatchObject([{ barcode }]);
    expect((await (await hub.as('radiologist1')).get(`/api/pathology/items/${barcode}`)).status).toBe(404);
    // what is lost is a state with a reason, and is found before anything else happens to it
    const lost = { barcode, kind: 'missing', reason: '盘点未见' };
    expect((await reader.post('/api/pathology/moves', { ...lost, reason: '' })).status).toBe(422);
    expect((await reader.post('/api/pathology/moves', lost)).status).toBe(200);
    expect((await reader.get('/api/pathology/lists/missing')).body.items).toMatchObject([{ barcode }]);
    // it is missed from the place and the hands that had it last
    const missed = (await reader.get(`/api/pathology/items/${barcode}`)).body;
    expect(missed).toMatchObject({ place: way.place, holder: way.holder });
    expect(
      (await reader.post('/api/pathology/moves', { barcode, kind: 'stored', place: '柜 1' })).body.type,
    ).toBe('missing');
    await reader.post('/api/pathology/moves', { barcode, kind: 'found', place: '柜 3-3' });
    expect((await reader.get(`/api/pathology/items/${barcode}`)).body.state).toBe('embedded');
    await expect(hub.ctx.db.deleteFrom('pathologyCustody').execute()).rejects.toThrow(/append only/);
  });
});

test('slides and blocks of another laboratory come stained and embedded, under a number of the series X', async () => {
  const sent = {
    outsideLaboratory: '省肿瘤医院',
    outsideNumber: '26-118',
    outsideMaterial: 'HE 3 张，蜡块 1 块',
  };
  const { id } = await received({ code: 'CONSULT', specimens: [{ site: '乳腺' }], clinical: sent });
  await reader.post(`/api/pathology/cases/${id}/smears`, { specimen: 'A', stain: 'HE', count: 3 });
  const { body: gross } = await reader.post(`/api/pathology/cases/${id}/gross`, {
    description: '外院蜡块 1 块',
    blocks: [{ specimen: 'A', tissue: '外院 A1' }],
  });
  const found = await caseOf(id);
  expect(found.pathologyNumber).toMatch(/^X\d{4}-00001$/);
  expect(found).toMatchObject({ kind: 'consultation', clinical: sent, stage: 'stained' });
  expect(found.glass.map(({ state }: { state: string }) => state)).toEqual(['stained', 'stained', 'stained']);
  const toCut = (await reader.get('/api/pathology/lists/to-cut')).body.items;
  expect(toCut.map(({ barcode }: { barcode: string }) => barcode)).not.toContain(gross.blocks[0].barcode);
  const cut = await reader.post('/api/pathology/steps', {
    step: 'cut',
    barcodes: [gross.blocks[0].barcode],
  });
  expect(cut.status).toBe(200);
});

test('labels of jars, blocks and slides are printed in the size of the thing', async () => {
  const order = await received({ specimens: [{ site: '胆囊', containers: 2 }] });
  const jars = await reader.get(`/api/pathology/labels?what=containers&orderId=${order.id}`);
  expect(jars.body.subarray(0, 5).toString()).toBe('%PDF-');
  const pages = (bytes: Buffer) => bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length;
  expect(pages(jars.body)).toBe(2);
  expect((await reader.get(`/api/pathology/labels?what=blocks&orderId=${order.id}`)).status).toBe(404);
  const { body: gross } = await reader.post(`/api/pathology/cases/${order.id}/gross`, {
    description: '胆囊一个',
    blocks: [{ specimen: 'A', tissue: '壁' }],
  });
  const barcodes = gross.blocks.map(({ barcode }: { barcode: string }) => barcode);
  const blocks = await reader.get(`/api/pathology/labels?what=blocks&barcodes=${barcodes.join(',')}`);
  expect(pages(blocks.body)).toBe(1);
  expect(blocks.body.toString('latin1')).toContain(barcodes[0]); // in the title
  const stranger = await hub.as('radiologist1');
  expect((await stranger.get(`/api/pathology/labels?what=blocks&barcodes=${barcodes[0]}`)).status).toBe(404);
});

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

describe('cytology re-check', () => {
  test('at least five per cent of the negatives are drawn, and not read by those who signed them', async () => {
    const signed: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await received({ code: 'CYTO' });
      const answer = await sign(id, { impression: '未见上皮内病变或恶性细胞', positive: false });
      expect(answer.body.status).toBe('final');
      signed.push(id);
    }
    const month = localDate(hub.clock.now()).slice(0, 7);
    const drawn = await senior.post('/api/pathology/rechecks/draw', { month });
    expect(drawn.body).toEqual({ negatives: 3, drawn: 1, added: 1 });
    expect((await senior.post('/api/pathology/rechecks/draw', { month })).body.added).toBe(0);
    const [recheck] = (await head.get(`/api/pathology/rechecks?month=${month}`)).body.items;
    expect(signed).toContain(recheck.orderId);
    const signers = (await senior.get(`/api/pathology/rechecks?month=${month}`)).body.items;
    expect([recheck.own, signers[0].own]).toEqual([false, true]);
    expect((await senior.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: true })).body.type).toBe(
      'own-case',
    );
    expect((await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: false })).status).toBe(422);
    expect(
      (await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: false, note: '见 ASC-US' })).status,
    ).toBe(204);
    expect((await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: true })).body.type).toBe(
      'recheck-read',
    );
    expect((await senior.get('/api/notifications')).body.items).toContainEqual(
      expect.objectContaining({ kind: 'pathology.recheck-differs', orderId: recheck.orderId }),
    );
  });
});

describe('cervical cytology', () => {
  test('the positive mark never contradicts the interpretation, in the report or in its correction', async () => {
    const { id } = await received({ code: 'CYTO' });
    const form = (category: string) => ({
      code: 'CYTO-TBS',
      version: 1,
      values: { adequacy: 'satisfactory', transformationZone: 'present', category },
    });
    const wrong = await sign(id, { impression: 'HSIL', positive: false, synoptic: form('hsil') });
    expect(wrong.body).toMatchObject({ type: 'report-problems', errors: [{ code: 'positive-mark' }] });
    const right = await sign(id, { impression: 'HSIL', positive: true, synoptic: form('hsil') });
    expect(right.body.status).toBe('final');
    const correct = (content: object) =>
      senior.post(`/api/orders/${id}/report/correct`, { pin: '246810', reason: '复阅后更正', content });
    expect((await correct({ impression: 'NILM', synoptic: form('nilm') })).body.errors).toMatchObject([
      { code: 'positive-mark' },
    ]);
    expect((await correct({ impression: 'NILM', positive: false, synoptic: form('nilm') })).body.status).toBe(
      'corrected',
    );
    await senior.post(`/api/orders/${id}/report/addendum`, {
      pin: '246810',
      reason: '复阅补充',
      text: '建议三个月后复查。',
    });
    const pdf = await senior.get(`/api/orders/${id}/report.pdf`);
    const printed = spawnSync('pdftotext', ['-', '-'], { input: pdf.body, encoding: 'utf8' }).stdout;
    expect(printed.split('建议三个月后复查').length - 1, 'the addendum is printed once').toBe(1);
    // figures and the lot go by what was last signed
    const order = await hub.ctx.db
      .selectFrom('orders')
      .select('positive')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(order.positive).toBe(false);
  });
});

describe('second reader', () => {
  test('a lymphoma does not leave without one, a denied lymphoma does', async () => {
    const denied = await received();
    expect((await sign(denied.id, { impression: '淋巴结反应性增生，未见淋巴瘤证据' })).body.status).toBe(
      'final',
    );
    const { id } = await received();
    const refused = await sign(id, { impression: '弥漫大 B 细胞淋巴瘤', positive: true });
    expect(refused.body).toMatchObject({ type: 'report-problems', errors: [{ code: 'second-reader' }] });
    const colleague = (await reader.get('/api/pathology/colleagues')).body.items.find(
      ({ name }: { name: string }) => name === '萧正',
    );
    const { body: asked } = await reader.post(`/api/pathology/cases/${id}/opinions`, {
      kind: 'second-reader',
      staffId: colleague.id,
      question: '请复核',
    });
    expect(
      (await reader.post(`/api/pathology/opinions/${asked.id}`, { opinion: '同意', agrees: true })).status,
    ).toBe(403);
    expect((await head.get('/api/pathology/lists/opinions')).body.items).toMatchObject([{ orderId: id }]);
    expect(
      (
        await head.post(`/api/pathology/opinions/${asked.id}`, {
          opinion: '同意弥漫大 B 细胞淋巴瘤',
          agrees: true,
        })
      ).status,
    ).toBe(204);
    expect(
      (await head.post(`/api/pathology/opinions/${asked.id}`, { opinion: '改主意', agrees: false })).status,
    ).toBe(403);
    // what he agreed to is what is signed: another diagnosis of the list is another question
    await write(id, { impression: '恶性黑色素瘤', positive: true });
    expect((await reader.post(`/api/orders/${id}/report/submit`)).body.errors).toMatchObject([
      { code: 'second-reader-outdated' },
    ]);
    await write(id, { impression: '弥漫大 B 细胞淋巴瘤', positive: true });
    // the last word counts: who does not agree holds the report back
    const ask = async (opinion: string, agrees: boolean) => {
      const { body } = await reader.post(`/api/pathology/cases/${id}/opinions`, {
        kind: 'second-reader',
        staffId: colleague.id,
      });
      return head.post(`/api/pathology/opinions/${body.id}`, { opinion, agrees });
    };
    hub.clock.advance(1);
    await ask('免疫组化不支持', false);
    expect((await reader.post(`/api/orders/${id}/report/submit`)).body.errors).toMatchObject([
      { code: 'second-reader-disagrees' },
    ]);
    hub.clock.advance(1);
    await ask('补做后同意', true);
    await reader.post(`/api/orders/${id}/report/submit`);
    expect((await senior.post(`/api/orders/${id}/report/sign`, { pin: '246810' })).body.status).toBe('final');
  });
});

test('the head of the centre sets which diagnoses need a second reader, nobody else', async () => {
  const before = (await reader.get('/api/pathology/settings')).body;
  const rules = { ...before, secondReaderWords: [...before.secondReaderWords, '胶质瘤'] };
  expect((await reader.put('/api/pathology/settings', rules)).status).toBe(403);
  expect((await head.put('/api/pathology/settings', rules)).body).toEqual(rules);
  const { id } = await received();
  expect((await sign(id, { impression: '（额叶）胶质瘤', positive: true })).body).toMatchObject({
    errors: [{ code: 'second-reader' }],
  });
  await head.put('/api/pathology/settings', before);
});

test('a head saves a form as its next version; reports keep the version they were written with', async () => {
  const form = {
    code: 'STOMACH',
    name: { zh: '胃癌', en: 'Stomach' },
    sites: ['胃'],
    elements: [{ code: 'remark', label: { zh: '说明', en: 'Remark' }, type: 'text', required: true }],
  };
  expect((await reader.post('/api/pathology/synoptic', form)).status).toBe(403);
  expect((await head.post('/api/pathology/synoptic', form)).body).toEqual({ code: 'STOMACH', version: 2 });
  const items = (await reader.get('/api/pathology/synoptic')).body.items.filter(
    ({ code }: { code: string }) => code === 'STOMACH',
  );
  expect(items).toMatchObject([{ version: 2 }]);
  const old = await reader.post('/api/pathology/synoptic/render', {
    code: 'STOMACH',
    version: 1,
    values: { invasion: 'T3', nodesPositive: 4 },
  });
  expect(old.body.stage.group).toBe('IIIA');
});

test('the archive answers from its trigram index', async () => {
  const plan = await hub.ctx.pool.connect();
  try {
    await plan.query('begin; set local enable_seqscan = off');
    const { rows } = await plan.query(
      `explain select order_id from pathology_archive where diagnosis ilike '%管状腺癌%'`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('pathology_archive_diagnosis');
  } finally {
    await plan.query('rollback');
    plan.release();
  }
});
