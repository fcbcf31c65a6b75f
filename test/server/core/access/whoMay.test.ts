import { describe, expect, test } from 'vitest';
import {
  machineActor,
  PUBLIC,
  requirePermissionOver,
  SYSTEM,
  type Actor,
  type HeldRole,
} from '../../../../server/core/access/actor.ts';
import {
  ADMINISTRATORS,
  areOneAdministrator,
  CENTER_ROLES,
  COUNTY_WIDE,
  MACHINE_VERBS,
  PERMISSIONS,
  ROLE_NAMES,
  type Permission,
  type Role,
} from '../../../../server/core/access/roles.ts';

const holders = (permission: Permission) =>
  ROLE_NAMES.filter((role) => PERMISSIONS[role].includes(permission));

/** What must not widen by an oversight: each right with everybody who holds it. */
const WHO: Partial<Record<Permission, Role[]>> = {
  'order.request': ['nurse', 'clinician', 'village-doctor'],
  'order.cancel': ['clinician', 'village-doctor'],
  'order.claim': ['reporter', 'verifier', 'center-head'],
  'order.join': ['center-head', 'registrar'],
  'report.write': ['reporter', 'verifier', 'center-head'],
  'report.verify': ['verifier', 'center-head'],
  'report.void': ['center-head'],
  'report.acknowledge': ['clinician', 'village-doctor'],
  'recognition.decide': ['clinician', 'village-doctor'],
  'recognition.manage': ['center-head', 'quality'],
  'patient.unmask': ['clinician'],
  'patient.break-glass': ['clinician'],
  'patient.refer': ['clinician', 'village-doctor'],
  'patient.link': ['registrar'],
  'patient.protect': ['clinician', 'center-head', 'registrar', 'quality'],
  export: ['clinician', 'center-head', 'quality'],
  'policy.edit': ['center-head'],
  'template.edit': ['center-head'],
  'roster.edit': ['center-head', 'duty-office'],
  'quality.review': ['center-head', 'quality'],
  'figures.read': ['quality', 'regulator'],
  'access.review': ['quality', 'security-admin'],
  'audit.read': ['auditor'],
  'security.grant': ['security-admin'],
  'admin.staff': ['system-admin'],
  'admin.institution': ['system-admin'],
  'admin.device': ['system-admin'],
  'admin.settings': ['system-admin'],
};

describe('who may', () => {
  test.each(Object.entries(WHO) as [Permission, Role[]][])('%s: %j and nobody else', (permission, roles) => {
    expect(holders(permission)).toEqual(roles);
  });

  test('the regulator reads figures and the auditor the trail, nothing more; the courier carries', () => {
    expect(PERMISSIONS.regulator).toEqual(['figures.read']);
    expect(PERMISSIONS.auditor).toEqual(['audit.read']);
    expect(PERMISSIONS.courier).toEqual(['specimen.transport']);
  });

  test('a machine is given nothing of administration, rights, openings or the trail', () => {
    expect(MACHINE_VERBS.filter((verb) => /^(admin|security|access|audit)\./.test(verb))).toEqual([]);
    expect(MACHINE_VERBS).toContain('order.request');
    expect(new Set(MACHINE_VERBS).size).toBe(MACHINE_VERBS.length);
  });

  test('no county-wide role requests, writes, signs, claims or enters results anywhere', () => {
    for (const role of COUNTY_WIDE)
      expect(PERMISSIONS[role].filter((permission) => /^(order\.(request|claim|accept)|report\.(write|verify|void)|input\.upload|bench|specimen)/.test(permission)), role).toEqual([]); // prettier-ignore
    expect([...CENTER_ROLES]).toEqual(['reporter', 'verifier', 'center-head', 'registrar']);
  });
});

describe('the three administrators', () => {
  test.each([
    [[], true],
    [['system-admin'], true],
    [['system-admin', 'system-admin'], true],
    [['system-admin', 'courier', 'clinician'], true],
    [['system-admin', 'auditor'], false],
    [['security-admin', 'quality', 'auditor'], false],
    [[...ADMINISTRATORS], false],
  ] as [Role[], boolean][])('%j are one of them at most: %s', (roles, one) => {
    expect(areOneAdministrator(roles)).toBe(one);
  });
});

describe('a right over a centre or a whole house', () => {
  const person = (...roles: HeldRole[]): Actor => ({ ...PUBLIC, kind: 'staff', id: 'p', name: 'P', roles });
  const head = (centerKind: HeldRole['centerKind'], institutionId = 'A'): HeldRole => ({
    role: 'center-head',
    institutionId,
    centerKind,
  });
  const holds = (actor: Actor, where: { institutionId?: string; centerKind: HeldRole['centerKind'] }) => {
    try {
      requirePermissionOver(actor, 'roster.edit', where);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ status: actor.kind === 'public' ? 401 : 403 });
      return false;
    }
  }; // prettier-ignore

  test.each([
    ['the head of all, over one', person(head(null)), { institutionId: 'A', centerKind: 'ecg' }, true],
    ['the head of all, over the house', person(head(null)), { institutionId: 'A', centerKind: null }, true],
    ['the head of all, over another house', person(head(null)), { institutionId: 'B', centerKind: null }, false],
    ['the head of one, over it', person(head('ecg')), { institutionId: 'A', centerKind: 'ecg' }, true],
    ['the head of one, over another', person(head('ecg')), { institutionId: 'A', centerKind: 'lab' }, false],
    ['the head of one, over the house', person(head('ecg')), { institutionId: 'A', centerKind: null }, false],
    ['the head of one, over it elsewhere', person(head('ecg')), { institutionId: 'B', centerKind: 'ecg' }, false],
    ['the heads of two, over the house', person(head('ecg'), head('lab')), { institutionId: 'A', centerKind: null }, false],
    ['the head of one, in any house', person(head('ecg')), { centerKind: 'ecg' }, true],
    ['the head of one, over all in any house', person(head('ecg')), { centerKind: null }, false],
    ['the duty office, anywhere', person({ role: 'duty-office', institutionId: 'A', centerKind: null }), { institutionId: 'B', centerKind: null }, true],
    ['a clinician', person({ role: 'clinician', institutionId: 'A', centerKind: null }), { institutionId: 'A', centerKind: null }, false],
    ['a machine that was given it', machineActor('m', 'm', 'A', ['roster.edit']), { institutionId: 'A', centerKind: null }, true],
    ['the hub itself', SYSTEM, { institutionId: 'A', centerKind: null }, true],
    ['nobody', PUBLIC, { institutionId: 'A', centerKind: null }, false],
  ] as const)('%s: %j', (_who, actor, where, held) => {
    expect(holds(actor, where)).toBe(held);
  }); // prettier-ignore
});
