import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { recordRead } from '../../../../server/core/audit/recordRead.ts';
import { verifyAudit } from '../../../../server/core/audit/verifyAudit.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let hub: TestContext;
beforeAll(async () => {
  hub = await createContext();
});
afterAll(() => hub.close());

const rows = () =>
  hub.ctx.db.selectFrom('auditEvent').selectAll().where('action', '=', 'test.read').orderBy('seq').execute();

test('reads that come together share statements, and each has its row when its promise resolves', async () => {
  const { ctx } = hub;
  await Promise.all(
    Array.from({ length: 1_200 }, (_, n) =>
      recordRead(ctx, SYSTEM, {
        action: 'test.read',
        subjectType: 'study',
        subjectId: String(n),
        detail: { 名: '珅' },
      }),
    ),
  );
  const written = await rows();
  expect(written.map((row) => Number(row.subjectId))).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
  expect(new Set(written.map((row) => row.xid)).size).toBeLessThan(10);
  expect(written[7]).toMatchObject({
    actorKind: 'system',
    actorName: 'hub',
    patientId: null,
    outcome: 'done',
    detail: { 名: '珅' },
  });
  await sealEveryRow(ctx);
  expect(await verifyAudit(ctx)).toMatchObject({ unsealedTail: 0, sealed: 1_200 });
});

test('a row that cannot be written fails its own batch, and the next read is recorded', async () => {
  const { ctx } = hub;
  const bad = recordRead(ctx, SYSTEM, { action: 'test.read', patientId: 'no uuid' });
  await expect(bad).rejects.toThrow(/uuid/);
  await recordRead(ctx, SYSTEM, { action: 'test.read', subjectId: 'after' });
  expect((await rows()).at(-1)?.subjectId).toBe('after');
});
