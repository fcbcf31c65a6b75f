import { sql } from 'kysely';
import readXlsx from 'read-excel-file/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import {
  bulletinTitle,
  fixedTime,
  renderBulletin,
  renderSheet,
} from '../../../../server/core/bulletin/bulletinDocument.ts';
import { composeBulletin, periodBefore } from '../../../../server/core/bulletin/composeBulletin.ts';
import { bulletinPages, makeBulletin, signBulletin } from '../../../../server/core/bulletin/makeBulletin.ts';
import { reproduceBulletin } from '../../../../server/core/bulletin/reproduceBulletin.ts';
import { as, auditOf, ctx, institution, openCounty, refusal, refused } from '../county.ts';
import { installed, pages } from '../print/paper.ts';

openCounty();

const MONTH = '2025-05';
let quality: Actor;
beforeAll(async () => {
  quality = await as('qa1');
  const day = (indicator: string, site: string, numerator: number, denominator: number, on = '2025-05-10') =>
    sql`insert into indicator_day select ${indicator}, id, ${on}::date, ${numerator}, ${denominator} from institution where code = ${site}`.execute(ctx.db); // prettier-ignore
  for (const args of [
    ['img-on-time', 'LIUHE', 100, 200],
    ['img-on-time', 'BAITA', 198, 200],
    ['img-on-time', 'DONGSHAN', 5, 5],
    ['img-on-time', 'LIUHE', 90, 100, '2025-04-30'],
    ['img-on-time', 'LIUHE', 1, 1, '2025-06-01'],
    ['volume.imaging', 'LIUHE', 190, 200],
    ['volume.imaging', 'BAITA', 199, 200],
    ['volume.imaging', 'DONGSHAN', 5, 5],
    ['members.imaging', 'LIUHE', 200, 200],
  ] as [string, string, number, number, string?][])
    await day(...args);
  const site = await institution('LIUHE');
  const at = (day: string) => new Date(`2025-05-${day}T04:00:00Z`);
  const ticket = (more: object) =>
    ctx.db
      .insertInto('ticket')
      .values({ kind: 'manual', title: '督办', institutionId: site, createdAt: at('12'), ...more })
      .returning('id')
      .executeTakeFirstOrThrow();
  await ticket({ title: '胸片标识不清', state: 'closed', closedAt: at('20') });
  const { id } = await ticket({ title: '报告迟延', state: 'reopened' });
  await ctx.db
    .insertInto('ticketEvent')
    .values({ ticketId: id, kind: 'reopen', at: at('25') })
    .execute();
  await ticket({ kind: 'turnaround', title: '超时单' });
  await ticket({ title: '以前的', createdAt: new Date('2025-04-01T00:00:00Z') });
  await ticket({ title: '以后的', createdAt: new Date('2025-06-01T00:00:00+08:00') });
});

const bulletins = () => ctx.db.selectFrom('bulletin').select('period').execute();
const make = (period: string, actor = quality, note?: string) =>
  makeBulletin(ctx, actor, { period, ...(note !== undefined && { note }) });

describe('a period', () => {
  test.each([
    ['2026-01', '2025-12'],
    ['2026-10', '2026-09'],
    ['2026-Q1', '2025-Q4'],
    ['2026-Q3', '2026-Q2'],
    ['2026-H1', '2025-H2'],
    ['2026-H2', '2026-H1'],
  ])('%s comes after %s', (period, before) => {
    expect(periodBefore(period)).toBe(before);
  });

  test.each([
    '2025',
    '2025-5',
    '2025-13',
    '2025-00',
    '2025-Q0',
    '2025-Q5',
    '2025-H3',
    '25-05',
    '2025-05-01',
    '',
  ])('"%s" is none: no bulletin is made of it', async (period) => {
    expect(await refusal(make(period))).toMatchObject({
      status: 422,
      faults: [{ path: 'period', code: 'period-form' }],
    });
    expect(await bulletins()).not.toContainEqual({ period });
  });

  test('that has not ended has no bulletin, and nothing of it is frozen', async () => {
    const now = ctx.clock.now();
    for (const period of [`${now.getUTCFullYear()}-12`, `${now.getUTCFullYear() + 1}-01`]) {
      expect(await refusal(make(period))).toMatchObject({
        faults: [{ path: 'period', code: 'period-open' }],
      });
      const frozen = await ctx.db
        .selectFrom('indicatorFreeze')
        .select('id')
        .where('period', '=', period)
        .execute();
      expect(frozen).toEqual([]);
    }
  });
});

describe('a bulletin', () => {
  test('is made by who reviews quality, not by others, and leaves no trace where it is refused', async () => {
    for (const username of ['doctor1', 'admin1', 'auditor1', 'regulator1', 'radiologist2'])
      expect(await refused(make(MONTH, await as(username))), username).toBe('403 forbidden');
    const machine = machineActor('m', 'm', await institution('QHRM'), ['quality.review']);
    expect(await refused(make(MONTH, machine))).toBe('403 forbidden');
    expect(await bulletins()).toEqual([]);
  });

  test('of one period is made once, also by two at the same moment', async () => {
    const both = await Promise.allSettled([make(MONTH), make(MONTH)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(failed.reason).toMatchObject({ status: 409, type: 'exists' });
    expect(await bulletins()).toEqual([{ period: MONTH }]);
    const row = await ctx.db.selectFrom('bulletin').selectAll().executeTakeFirstOrThrow();
    expect(await refusal(make(MONTH))).toMatchObject({ status: 409, extra: { id: row.id } });
    expect(row).toMatchObject({ madeBy: quality.id, signedAt: null, pdfAddress: null, note: null });
    expect(await auditOf(row.id)).toMatchObject([
      { action: 'bulletin.make', actorName: quality.name, detail: { period: MONTH } },
    ]);
  });

  test('counts its own days only, says what was before, and who stands apart from the county', async () => {
    const data = await composeBulletin(ctx.db, ctx.centers, MONTH);
    expect(data).toMatchObject({
      kind: 'month',
      first: '2025-05-01',
      last: '2025-05-31',
      previousPeriod: '2025-04',
    });
    const onTime = data.figures.find(({ code }) => code === 'img-on-time');
    expect(onTime).toMatchObject({ numerator: 303, denominator: 405, before: 0.9, reached: false });
    expect(data.volume[0]).toEqual({ center: 'imaging', orders: 405, signed: 394, forMembers: 200 });
    const site = (code: string) => data.sites.find(({ name }) => name.startsWith(code));
    expect(site('柳河')).toMatchObject({
      orders: 200,
      judged: 1,
      reached: 0,
      outliers: [{ code: 'img-on-time', share: 0.5, denominator: 200 }],
    });
    expect(site('白塔')).toMatchObject({ judged: 1, reached: 1, outliers: [] });
    expect(site('东山'), 'too few to judge').toMatchObject({ judged: 0, reached: 0, outliers: [] });
  });

  test('tells tickets of its days: opened, closed, opened again, and what stands at its end', async () => {
    const { tickets } = await composeBulletin(ctx.db, ctx.centers, MONTH);
    expect(tickets).toMatchObject({ opened: 3, closed: 1, reopened: 1, open: 3 });
    expect(
      tickets.items.map(({ title }) => title),
      'no single late case',
    ).toEqual(['胸片标识不清', '报告迟延']);
  });

  test('that nobody has is 404 to read, sign and check', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    for (const work of [bulletinPages, reproduceBulletin])
      expect(await refused(work(ctx, nowhere))).toBe('404 not-found');
    expect(await bulletins()).toHaveLength(1);
  });
});

describe('signing it', () => {
  let id: string;
  beforeAll(async () => {
    id = (await ctx.db.selectFrom('bulletin').select('id').executeTakeFirstOrThrow()).id;
  });
  const row = () => ctx.db.selectFrom('bulletin').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  test('needs the PIN and the right; refused it stays unsigned', async () => {
    expect(await refused(signBulletin(ctx, quality, id, '000000'))).toBe('403 wrong-pin');
    expect(await refused(signBulletin(ctx, await as('radiologist1'), id, '246810'))).toBe('403 forbidden');
    expect(await row()).toMatchObject({ signedAt: null, signedBy: null });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['bulletin.make']);
    expect(await reproduceBulletin(ctx, id)).toMatchObject({
      figures: true,
      content: true,
      sheet: true,
      signature: 'unsigned',
      layout: true,
      faults: [],
    });
  });

  test('is done once, of two at the same moment too', async () => {
    const both = await Promise.allSettled([1, 2].map(() => signBulletin(ctx, quality, id, '246810')));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refused(signBulletin(ctx, quality, id, '246810'))).toBe('409 signed');
    expect(await row()).toMatchObject({ signedBy: quality.id, pdfAddress: expect.any(String) });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['bulletin.make', 'bulletin.sign']);
  });

  test('binds the file: another one in its place is not taken for it', async () => {
    const other = await ctx.objects.put(await bulletinPages(ctx, id));
    const set = (pdfAddress: string) =>
      ctx.pool.query('alter table bulletin disable trigger bulletin_stays').then(() =>
        ctx.pool.query('update bulletin set pdf_address = $1 where id = $2', [pdfAddress, id]),
      ); // prettier-ignore
    const signed = (await row()).pdfAddress ?? '';
    await set(other.address);
    expect(await reproduceBulletin(ctx, id)).toMatchObject({ signature: 'invalid', figures: true });
    const { address } = await ctx.objects.put(Buffer.from('no PDF at all'));
    await set(address);
    expect(await reproduceBulletin(ctx, id)).toMatchObject({ signature: 'invalid', content: false });
    await set(signed);
    await ctx.pool.query('alter table bulletin enable trigger bulletin_stays');
    expect(await reproduceBulletin(ctx, id)).toMatchObject({ signature: 'valid', content: true });
  });
});

describe('its pages', () => {
  const input = {
    issuer: '青禾县人民医院 医共体质量控制中心',
    madeAt: new Date('2025-06-02T01:00:00Z'),
    note: null,
  };

  test.each([
    ['2025-05', '2025 年 5 月医疗质量月通报'],
    ['2025-Q2', '2025 年第 2 季度医疗质量通报'],
    ['2025-H1', '2025 年上半年医疗质量监测评价'],
    ['2025-H2', '2025 年下半年医疗质量监测评价'],
  ])('of %s are titled %s', async (period, title) => {
    expect(bulletinTitle(await composeBulletin(ctx.db, ctx.centers, period))).toBe(title);
  });

  test('are the same bytes for the same data, and other ones for another note', async () => {
    const data = await composeBulletin(ctx.db, ctx.centers, MONTH);
    const [one, two] = [await renderBulletin(data, input), await renderBulletin(data, input)];
    expect(one.equals(two)).toBe(true);
    expect((await renderBulletin(data, { ...input, note: '总体平稳' })).equals(one)).toBe(false);
  });

  test.runIf(installed('pdftotext'))(
    'say figures, judgements, sites, recognition and tickets as they are',
    async () => {
      const data = await composeBulletin(ctx.db, ctx.centers, MONTH);
      data.recognition = {
        prompts: 10,
        adopted: 7,
        repeated: 3,
        saving: 525,
        reasons: [
          { reason: 'emergency', count: 2 },
          { reason: 'unknown-one', count: 1 },
        ],
      };
      const text = pages(await renderBulletin(data, { ...input, note: '总体平稳' }))
        .join('')
        .replace(/\s+/g, '');
      for (const said of [
      '综述总体平稳', '303/405', '74.8%', '90.0%', '≥95.0%', '△未达标', '0/1', '50.0%',
      '提示10次,采纳7次,重复检查3次;互认率70.0%,节约费用525.00元', '急诊、急救2、unknown-one1',
      '本期新增3件,销号1件,重新督办1件,期末在办3件', '胸片标识不清', '已销号', '重新督办', '不排名',
    ]) expect(text, said).toContain(said); // prettier-ignore
      expect(text).not.toContain('超时单');
    },
  );

  test('as a workbook hold the same numbers, without the time at which they were made', async () => {
    const data = await composeBulletin(ctx.db, ctx.centers, MONTH);
    const sheet = await renderSheet(data);
    expect(sheet.equals(await renderSheet(data))).toBe(true);
    expect(fixedTime(sheet).equals(sheet)).toBe(true);
    const [figures, sites, volume, rest] = (await readXlsx(sheet)) as unknown as { data: unknown[][] }[];
    const onTime = figures?.data.find(([, code]) => code === 'img-on-time');
    expect(onTime?.slice(3, 11)).toEqual(['地方', 303, 405, 303 / 405, 0.9, 0.95, '越高越好', '未达标']);
    expect(sites?.data.find(([name]) => name === '柳河镇卫生院' || name === '柳河')?.slice(1)).toEqual([
      200,
      0,
      1,
      '影像报告及时率',
    ]);
    expect(volume?.data[1]).toEqual(['影像', 405, 394, 200]);
    expect(rest?.data).toContainEqual(['督办新增', 3]);
  });
});

test('a county without any figure has a bulletin that says nothing of it', async () => {
  const made = await make('2020-01', quality, '  ');
  const data = await composeBulletin(ctx.db, ctx.centers, '2020-01');
  expect([data.sites, data.figures.filter(({ reached }) => reached !== null)]).toEqual([[], []]);
  expect(made).toMatchObject({ period: '2020-01', title: '2020 年 1 月医疗质量月通报' });
  const { note } = await ctx.db
    .selectFrom('bulletin')
    .select('note')
    .where('id', '=', made.id)
    .executeTakeFirstOrThrow();
  expect(note, 'a note of blanks is none').toBeNull();
});
