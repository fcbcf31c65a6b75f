import { describe, expect, test } from 'vitest';
import { localDate } from '../../../server/core/turnaround/calendar.ts';
import { institution } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, place, sign } from './ground.ts';

describe.skipIf(!able)('what is said of one’s own work (needs Chromium and the built viewer)', () => {
  openGround();

  test('a writer reads the score of his report and appeals it once, in words', async () => {
    const order = await place();
    await sign(order.id);
    const [quality, head] = await Promise.all([hub.as('qa1'), hub.as('head1')]);
    const today = localDate(hub.ctx.clock.now());
    await quality.post('/api/quality/reviews', { center: 'imaging', count: 1, from: today, to: today, readings: 2 }); // prettier-ignore
    const [review] = (await quality.get('/api/quality/reviews')).body.items;
    for (const who of [quality, head])
      await who.post(`/api/quality/reviews/${review.id}`, {
        score: 3,
        compliance: { compliant: true, faults: [] },
        comment: '漏诊结节',
      });
    const page = await enter('radiologist1', '/account');
    const mine = page.getByRole('region', { name: '我的质控评分' });
    const row = mine.locator('tr.ant-table-row');
    await row.filter({ hasText: order.accessionNumber }).filter({ hasText: '3 明显差异' }).waitFor();
    await row.getByRole('button', { name: '申诉' }).click();
    const send = dialogOf(page).locator('.ant-modal-footer .ant-btn-primary');
    expect(await send.isDisabled()).toBe(true);
    await dialogOf(page).getByLabel('申诉').fill('图像不足以判断');
    await send.click();
    await row.filter({ hasText: '申诉中' }).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    const kept = await hub.ctx.db
      .selectFrom('qualityReview')
      .select(['state', 'appeal'])
      .where('id', '=', review.id)
      .executeTakeFirstOrThrow();
    expect(kept).toEqual({ state: 'appealed', appeal: '图像不足以判断' });
    await row.getByRole('link', { name: order.accessionNumber }).click();
    await page.waitForURL(`**/orders/${order.id}`);
    await page.goto(`${hub.url}/account`);
    await failsAndComesBack(page, '/api/quality/my-reviews', 'section[aria-label="我的质控评分"] table');
    await page.context().close();
    const other = await enter('radiologist2', '/account');
    await other.getByRole('region', { name: '电子签名' }).waitFor();
    await other.context().close();
  });

  test('a training note stands at its site until somebody there has read it', async () => {
    const note = {
      institutionId: (await institution('LIUHE'))?.id,
      center: 'imaging',
      topic: '胸部摆位',
      body: '吸气后屏气',
    };
    const written = await (await hub.as('qa1')).post('/api/work/notes', note);
    expect(written.status, JSON.stringify(written.body)).toBeLessThan(300);
    const page = await enter('tech1', '/account');
    const notes = page.getByRole('region', { name: '培训记录' });
    const row = notes.locator('tr.ant-table-row').filter({ hasText: /胸部摆位[\s\S]*吸气后屏气[\s\S]*潘慧/ });
    await row.getByRole('button', { name: '已阅读' }).click();
    await row.filter({ hasText: /周志强 \d{4}-\d\d-\d\d/ }).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    await failsAndComesBack(page, '/api/work/notes', 'section[aria-label="培训记录"] table');
    await page.context().close();
    const elsewhere = await enter('doctor2', '/account');
    await elsewhere.getByRole('region', { name: '登录会话' }).waitFor();
    expect(await elsewhere.getByText('胸部摆位').count()).toBe(0);
    await elsewhere.context().close();
  });
});
