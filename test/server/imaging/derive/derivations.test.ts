import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReadCase, type ReadCase } from '../readCase.ts';

let hub: ReadCase['hub'];
let people: ReadCase['people'];
let series: ReadCase['series'];

beforeAll(async () => {
  ({ hub, people, series } = await startReadCase());
});
afterAll(() => hub.close());

test('what failed to derive is listed for the administrator and tried again, once per series', async () => {
  const { db } = hub.ctx;
  const row = await db
    .selectFrom('series')
    .select('id')
    .where('seriesInstanceUid', '=', series)
    .executeTakeFirstOrThrow();
  await db.deleteFrom('job').where('kind', '=', 'imaging.derive').execute();
  const failed = { kind: 'imaging.derive', key: String(row.id), state: 'failed', attempts: 8 };
  const payload = JSON.stringify({ seriesId: row.id });
  for (const lastError of ['no space left on device', 'codec failed'])
    await db
      .insertInto('job')
      .values({ ...failed, payload, lastError })
      .execute();

  expect((await people.radiologist1.get('/api/imaging/derivations')).status).toBe(403);
  expect((await people.admin1.get('/api/imaging/backlog')).body).toMatchObject({ waiting: 0, failed: 2 });
  const { items } = (await people.admin1.get('/api/imaging/derivations')).body;
  expect(items).toMatchObject([
    { state: 'failed', modality: 'CT', images: 4, lastError: 'no space left on device' },
    { state: 'failed', lastError: 'codec failed' },
  ]);
  expect(JSON.stringify(items)).not.toContain('郑');

  expect((await people.radiologist1.post('/api/imaging/derivations/retry', {})).status).toBe(403);
  expect((await people.admin1.post('/api/imaging/derivations/retry', {})).body).toEqual({ retried: 1 });
  expect((await people.admin1.get('/api/imaging/backlog')).body).toMatchObject({ waiting: 1, failed: 0 });
  const audited = await db
    .selectFrom('auditEvent')
    .select('detail')
    .where('action', '=', 'derivation.retry')
    .execute();
  expect(audited).toMatchObject([{ detail: { retried: 1 } }]);
});

test('a series prepared before damaged frames were looked for is prepared again, once', async () => {
  const { db, pool } = hub.ctx;
  const { id } = await db
    .selectFrom('series')
    .select('id')
    .where('seriesInstanceUid', '=', series)
    .executeTakeFirstOrThrow();
  const again = readFileSync('db/migrations/0565_check_earlier_frames.sql', 'utf8');
  const waiting = async () => {
    await pool.query(again);
    const { rows } = await pool.query(
      "select count(*)::int as n from job where kind = 'imaging.derive' and key = $1",
      [String(id)],
    );
    return (rows as { n: number }[])[0]?.n;
  };
  await db.deleteFrom('job').where('kind', '=', 'imaging.derive').execute();
  await db.deleteFrom('seriesDerived').where('seriesId', '=', id).execute();
  await db
    .insertInto('seriesDerived')
    .values({ seriesId: id, instances: 4, updatedAt: new Date() })
    .execute();
  expect(await waiting()).toBe(0);
  await db
    .updateTable('instance')
    .set({ transferSyntax: '1.2.840.10008.1.2.4.90' })
    .where('seriesId', '=', id)
    .execute();
  expect(await waiting()).toBe(1);
  expect(await waiting()).toBe(1);
});
