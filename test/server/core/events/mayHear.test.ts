import { describe, expect, test } from 'vitest';
import { machineActor, PUBLIC, type Actor, type HeldRole } from '../../../../server/core/access/actor.ts';
import type { StreamRow } from '../../../../server/core/events/bell.ts';
import { mayHear } from '../../../../server/core/events/routes.ts';

const held = (role: HeldRole['role'], institutionId = 'TOWN', centerKind: HeldRole['centerKind'] = null) => ({
  role,
  institutionId,
  centerKind,
});
const person = (...roles: HeldRole[]): Actor => ({ ...PUBLIC, kind: 'staff', id: 'p1', name: 'P', roles });
/** A chest film of TOWN that LEAD reads. */
const film = (more: Partial<StreamRow> = {}): StreamRow => ({
  seq: 1,
  xid: '1',
  kind: 'order.changed',
  orderId: 'o1',
  centerKind: 'imaging',
  institutionIds: ['TOWN'],
  reportingInstitutionId: 'LEAD',
  staffIds: [],
  data: {},
  at: new Date(),
  ...more,
});

describe('what happens to a case is heard', () => {
  test.each([
    ['at the site', held('clinician'), true],
    ['by the nurse of the site', held('nurse'), true],
    ['not at another site', held('clinician', 'OTHER'), false],
    ['not by a clinician where it is read', held('clinician', 'LEAD'), false],
    ['by the reader of the centre', held('reporter', 'LEAD', 'imaging'), true],
    ['not by the reader of another centre', held('reporter', 'LEAD', 'ecg'), false],
    ['by the head of all centres there', held('center-head', 'LEAD'), true],
    ['by the registrar there', held('registrar', 'LEAD'), true],
    ['not by the head of a centre at the site', held('center-head', 'TOWN', 'imaging'), false],
    ['by the duty office', held('duty-office', 'LEAD'), true],
    ['by quality staff', held('quality', 'LEAD'), true],
    ['by the regulator’s page of figures', held('regulator', 'BUREAU'), true],
    ['not by the courier', held('courier', 'TOWN'), false],
    ['not by the system administrator', held('system-admin', 'TOWN'), false],
    ['not by the security administrator', held('security-admin', 'TOWN'), false],
    ['not by the auditor', held('auditor', 'TOWN'), false],
  ])('%s', (_who, role, hears) => {
    expect(mayHear(person(role), film())).toBe(hears);
  });

  test('not by who holds no role, nor by nobody', () => {
    expect(mayHear(person(), film())).toBe(false);
    expect(mayHear(PUBLIC, film({ staffIds: ['p1'] }))).toBe(false);
  });

  test('by the person whom it names, whatever his roles', () => {
    expect(mayHear(person(held('auditor')), film({ staffIds: ['p0', 'p1'] }))).toBe(true);
    expect(mayHear(person(), film({ staffIds: ['p1'] }))).toBe(true);
    expect(mayHear(person(), film({ staffIds: ['p2'] }))).toBe(false);
  });

  test('by either of two roles', () => {
    expect(mayHear(person(held('courier'), held('reporter', 'LEAD', 'imaging')), film())).toBe(true);
  });

  test('by a machine of the site, not by one of the centre, an opened share or one of no house', () => {
    const machine = (at: string) => machineActor('m', 'm', at, ['order.read']);
    expect(mayHear(machine('TOWN'), film())).toBe(true);
    expect(mayHear(machine('LEAD'), film())).toBe(false);
    expect(mayHear({ ...machine('TOWN'), institutionId: null, sharedOrderIds: ['o1'] }, film())).toBe(false);
  });
});

describe('what happens on the interfaces is heard', () => {
  const message = film({
    kind: 'hl7.dead',
    institutionIds: [],
    reportingInstitutionId: null,
    centerKind: null,
  });
  test.each([
    ['by the system administrator', held('system-admin'), true],
    ['by the registrar', held('registrar', 'LEAD'), true],
    ['by the head of a centre', held('center-head', 'LEAD', 'ecg'), true],
    ['not by quality staff', held('quality'), false],
    ['not by the clinician', held('clinician'), false],
    ['not by the auditor', held('auditor'), false],
  ])('%s', (_who, role, hears) => {
    expect(mayHear(person(role), message)).toBe(hears);
  });
});

describe('input that waits for a decision is heard', () => {
  const waits = film({ kind: 'unmatched.new', reportingInstitutionId: null });
  test.each([
    ['by the registrar', held('registrar', 'LEAD'), true],
    ['by the head of the centre', held('center-head', 'LEAD', 'imaging'), true],
    ['not by the head of another centre', held('center-head', 'LEAD', 'ecg'), false],
    ['not by the reader, who does not decide', held('reporter', 'LEAD', 'imaging'), false],
    ['at the site it came from', held('technician'), true],
    ['not at another site', held('technician', 'OTHER'), false],
  ])('%s', (_who, role, hears) => {
    expect(mayHear(person(role), waits)).toBe(hears);
  });
});

test('what belongs to no site is heard over the county only', () => {
  const nowhere = film({ institutionIds: [], reportingInstitutionId: null, centerKind: null });
  for (const [role, hears] of [['clinician', false], ['reporter', false], ['quality', true], ['duty-office', true]] as const)
    expect(mayHear(person(held(role)), nowhere), role).toBe(hears); // prettier-ignore
});
