import { beforeAll, describe, expect, test } from 'vitest';
import { breakGlass } from '../../../../server/core/access/breakGlass.ts';
import { closeSession } from '../../../../server/core/access/closeSession.ts';
import { actorOfSession, actorOfToken, isIdledOut } from '../../../../server/core/access/identify.ts';
import { hashToken, newToken } from '../../../../server/core/access/token.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { as, auditOf, county, ctx, institution, openCounty, place, refused } from '../county.ts';
import { enter } from './entering.ts';

openCounty();

const who = (token: string) => actorOfSession(ctx, token, '10.5.0.1');
const idCard = completeIdCard('32062119750601101');
let patientId: string;
let orderId: string;
beforeAll(async () => {
  const order = await place({
    patient: { name: '丁一', sex: 'M', birthDate: '1975-06-01', identifiers: [{ type: 'id-card', value: idCard }] },
  }); // prettier-ignore
  [patientId, orderId] = [order.patientId ?? '', order.id];
});

describe('the person of a session', () => {
  test('acts from the address of now, with the roles of now', async () => {
    const { token } = await enter('nurse1', { address: '10.5.0.9' });
    const { id } = await as('nurse1');
    const site = await institution('LIUHE');
    expect(await who(token)).toEqual({
      kind: 'staff',
      id,
      name: '吴秀兰',
      institutionId: site,
      roles: [{ role: 'nurse', institutionId: site, centerKind: null }],
      grantedPatientIds: [],
      referredPatientIds: [],
      verbs: [],
      address: '10.5.0.1',
      sessionId: expect.any(String),
    });
    await ctx.db
      .updateTable('staffRole')
      .set({ revokedAt: ctx.clock.now() })
      .where('staffId', '=', id ?? '')
      .execute();
    expect((await who(token))?.roles).toEqual([]);
  });

  test('is nobody with another secret, when signed out, when closed, and after thirty idle minutes', async () => {
    expect(await who('')).toBeUndefined();
    expect(await who(newToken())).toBeUndefined();
    const out = await enter('tech1');
    await closeSession(ctx, await as('tech1'), out.sessionId);
    expect(await who(out.token)).toBeUndefined();
    expect(await who(hashToken(out.token)), 'the hash is no secret').toBeUndefined();
    const shut = await enter('tech1');
    await ctx.db.updateTable('staff').set({ active: false }).where('username', '=', 'tech1').execute();
    expect(await who(shut.token)).toBeUndefined();
    await ctx.db.updateTable('staff').set({ active: true }).where('username', '=', 'tech1').execute();
    expect(await who(shut.token)).toBeDefined();
    county.clock.advance(31);
    expect(await who(shut.token)).toBeUndefined();
  });

  test('was seen: the time is kept to half a minute, not at every step', async () => {
    const { token, sessionId } = await enter('tech1');
    const seen = async () =>
      (
        await ctx.db
          .selectFrom('session')
          .select('lastSeenAt')
          .where('id', '=', sessionId)
          .executeTakeFirstOrThrow()
      ).lastSeenAt.getTime();
    const opened = await seen();
    await who(token);
    expect(await seen()).toBe(opened);
    county.clock.advance(1);
    await who(token);
    expect(await seen()).toBeGreaterThanOrEqual(opened + 60_000);
  });

  test('is known to have idled out, not to have signed out', async () => {
    const [left, out] = [await enter('tech1'), await enter('tech1')];
    await closeSession(ctx, await as('tech1'), out.sessionId);
    expect(await isIdledOut(ctx, left.token), 'still open').toBe(false);
    county.clock.advance(31);
    expect(await isIdledOut(ctx, left.token)).toBe(true);
    for (const token of [out.token, newToken(), undefined]) expect(await isIdledOut(ctx, token)).toBe(false);
  });

  test('has the patients that were opened to him, until their hours are over', async () => {
    const { token } = await enter('doctor3');
    await breakGlass(ctx, await as('doctor3'), { idCard, reason: '急诊', hours: 1 });
    expect((await who(token))?.grantedPatientIds).toEqual([patientId]);
    const other = await enter('doctor4');
    expect((await who(other.token))?.grantedPatientIds).toEqual([]);
    for (let n = 0; n < 3; n++) {
      county.clock.advance(20);
      await who(token);
    }
    county.clock.advance(1);
    expect((await who(token))?.grantedPatientIds).toEqual([]);
  });

  test('has the patients referred to where he treats, until the referral ends', async () => {
    const [from, to] = await Promise.all([institution('LIUHE'), institution('SHUANGQIAO')]);
    const now = ctx.clock.now();
    const { id } = await ctx.db
      .insertInto('referral')
      .values({
        patientId,
        orderId,
        fromInstitutionId: from,
        toInstitutionId: to,
        reason: '上转',
        referredBy: (await as('doctor1')).id ?? '',
        referredAt: now,
        expiresAt: new Date(now.getTime() + 86_400_000),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { token } = await enter('doctor3');
    const elsewhere = await enter('doctor4');
    const referred = async (of: string) => (await who(of))?.referredPatientIds;
    expect(await referred(token)).toEqual([patientId]);
    expect(await referred(elsewhere.token)).toEqual([]);
    const { id: staffId } = await as('doctor3');
    await ctx.db
      .updateTable('staffRole')
      .set({ role: 'technician' })
      .where('staffId', '=', staffId ?? '')
      .execute();
    expect(await referred(token), 'who only makes the films there does not treat').toEqual([]);
    await ctx.db
      .updateTable('staffRole')
      .set({ role: 'village-doctor' })
      .where('staffId', '=', staffId ?? '')
      .execute();
    expect(await referred(token)).toEqual([patientId]);
    await ctx.db
      .updateTable('referral')
      .set({ endedAt: now, endedBy: staffId ?? '' })
      .where('id', '=', id)
      .execute();
    expect(await referred(token)).toEqual([]);
  });

  test('signed out is on record once for each session', async () => {
    const { sessionId } = await enter('courier1');
    expect(await closeSession(ctx, await as('courier1'), sessionId)).toEqual({ method: 'password' });
    expect((await auditOf(sessionId)).map(({ action }) => action)).toEqual(['session.open', 'session.close']);
  });
});

describe('the machine of a token', () => {
  const make = async (values: { verbs?: string[]; scopes?: string[]; days?: number } = {}) => {
    const token = newToken();
    const { id } = await ctx.db
      .insertInto('apiToken')
      .values({
        name: 'HIS',
        tokenHash: hashToken(token),
        institutionId: await institution('LIUHE'),
        verbs: values.verbs ?? ['order.read'],
        scopes: values.scopes ?? [],
        expiresAt: new Date(ctx.clock.now().getTime() + (values.days ?? 1) * 86_400_000),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, token };
  };
  const row = (id: string) =>
    ctx.db.selectFrom('apiToken').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const machine = (token: string) => actorOfToken(ctx, token, '10.5.0.2');

  test('has the verbs of the token at its house, and no scopes unless it was given any', async () => {
    const plain = await make();
    expect(await machine(plain.token)).toEqual({
      kind: 'machine',
      id: plain.id,
      name: 'HIS',
      institutionId: await institution('LIUHE'),
      roles: [],
      verbs: ['order.read'],
      address: '10.5.0.2',
    });
    const scoped = await make({ scopes: ['system/Patient.rs'] });
    expect(await machine(scoped.token)).toMatchObject({ scopes: ['system/Patient.rs'] });
  });

  test('is written down as used, once a minute', async () => {
    const { id, token } = await make();
    expect((await row(id)).lastUsedAt).toBeNull();
    await machine(token);
    const first = (await row(id)).lastUsedAt;
    await machine(token);
    expect((await row(id)).lastUsedAt).toEqual(first);
    county.clock.advance(2);
    await machine(token);
    expect((await row(id)).lastUsedAt?.getTime()).toBeGreaterThan(first?.getTime() ?? Infinity);
  });

  test('is refused by an unknown, revoked or expired one, which is not written down as used', async () => {
    expect(await refused(machine(newToken()))).toBe('401 bad-token');
    const revoked = await make();
    await ctx.db
      .updateTable('apiToken')
      .set({ revokedAt: ctx.clock.now() })
      .where('id', '=', revoked.id)
      .execute();
    const over = await make({ days: 1 });
    county.clock.advance(24 * 60 + 1);
    for (const { id, token } of [revoked, over]) {
      expect(await refused(machine(token))).toBe('401 bad-token');
      expect((await row(id)).lastUsedAt).toBeNull();
    }
  });
});
