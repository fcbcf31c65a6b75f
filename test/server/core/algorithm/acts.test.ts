import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import type { AlgorithmFindings } from '../../../../server/core/algorithm/findings.ts';
import { judgeResult } from '../../../../server/core/algorithm/judgeResult.ts';
import { listAlgorithms } from '../../../../server/core/algorithm/listAlgorithms.ts';
import { queueCases, runBuiltIn, takeCase } from '../../../../server/core/algorithm/queueCases.ts';
import { algorithmInput, registerAlgorithm } from '../../../../server/core/algorithm/registerAlgorithm.ts';
import { storeResult } from '../../../../server/core/algorithm/storeResult.ts';
import type { Context } from '../../../../server/core/context.ts';
import { acceptOrder, cancelOrder, returnOrder } from '../../../../server/core/order/acts.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import {
  as,
  auditOf,
  county,
  ctx,
  doctor,
  institution,
  openReaders,
  orderRow,
  place,
  reader,
  refusal,
  refused,
} from '../county.ts';
import { together } from '../together.ts';

openReaders();
let admin: Actor;
let lead: string;
let serial = 0;
beforeAll(async () => {
  admin = await as('admin1');
  lead = await institution('QHRM');
});
beforeEach(async () => {
  await ctx.db.updateTable('algorithm').set({ active: false }).execute();
  await ctx.db.updateTable('orders').set({ status: 'cancelled' }).execute();
});

const token = async () =>
  (await ctx.db.insertInto('apiToken').values({ name: `ai ${++serial}`, tokenHash: `hash${serial}`, institutionId: lead, verbs: ['input.read'], expiresAt: new Date('2100-01-01') }).returning('id').executeTakeFirstOrThrow()).id; // prettier-ignore
const register = async (more: Record<string, unknown> = {}) =>
  registerAlgorithm(
    ctx,
    admin,
    algorithmInput.parse({
      name: `结节 ${++serial}`,
      version: '2.1',
      vendor: '某公司',
      intendedUse: '提示',
      institutionId: lead,
      center: 'imaging',
      ...(more.builtIn === undefined && { tokenId: await token() }),
      ...more,
    }),
  );
const received = async (input: Record<string, unknown> = {}): Promise<string> => {
  const { id } = await place(input);
  await acceptOrder(ctx, reader, id);
  return id;
};
const cases = (deviceId: string) =>
  ctx.db
    .selectFrom('algorithmCase')
    .selectAll()
    .where('deviceId', '=', deviceId)
    .orderBy('createdAt')
    .execute();
const found = (more: Partial<AlgorithmFindings> = {}): AlgorithmFindings => ({ conclusion: '右上肺结节', positive: true, findings: [], ...more }); // prettier-ignore
/** An algorithm with a taken case. */
async function taken(more: Record<string, unknown> = {}, input: Record<string, unknown> = {}) {
  const { id: deviceId } = await register(more);
  const orderId = await received(input);
  await queueCases(ctx);
  const { id } = (await takeCase(ctx, deviceId)) ?? { id: '' };
  return { deviceId, orderId, caseId: id };
}
const results = (orderId: string) =>
  ctx.db.selectFrom('algorithmResult').selectAll().where('orderId', '=', orderId).execute();
const REGISTERED = { registrationNumber: '国械注准20260001', mayRaisePriority: true };

describe('an algorithm', () => {
  test('is registered as a device of its house, with what it is for, and on record', async () => {
    const { id } = await register({ name: '画质', judges: 'image', modalities: ['DX'] });
    const device = await ctx.db.selectFrom('device').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect(device).toMatchObject({ kind: 'algorithm', name: '画质', state: 'admitted', institutionId: lead });
    const listed = (await listAlgorithms(ctx)).items as Record<string, unknown>[];
    expect(listed.find((row) => row.id === id)).toMatchObject({ judges: 'image', modalities: ['DX'], registrationNumber: null, mayRaisePriority: false, active: true, done: 0, waiting: 0, failed: 0 });
    expect((await listAlgorithms(ctx)).builtIn).toContainEqual({ name: 'image-quality', center: 'imaging' });
  }); // prettier-ignore

  test.each([
    ['in the hub and outside at once', { builtIn: 'image-quality', tokenId: true }, ['algorithm-or-token']],
    ['neither', { tokenId: undefined, builtIn: undefined, neither: true }, ['algorithm-or-token']],
    ['that the centre does not have', { builtIn: 'no-such' }, ['unknown-algorithm']],
    ['with the name of what every object has', { builtIn: 'constructor' }, ['unknown-algorithm']],
    ['of another centre', { builtIn: 'image-quality', center: 'ecg' }, ['unknown-algorithm']],
    ['that would raise priorities without registration', { mayRaisePriority: true }, ['unregistered-priority']],
  ])('%s is not registered, and no device is left', async (_what, more: Record<string, unknown>, codes) => {
    const before = await ctx.db.selectFrom('device').select('id').execute();
    const input = { ...more, ...(more.tokenId === true && { tokenId: await token() }) };
    const base = algorithmInput.parse({ name: 'x', version: '1', vendor: 'x', intendedUse: 'x', institutionId: lead, center: 'imaging', ...(!('neither' in more) && more.builtIn === undefined && { tokenId: await token() }), ...input });
    const { faults } = await refusal(registerAlgorithm(ctx, admin, base));
    expect(faults.map(({ code }) => code)).toEqual(codes);
    expect(await ctx.db.selectFrom('device').select('id').execute()).toHaveLength(before.length);
  }); // prettier-ignore

  test('has a token of its own: another cannot have the same', async () => {
    const tokenId = await token();
    await register({ tokenId });
    expect(await refused(register({ tokenId }))).toBe('409 exists');
  });
});

describe('cases', () => {
  test('are put before it once they are settled, of its centre, house and kind of images, once each', async () => {
    const { id } = await register({ modalities: ['DX'] });
    const film = await received();
    const ct = await received({ items: [{ code: 'CT-HEAD' }] });
    const arriving = await received();
    await ctx.db.updateTable('orders').set({ receiving: true }).where('id', '=', arriving).execute();
    const old = await received();
    await ctx.db.updateTable('orders').set({ receivedAt: new Date(ctx.clock.now().getTime() - 25 * 3_600_000) }).where('id', '=', old).execute();
    await place();
    const returned = await received();
    await returnOrder(ctx, reader, returned, { reason: 'other' });
    await Promise.all([queueCases(ctx), queueCases(ctx), queueCases(ctx)]);
    expect((await cases(id)).map(({ orderId, state }) => [orderId, state])).toEqual([[film, 'waiting']]);
    await ctx.db.updateTable('algorithm').set({ modalities: [] }).where('deviceId', '=', id).execute();
    await queueCases(ctx);
    expect((await cases(id)).map(({ orderId }) => orderId).sort()).toEqual([film, ct].sort());
  }); // prettier-ignore

  test('are put before none that is off or not admitted', async () => {
    const { id: off } = await register();
    await ctx.db.updateTable('algorithm').set({ active: false }).where('deviceId', '=', off).execute();
    const { id: blocked } = await register();
    await ctx.db.updateTable('device').set({ state: 'blocked' }).where('id', '=', blocked).execute();
    await received();
    await queueCases(ctx);
    expect([await cases(off), await cases(blocked)]).toEqual([[], []]);
  });

  test('are given the oldest first, each to one of those that ask at once', async () => {
    const { id } = await register();
    const ids = [];
    for (let n = 0; n < 4; n++) {
      ids.push(await received());
      await queueCases(ctx);
      county.clock.advance(0.1);
    }
    expect((await takeCase(ctx, id))?.orderId).toBe(ids[0]);
    const given = await Promise.all([1, 2, 3, 4].map(() => takeCase(ctx, id)));
    expect(given.map((each) => each?.orderId ?? null).sort()).toEqual([...ids.slice(1), null].sort());
  });

  test('that are not answered are given again after ten minutes, three times, and then the next one is', async () => {
    const { id } = await register();
    const lost = await received();
    await queueCases(ctx);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await takeCase(ctx, id))?.orderId, `attempt ${attempt}`).toBe(lost);
      county.clock.advance(9);
      expect(await takeCase(ctx, id), 'it may still be at it').toBeUndefined();
      county.clock.advance(2);
    }
    const other = await received();
    await queueCases(ctx);
    expect((await takeCase(ctx, id))?.orderId).toBe(other);
    expect((await cases(id)).map(({ state, error }) => [state, error])).toEqual([
      ['failed', 'not answered'],
      ['taken', null],
    ]);
  });
});

describe('a result', () => {
  test('is a draft with name, version and registration of its time; nothing of the order changes', async () => {
    const { deviceId, orderId, caseId } = await taken({ name: '结节提示', registrationNumber: '国械注准1' });
    const before = await orderRow(orderId);
    await storeResult(ctx, SYSTEM, caseId, found({ priority: 'emergency' }), { format: 'json' });
    await ctx.db.updateTable('algorithm').set({ version: '3.0' }).where('deviceId', '=', deviceId).execute();
    expect(await results(orderId)).toMatchObject([
      { algorithmName: '结节提示', algorithmVersion: '2.1', registrationNumber: '国械注准1', conclusion: '右上肺结节', positive: true, priority: 'emergency', format: 'json' },
    ]);
    expect(await orderRow(orderId)).toEqual(before);
    expect((await readTimeline(ctx.db, orderId)).items.at(-1)).toMatchObject({ kind: 'algorithm-finding', actorName: '结节提示 2.1', detail: { positive: true, raised: false } });
    expect((await auditOf(orderId)).at(-1)).toMatchObject({ action: 'algorithm.result', actorName: '结节提示 2.1' });
    expect(await cases(deviceId)).toMatchObject([{ state: 'done', error: null }]);
  }); // prettier-ignore

  test('is one: of two answers at once one is kept, later ones are refused', async () => {
    const { orderId, caseId } = await taken();
    const store = () => storeResult(ctx, SYSTEM, caseId, found(), { format: 'json' });
    expect((await together([store, store, store])).sort()).toEqual(['answered', 'answered', 'done']);
    expect(await refused(store())).toBe('409 answered');
    expect(await results(orderId)).toHaveLength(1);
  });

  test('is of the algorithm whose case it is, and of a case that there is', async () => {
    const { caseId, orderId } = await taken();
    const { id: deviceId } = await register();
    expect(await refused(storeResult(ctx, SYSTEM, caseId, found(), { format: 'json', deviceId }))).toBe('404 not-found');
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(storeResult(ctx, SYSTEM, nowhere, found(), { format: 'json' }))).toBe('404 not-found');
    expect(await results(orderId)).toEqual([]);
  }); // prettier-ignore

  test.each([
    ['routine', 'emergency', REGISTERED, 'emergency'],
    ['routine', 'urgent', REGISTERED, 'urgent'],
    ['urgent', 'emergency', REGISTERED, 'emergency'],
    ['emergency', 'urgent', REGISTERED, 'emergency'],
    ['urgent', 'urgent', REGISTERED, 'urgent'],
    ['routine', undefined, REGISTERED, 'routine'],
    ['routine', 'emergency', {}, 'routine'],
    ['routine', 'emergency', { registrationNumber: '国械注准1' }, 'routine'],
  ] as const)('of a %s case that asks for %s, registered %j, leaves it %s', async (priority, asked, more, after) => {
    const { orderId, caseId } = await taken(more, { priority });
    await storeResult(ctx, SYSTEM, caseId, found(asked && { priority: asked }), { format: 'json' });
    const order = await orderRow(orderId);
    expect(order.priority).toBe(after);
    const raised = (await readTimeline(ctx.db, orderId)).items.filter(({ kind }) => kind === 'priority-raised');
    expect(raised.map(({ reason, detail }) => [reason, detail])).toEqual(
      after === priority ? [] : [['algorithm', { from: priority, to: after }]],
    );
    expect(order.lane).toBe({ emergency: 0, urgent: 1, routine: 2 }[after]);
  }); // prettier-ignore

  test('that raises a case puts it under the promise of its new priority, and the old one runs no longer', async () => {
    const { orderId, caseId } = await taken(REGISTERED);
    await storeResult(ctx, SYSTEM, caseId, found({ priority: 'emergency' }), { format: 'json' });
    const clocks = await ctx.db
      .selectFrom('orderClock')
      .innerJoin('turnaroundPolicy as p', 'p.id', 'orderClock.policyId')
      .select(['p.code', 'orderClock.state', 'orderClock.dueAt'])
      .where('orderId', '=', orderId)
      .orderBy('p.code')
      .execute();
    expect(clocks.map(({ code, state }) => [code, state])).toEqual([
      ['img-em-xray', 'running'],
      ['img-xray', 'void'],
    ]);
    const { dueAt, receivedAt } = await orderRow(orderId);
    expect((Number(dueAt) - Number(receivedAt)) / 60_000).toBeCloseTo(30, 1);
  });

  test('that raises a case which has no promise under its new priority leaves no due time behind', async () => {
    const { orderId, caseId } = await taken(REGISTERED);
    const none = new Date(ctx.clock.now().getTime() - 1_000);
    await ctx.db.updateTable('turnaroundPolicy').set({ validTo: none }).where('centerKind', '=', 'imaging').execute();
    await storeResult(ctx, SYSTEM, caseId, found({ priority: 'emergency' }), { format: 'json' });
    await ctx.db.updateTable('turnaroundPolicy').set({ validTo: null }).where('centerKind', '=', 'imaging').execute();
    expect(await orderRow(orderId)).toMatchObject({ priority: 'emergency', policyIds: [], dueAt: null });
  }); // prettier-ignore

  test('of a case that was withdrawn meanwhile is kept and raises nothing', async () => {
    const { orderId, caseId } = await taken(REGISTERED);
    await cancelOrder(ctx, doctor, orderId, '改诊');
    await storeResult(ctx, SYSTEM, caseId, found({ priority: 'emergency' }), { format: 'json' });
    expect(await orderRow(orderId)).toMatchObject({ status: 'cancelled', priority: 'routine' });
    expect(await results(orderId)).toHaveLength(1);
  });
});

describe('an algorithm of the hub', () => {
  const withRun = (run: () => Promise<AlgorithmFindings>): Context => ({
    ...ctx,
    centers: ctx.centers.map((center) =>
      center.kind === 'imaging' ? { ...center, algorithms: { 'image-quality': run } } : center,
    ),
  });

  test('works on what waits; what fails is kept with its case and holds up nothing', async () => {
    const { id } = await register({ builtIn: 'image-quality' });
    await received();
    county.clock.advance(0.1);
    await received();
    let runs = 0;
    const context = withRun(() => (++runs === 1 ? Promise.reject(new Error('x'.repeat(600))) : Promise.resolve(found())));
    expect(await runBuiltIn(context)).toBe(2);
    const rows = await cases(id);
    expect(rows.map(({ state }) => state).sort()).toEqual(['done', 'failed']);
    expect(rows.find(({ state }) => state === 'failed')?.error).toBe('x'.repeat(500));
    const listed = (await listAlgorithms(ctx)).items as Record<string, unknown>[];
    expect(listed.find((row) => row.id === id)).toMatchObject({ done: 1, failed: 1, waiting: 0, lastError: 'x'.repeat(500) });
    expect(await runBuiltIn(context)).toBe(0);
  }); // prettier-ignore

  test('run by three workers at once works on each case once', async () => {
    await register({ builtIn: 'image-quality' });
    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => received()));
    let runs = 0;
    const context = withRun(() => (runs++, Promise.resolve(found())));
    const counts = await Promise.all([1, 2, 3].map(() => runBuiltIn(context)));
    expect([counts.reduce((sum, count) => sum + count, 0), runs]).toEqual([5, 5]);
    for (const id of ids) expect(await results(id)).toHaveLength(1);
  });

  test('that is off, or that this hub does not have any more, does nothing', async () => {
    await register({ builtIn: 'image-quality' });
    await received();
    const context = { ...ctx, centers: ctx.centers.map((center) => ({ ...center, algorithms: {} })) };
    expect(await runBuiltIn(context)).toBe(0);
    await ctx.db.updateTable('algorithm').set({ active: false }).execute();
    expect(await runBuiltIn(withRun(() => Promise.resolve(found())))).toBe(0);
  });
});

describe('what the doctor says of a draft', () => {
  test('stands as he said it last, and is on record each time', async () => {
    const { orderId, caseId } = await taken();
    const { id } = await storeResult(ctx, SYSTEM, caseId, found(), { format: 'json' });
    await judgeResult(ctx, reader, id, { verdict: 'agree' });
    await judgeResult(ctx, reader, id, { verdict: 'disagree', note: '血管断面' });
    const rows = await ctx.db.selectFrom('algorithmVerdict').selectAll().where('resultId', '=', id).execute();
    expect(rows).toMatchObject([{ verdict: 'disagree', note: '血管断面', decidedBy: reader.id }]);
    expect((await auditOf(id)).map(({ detail }) => (detail as { verdict: string }).verdict)).toEqual(['agree', 'disagree']);
    expect(await refused(judgeResult(ctx, await as('cardiologist1'), id, { verdict: 'agree' }))).toBe('404 not-found');
    expect((await auditOf(orderId)).at(-1)).toMatchObject({ outcome: 'denied' });
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(judgeResult(ctx, reader, nowhere, { verdict: 'agree' }))).toBe('404 not-found');
  }); // prettier-ignore
});
