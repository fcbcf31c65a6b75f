import { beforeEach, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import { exportInput, exportList } from '../../../../server/core/access/exportList.ts';
import { requireWitness } from '../../../../server/core/access/witness.ts';
import { as, auditOf, ctx, institution, openCounty, refusal, refused } from '../county.ts';
import { enter, lastSeq, openings, staffRow } from './entering.ts';

openCounty();

let head: Actor;
beforeEach(async () => {
  head = { ...(await as('head1')), address: '10.6.0.1' };
  await ctx.db.updateTable('staff').set({ failedLoginsAt: [], lockedUntil: null }).execute();
  await ctx.db.deleteFrom('loginFailure').execute();
  await enter('head1', { address: '10.6.0.1' }); // people work there: one forgotten password locks nobody else out
});

const PASSWORD = 'Demo-2026!';
const call = (username: string, password = PASSWORD, actor = head) =>
  requireWitness(ctx, actor, { username, password }, 'two different people');

describe('the second person of an act', () => {
  test('is named by his own password', async () => {
    const { id, name, institutionId } = await staffRow('qa1');
    expect(await call('qa1')).toMatchObject({ id, name, institutionId });
  });

  test('is not the one who acts', async () => {
    expect(await refusal(call('head1'))).toMatchObject({
      status: 422,
      faults: [{ path: 'witness', code: 'same-person' }],
    });
  });

  test('is refused in the same words for a wrong password, an unknown name and a closed account', async () => {
    await ctx.db.updateTable('staff').set({ active: false }).where('username', '=', 'doctor4').execute();
    for (const [name, password] of [
      ['qa1', 'wrong'],
      ['nobody.here', PASSWORD],
      ['doctor4', PASSWORD],
    ] as const)
      expect(await refused(call(name, password)), name).toBe('403 witness-wrong');
    await ctx.db.updateTable('staff').set({ active: true }).where('username', '=', 'doctor4').execute();
  });

  test('guessed at is counted and audited as at the login: the fifth locks that account there too', async () => {
    const since = await lastSeq();
    for (let n = 0; n < 5; n++) expect(await refused(call('qa1', `guess${n}`))).toBe('403 witness-wrong');
    expect(await refused(call('qa1'))).toBe('423 witness-locked');
    expect(await refused(enter('qa1', { address: '10.6.0.2' }))).toBe('423 locked');
    const { id } = await staffRow('qa1');
    expect(await openings(since)).toEqual(
      Array(5).fill({
        outcome: 'denied',
        actorKind: 'public',
        actorName: 'public',
        address: '10.6.0.1',
        subjectType: 'staff',
        subjectId: id,
        detail: { username: 'qa1' },
      }),
    );
  });

  test('guessed at from one address over many names is no other door either: the address is locked', async () => {
    for (let n = 0; n < 5; n++) await refused(call(`nobody${n}`));
    expect(await refused(call('qa1'))).toBe('423 locked');
    expect(await refused(enter('qa1', { address: '10.6.0.1' }))).toBe('423 locked');
  });

  test('agrees with a password of his own, not with one that the administrator gave out', async () => {
    await ctx.db
      .updateTable('staff')
      .set({ mustChangePassword: true })
      .where('username', '=', 'qa1')
      .execute();
    expect(await refused(call('qa1'))).toBe('403 witness-password');
    await ctx.db
      .updateTable('staff')
      .set({ mustChangePassword: false })
      .where('username', '=', 'qa1')
      .execute();
    await call('qa1');
  });
});

describe('a list with persons', () => {
  const list = (more: object = {}) =>
    exportInput.parse({ list: '影像诊断', form: 'csv', rows: 80, reason: '质控', ...more });
  const rows = () => ctx.db.selectFrom('listExport').selectAll().orderBy('exportedAt').execute();

  test.each([
    ['no rows', { rows: 0 }, 'rows'],
    ['half a row', { rows: 1.5 }, 'rows'],
    ['more than five thousand', { rows: 5_001 }, 'rows'],
    ['a reason of blanks', { reason: '   ' }, 'reason'],
    ['a reason of one letter', { reason: 'x' }, 'reason'],
    ['no name', { list: ' ' }, 'list'],
    ['another form', { form: 'pdf' }, 'form'],
  ])('does not leave with %s', (_what, more, path) => {
    const faults = exportInput.safeParse({ list: 'L', form: 'csv', rows: 1, reason: 'ok', ...more }).error;
    expect(faults?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  test('masked goes out with nobody else, however long it is', async () => {
    const made = await exportList(ctx, head, list({ rows: 5_000 }));
    expect((await rows()).at(-1)).toMatchObject({
      id: made.id,
      named: false,
      agreedBy: null,
      rowCount: 5_000,
    });
  });

  test('by a machine is refused: nobody would be answerable', async () => {
    const his = machineActor('HIS', 'his', await institution('QHRM'), ['export']);
    const before = await rows();
    expect(await refused(exportList(ctx, his, list()))).toBe('403 forbidden');
    expect(await rows()).toEqual(before);
  });

  test('refused for want of a second person leaves neither a row nor an act', async () => {
    const before = await rows();
    const seq = await lastSeq();
    expect(await refused(exportList(ctx, head, list({ named: true })))).toBe('422 witness-needed');
    expect(await refused(exportList(ctx, head, list({ named: true, witness: { username: 'lab1', password: PASSWORD } })))).toBe('403 witness-elsewhere'); // prettier-ignore
    expect(await rows()).toEqual(before);
    expect(await lastSeq()).toBe(seq);
  });

  test('in full names who agreed, in the row and in the audit; a right that was taken away does not count', async () => {
    const witness = { username: 'qa1', password: PASSWORD };
    const qa = await staffRow('qa1');
    const made = await exportList(ctx, head, list({ named: true, witness }));
    expect((await rows()).at(-1)).toMatchObject({ id: made.id, named: true, agreedBy: qa.id });
    const [act] = await auditOf(made.id);
    expect(act).toMatchObject({
      action: 'list.export',
      outcome: 'done',
      detail: { agreedBy: qa.name, named: true },
    });
    expect(JSON.stringify(act)).not.toContain(PASSWORD);
    await ctx.db
      .updateTable('staffRole')
      .set({ revokedAt: ctx.clock.now() })
      .where('staffId', '=', qa.id)
      .execute();
    expect(await refused(exportList(ctx, head, list({ named: true, witness })))).toBe(
      '403 witness-elsewhere',
    );
    await ctx.db.updateTable('staffRole').set({ revokedAt: null }).where('staffId', '=', qa.id).execute();
  });

  test('of fifty names needs nobody, and one who was called for nothing is not written down', async () => {
    const made = await exportList(
      ctx,
      head,
      list({ rows: 50, named: true, witness: { username: 'nobody', password: 'x' } }),
    );
    expect((await rows()).find(({ id }) => id === made.id)).toMatchObject({ agreedBy: null, named: true });
  });
});
