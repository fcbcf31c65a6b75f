import { sql } from 'kysely';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PUBLIC, SYSTEM } from '../../../../server/core/access/actor.ts';
import { exportAuditHead } from '../../../../server/core/audit/exportAuditHead.ts';
import { recordAudit } from '../../../../server/core/audit/recordAudit.ts';
import { GENESIS, sealAudit } from '../../../../server/core/audit/sealAudit.ts';
import { verifyAudit } from '../../../../server/core/audit/verifyAudit.ts';
import { openKeys } from '../../../../server/core/keys.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let hub: TestContext;
beforeAll(async () => {
  hub = await createContext();
});
afterAll(() => hub?.close());

const seals = () => hub.ctx.db.selectFrom('auditSeal').selectAll().orderBy('position').execute();
/** As somebody with the rights of the database's owner would. */
const tamper = (statement: string) =>
  hub.ctx.pool.query(
    `alter table audit_event disable trigger audit_event_append; ${statement}; alter table audit_event enable trigger audit_event_append`,
  );
const seqAt = (position: number) => `(select audit_seq from audit_seal where position = ${position})`;
const fault = async (head?: { position: number; hash: string }) => (await verifyAudit(hub.ctx, head)).fault;

/** Ten rows, sealed. */
beforeEach(async () => {
  await tamper('truncate audit_event, audit_seal restart identity');
  await hub.ctx.db.deleteFrom('setting').where('key', '=', 'audit.head').execute();
  for (let n = 0; n < 10; n++) await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.act', detail: { n } });
  await sealEveryRow(hub.ctx);
});

describe('the trail', () => {
  test('is written with the act or not at all', async () => {
    const gone = hub.ctx.db.transaction().execute(async (trx) => {
      await recordAudit(trx, SYSTEM, { action: 'test.undone' });
      throw new Error('the act failed');
    });
    await expect(gone).rejects.toThrow('the act failed');
    const rows = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('seq')
      .where('action', '=', 'test.undone')
      .execute();
    expect(rows).toEqual([]);
  });

  test('says of nobody only where he was, and of what was fetched ahead that it was', async () => {
    await recordAudit(hub.ctx.db, { ...PUBLIC, address: '10.1.1.1', requestId: 'r', ahead: true }, {
      action: 'test.who',
      outcome: 'denied',
      detail: { a: 1 },
    }); // prettier-ignore
    const row = await hub.ctx.db
      .selectFrom('auditEvent')
      .selectAll()
      .where('action', '=', 'test.who')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      actorKind: 'public',
      actorId: null,
      address: '10.1.1.1',
      requestId: 'r',
      outcome: 'denied',
      subjectId: null,
      patientId: null,
      detail: { a: 1, ahead: true },
    });
  });

  test.each([
    ['changed', 'update audit_event set detail = detail'],
    ['removed', 'delete from audit_event where seq = 1'],
  ])('is not %s by the hub itself', async (_what, statement) => {
    await expect(hub.ctx.pool.query(statement)).rejects.toThrow(/append only/);
  });

  test('takes no outcome and no kind of actor that there is not', async () => {
    for (const [column, value] of [['outcome', 'maybe'], ['actor_kind', 'ghost']] as const)
      await expect(
        sql`insert into audit_event (actor_kind, actor_name, action, ${sql.ref(column)}) values ('system', 'x', 'y', ${value})`.execute(hub.ctx.db),
      ).rejects.toThrow(); // prettier-ignore
  });
});

describe('the chain', () => {
  test('begins from nothing and covers every row once, in order', async () => {
    const chain = await seals();
    expect(chain.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(chain.map(({ auditSeq }) => auditSeq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(chain.map(({ hash }) => hash)).size).toBe(10);
    expect(await verifyAudit(hub.ctx)).toEqual({ sealed: 10, unsealedTail: 0, head: chain.at(-1)?.hash });
  });

  test('of an empty trail is whole', async () => {
    await tamper('truncate audit_event, audit_seal');
    expect(await verifyAudit(hub.ctx)).toEqual({ sealed: 0, unsealedTail: 0, head: GENESIS });
    expect(await sealAudit(hub.ctx)).toBe(0);
  });

  test('sealed by many at once goes on by one of them, and no row is sealed twice', async () => {
    for (let n = 0; n < 5; n++) await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.more' });
    await Promise.all(Array.from({ length: 4 }, () => sealAudit(hub.ctx)));
    await sealEveryRow(hub.ctx);
    expect((await seals()).map(({ position }) => position)).toEqual(
      Array.from({ length: 15 }, (_, n) => n + 1),
    );
    expect(await fault()).toBeUndefined();
  });

  test('counts what waits for its seal', async () => {
    await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.tail' });
    expect(await verifyAudit(hub.ctx)).toMatchObject({ sealed: 10, unsealedTail: 1 });
    await sealEveryRow(hub.ctx);
    expect(await verifyAudit(hub.ctx)).toMatchObject({ sealed: 11, unsealedTail: 0 });
  });

  test.each([
    ['who acted', 'actor_name', `'x'`],
    ['what was done', 'action', `'test.other'`],
    ['how it ended', 'outcome', `'denied'`],
    ['when', 'at', `at + interval '1 microsecond'`],
    ['from where', 'address', `'10.0.0.1'`],
    ['about whom', 'patient_id', 'uuidv7()'],
    ['about what', 'subject_id', `'other'`],
    ['the detail', 'detail', `'{"n": 11}'`],
    ['the transaction', 'xid', `'7'`],
  ])('names the row in which %s was altered', async (_what, column, value) => {
    await tamper(`update audit_event set ${column} = ${value} where seq = ${seqAt(4)}`);
    expect(await fault()).toEqual({ position: 4, auditSeq: 4, problem: 'altered' });
  });

  test('names a row that was removed, two that changed places, and a seal that was taken out or forged', async () => {
    await tamper(`update audit_event set detail = '{"n": 99}' where seq = 3`);
    expect((await fault())?.position).toBe(3);
    await tamper(`update audit_event set detail = '{"n": 2}' where seq = 3`);
    expect(await fault(), 'as it was').toBeUndefined();
    await sql`update audit_seal set hash = ${'0'.repeat(64)} where position = 6`.execute(hub.ctx.db);
    expect(await fault()).toEqual({ position: 6, auditSeq: 6, problem: 'altered' });
    await sql`delete from audit_seal where position = 6`.execute(hub.ctx.db);
    expect(await fault()).toEqual({ position: 7, auditSeq: 7, problem: 'chain-broken' });
  });

  test('names the first of several', async () => {
    await tamper(`delete from audit_event where seq = ${seqAt(8)}`);
    expect(await fault()).toEqual({ position: 8, auditSeq: 8, problem: 'missing' });
    await tamper(`update audit_event set action = 'x' where seq = ${seqAt(2)}`);
    expect(await fault()).toEqual({ position: 2, auditSeq: 2, problem: 'altered' });
  });

  test('sealed anew without the key does not verify: a forger has the database, not the key', async () => {
    const forger = {
      ...hub.ctx,
      keys: openKeys(path.join(hub.ctx.config.dataDir, 'forged.key'), 'international'),
    };
    await tamper(`truncate audit_seal; update audit_event set actor_name = 'x' where seq = 1`);
    await sealEveryRow(forger);
    expect(await fault()).toEqual({ position: 1, auditSeq: 1, problem: 'altered' });
  });

  test('tells how far it is, for whoever waits', async () => {
    const seen: number[] = [];
    await verifyAudit(hub.ctx, undefined, (done) => void seen.push(done));
    expect(seen).toEqual([10]);
  });
});

describe('the head that is kept elsewhere', () => {
  const kept = async () =>
    (
      await hub.ctx.db
        .selectFrom('setting')
        .select('value')
        .where('key', '=', 'audit.head')
        .executeTakeFirst()
    )?.value as { day: string; position: number; hash: string; address: string } | undefined;

  test('is not kept of a trail without a seal', async () => {
    await tamper('truncate audit_seal');
    await exportAuditHead(hub.ctx);
    expect(await kept()).toBeUndefined();
  });

  test('goes to the object store once a day, as it stands then', async () => {
    await exportAuditHead(hub.ctx);
    const first = await kept();
    expect(first).toMatchObject({ day: hub.ctx.clock.now().toISOString().slice(0, 10), position: 10 });
    const { address, ...said } = first ?? { address: '' };
    expect(JSON.parse((await hub.ctx.objects.read(address)).toString())).toEqual(said);
    await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.later' });
    await sealEveryRow(hub.ctx);
    await exportAuditHead(hub.ctx);
    expect(await kept(), 'once a day').toEqual(first);
    hub.clock.advance(24 * 60);
    await exportAuditHead(hub.ctx);
    expect(await kept()).toMatchObject({ position: 11 });
    expect((await kept())?.address).not.toBe(address);
  });

  test('shows a trail that was cut together with its seals, which the chain alone does not', async () => {
    await exportAuditHead(hub.ctx);
    const head = await kept();
    await tamper('delete from audit_event where seq > 7; delete from audit_seal where position > 7');
    expect(await fault()).toBeUndefined();
    expect(await fault(head)).toEqual({ position: 10, auditSeq: 0, problem: 'truncated' });
  });

  test('shows a trail that was written anew behind it', async () => {
    await exportAuditHead(hub.ctx);
    const head = await kept();
    await tamper('delete from audit_event where seq > 7; delete from audit_seal where position > 7');
    for (let n = 0; n < 4; n++) await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.false' });
    await sealEveryRow(hub.ctx);
    expect(await fault()).toBeUndefined();
    expect(await fault(head)).toMatchObject({ position: 10, problem: 'chain-broken' });
  });

  test('agrees with a trail that only went on', async () => {
    await exportAuditHead(hub.ctx);
    const head = await kept();
    for (let n = 0; n < 3; n++) await recordAudit(hub.ctx.db, SYSTEM, { action: 'test.on' });
    await sealEveryRow(hub.ctx);
    expect(await fault(head)).toBeUndefined();
  });
});
