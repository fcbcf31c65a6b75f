import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actorOfStaff } from '../../../../../server/core/access/actorOfStaff.ts';
import { closeSession } from '../../../../../server/core/access/closeSession.ts';
import { actorOfSession } from '../../../../../server/core/access/identify.ts';
import { linkIdentity, unlinkIdentity } from '../../../../../server/core/access/provider/linkIdentity.ts';
import {
  finishByCode,
  signInByProvider,
} from '../../../../../server/core/access/provider/signInByProvider.ts';
import { createContext, type TestContext } from '../../../../helpers/hub.ts';
import { refused } from '../../county.ts';

const ISSUER = 'https://id.county.example';
const OIDC = { OIDC_ISSUER: `${ISSUER}/`, OIDC_CLIENT_ID: 'hub', PUBLIC_URL: 'https://hub.county.example' };
/** One county whose administrator links, one that trusts account names, one without a provider. */
let hub: TestContext, trusting: TestContext, without: TestContext;
beforeAll(async () => {
  [hub, trusting, without] = await Promise.all([
    createContext({ county: true, env: OIDC }),
    createContext({ county: true, env: { ...OIDC, OIDC_LINK: 'claim' } }),
    createContext({ county: true }),
  ]);
});
afterAll(() => Promise.all([hub, trusting, without].map((context) => context?.close())));
beforeEach(async () => {
  for (const { ctx } of [hub, trusting]) {
    await ctx.db.deleteFrom('session').execute();
    await ctx.db.deleteFrom('staffIdentity').execute();
    await ctx.db.deleteFrom('identityWaiting').execute();
  }
});

const caller = { address: '10.4.0.1', userAgent: 'Chrome 109' };
const account = (subject: string, more: object = {}) => ({
  issuer: ISSUER,
  subject,
  account: subject,
  name: null,
  secondFactor: false,
  ...more,
});
const person = async ({ ctx }: TestContext, username: string) => {
  const { id } = await actorOfStaff(ctx.db, username);
  return id ?? '';
};
const links = ({ ctx }: TestContext) =>
  ctx.db.selectFrom('staffIdentity').selectAll().orderBy('linkedAt').execute();
const enter = (context: TestContext, subject: string, more: object = {}) =>
  signInByProvider(context.ctx, account(subject, more), caller);
const acts = async ({ ctx }: TestContext, action: string) =>
  ctx.db
    .selectFrom('auditEvent')
    .select(['outcome', 'actorName', 'actorKind', 'subjectId', 'detail', 'address'])
    .where('action', '=', action)
    .orderBy('seq')
    .execute();

describe('linking', () => {
  const link = async (username: string, subject: string) =>
    linkIdentity(hub.ctx, await actorOfStaff(hub.ctx.db, 'security1'), await person(hub, username), subject);

  test('says who linked, takes the account off the waiting list, and never links oneself', async () => {
    expect(await refused(enter(hub, 'sub-1', { account: 'nurse1', name: '护士' }))).toBe(
      '403 provider-unlinked',
    );
    const waiting = () => hub.ctx.db.selectFrom('identityWaiting').selectAll().execute();
    expect(await waiting()).toMatchObject([
      { issuer: ISSUER, subject: 'sub-1', account: 'nurse1', name: '护士' },
    ]);
    await link('nurse1', 'sub-1');
    expect(await waiting()).toEqual([]);
    const security = await person(hub, 'security1');
    expect(await links(hub)).toMatchObject([
      {
        staffId: await person(hub, 'nurse1'),
        issuer: ISSUER,
        subject: 'sub-1',
        account: 'nurse1',
        linkedBy: security,
      },
    ]);
    expect(await refused(link('security1', 'sub-2'))).toBe('403 own-rights');
    const nowhere = '00000000-0000-4000-8000-000000000000';
    const actor = await actorOfStaff(hub.ctx.db, 'security1');
    expect(await refused(linkIdentity(hub.ctx, actor, nowhere, 'sub-2'))).toBe('404 not-found');
    expect(await links(hub)).toHaveLength(1);
  });

  test('of one account by two at once opens one person', async () => {
    const both = await Promise.allSettled([link('nurse1', 'sub-1'), link('tech1', 'sub-1')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const failed = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(failed.reason).toMatchObject({ status: 409, type: 'exists' });
    expect(await links(hub)).toHaveLength(1);
  });

  test('taken away ends the sessions that it opened and no others, and may be made anew', async () => {
    await link('nurse1', 'sub-1');
    const opened = await enter(hub, 'sub-1', { idToken: 'the-token' });
    if (opened === 'second-factor') throw new Error('no factor was set up');
    const { signIn } = await import('../../../../../server/core/access/signIn.ts');
    const byPassword = await signIn(hub.ctx, { username: 'nurse1', password: 'Demo-2026!', ...caller });
    const actor = await actorOfStaff(hub.ctx.db, 'security1');
    await unlinkIdentity(hub.ctx, actor, await person(hub, 'nurse1'));
    expect(await actorOfSession(hub.ctx, opened.token, '')).toBeUndefined();
    expect(await actorOfSession(hub.ctx, byPassword.token, '')).toMatchObject({ name: '吴秀兰' });
    const { idTokenEncrypted } = await hub.ctx.db
      .selectFrom('session')
      .select('idTokenEncrypted')
      .where('id', '=', opened.sessionId)
      .executeTakeFirstOrThrow();
    expect(idTokenEncrypted, 'its token is forgotten').toBeNull();
    expect(await refused(unlinkIdentity(hub.ctx, actor, await person(hub, 'nurse1')))).toBe('404 not-found');
    expect(await refused(unlinkIdentity(hub.ctx, actor, actor.id ?? ''))).toBe('403 own-rights');
    await link('nurse1', 'sub-1');
    expect(await links(hub)).toHaveLength(2);
  });

  test('is nothing of a hub without a provider', async () => {
    const actor = await actorOfStaff(without.ctx.db, 'security1');
    const nurse = await person(without, 'nurse1');
    expect(await refused(linkIdentity(without.ctx, actor, nurse, 's'))).toBe('422 no-provider');
    expect(await refused(unlinkIdentity(without.ctx, actor, nurse))).toBe('422 no-provider');
  });
});

describe('a session by the provider', () => {
  beforeEach(async () => {
    const security = await actorOfStaff(hub.ctx.db, 'security1');
    await linkIdentity(hub.ctx, security, await person(hub, 'nurse1'), 'sub-1');
  });

  test('keeps the link it came by and its token sealed, which is given back once at sign-out', async () => {
    const opened = await enter(hub, 'sub-1', { idToken: 'the-token', account: 'renamed' });
    if (opened === 'second-factor') throw new Error('no factor was set up');
    const [link] = await links(hub);
    expect(link).toMatchObject({ account: 'renamed', lastUsedAt: expect.any(Date) });
    const row = await hub.ctx.db
      .selectFrom('session')
      .selectAll()
      .where('id', '=', opened.sessionId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ method: 'provider', staffIdentityId: link?.id });
    expect(row.idTokenEncrypted).not.toContain('the-token');
    const nurse = await actorOfStaff(hub.ctx.db, 'nurse1');
    expect(await closeSession(hub.ctx, nurse, opened.sessionId)).toEqual({
      method: 'provider',
      idToken: 'the-token',
    });
    expect(await closeSession(hub.ctx, nurse, opened.sessionId)).toEqual({ method: 'provider' });
  });

  test('of a closed account is refused by name of the person, and an unknown one waits thirty days', async () => {
    const nurse = await person(hub, 'nurse1');
    const active = (value: boolean) =>
      hub.ctx.db.updateTable('staff').set({ active: value }).where('id', '=', nurse).execute();
    await active(false);
    expect(await refused(enter(hub, 'sub-1'))).toBe('403 account-inactive');
    expect(await refused(finishByCode(hub.ctx, account('sub-1'), '123456', caller))).toBe(
      '401 sign-in-expired',
    );
    await active(true);
    expect((await acts(hub, 'session.open')).at(-1)).toMatchObject({
      outcome: 'denied',
      actorKind: 'public',
      subjectId: nurse,
      address: '10.4.0.1',
      detail: { reason: 'inactive', issuer: ISSUER, subject: 'sub-1' },
    });
    await refused(enter(hub, 'old'));
    hub.clock.advance(29 * 24 * 60);
    await refused(enter(hub, 'newer'));
    const waiting = async () => (await hub.ctx.db.selectFrom('identityWaiting').select('subject').execute()).map(({ subject }) => subject).sort(); // prettier-ignore
    expect(await waiting()).toEqual(['newer', 'old']);
    hub.clock.advance(2 * 24 * 60);
    await refused(enter(hub, 'newer'));
    expect(await waiting()).toEqual(['newer']);
  });

  test('of an issuer that is not linked is of nobody, though the subject is the same', async () => {
    expect(
      await refused(signInByProvider(hub.ctx, account('sub-1', { issuer: 'https://other.example' }), caller)),
    ).toBe('403 provider-unlinked');
  });

  test('with a code is refused from a locked address, and where the link is gone', async () => {
    await hub.ctx.db
      .insertInto('loginFailure')
      .values({
        address: '10.4.0.9',
        failures: 5,
        lastAt: hub.ctx.clock.now(),
        lockedUntil: new Date(hub.ctx.clock.now().getTime() + 60_000),
      })
      .execute();
    const from = { ...caller, address: '10.4.0.9' };
    expect(await refused(finishByCode(hub.ctx, account('sub-1'), '123456', from))).toBe('423 locked');
    expect(await refused(finishByCode(hub.ctx, account('sub-none'), '123456', caller))).toBe(
      '401 sign-in-expired',
    );
  });
});

describe('names that are trusted', () => {
  test('link an account at its first sign-in, on record as made by nobody', async () => {
    expect(await enter(trusting, 's-tech', { account: 'tech1' })).toMatchObject({
      token: expect.any(String),
    });
    expect(await links(trusting)).toMatchObject([{ subject: 's-tech', linkedBy: null, account: 'tech1' }]);
    expect((await acts(trusting, 'staff.link-identity')).at(-1)).toMatchObject({
      actorKind: 'system',
      subjectId: await person(trusting, 'tech1'),
      detail: { by: 'claim', subject: 's-tech' },
    });
  });

  test('link once, of two browsers at the same moment too', async () => {
    const both = await Promise.all([1, 2].map(() => enter(trusting, 's-tech', { account: 'tech1' })));
    expect(both.every((opened) => opened !== 'second-factor')).toBe(true);
    expect(await links(trusting)).toHaveLength(1);
  });

  test('of two accounts that claim one name at once, one is linked', async () => {
    const both = await Promise.allSettled([
      enter(trusting, 's-a', { account: 'nurse1' }),
      enter(trusting, 's-b', { account: 'nurse1' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await links(trusting)).toHaveLength(1);
  });

  test.each([
    ['of the system administrator', 'admin1'],
    ['of the security administrator', 'security1'],
    ['of the auditor', 'auditor1'],
    ['of nobody', 'no.such.person'],
    ['that is not told', null],
    ['in other letters', 'TECH1'],
  ])('%s link nothing', async (_whose, name) => {
    expect(await refused(enter(trusting, `s-${name}`, { account: name }))).toBe('403 provider-unlinked');
    expect(await links(trusting)).toEqual([]);
  });

  test('of a closed account link nothing', async () => {
    const active = (value: boolean) =>
      trusting.ctx.db
        .updateTable('staff')
        .set({ active: value })
        .where('username', '=', 'village1')
        .execute();
    await active(false);
    expect(await refused(enter(trusting, 's-v', { account: 'village1' }))).toBe('403 provider-unlinked');
    await active(true);
    expect(await links(trusting)).toEqual([]);
  });

  test('do not link where the administrator does', async () => {
    expect(await refused(enter(hub, 's-tech', { account: 'tech1' }))).toBe('403 provider-unlinked');
    expect(await links(hub)).toEqual([]);
  });
});
