import { sql } from 'kysely';
import readXlsx from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeBulletin } from '../../../../server/core/bulletin/composeBulletin.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let quality: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  quality = await hub.as('qa1');
});
afterAll(() => hub.close());

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
