import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCounty, type County } from './county.ts';

let county: County;
beforeAll(async () => {
  county = await startCounty();
});
afterAll(async () => county.hub.close());

describe('the statement library', () => {
  test('statements are found by initials and number and added by the head', async () => {
    const { hub, reader } = county;
    expect(
      (await reader.get('/api/ecg/statements?q=dxxl')).body.items.map(
        (item: { textZh: string }) => item.textZh,
      ),
    ).toContain('窦性心律');
    expect((await reader.get('/api/ecg/statements?q=1')).body.items[0].textZh).toBe('正常心电图');
    const head = await hub.as('head1');
    const entry = { category: 'other', textZh: '检查 PR 术语', textEn: 'Test statement' };
    const added = await head.post('/api/ecg/statements', entry);
    expect(added.status).toBe(201);
    const found = async () => (await reader.get('/api/ecg/statements?q=jcprsy')).body.items;
    expect(await found()).toMatchObject([{ id: added.body.id, textZh: entry.textZh, initials: 'jcprsy' }]);
    await head.put(`/api/ecg/statements/${added.body.id}`, { ...entry, active: false });
    expect(await found()).toEqual([]);
    const numbers = (await reader.get('/api/ecg/statements?limit=200')).body.items.map(
      (item: { number: number }) => item.number,
    );
    expect(numbers).toEqual([...numbers].sort((x: number, y: number) => x - y));
    expect((await reader.get('/api/ecg/statements?q=dprjq')).body.items[0].textZh).toBe('短 PR 间期');
    expect(
      (await reader.post('/api/ecg/statements', { category: 'other', textZh: 'x', textEn: 'x' })).status,
    ).toBe(403);
  });
});
