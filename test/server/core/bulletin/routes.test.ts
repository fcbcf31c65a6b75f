import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, said, trailOf } from '../admin/trail.ts';

let hub: TestHub;
let quality: Client;
let id: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  quality = await hub.as('qa1');
  await sql`insert into indicator_day select 'img-on-time', id, '2025-05-10'::date, 18, 20 from institution where code = 'LIUHE'`.execute(hub.ctx.db); // prettier-ignore
  id = (await quality.post('/api/quality/bulletins', { period: '2025-05', note: '平稳' })).body.id;
});
afterAll(() => hub?.close());

const path = (rest = '') => `/api/quality/bulletins/${id}${rest}`;

describe('bulletins', () => {
  test('are listed newest period first with who made and who signed them', async () => {
    await quality.post('/api/quality/bulletins', { period: '2025-04' });
    const list = (await quality.get('/api/quality/bulletins')).body.items as Record<string, unknown>[];
    expect(list.map(({ period }) => period)).toEqual(['2025-05', '2025-04']);
    expect(list[0]).toMatchObject({ id, madeBy: '潘慧', signedBy: null, note: '平稳' });
  });

  test.each([
    ['qa1', '200', '200'],
    ['head1', '200', '200'],
    ['regulator1', '200', '403 forbidden'],
    ['doctor1', '403 forbidden', '403 forbidden'],
    ['radiologist2', '403 forbidden', '403 forbidden'],
    ['admin1', '403 forbidden', '403 forbidden'],
    ['auditor1', '403 forbidden', '403 forbidden'],
  ])('are read by %s: %s, and checked: %s', async (name, reads, checks) => {
    const client = await hub.as(name);
    for (const rest of ['/bulletin.pdf', '/bulletin.xlsx'])
      expect(said(await client.get(path(rest)))).toBe(reads);
    expect(said(await client.get('/api/quality/bulletins'))).toBe(reads);
    expect(said(await client.get(path('/reproduce')))).toBe(checks);
  });

  test.each([
    ['pdf', 'application/pdf', '%PDF-'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK'],
  ])(
    'come as %s under their period, not to be stored, and reading is on record',
    async (form, type, magic) => {
      const { result, rows } = await trailOf(hub, () => quality.get(path(`/bulletin.${form}`)));
      expect(result.headers.get('content-type')).toBe(type);
      expect(result.headers.get('content-disposition')).toBe(`inline; filename="bulletin-2025-05.${form}"`);
      expect(result.headers.get('cache-control')).toBe('private, no-store');
      expect((result.body as Buffer).subarray(0, magic.length).toString('latin1')).toBe(magic);
      expect(rows).toMatchObject([
        { action: 'bulletin.read', subjectType: 'bulletin', subjectId: id, detail: { form } },
      ]);
    },
  );

  test('that are not there are 404 to read, to check and to sign, and nothing is on record', async () => {
    const at = (rest: string) => `/api/quality/bulletins/${NOWHERE}${rest}`;
    for (const work of [
      () => quality.get(at('/bulletin.pdf')),
      () => quality.get(at('/reproduce')),
      () => quality.post(at('/sign'), { pin: '246810' }),
    ]) {
      const { result, rows } = await trailOf(hub, work);
      expect(said(result)).toBe('404 not-found');
      expect(rows.filter(({ action }) => action.startsWith('bulletin'))).toEqual([]);
    }
  });

  test.each([
    ['a period of no form', { period: 'May 2025' }, /^422 invalid period:period-form$/],
    ['a period that has not ended', { period: '2099-01' }, /^422 invalid period:period-open$/],
    ['a period that has one', { period: '2025-05' }, /^409 exists$/],
    ['no period', {}, /^422 invalid period:required$/],
    ['a note as long as a book', { period: '2025-03', note: 'x'.repeat(4_001) }, /^422 invalid note/],
  ])('are not made of %s', async (_what, body, refusal) => {
    expect(said(await quality.post('/api/quality/bulletins', body))).toMatch(refusal);
  });

  test('are signed with a PIN of four to thirty-two', async () => {
    for (const pin of ['123', '1'.repeat(33)])
      expect(said(await quality.post(path('/sign'), { pin }))).toMatch(/^422 invalid pin/);
    expect(said(await (await hub.as('regulator1')).post(path('/sign'), { pin: '246810' }))).toBe(
      '403 forbidden',
    );
    const before = (await quality.get(path('/bulletin.pdf'))).body as Buffer;
    expect(said(await quality.post(path('/sign'), { pin: '246810' }))).toBe('200');
    const after = (await quality.get(path('/bulletin.pdf'))).body as Buffer;
    expect([before, after].map((pdf) => pdf.includes('/ByteRange'))).toEqual([false, true]);
    expect((await quality.get('/api/quality/bulletins')).body.items[0]).toMatchObject({ signedBy: '潘慧' });
  });
});
