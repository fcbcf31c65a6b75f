import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let head: Client;
let reader: Client;
let other: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [head, reader, other] = await Promise.all([
    hub.as('head1'),
    hub.as('radiologist1'),
    hub.as('radiologist2'),
  ]);
});
afterAll(() => hub.close());

const center = 'imaging';
const codes = async (client: Client) =>
  (await client.get(`/api/phrases?center=${center}`)).body.items.map((each: { code: string }) => each.code);

test('a reader keeps phrases and templates of his own, which nobody else sees or changes', async () => {
  const phrase = await reader.post('/api/phrases', {
    center,
    code: 'wd',
    body: '未见明显改变。',
    personal: true,
  });
  expect(phrase.status).toBe(201);
  expect(await codes(reader)).toContain('wd');
  expect(await codes(other)).not.toContain('wd');
  const path = `/api/phrases/${phrase.body.id}`;
  expect((await other.put(path, { body: '改' })).status).toBe(404);
  expect((await other.delete(path)).status).toBe(404);
  expect((await reader.put(path, { body: '与前片比较未见改变。' })).body).toMatchObject({
    code: 'wd',
    body: '与前片比较未见改变。',
  });
  expect((await reader.delete(path)).status).toBe(204);
  expect((await reader.delete(path)).status).toBe(404);

  const template = { center, name: '我的胸片', content: { findings: '双肺清晰' }, personal: true };
  const made = await reader.post('/api/templates', template);
  expect(made.status).toBe(201);
  expect((await head.put(`/api/templates/${made.body.id}`, { name: '改' })).status).toBe(404);
  expect((await reader.put(`/api/templates/${made.body.id}`, { active: false })).status).toBe(200);
});

test('those of the centre are written, changed and removed by its head alone', async () => {
  const body = { center, code: 'zx', body: '心影不大。', personal: false };
  expect((await reader.post('/api/phrases', body)).status).toBe(403);
  const made = await head.post('/api/phrases', body);
  expect(made.status).toBe(201);
  const path = `/api/phrases/${made.body.id}`;
  expect(await codes(reader)).toContain('zx');
  expect((await reader.put(path, { body: '改' })).status).toBe(403);
  expect((await reader.delete(path)).status).toBe(403);
  expect((await head.put(path, { code: 'zx2', field: 'impression' })).body).toMatchObject({
    code: 'zx2',
    field: 'impression',
    ownerId: null,
  });
  expect((await head.delete(path)).status).toBe(204);
  expect(await codes(reader)).not.toContain('zx2');
});
