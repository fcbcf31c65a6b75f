import { describe, expect, test } from 'vitest';
import { head, hub, openLaboratory, reader, received, senior, sign, write } from './laboratory.ts';

openLaboratory();

describe('second reader', () => {
  test('a lymphoma does not leave without one, a denied lymphoma does', async () => {
    const denied = await received();
    expect((await sign(denied.id, { impression: '淋巴结反应性增生，未见淋巴瘤证据' })).body.status).toBe(
      'final',
    );
    const { id } = await received();
    const refused = await sign(id, { impression: '弥漫大 B 细胞淋巴瘤', positive: true });
    expect(refused.body).toMatchObject({ type: 'report-problems', errors: [{ code: 'second-reader' }] });
    const colleague = (await reader.get('/api/pathology/colleagues')).body.items.find(
      ({ name }: { name: string }) => name === '萧正',
    );
    const { body: asked } = await reader.post(`/api/pathology/cases/${id}/opinions`, {
      kind: 'second-reader',
      staffId: colleague.id,
      question: '请复核',
    });
    expect(
      (await reader.post(`/api/pathology/opinions/${asked.id}`, { opinion: '同意', agrees: true })).status,
    ).toBe(403);
    expect((await head.get('/api/pathology/lists/opinions')).body.items).toMatchObject([{ orderId: id }]);
    expect(
      (
        await head.post(`/api/pathology/opinions/${asked.id}`, {
          opinion: '同意弥漫大 B 细胞淋巴瘤',
          agrees: true,
        })
      ).status,
    ).toBe(204);
    expect(
      (await head.post(`/api/pathology/opinions/${asked.id}`, { opinion: '改主意', agrees: false })).status,
    ).toBe(403);
    // what he agreed to is what is signed: another diagnosis of the list is another question
    await write(id, { impression: '恶性黑色素瘤', positive: true });
    expect((await reader.post(`/api/orders/${id}/report/submit`)).body.errors).toMatchObject([
      { code: 'second-reader-outdated' },
    ]);
    await write(id, { impression: '弥漫大 B 细胞淋巴瘤', positive: true });
    // the last word counts: who does not agree holds the report back
    const ask = async (opinion: string, agrees: boolean) => {
      const { body } = await reader.post(`/api/pathology/cases/${id}/opinions`, {
        kind: 'second-reader',
        staffId: colleague.id,
      });
      return head.post(`/api/pathology/opinions/${body.id}`, { opinion, agrees });
    };
    hub.clock.advance(1);
    await ask('免疫组化不支持', false);
    expect((await reader.post(`/api/orders/${id}/report/submit`)).body.errors).toMatchObject([
      { code: 'second-reader-disagrees' },
    ]);
    hub.clock.advance(1);
    await ask('补做后同意', true);
    await reader.post(`/api/orders/${id}/report/submit`);
    expect((await senior.post(`/api/orders/${id}/report/sign`, { pin: '246810' })).body.status).toBe('final');
  });
});

test('the head of the centre sets which diagnoses need a second reader, nobody else', async () => {
  const before = (await reader.get('/api/pathology/settings')).body;
  const rules = { ...before, secondReaderWords: [...before.secondReaderWords, '胶质瘤'] };
  expect((await reader.put('/api/pathology/settings', rules)).status).toBe(403);
  expect((await head.put('/api/pathology/settings', rules)).body).toEqual(rules);
  const { id } = await received();
  expect((await sign(id, { impression: '（额叶）胶质瘤', positive: true })).body).toMatchObject({
    errors: [{ code: 'second-reader' }],
  });
  await head.put('/api/pathology/settings', before);
});

test('a head saves a form as its next version; reports keep the version they were written with', async () => {
  const form = {
    code: 'STOMACH',
    name: { zh: '胃癌', en: 'Stomach' },
    sites: ['胃'],
    elements: [{ code: 'remark', label: { zh: '说明', en: 'Remark' }, type: 'text', required: true }],
  };
  expect((await reader.post('/api/pathology/synoptic', form)).status).toBe(403);
  expect((await head.post('/api/pathology/synoptic', form)).body).toEqual({ code: 'STOMACH', version: 2 });
  const items = (await reader.get('/api/pathology/synoptic')).body.items.filter(
    ({ code }: { code: string }) => code === 'STOMACH',
  );
  expect(items).toMatchObject([{ version: 2 }]);
  const old = await reader.post('/api/pathology/synoptic/render', {
    code: 'STOMACH',
    version: 1,
    values: { invasion: 'T3', nodesPositive: 4 },
  });
  expect(old.body.stage.group).toBe('IIIA');
});

test('the archive answers from its trigram index', async () => {
  const plan = await hub.ctx.pool.connect();
  try {
    await plan.query('begin; set local enable_seqscan = off');
    const { rows } = await plan.query(
      `explain select order_id from pathology_archive where diagnosis ilike '%管状腺癌%'`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('pathology_archive_diagnosis');
  } finally {
    await plan.query('rollback');
    plan.release();
  }
});
