import { describe, expect, test } from 'vitest';
import { orderCase } from './caseOrder.ts';
import { caseOf, doctor, hub, openLaboratory, reader, receive, received, sign, tech } from './laboratory.ts';

openLaboratory();

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
