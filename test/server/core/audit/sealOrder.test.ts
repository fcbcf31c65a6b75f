import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealAudit } from '../../../../server/core/audit/sealAudit.ts';
import { verifyAudit } from '../../../../server/core/audit/verifyAudit.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { createContext } from '../../../helpers/hub.ts';
import type { TestContext } from '../../../helpers/hub.ts';

let hub: TestContext;
beforeAll(async () => {
  hub = await createContext();
});
afterAll(() => hub.close());

test('transaction ids are counted, not spelled: 9, 10, 100 are sealed in this order and none twice', async () => {
  for (const xid of ['100', '9', '10'])
    await sql`insert into audit_event (actor_kind, actor_name, action, outcome, detail, xid) values ('system', 'hub', ${`xid.${xid}`}, 'done', '{}', ${xid}::xid8)`.execute(
      hub.ctx.db,
    );
  await sealEveryRow(hub.ctx);
  const sealed = await hub.ctx.db.selectFrom('auditSeal').select('xid').orderBy('position').execute();
  expect(sealed.map((row) => row.xid).filter((xid) => Number(xid) <= 100)).toEqual(['9', '10', '100']);
  expect(await sealAudit(hub.ctx)).toBe(0);
  expect(await verifyAudit(hub.ctx)).toMatchObject({ sealed: sealed.length, unsealedTail: 0 });
});
