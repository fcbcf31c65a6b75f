import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admitCaller } from '../../../integrations/dimse/admitCaller.ts';
import { startDimse } from '../../../integrations/dimse/server.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let hub: TestContext;
let institutionId: string;
beforeAll(async () => {
  hub = await createContext({ county: true });
  const place = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  institutionId = place.id;
});
afterAll(() => hub.close());
beforeEach(() => hub.ctx.db.deleteFrom('device').where('aeTitle', 'like', 'T\\_%').execute());

const fingerprint = Array(32).fill('AB').join(':');
const knock = (callingAe: string, more: Partial<Parameters<typeof admitCaller>[1]> = {}) =>
  admitCaller(hub.ctx, { callingAe, calledAe: 'HUB', address: '10.1.1.1', ...more });
const admit = (aeTitle: string, more: object = {}) =>
  hub.ctx.db
    .insertInto('device')
    .values({ kind: 'dicom', name: aeTitle, aeTitle, address: '10.1.1.1', institutionId, state: 'admitted', ...more })
    .returning('id')
    .executeTakeFirstOrThrow(); // prettier-ignore
const rows = (aeTitle: string) =>
  hub.ctx.db.selectFrom('device').selectAll().where('aeTitle', '=', aeTitle).orderBy('address').execute();

describe('who is known', () => {
  test.each<[string, object, Partial<Parameters<typeof admitCaller>[1]>, boolean]>([
    ['at his address', {}, {}, true],
    ['at his address, said the other way', {}, { address: '::ffff:10.1.1.1' }, true],
    ['this machine by its other name', { address: '127.0.0.1' }, { address: '::1' }, true],
    ['without an address, from anywhere', { address: null }, { address: '10.200.3.4' }, true],
    ['from another address', {}, { address: '10.1.1.2' }, false],
    ['blocked', { state: 'blocked' }, {}, false],
    ['not yet admitted', { state: 'unknown' }, {}, false],
    ['by certificate from elsewhere', { certificateFingerprint: fingerprint }, { address: '10.9.9.9', certificateFingerprint: fingerprint }, true],
    ['by certificate, shown without', { certificateFingerprint: fingerprint }, {}, false],
    ['in another spelling of his title', {}, { callingAe: 't_known' }, false],
    ['who calls somebody else', {}, { calledAe: 'PACS' }, false],
    ['who calls nobody in particular', {}, { calledAe: 'ANY-SCP' }, true],
  ])('%s', async (_what, device, caller, expected) => {
    const { id } = await admit('T_KNOWN', device);
    const outcome = await knock('T_KNOWN', caller);
    if (expected) expect(outcome).toEqual({ institutionId, deviceId: id });
    else expect(outcome).toBe(caller.calledAe === 'PACS' ? 'wrong-called-ae' : 'unknown');
  }); // prettier-ignore

  test('two devices of one title at two addresses are each their own', async () => {
    const first = await admit('T_TWIN');
    const second = await admit('T_TWIN', { address: '10.1.1.2' });
    expect(await knock('T_TWIN')).toMatchObject({ deviceId: first.id });
    expect(await knock('T_TWIN', { address: '10.1.1.2' })).toMatchObject({ deviceId: second.id });
  });

  test('when he was last seen is written once a minute, not for every image', async () => {
    await admit('T_SEEN');
    const seen = async () => (await rows('T_SEEN'))[0]!.lastSeenAt?.getTime();
    await knock('T_SEEN');
    const first = await seen();
    await knock('T_SEEN');
    expect(await seen()).toBe(first);
    hub.clock.advance(2);
    await knock('T_SEEN');
    expect((await seen())! - first!).toBeGreaterThanOrEqual(120_000);
  });
});

describe('who is not', () => {
  test('is noted once for each address, with his attempts and what he showed last; the audit has one row each', async () => {
    await knock('T_NEW');
    await knock('T_NEW', { certificateFingerprint: fingerprint });
    await knock('T_NEW', { address: '10.1.1.2' });
    expect((await rows('T_NEW')).map(({ address, attempts, state, certificateFingerprint }) => [address, attempts, state, certificateFingerprint])).toEqual([
      ['10.1.1.1', 2, 'unknown', fingerprint],
      ['10.1.1.2', 1, 'unknown', null],
    ]);
    const ids = (await rows('T_NEW')).map(({ id }) => id);
    const audits = await hub.ctx.db.selectFrom('auditEvent').select(['outcome', 'address']).where('action', '=', 'association.refuse').where('subjectId', 'in', ids).execute();
    expect(audits).toEqual([{ outcome: 'denied', address: '10.1.1.1' }, { outcome: 'denied', address: '10.1.1.2' }]);
  }); // prettier-ignore

  test('a blocked device that shows another certificate stays bound to its own', async () => {
    await admit('T_BLOCKED', { state: 'blocked', certificateFingerprint: fingerprint });
    await knock('T_BLOCKED', { certificateFingerprint: Array(32).fill('CD').join(':') });
    expect(await rows('T_BLOCKED')).toMatchObject([{ certificateFingerprint: fingerprint, attempts: 1 }]);
  });

  test.each(['', 'TITLE\u0007', '张三', ' '.repeat(16), 'SEVENTEEN_LETTERS'])('a title such as %j is not kept at all', async (title) => {
    expect(await knock(title)).toBe('unknown');
    expect(await rows(title)).toEqual([]);
  }); // prettier-ignore

  test('ten who come at once under one title are one row', async () => {
    await Promise.all(Array.from({ length: 10 }, () => knock('T_CROWD')));
    const found = await rows('T_CROWD');
    expect(found).toHaveLength(1);
    expect(found[0]!.attempts).toBeGreaterThanOrEqual(1);
  });

  test('a flood of made-up titles ends at five hundred; who is known still comes in', async () => {
    await hub.ctx.db
      .insertInto('device')
      .values(Array.from({ length: 500 }, (_, at) => ({ kind: 'dicom', name: `f${at}`, aeTitle: `T_F${at}`, address: '10.6.6.6', state: 'unknown' })))
      .execute();
    await admit('T_KNOWN');
    expect(await knock('T_ONE_MORE')).toBe('unknown');
    expect(await rows('T_ONE_MORE')).toEqual([]);
    expect(await knock('T_F7', { address: '10.6.6.6' })).toBe('unknown');
    expect((await rows('T_F7'))[0]!.attempts).toBe(1);
    expect(await knock('T_KNOWN')).toMatchObject({ institutionId });
  }); // prettier-ignore
});

test('a port that is taken is said with what to do; nothing is left listening', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const ctx = { ...hub.ctx, config: { ...hub.ctx.config, dimsePort: port } };
  await expect(startDimse(ctx)).rejects.toThrow(
    `Port ${port} on ${ctx.config.host} is taken: stop the other program or set DIMSE_PORT.`,
  );
  await new Promise((resolve) => other.close(resolve));
  const dimse = await startDimse(ctx);
  expect(dimse.port).toBe(port);
  await dimse.close();
});
