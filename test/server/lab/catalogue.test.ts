import { expect, test } from 'vitest';
import { head, hub, nurse, openLaboratory, technician } from './laboratory.ts';

openLaboratory();

test('the catalogue goes out and in as a spreadsheet; a broken one changes nothing and names the row', async () => {
  const head = await hub.as('head1');
  const file = await head.get('/api/lab/catalogue.xlsx');
  expect(file.status).toBe(200);
  const send = (bytes: Uint8Array) =>
    fetch(`${hub.url}/api/lab/catalogue?note=${encodeURIComponent('往返')}`, {
      method: 'POST',
      headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
      body: new Blob([new Uint8Array(bytes)]),
    });
  const before = await hub.ctx.db
    .selectFrom('labReferenceRange')
    .select(['testCode', 'sex', 'low', 'high', 'criticalLow'])
    .orderBy('testCode')
    .orderBy('sex')
    .execute();
  const again = await send(file.body);
  const answer = (await again.json()) as { version: number | null; changed: number; tests: number };
  expect([again.status, answer.tests], JSON.stringify(answer)).toEqual([200, 44]);
  expect([answer.version, answer.changed], 'what stands already is no new version').toEqual([null, 0]);
  await hub.ctx.db.updateTable('labTest').set({ price: 1 }).where('code', '=', 'K').execute();
  const one = (await (await send(file.body)).json()) as { version: number | null; changed: number };
  expect([typeof one.version, one.changed]).toEqual(['number', 1]);
  expect(await hub.ctx.db.selectFrom('labTest').select('code').where('version', '>', 1).execute()).toEqual([
    { code: 'K' },
  ]);
  expect(
    await hub.ctx.db
      .selectFrom('labReferenceRange')
      .select(['testCode', 'sex', 'low', 'high', 'criticalLow'])
      .orderBy('testCode')
      .orderBy('sex')
      .execute(),
  ).toEqual(before);
  const broken = await send(new TextEncoder().encode('not a spreadsheet'));
  expect(broken.status).toBe(422);
  const nurseTries = await nurse.get('/api/lab/catalogue.xlsx');
  expect(nurseTries.status).toBe(403);
});

test('an import that names an unknown tube or test changes nothing; a version tells what it changed', async () => {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const sheet = (name: string, rows: (string | number)[][]) => ({
    sheet: name,
    data: rows.map((row) => row.map((value) => ({ value }))),
  });
  const send = async (sheets: ReturnType<typeof sheet>[]) => {
    const bytes = await writeExcelFile(sheets).toBuffer();
    const answer = await fetch(`${hub.url}/api/lab/catalogue?note=test`, {
      method: 'POST',
      headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
      body: new Blob([new Uint8Array(bytes)]),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { errors: { code: string }[]; version: number },
    };
  };
  const broken = await send([
    sheet('项目', [
      ['代码', '名称', '管型', '小数位'],
      ['K', '钾', 'NOTUBE', 2],
      ['NEWTEST', '新项目', 'SST', 'two'],
    ]),
    sheet('组合', [
      ['代码', '项目'],
      ['BMP', 'K、NOPE'],
    ]),
  ]);
  expect(broken.status).toBe(422);
  expect(broken.body.errors).toEqual([
    expect.objectContaining({
      path: '项目 第 3 行',
      code: 'import-cell',
      params: { sheet: '项目', row: 3, column: '小数位', value: 'two' },
    }),
  ]);
  const references = await send([
    sheet('项目', [
      ['代码', '名称', '管型'],
      ['K', '钾', 'NOTUBE'],
      ['NEWTEST', '新项目', 'SST'],
    ]),
    sheet('组合', [
      ['代码', '项目'],
      ['BMP', 'K、NOPE'],
    ]),
  ]);
  expect(references.body.errors.map((one: { code: string }) => one.code).sort()).toEqual([
    'import-needed',
    'import-test',
    'import-tube',
  ]);
  const changed = await send([
    sheet('项目', [
      ['代码', '名称', '方法'],
      ['K', '钾', '直接离子选择电极法'],
    ]),
  ]);
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  const version = (await technician.get(`/api/lab/catalogue/versions/${changed.body.version}`)).body;
  expect(version.changes).toEqual([
    {
      sheet: 'tests',
      code: 'K',
      kind: 'changed',
      fields: [{ field: 'method', from: expect.any(String), to: '直接离子选择电极法' }],
    },
  ]);
});
