import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { chestCases, type ChestCases } from './chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let reader: Client;
let quality: Client;
let head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [reader, quality, head] = await Promise.all([hub.as('radiologist1'), hub.as('qa1'), hub.as('head1')]);
});
afterAll(() => hub.close());

describe('a review', () => {
  test('two blind readings far apart go to conference; the writer may appeal, another person decides', async () => {
    await cases.signed();
    const today = localDate(hub.ctx.clock.now());
    const drawn = await quality.post('/api/quality/reviews', { center: 'imaging', count: 1, from: today, to: today, readings: 2 }); // prettier-ignore
    expect(drawn.body.drawn).toBe(1);
    const [review] = (await quality.get('/api/quality/reviews')).body.items;
    const read = (who: Client, score: number) =>
      who.post(`/api/quality/reviews/${review.id}`, { score, compliance: { compliant: true, faults: [] } });
    expect((await read(quality, 1)).body.state).toBe('open');
    expect((await read(quality, 1)).status).toBe(409);
    expect((await read(head, 4)).body.state).toBe('conference');
    const settle = { participants: ['潘慧', '萧正'], score: 3, compliant: false, faults: ['laterality'], conclusion: '漏诊结节' }; // prettier-ignore
    expect((await quality.post(`/api/quality/reviews/${review.id}/conference`, settle)).status).toBe(200);
    const settled = (await quality.get(`/api/quality/reviews/${review.id}`)).body;
    expect(settled.compliance).toEqual({ compliant: false, faults: ['laterality'] });
    expect(settled.conference).toMatchObject({ participants: ['潘慧', '萧正'], conclusion: '漏诊结节' });
    expect((await reader.post(`/api/quality/reviews/${review.id}/appeal`, { text: '图像不足以判断' })).status).toBe(200); // prettier-ignore
    const decide = (who: Client) => who.post(`/api/quality/reviews/${review.id}/appeal/decide`, { upheld: false, score: 2, reason: '采纳申诉' }); // prettier-ignore
    expect((await decide(quality)).status).toBe(403);
    expect((await decide(head)).status).toBe(200);
    const { agreement } = (await quality.get(`/api/quality/review-statistics?from=${today}&to=${today}`))
      .body;
    expect(agreement.n).toBe(1);
  });

  test('grades what the report was made from: the strictest grade stands, the site is told and finds it in its feedback', async () => {
    const order = await cases.signed();
    const today = localDate(hub.ctx.clock.now());
    await quality.post('/api/quality/reviews', { center: 'imaging', count: 50, from: today, to: today, readings: 2 }); // prettier-ignore
    const review = (await quality.get('/api/quality/reviews')).body.items.find((each: { orderId: string }) => each.orderId === order.id); // prettier-ignore
    const read = (who: Client, inputGrade: unknown) =>
      who.post(`/api/quality/reviews/${review.id}`, {
        score: 1,
        compliance: { compliant: true, faults: [] },
        inputGrade,
      });
    expect((await read(quality, { grade: 'B', faults: [] })).status).toBe(422);
    expect((await read(quality, { grade: 'B', faults: ['haemolysis'] })).status).toBe(422);
    expect((await read(quality, { grade: 'C', faults: ['motion', 'position'] })).body.state).toBe('open');
    expect((await read(head, { grade: 'A', faults: [] })).body.state).toBe('decided');
    expect((await quality.get(`/api/quality/reviews/${review.id}`)).body).toMatchObject({
      inputGrade: 'C',
      inputFaults: ['motion', 'position'],
    });
    const technician = await hub.as('tech1');
    const told = (await technician.get('/api/notifications')).body.items;
    expect(told.find((each: { orderId: string }) => each.orderId === order.id)).toMatchObject({
      kind: 'input-graded',
      body: { center: 'imaging', grade: 'C', faults: ['motion', 'position'] },
    });
    const feedback = (await technician.get(`/api/work/feedback?from=${today}&to=${today}`)).body.items;
    expect(feedback).toMatchObject([{ center: 'imaging', c: 1, faults: [{ fault: 'motion', count: 1 }, { fault: 'position', count: 1 }] }]); // prettier-ignore
    const { all } = (await quality.get(`/api/quality/review-statistics?from=${today}&to=${today}`)).body;
    expect(all).toMatchObject({ inputGraded: 1, inputGood: 0 });
  });
});
