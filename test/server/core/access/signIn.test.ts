import { describe, expect, test } from 'vitest';
import { countFailure } from '../../../../server/core/access/countFailure.ts';
import { actorOfSession } from '../../../../server/core/access/identify.ts';
import { hashToken } from '../../../../server/core/access/token.ts';
import { county, ctx, openCounty, refusal, refused } from '../county.ts';
import { enter, lastSeq, openings, staffRow } from './entering.ts';

openCounty();

const sessionsOf = async (username: string) =>
  ctx.db
    .selectFrom('session')
    .selectAll()
    .where('staffId', '=', (await staffRow(username)).id)
    .execute();
const failuresAt = (address: string) =>
  ctx.db.selectFrom('loginFailure').selectAll().where('address', '=', address).executeTakeFirst();

describe('a session', () => {
  test('is kept by the hash of its secret, with address and browser, and stands in the audit as it was opened', async () => {
    const since = await lastSeq();
    const opened = await enter('tech1', { address: '10.8.0.2' });
    const [row] = await sessionsOf('tech1');
    expect(row).toMatchObject({
      id: opened.sessionId,
      tokenHash: hashToken(opened.token),
      address: '10.8.0.2',
      userAgent: 'Chrome 109',
      method: 'password',
      revokedAt: null,
    });
    expect(JSON.stringify(row)).not.toContain(opened.token);
    expect(await openings(since)).toEqual([
      {
        outcome: 'done',
        actorKind: 'staff',
        actorName: '周志强',
        address: '10.8.0.2',
        subjectType: 'session',
        subjectId: opened.sessionId,
        detail: { method: 'password' },
      },
    ]);
  });

  test('keeps three hundred letters of what the browser calls itself', async () => {
    const { signIn } = await import('../../../../server/core/access/signIn.ts');
    const { sessionId } = await signIn(ctx, {
      username: 'tech1',
      password: 'Demo-2026!',
      address: '10.8.0.2',
      userAgent: 'x'.repeat(1_000),
    });
    const rows = await sessionsOf('tech1');
    expect(rows.find(({ id }) => id === sessionId)?.userAgent).toHaveLength(300);
  });

  test('is another one at each sign-in, and both go on', async () => {
    const [one, two] = [await enter('courier1'), await enter('courier1')];
    expect(one.token).not.toBe(two.token);
    for (const { token } of [one, two])
      expect(await actorOfSession(ctx, token, '10.8.0.1')).toMatchObject({ kind: 'staff', name: '袁师傅' });
  });
});

describe('who is refused', () => {
  test('hears the same of a wrong password, an unknown name and a closed account, and each is on record', async () => {
    const since = await lastSeq();
    const { id } = await staffRow('doctor4');
    await ctx.db.updateTable('staff').set({ active: false }).where('id', '=', id).execute();
    const answers = [
      await refusal(enter('nurse1', { password: 'wrong', address: '10.8.1.1' })),
      await refusal(enter('no.such.person', { address: '10.8.1.1' })),
      await refusal(enter('doctor4', { address: '10.8.1.1' })),
    ];
    expect(answers).toEqual(Array(3).fill({ status: 401, type: 'bad-credentials', faults: [], extra: {} }));
    expect(await sessionsOf('doctor4')).toEqual([]);
    const denied = await openings(since);
    const known = await staffRow('nurse1');
    expect(denied.map(({ subjectId, detail }) => [subjectId, detail])).toEqual([
      [known.id, { username: 'nurse1' }],
      [null, { username: 'no.such.person' }],
      [id, { username: 'doctor4' }],
    ]);
    for (const row of denied)
      expect(row).toMatchObject({
        outcome: 'denied',
        actorKind: 'public',
        address: '10.8.1.1',
        subjectType: 'staff',
      });
    expect(JSON.stringify(denied)).not.toContain('wrong');
    await ctx.db.updateTable('staff').set({ active: true }).where('id', '=', id).execute();
  });

  test('is told until when the account is locked, and further tries do not make it longer', async () => {
    for (let n = 0; n < 5; n++) await refused(enter('lab1', { password: 'x', address: `10.8.2.${n}` }));
    const { lockedUntil } = await staffRow('lab1');
    expect(lockedUntil?.getTime()).toBeGreaterThan(ctx.clock.now().getTime() + 14 * 60_000);
    expect(await refusal(enter('lab1', { address: '10.8.2.9' }))).toMatchObject({
      status: 423,
      type: 'locked',
      extra: { lockedUntil },
    });
    county.clock.advance(5);
    expect(await refused(enter('lab1', { password: 'x', address: '10.8.2.9' }))).toBe('423 locked');
    expect((await staffRow('lab1')).lockedUntil).toEqual(lockedUntil);
    county.clock.advance(11);
    await enter('lab1', { address: '10.8.2.9' });
    expect(await staffRow('lab1')).toMatchObject({ lockedUntil: null, failedLoginsAt: [] });
  });

  test('by many tries at the same moment is counted for each of them', async () => {
    const tries = Array.from({ length: 5 }, (_, n) =>
      refused(enter('lab2', { password: 'x', address: `10.8.3.${n}` })),
    );
    expect(await Promise.all(tries)).toEqual(Array(5).fill('401 bad-credentials'));
    expect(await refused(enter('lab2', { address: '10.8.3.9' }))).toBe('423 locked');
  });

  test('after a lock starts with a count of none', async () => {
    county.clock.advance(16);
    for (let n = 0; n < 4; n++) await refused(enter('lab2', { password: 'x', address: `10.8.4.${n}` }));
    expect((await staffRow('lab2')).lockedUntil?.getTime()).toBeLessThan(ctx.clock.now().getTime());
    await enter('lab2', { address: '10.8.4.9' });
  });
});

describe('an address', () => {
  test('is remembered with a keyed hash of the names tried there, never with the names', async () => {
    const address = '10.8.5.1';
    for (const name of ['Somebody', 'somebody', 'other']) await refused(enter(name, { address }));
    const row = await failuresAt(address);
    expect(row?.failures, 'where nobody works each failure counts').toBe(3);
    expect(row?.accounts, 'names are the same in capitals').toEqual([
      ctx.keys.lookup('somebody'),
      ctx.keys.lookup('other'),
    ]);
  });

  test('is forgotten with the first success, and begins anew after fifteen quiet minutes', async () => {
    const address = '10.8.5.2';
    await refused(enter('a', { address }));
    await enter('nurse1', { address });
    expect(await failuresAt(address)).toBeUndefined();
    await refused(enter('a', { address }));
    county.clock.advance(16);
    await refused(enter('b', { address }));
    expect(await failuresAt(address)).toMatchObject({ failures: 1, accounts: [ctx.keys.lookup('b')] });
  });

  test('is no place where people work any more a day after the last sign-in there', async () => {
    const address = '10.8.5.3';
    await enter('nurse1', { address });
    county.clock.advance(24 * 60 - 1);
    for (let n = 0; n < 4; n++) await refused(enter('doctor2', { password: 'x', address }));
    expect((await failuresAt(address))?.failures, 'one person who mistypes').toBe(1);
    county.clock.advance(16 + 60);
    for (let n = 0; n < 4; n++) await refused(enter('doctor3', { password: 'x', address }));
    expect((await failuresAt(address))?.failures).toBe(4);
  });

  test('that is locked keeps everybody out, and the account that is named there is not counted', async () => {
    const address = '10.8.5.4';
    for (let n = 0; n < 5; n++) await refused(enter(`nobody${n}`, { address }));
    expect(await refused(enter('doctor1', { password: 'x', address }))).toBe('423 locked');
    expect((await staffRow('doctor1')).failedLoginsAt).toEqual([]);
  });
});

test('a name as long as a book is cut in the audit', async () => {
  const since = await lastSeq();
  await countFailure(ctx, 'n'.repeat(500), '10.8.6.1', undefined);
  expect((await openings(since))[0]?.detail).toEqual({ username: 'n'.repeat(64) });
});
