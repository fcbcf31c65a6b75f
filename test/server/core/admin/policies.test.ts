import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choosePolicies } from '../../../../server/core/turnaround/choosePolicies.ts';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

test('a policy warns before its target, not from the start', async () => {
  const head = await hub.as('head1');
  const policies = (await head.get('/api/policies')).body.items as {
    id: string;
    validTo: string | null;
    workingDays: number | null;
    warnMinutes: number;
  }[];
  const policy = policies.find((each) => each.validTo === null && each.workingDays === null)!;
  const path = `/api/policies/${policy.id}/versions`;
  const refused = await head.post(path, { targetMinutes: 25, warnMinutes: 25 });
  expect([refused.status, refused.body.errors]).toMatchObject([
    422,
    [{ path: 'warnMinutes', code: 'warn-after-start', params: { maximum: 24 } }],
  ]);
  const made = await head.post(path, { targetMinutes: 25, warnMinutes: 24 });
  expect([made.status, made.body.targetMinutes, made.body.warnMinutes]).toEqual([201, 25, 24]);
});

interface Policy {
  id: string;
  name: string;
  centerKind: string;
  itemClass: string | null;
  priority: string | null;
  flag: string | null;
  kind: string;
  mark: string;
  validTo: string | null;
}
const inForce = async (wanted: (policy: Policy) => boolean): Promise<Policy> => {
  const head = await hub.as('head1');
  const items = (await head.get('/api/policies')).body.items as Policy[];
  const found = items.find((each) => each.validTo === null && wanted(each));
  if (!found) throw new Error('the demo county has no such policy');
  return found;
};

describe('a special policy', () => {
  const wide = () =>
    inForce(
      ({ centerKind, kind, itemClass }) =>
        centerKind === 'imaging' && kind === 'service' && itemClass === null,
    );
  const chosen = async (itemClass: string, priority: 'routine' | 'urgent') =>
    choosePolicies(hub.ctx.db, { centerKind: 'imaging', itemClass, priority, flags: [] }, hub.clock.now());

  test('wins over the wider one for its item class, and leaves with its end; both are on record', async () => {
    const head = await hub.as('head1');
    const parent = await wide();
    const priority = parent.priority === 'urgent' ? 'urgent' : 'routine';
    const before = await chosen('us', priority);
    expect(before).toContain(parent.id);
    const made = await head.post(`/api/policies/${parent.id}/special`, {
      name: '超声专用',
      itemClass: 'us',
      targetMinutes: 45,
      warnMinutes: 10,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({ itemClass: 'us', targetMinutes: 45, version: 1 });
    expect(made.body.mark).not.toBe('N');
    hub.clock.advance(1);
    const during = await chosen('us', priority);
    expect(during).toContain(made.body.id);
    expect(during).not.toContain(parent.id);
    expect(await chosen('ct-mr', priority)).not.toContain(made.body.id);

    const again = await head.post(`/api/policies/${parent.id}/special`, {
      name: '又一个',
      itemClass: 'us',
      targetMinutes: 30,
    });
    expect([again.status, again.body.type, again.body.name]).toEqual([409, 'policy-exists', '超声专用']);

    expect((await head.post(`/api/policies/${made.body.id}/end`)).status).toBe(200);
    hub.clock.advance(1);
    expect(await chosen('us', priority)).toEqual(before);
    expect((await head.post(`/api/policies/${made.body.id}/end`)).status).toBe(404);
    const revived = await head.post(`/api/policies/${parent.id}/special`, {
      name: '超声专用',
      itemClass: 'us',
      targetMinutes: 50,
    });
    expect([revived.status, revived.body.version]).toEqual([201, 2]);
    await head.post(`/api/policies/${revived.body.id}/end`);
    const acts = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('action')
      .where('action', 'in', ['policy.special', 'policy.end'])
      .orderBy('seq')
      .execute();
    expect(acts.map(({ action }) => action)).toEqual([
      'policy.special',
      'policy.end',
      'policy.special',
      'policy.end',
    ]);
  });

  test('narrows something and warns before its target', async () => {
    const head = await hub.as('head1');
    const { id } = await wide();
    const same = await head.post(`/api/policies/${id}/special`, { name: '同', targetMinutes: 45 });
    expect([same.status, same.body.errors[0].code]).toEqual([422, 'policy-not-narrower']);
    const late = { name: '迟', itemClass: 'us', targetMinutes: 45, warnMinutes: 45, workingDays: null };
    const refused = await head.post(`/api/policies/${id}/special`, late);
    expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'warn-after-start']);
    const hostile = { name: 'x', itemClass: "us'; drop", targetMinutes: 1 };
    expect((await head.post(`/api/policies/${id}/special`, hostile)).status).toBe(422);
  });

  test('a national target is not ended, and nobody without the right touches any', async () => {
    const national = await inForce(({ mark }) => mark === 'N');
    const head = await hub.as('head1');
    const refused = await head.post(`/api/policies/${national.id}/end`);
    expect([refused.status, refused.body.type]).toEqual([409, 'policy-national']);
    for (const name of ['doctor1', 'radiologist1', 'auditor1']) {
      const other = await hub.as(name);
      expect((await other.post(`/api/policies/${national.id}/end`)).status, name).toBe(403);
      const special = { name: 'x', itemClass: 'us', targetMinutes: 5 };
      expect((await other.post(`/api/policies/${national.id}/special`, special)).status, name).toBe(403);
    }
  });
});
