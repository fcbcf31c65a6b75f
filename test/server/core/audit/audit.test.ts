import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { recordAudit } from '../../../../server/core/audit/recordAudit.ts';
import { sealAudit } from '../../../../server/core/audit/sealAudit.ts';
import { verifyAudit } from '../../../../server/core/audit/verifyAudit.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let test1: TestContext;
beforeAll(async () => {
  test1 = await createContext();
});
afterAll(() => test1.close());

test('the chain names an altered row, a removed one and a cut tail', async () => {
  const { ctx } = test1;
  for (let n = 0; n < 20; n++)
    await recordAudit(ctx.db, SYSTEM, { action: 'test.act', detail: { n, 名: '珅' } });
  await sealEveryRow(ctx);
  expect(await verifyAudit(ctx)).toMatchObject({ sealed: 20, unsealedTail: 0 });
  const head = await ctx.db
    .selectFrom('auditSeal')
    .select(['position', 'hash'])
    .where('position', '=', 20)
    .executeTakeFirstOrThrow();

  const tamper = (statement: string) =>
    ctx.pool.query(
      `alter table audit_event disable trigger audit_event_append; ${statement}; alter table audit_event enable trigger audit_event_append`,
    );
  await expect(ctx.pool.query('update audit_event set action = action')).rejects.toThrow(/append only/);
  await tamper(
    `update audit_event set actor_name = 'x' where seq = (select audit_seq from audit_seal where position = 7)`,
  );
  expect((await verifyAudit(ctx)).fault).toMatchObject({ position: 7, problem: 'altered' });
  await tamper(
    `update audit_event set actor_name = 'hub' where seq = (select audit_seq from audit_seal where position = 7)`,
  );
  expect((await verifyAudit(ctx)).fault).toBeUndefined();
  await sql`delete from audit_seal where position > 18`.execute(ctx.db);
  expect((await verifyAudit(ctx, head)).fault?.problem).toBe('truncated');
});

test('rows of a transaction that commits late are sealed behind those that came first', async () => {
  const { ctx } = test1;
  await sql`delete from audit_seal`.execute(ctx.db);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const late = ctx.db.transaction().execute(async (trx) => {
    await recordAudit(trx, SYSTEM, { action: 'test.late' });
    await held;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await recordAudit(ctx.db, SYSTEM, { action: 'test.early' });
  await sealAudit(ctx);
  release();
  await late;
  await sealEveryRow(ctx);
  expect((await verifyAudit(ctx)).fault).toBeUndefined();
});
