import type { Request } from 'express';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  can,
  machineActor,
  personId,
  PUBLIC,
  requirePermission,
  SYSTEM,
  type Actor,
  type HeldRole,
} from '../../../../server/core/access/actor.ts';
import { checkPasswordRules, hashPassword, verifyPassword } from '../../../../server/core/access/password.ts';
import { RecentActors } from '../../../../server/core/access/recentActors.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS, ROLE_NAMES } from '../../../../server/core/access/roles.ts';
import { readScope, SCOPED_TYPES } from '../../../../server/core/access/scopes.ts';
import { readCookie } from '../../../../server/core/access/sessionCookie.ts';
import { hashToken, newToken } from '../../../../server/core/access/token.ts';
import { checkPinRules } from '../../../../server/core/signature/signingPin.ts';

const person = (...roles: HeldRole[]): Actor => ({ ...PUBLIC, kind: 'staff', id: 'p1', name: 'P', roles });
const held = (role: HeldRole['role'], institutionId = 'A', centerKind: HeldRole['centerKind'] = null) => ({
  role,
  institutionId,
  centerKind,
});

describe('a right', () => {
  test.each([
    ['held at the institution', person(held('clinician')), { institutionId: 'A' }, true],
    ['held at another one', person(held('clinician')), { institutionId: 'B' }, false],
    ['that the county-wide role does not bring', person(held('quality')), { institutionId: 'B' }, false],
    ['of nobody', PUBLIC, {}, false],
    ['of the hub itself', SYSTEM, { institutionId: 'B', centerKind: 'lab' as const }, true],
    [
      'of a machine at its institution',
      machineActor('m', 'm', 'A', ['order.request']),
      { institutionId: 'A' },
      true,
    ],
    ['of a machine elsewhere', machineActor('m', 'm', 'A', ['order.request']), { institutionId: 'B' }, false],
    ['that the machine was not given', machineActor('m', 'm', 'A', ['order.read']), {}, false],
    [
      'by the second of two roles',
      person(held('technician'), held('clinician', 'B')),
      { institutionId: 'B' },
      true,
    ],
  ])('order.request %s: %s %j', (_what, actor, where, allowed) => {
    expect(can(actor, 'order.request', where)).toBe(allowed);
  });

  test('of one centre does not reach into another, and a role without a centre holds in all of its house', () => {
    const imaging = person(held('reporter', 'A', 'imaging'));
    expect(can(imaging, 'report.write', { institutionId: 'A', centerKind: 'imaging' })).toBe(true);
    expect(can(imaging, 'report.write', { institutionId: 'A', centerKind: 'ecg' })).toBe(false);
    expect(can(imaging, 'report.write')).toBe(true);
    const all = person(held('center-head', 'A'));
    expect(can(all, 'report.write', { institutionId: 'A', centerKind: 'ecg' })).toBe(true);
    expect(can(all, 'report.write', { institutionId: 'B', centerKind: 'ecg' })).toBe(false);
  });

  test.each([...COUNTY_WIDE])('of the county-wide role %s holds at every institution', (role) => {
    for (const permission of PERMISSIONS[role])
      expect(can(person(held(role, 'A')), permission, { institutionId: 'elsewhere' })).toBe(true);
  });

  test('that lacks is 403, and nobody at all is 401', () => {
    expect(() => requirePermission(PUBLIC, 'order.read')).toThrow(expect.objectContaining({ status: 401 }));
    expect(() => requirePermission(person(), 'order.read')).toThrow(
      expect.objectContaining({ status: 403, type: 'forbidden' }),
    );
  });

  test('that only a person has is not for machines, nor for the hub', () => {
    expect(personId(person())).toBe('p1');
    for (const actor of [SYSTEM, PUBLIC, machineActor('m', 'm1', 'A', ['report.verify'])])
      expect(() => personId(actor)).toThrow(expect.objectContaining({ status: 403 }));
  });

  test('no role both works at a centre and sees the whole county, and none is without rights', () => {
    expect(ROLE_NAMES.filter((role) => COUNTY_WIDE.has(role) && CENTER_ROLES.has(role))).toEqual([]);
    expect(ROLE_NAMES.filter((role) => PERMISSIONS[role].length === 0)).toEqual([]);
  });

  test('to verify never goes without the right to write and to read what is verified', () => {
    for (const role of ROLE_NAMES)
      if (PERMISSIONS[role].includes('report.verify'))
        expect(PERMISSIONS[role]).toEqual(
          expect.arrayContaining(['report.write', 'report.read', 'order.read']),
        );
  });
});

describe('a password', () => {
  test.each([
    ['Short1!', false],
    ['alllowercase1', false],
    ['ALLUPPER2026', false],
    ['Abcdefg1', true],
    ['abc-1234', true],
    ['密码密码密码a1', true],
    ['Has-Doctor1-inside', false],
    [`Aa1${'x'.repeat(197)}`, true],
    [`Aa1${'x'.repeat(198)}`, false],
  ])('%s is taken: %s', (password, taken) => {
    const check = () => checkPasswordRules(password, 'doctor1');
    if (taken) expect(check).not.toThrow();
    else
      expect(check).toThrow(
        expect.objectContaining({ status: 422, errors: [{ path: 'password', code: 'password-rules' }] }),
      );
  });

  test('is kept as a salted hash that only the same one opens', async () => {
    const [a, b] = await Promise.all([hashPassword('Demo-2026!'), hashPassword('Demo-2026!')]);
    expect(a).toMatch(/^argon2id\$m=19456,t=2,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(a).not.toBe(b);
    expect(await verifyPassword('Demo-2026!', a)).toBe(true);
    expect(await verifyPassword('demo-2026!', a)).toBe(false);
    for (const broken of ['', 'x', 'argon2i$m=19456,t=2,p=1$a$b', 'argon2id$m=,t=2,p=1$a$b'])
      expect(await verifyPassword('Demo-2026!', broken), broken).toBe(false);
  });
});

test.each([
  ['246810', true],
  ['135790', true],
  ['111111', false],
  ['123456', false],
  ['654321', false],
  ['12345', false],
  ['1234567890123', false],
  ['12a456', false],
  ['１２４５７８', false],
])('the signing PIN %s is taken: %s', (pin, taken) => {
  if (taken) expect(() => checkPinRules(pin)).not.toThrow();
  else expect(() => checkPinRules(pin)).toThrow(expect.objectContaining({ status: 422 }));
});

describe('a scope of a system', () => {
  test.each([
    ['system/Observation.rs', ['Observation'], 'rs'],
    ['system/Patient.read', ['Patient'], 'rs'],
    ['system/ServiceRequest.write', ['ServiceRequest'], 'cud'],
    ['system/*.read', SCOPED_TYPES, 'rs'],
    ['system/Task.*', ['Task'], 'cruds'],
    ['system/Task.cruds', ['Task'], 'cruds'],
  ])('%s opens %j by %s', (scope, types, interactions) => {
    expect(readScope(scope)).toEqual({ types, interactions });
  });
  test.each([
    'system/Observation.', 'system/Observation', 'user/Observation.rs', 'patient/*.read', 'system/Medication.rs',
    'system/Observation.sr', 'system/Observation.x', 'system/observation.rs', ' system/Patient.rs', '',
  ])('"%s" is none of this hub', (scope) => {
    expect(readScope(scope)).toBeUndefined();
  }); // prettier-ignore
});

test('a cookie is found by its whole name', () => {
  const req = (cookie?: string) => ({ header: () => cookie }) as unknown as Request;
  expect(readCookie(req('a=1; hub_session=abc; hub_session_old=x'), 'hub_session')).toBe('abc');
  expect(readCookie(req('xhub_session=abc'), 'hub_session')).toBeUndefined();
  expect(readCookie(req('hub_session='), 'hub_session')).toBeUndefined();
  expect(readCookie(req(), 'hub_session')).toBeUndefined();
});

test('a token is 256 bits that nobody else has, and its hash does not tell it', () => {
  const tokens = Array.from({ length: 50 }, newToken);
  expect(new Set(tokens).size).toBe(50);
  expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true);
  expect(hashToken(tokens[0] ?? '')).not.toContain(tokens[0]);
});

describe('who a session was a moment ago', () => {
  afterEach(() => void vi.useRealTimers());
  const known = { ...PUBLIC, name: 'known' };

  test('is asked once for requests that follow each other, anew after five seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const recent = new RecentActors();
    const find = vi.fn(() => Promise.resolve<Actor | undefined>(known));
    expect(await recent.of('s', true, find)).toBe(known);
    expect(await recent.of('s', true, find)).toBe(known);
    vi.advanceTimersByTime(4_999);
    await recent.of('s', true, find);
    expect(find).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await recent.of('s', true, find);
    expect(find).toHaveBeenCalledTimes(2);
  });

  test('is forgotten with the first request that does not follow: who signed out is nobody at once', async () => {
    const recent = new RecentActors();
    await recent.of('s', true, () => Promise.resolve(known));
    expect(await recent.of('s', false, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await recent.of('s', true, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await recent.of('other', true, () => Promise.resolve(undefined))).toBeUndefined();
  });

  test('is kept for ten thousand at most, so that no flood of secrets fills the memory', async () => {
    const recent = new RecentActors();
    const find = vi.fn(() => Promise.resolve<Actor | undefined>(known));
    await recent.of('first', true, find);
    for (let n = 0; n < 10_000; n++) await recent.of(`s${n}`, true, find);
    expect(find).toHaveBeenCalledTimes(10_001);
    await recent.of('first', true, find);
    expect(find, 'the first was let go').toHaveBeenCalledTimes(10_002);
    await recent.of('s9999', true, find);
    expect(find, 'the last is known').toHaveBeenCalledTimes(10_002);
  });
});
