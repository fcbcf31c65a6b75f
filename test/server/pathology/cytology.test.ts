import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { localDate } from '../../../server/core/turnaround/calendar.ts';
import { head, hub, openLaboratory, received, senior, sign } from './laboratory.ts';

openLaboratory();

describe('cytology re-check', () => {
  test('at least five per cent of the negatives are drawn, and not read by those who signed them', async () => {
    const signed: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await received({ code: 'CYTO' });
      const answer = await sign(id, { impression: '未见上皮内病变或恶性细胞', positive: false });
      expect(answer.body.status).toBe('final');
      signed.push(id);
    }
    const month = localDate(hub.clock.now()).slice(0, 7);
    const drawn = await senior.post('/api/pathology/rechecks/draw', { month });
    expect(drawn.body).toEqual({ negatives: 3, drawn: 1, added: 1 });
    expect((await senior.post('/api/pathology/rechecks/draw', { month })).body.added).toBe(0);
    const [recheck] = (await head.get(`/api/pathology/rechecks?month=${month}`)).body.items;
    expect(signed).toContain(recheck.orderId);
    const signers = (await senior.get(`/api/pathology/rechecks?month=${month}`)).body.items;
    expect([recheck.own, signers[0].own]).toEqual([false, true]);
    expect((await senior.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: true })).body.type).toBe(
      'own-case',
    );
    expect((await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: false })).status).toBe(422);
    expect(
      (await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: false, note: '见 ASC-US' })).status,
    ).toBe(204);
    expect((await head.post(`/api/pathology/rechecks/${recheck.id}`, { agrees: true })).body.type).toBe(
      'recheck-read',
    );
    expect((await senior.get('/api/notifications')).body.items).toContainEqual(
      expect.objectContaining({ kind: 'pathology.recheck-differs', orderId: recheck.orderId }),
    );
  });
});

describe('cervical cytology', () => {
  test('the positive mark never contradicts the interpretation, in the report or in its correction', async () => {
    const { id } = await received({ code: 'CYTO' });
    const form = (category: string) => ({
      code: 'CYTO-TBS',
      version: 1,
      values: { adequacy: 'satisfactory', transformationZone: 'present', category },
    });
    const wrong = await sign(id, { impression: 'HSIL', positive: false, synoptic: form('hsil') });
    expect(wrong.body).toMatchObject({ type: 'report-problems', errors: [{ code: 'positive-mark' }] });
    const right = await sign(id, { impression: 'HSIL', positive: true, synoptic: form('hsil') });
    expect(right.body.status).toBe('final');
    const correct = (content: object) =>
      senior.post(`/api/orders/${id}/report/correct`, { pin: '246810', reason: '复阅后更正', content });
    expect((await correct({ impression: 'NILM', synoptic: form('nilm') })).body.errors).toMatchObject([
      { code: 'positive-mark' },
    ]);
    expect((await correct({ impression: 'NILM', positive: false, synoptic: form('nilm') })).body.status).toBe(
      'corrected',
    );
    await senior.post(`/api/orders/${id}/report/addendum`, {
      pin: '246810',
      reason: '复阅补充',
      text: '建议三个月后复查。',
    });
    const pdf = await senior.get(`/api/orders/${id}/report.pdf`);
    const printed = spawnSync('pdftotext', ['-', '-'], { input: pdf.body, encoding: 'utf8' }).stdout;
    expect(printed.split('建议三个月后复查').length - 1, 'the addendum is printed once').toBe(1);
    // figures and the lot go by what was last signed
    const order = await hub.ctx.db
      .selectFrom('orders')
      .select('positive')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(order.positive).toBe(false);
  });
});
