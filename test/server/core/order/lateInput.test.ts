import { describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { acceptInput } from '../../../../server/core/order/acceptInput.ts';
import { acceptOrder } from '../../../../server/core/order/acts.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import { ctx, openReaders, orderRow, place, reader, second } from '../county.ts';
import { sign } from '../quality/history.ts';

openReaders();

const commit = (id: string, n = 1) =>
  ctx.db.transaction().execute(async (trx) => {
    const order = await trx.selectFrom('orders').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
    return acceptInput(ctx, trx, SYSTEM, order, { instances: n });
  }); // prettier-ignore
const notices = (id: string) =>
  ctx.db
    .selectFrom('notification')
    .select(['staffId', 'kind', 'body', 'readAt'])
    .where('orderId', '=', id)
    .execute();
const heard = (id: string) =>
  ctx.db.selectFrom('streamEvent').select(['kind', 'staffIds', 'data']).where('orderId', '=', id).where('kind', '=', 'notification.new').execute(); // prettier-ignore
async function signed(): Promise<string> {
  const { id } = await place();
  await acceptOrder(ctx, reader, id);
  await sign(id);
  return id;
}

describe('images that come after the signature', () => {
  test('flag the case and tell who signed it, in the bell and at once', async () => {
    const id = await signed();
    const { accessionNumber, finalAt } = await orderRow(id);
    expect(await commit(id)).toMatchObject({ lateInput: true, status: 'final' });
    expect(await orderRow(id)).toMatchObject({ lateInput: true, status: 'final', finalAt });
    expect(await notices(id)).toEqual([
      { staffId: second.id, kind: 'late-input', body: { accessionNumber }, readAt: null },
    ]);
    expect(await heard(id)).toEqual([
      { kind: 'notification.new', staffIds: [second.id], data: { kind: 'late-input', accessionNumber } },
    ]);
    expect((await readTimeline(ctx.db, id)).items.at(-1)).toMatchObject({
      kind: 'late-input',
      detail: { instances: 1 },
    });
  });

  test('tell who signed last, where a later version stands', async () => {
    const id = await signed();
    const [first] = await ctx.db.selectFrom('signedReport').selectAll().where('orderId', '=', id).execute();
    const { id: replacesId, ...rest } = first!;
    await ctx.db
      .insertInto('signedReport')
      .values({
        ...rest,
        content: '{}',
        manifest: '[]',
        recognition: '[]',
        number: 2,
        kind: 'correction',
        replacesId,
        reason: '左右写反',
        signerId: reader.id ?? '',
        verifyCode: `late-${id}`,
      })
      .execute();
    await commit(id);
    expect((await notices(id)).map(({ staffId }) => staffId)).toEqual([reader.id]);
  });

  test('come twice and are told twice: each may change what was read', async () => {
    const id = await signed();
    await commit(id, 1);
    await commit(id, 2);
    expect(await notices(id)).toHaveLength(2);
  });

  test('stop no clock and start none: what was kept stays kept', async () => {
    const id = await signed();
    const clocks = () =>
      ctx.db.selectFrom('orderClock').selectAll().where('orderId', '=', id).orderBy('policyId').execute();
    const before = await clocks();
    await commit(id);
    expect(await clocks()).toEqual(before);
  });
});

test('images of a case that was never signed here tell nobody', async () => {
  const { id } = await place();
  await ctx.db.updateTable('orders').set({ status: 'final' }).where('id', '=', id).execute();
  expect(await commit(id)).toMatchObject({ lateInput: true });
  expect([await notices(id), await heard(id)]).toEqual([[], []]);
});

test('the first images of a case accept it; five at once accept it once', async () => {
  const { id } = await place();
  await Promise.all([1, 2, 3, 4, 5].map((n) => commit(id, n)));
  const kinds = (await readTimeline(ctx.db, id)).items.map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(['requested', 'acquired', 'received']);
  expect(kinds.slice(3)).toEqual(['input-added', 'input-added', 'input-added', 'input-added']);
  expect((await orderRow(id)).receivedAt).not.toBeNull();
});
