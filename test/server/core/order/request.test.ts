import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import { fieldErrors } from '../../../../server/core/fieldErrors.ts';
import { chooseReportingInstitution } from '../../../../server/core/order/chooseCenter.ts';
import { createRequest } from '../../../../server/core/order/createRequest.ts';
import { getVisibleOrder } from '../../../../server/core/order/order.ts';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
import { listOrders } from '../../../../server/core/order/worklist.ts';
import { toWorklistQuery, worklistQuery } from '../../../../server/core/order/worklistQuery.ts';
import { choosePolicies } from '../../../../server/core/turnaround/choosePolicies.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import {
  as,
  ctx,
  institution,
  openCounty,
  orderRow,
  place,
  refusal,
  refused,
  request,
  stranger,
} from '../county.ts';

openCounty();
let doctor: Actor, reader: Actor;
beforeAll(async () => {
  [doctor, reader] = (await Promise.all(['doctor1', 'radiologist1'].map(as))) as [Actor, Actor];
});

const days = (count: number) => localDate(new Date(Date.now() + count * 86_400_000));

describe('what a request may say', () => {
  const valid = {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    patient: { name: '甲', sex: 'M', birthDate: '1980-01-01', identifiers: [{ type: 'mrn', value: '1' }] },
  };
  const patient = (more: object) => ({ patient: { ...valid.patient, ...more } });
  test.each([
    ['no item', { items: [] }, 'items'],
    ['more items than fifty', { items: Array.from({ length: 51 }, (_, n) => ({ code: `I${n}` })) }, 'items'],
    ['an unknown centre', { center: 'dental' }, 'center'],
    ['an unknown priority', { priority: 'stat' }, 'priority'],
    ['an unknown flag', { flags: ['vip'] }, 'flags.0'],
    ['a name of blanks', patient({ name: '   ' }), 'patient.name'],
    ['a name of 101 characters', patient({ name: '长'.repeat(101) }), 'patient.name'],
    ['a sex that is none', patient({ sex: 'X' }), 'patient.sex'],
    ['a birth tomorrow', patient({ birthDate: days(1) }), 'patient.birthDate'],
    ['a birth in 1879', patient({ birthDate: '1879-12-31' }), 'patient.birthDate'],
    ['a birth on the 30th of February', patient({ birthDate: '1980-02-30' }), 'patient.birthDate'],
    ['a telephone in words', patient({ phone: 'call me' }), 'patient.phone'],
    [
      'eleven identifiers',
      patient({ identifiers: Array.from({ length: 11 }, (_, n) => ({ type: 'mrn', value: `${n}` })) }),
      'patient.identifiers',
    ],
    [
      'an identifier without value',
      patient({ identifiers: [{ type: 'mrn', value: ' ' }] }),
      'patient.identifiers.0.value',
    ],
    [
      'an identifier of an odd type',
      patient({ identifiers: [{ type: 'ID CARD', value: '1' }] }),
      'patient.identifiers.0.type',
    ],
    ['clinical words beyond 4,000', { clinicalInfo: 'x'.repeat(4_001) }, 'clinicalInfo'],
    ['a placer number beyond 64', { placerOrderNumber: 'x'.repeat(65) }, 'placerOrderNumber'],
    ['a consent without its time', { remoteConsent: { by: '本人' } }, 'remoteConsent.at'],
    [
      'a consent at no time of any zone',
      { remoteConsent: { by: '本人', at: '2026-11-22T08:00:00' } },
      'remoteConsent.at',
    ],
  ])('not %s', (_what, change, path) => {
    const { error } = requestInput.safeParse({ ...valid, ...change });
    expect(fieldErrors(error?.issues ?? []).map((fault) => fault.path)).toEqual([path]);
  });

  test('but a birth today, fifty items, the longest words, and what a centre adds', () => {
    const input = {
      ...valid,
      ...patient({ birthDate: days(0), name: '长'.repeat(100) }),
      items: Array.from({ length: 50 }, (_, n) => ({ code: `I${n}` })),
      clinicalInfo: 'x'.repeat(4_000),
      specimen: { site: 'stomach' },
    };
    expect(requestInput.parse(input)).toMatchObject({
      priority: 'routine',
      flags: [],
      specimen: { site: 'stomach' },
    });
  });
});

describe('a request is refused', () => {
  test.each([
    ['without a patient', { patient: undefined }, [{ path: 'patient', code: 'required' }]],
    [
      'without a number of the patient',
      { patient: stranger({ identifiers: [] }) },
      [{ path: 'patient.identifiers', code: 'required' }],
    ],
    [
      'without patient and consent, naming both',
      { patient: undefined, remoteConsent: undefined },
      [
        { path: 'patient', code: 'required' },
        { path: 'remoteConsent', code: 'required' },
      ],
    ],
    [
      'for an item of another centre',
      { items: [{ code: 'CBC' }, { code: 'DR-CHEST' }] },
      [{ path: 'items', code: 'unknown-item', params: { item: 'CBC' } }],
    ],
    [
      'for items that nobody knows, naming each',
      { items: [{ code: 'A' }, { code: 'B' }] },
      [
        { path: 'items', code: 'unknown-item', params: { item: 'A' } },
        { path: 'items', code: 'unknown-item', params: { item: 'B' } },
      ],
    ],
    [
      'at a site that nobody knows',
      { performingInstitution: 'NOWHERE' },
      [{ path: 'performingInstitution', code: 'unknown-institution' }],
    ],
  ])('%s', async (_what, input, faults) => {
    expect(await refusal(request(input))).toMatchObject({ status: 422, type: 'invalid', faults });
  });

  test('at a site that was closed, and in a centre that is off', async () => {
    const close = (active: boolean) =>
      ctx.db.updateTable('institution').set({ active }).where('code', '=', 'BAITA').execute();
    await close(false);
    expect((await refusal(request({ performingInstitution: 'BAITA' }))).faults).toEqual([
      { path: 'performingInstitution', code: 'unknown-institution' },
    ]);
    await close(true);
    const off = (active: boolean) =>
      ctx.db.updateTable('center').set({ active }).where('kind', '=', 'imaging').execute();
    await off(false);
    expect((await refusal(request())).faults).toEqual([{ path: 'center', code: 'center-off' }]);
    await off(true);
  });

  test('of who may not ask, or asks for a site that is not his', async () => {
    expect(await refused(request({}, { by: 'radiologist1' }))).toBe('403 forbidden');
    expect(await refused(request({}, { by: 'doctor2', institutionId: await institution('LIUHE') }))).toBe(
      '403 forbidden',
    );
    const machine = machineActor('his', 'm1', await institution('LIUHE'), ['order.read']);
    expect(
      await refused(
        createRequest(
          ctx,
          machine,
          requestInput.parse({ center: 'imaging', items: [{ code: 'DR-CHEST' }] }),
          { source: 'api' },
        ),
      ),
    ).toBe('403 forbidden');
    const homeless = { ...doctor, institutionId: null };
    expect(
      await refused(
        createRequest(
          ctx,
          homeless,
          requestInput.parse({ center: 'imaging', items: [{ code: 'DR-CHEST' }] }),
          { source: 'api' },
        ),
      ),
    ).toBe('422 needs-institution');
  });

  test('as a whole: of a refused one neither patient nor order stays', async () => {
    const count = async () =>
      (
        await sql<{
          n: number;
        }>`select (select count(*) from patient) + (select count(*) from orders) + (select count(*) from request) as n`.execute(
          ctx.db,
        )
      ).rows[0]?.n;
    const before = await count();
    await refused(request({ performingInstitution: 'NOWHERE', patient: stranger({ name: '无此人' }) }));
    expect(await count()).toBe(before);
  });
});

describe('a request under a key of its sender', () => {
  test('sent five times at once is placed once, and everybody hears the same', async () => {
    const patient = stranger();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        request({ patient, items: [{ code: 'DR-CHEST' }, { code: 'CT-HEAD' }] }, { idempotencyKey: 'key-1' }),
      ),
    );
    expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(1);
    const numbers = answers.map(({ orders }) =>
      orders
        .map(({ accessionNumber }) => accessionNumber)
        .sort()
        .join(),
    );
    expect(new Set(numbers).size).toBe(1);
    const rows = await ctx.db
      .selectFrom('orders')
      .select('id')
      .where('requestId', '=', answers[0]?.requestId ?? '')
      .execute();
    expect(rows).toHaveLength(2);
  });

  test('means that person and that site: another person’s is refused, another site may use the same', async () => {
    await request({}, { idempotencyKey: 'key-2' });
    expect(await refused(request({}, { idempotencyKey: 'key-2', by: 'nurse1' }))).toBe(
      '409 idempotency-key-of-another',
    );
    expect((await request({}, { idempotencyKey: 'key-2', by: 'doctor2' })).orders).toHaveLength(1);
  });

  test('placed twice at once under one placer number stands once', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3].map(() =>
        request({ placerOrderNumber: 'HIS-77' }).then(
          () => 'placed',
          (error: { type: string }) => error.type,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([
      'duplicate-placer-order-number',
      'duplicate-placer-order-number',
      'placed',
    ]);
  });
});

describe('an order', () => {
  test('named twice in its request is one, and its number is of its centre and year', async () => {
    const { orders } = await request({ items: [{ code: 'DR-CHEST' }, { code: 'DR-CHEST' }] });
    expect(orders).toHaveLength(1);
    expect(orders[0]?.accessionNumber).toMatch(
      new RegExp(`^I${String(ctx.clock.now().getUTCFullYear()).slice(2)}\\d{8}$`),
    );
    expect((await place({ center: 'ecg', items: [{ code: 'ECG-12' }] })).accessionNumber).toMatch(
      /^E\d{10}$/,
    );
  });

  test('keeps its price, whoever changes the catalogue afterwards, and is urgent in the lane of scanners', async () => {
    const { id, price } = await place({ priority: 'urgent' });
    await ctx.db.updateTable('catalogueItem').set({ price: 9_999 }).where('code', '=', 'DR-CHEST').execute();
    expect(await orderRow(id)).toMatchObject({ price, lane: 1 });
  });

  test('is read where the most specific rule at this hour sends it', async () => {
    const [lead, other, liuhe, baita] = (await Promise.all(
      ['QHRM', 'QHTCM', 'LIUHE', 'BAITA'].map((code) => institution(code).catch(() => '')),
    )) as [string, string, string, string];
    const elsewhere = other || baita;
    const { id: centerId } = await ctx.db
      .insertInto('center')
      .values({ kind: 'imaging', institutionId: elsewhere })
      .returning('id')
      .executeTakeFirstOrThrow();
    const rule = (values: object) =>
      ctx.db
        .insertInto('routingRule')
        .values({ centerKind: 'imaging', centerId, ...values })
        .returning('id')
        .executeTakeFirstOrThrow();
    const at = (site: string, codes: string[], time = '12:00') =>
      chooseReportingInstitution(ctx.db, 'imaging', site, codes, new Date(`2026-11-22T${time}:00+08:00`));
    expect(await at(liuhe, ['DR-CHEST'])).toBe(lead);
    await rule({ requestingInstitutionId: baita });
    expect([await at(baita, ['DR-CHEST']), await at(liuhe, ['DR-CHEST'])]).toEqual([elsewhere, lead]);
    await rule({ itemCode: 'CT-HEAD' });
    expect([await at(liuhe, ['CT-HEAD']), await at(liuhe, ['DR-CHEST'])]).toEqual([elsewhere, lead]);
    const night = await rule({ requestingInstitutionId: liuhe, fromTime: '18:00', toTime: '08:00' });
    const hours = ['17:59', '18:00', '23:59', '00:00', '07:59', '08:00'];
    const sent = [];
    for (const time of hours) sent.push((await at(liuhe, ['DR-CHEST'], time)) === elsewhere);
    expect(sent, hours.join()).toEqual([false, true, true, true, true, false]);
    await ctx.db.updateTable('routingRule').set({ active: false }).where('id', '=', night.id).execute();
    expect(await at(liuhe, ['DR-CHEST'], '23:00')).toBe(lead);
    await ctx.db.deleteFrom('routingRule').where('centerId', '=', centerId).execute();
    await ctx.db.deleteFrom('center').where('id', '=', centerId).execute();
  });

  test('has the policy that fits it most: a flag before a priority before a class, one of each family', async () => {
    const now = ctx.clock.now();
    const base = {
      centerKind: 'ecg' as const,
      kind: 'service',
      startEvent: 'claimed',
      stopEvent: 'acknowledged',
      targetMinutes: 60,
      warnMinutes: 10,
      version: 1,
      mark: 'L',
      validFrom: new Date(now.getTime() - 1_000),
    };
    const add = async (code: string, more: object) =>
      (
        await ctx.db
          .insertInto('turnaroundPolicy')
          .values({ ...base, code, name: code, ...more })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const [any, urgent, stroke, ended] = [
      await add('T-ANY', {}),
      await add('T-URGENT', { priority: 'urgent' }),
      await add('T-STROKE', { flag: 'stroke' }),
      await add('T-OLD', { flag: 'stroke', priority: 'urgent', validTo: now }),
    ];
    const mine = [any, urgent, stroke, ended];
    const chosen = async (priority: 'urgent' | 'routine', flags: string[]) =>
      (await choosePolicies(ctx.db, { centerKind: 'ecg', itemClass: 'ecg-12', priority, flags }, now)).filter(
        (id) => mine.includes(id),
      );
    expect(await chosen('routine', [])).toEqual([any]);
    expect(await chosen('urgent', ['trauma'])).toEqual([urgent]);
    expect(await chosen('urgent', ['trauma', 'stroke'])).toEqual([stroke]);
    expect(
      await choosePolicies(
        ctx.db,
        { centerKind: 'ecg', itemClass: 'ecg-12', priority: 'urgent', flags: ['stroke'] },
        new Date(now.getTime() - 500),
      ),
    ).toContain(ended);
  });
});

describe('a list of orders', () => {
  const list = async (actor: Actor, query: Record<string, string>) =>
    listOrders(ctx.db, actor, await toWorklistQuery(ctx, actor.id, worklistQuery.parse(query)));

  test('walked page by page shows each once, newest or by due time, while others come and go', async () => {
    const placed = new Set<string>();
    for (let n = 0; n < 7; n++) placed.add((await place({ clinicalInfo: `page ${n}` })).id);
    for (const sort of ['newest', 'due']) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list(reader, { sort, limit: '3', ...(cursor && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(3);
        seen.push(...page.items.map(({ orderId }) => orderId));
        if (sort === 'newest' && seen.length === 3) await place();
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(new Set(seen).size, 'none twice').toBe(seen.length);
      for (const id of placed) expect(seen).toContain(id);
    }
  });

  test('is narrowed by status, priority, site by code or id, and to one’s own', async () => {
    const order = await place({ priority: 'urgent' });
    await ctx.db
      .updateTable('orders')
      .set({ status: 'claimed', claimedBy: reader.id, claimedAt: new Date() })
      .where('id', '=', order.id)
      .execute();
    const ids = async (query: Record<string, string>) =>
      (await list(reader, query)).items.map(({ orderId }) => orderId);
    expect(await ids({ mine: 'true' })).toEqual([order.id]);
    expect(await ids({ status: 'claimed,final', priority: 'urgent' })).toContain(order.id);
    expect(await ids({ status: 'final' })).not.toContain(order.id);
    expect(await ids({ institution: 'LIUHE', status: 'claimed' })).toContain(order.id);
    expect(await ids({ institution: await institution('LIUHE'), status: 'claimed' })).toContain(order.id);
    expect(await ids({ institution: 'BAITA', status: 'claimed' })).not.toContain(order.id);
    expect(await ids({ q: order.accessionNumber.toLowerCase() })).toEqual([order.id]);
    expect(await ids({ q: order.accessionNumber.slice(0, -1) })).toContain(order.id);
    expect(await ids({ q: '%' })).toEqual([]);
    expect(await ids({ to: order.createdAt.toISOString() })).not.toContain(order.id);
  });

  test.each([
    [{ institution: 'NOWHERE' }, 'unknown-institution'],
    [{ cursor: 'bm8' }, 'bad-request'],
  ])('refuses %j', async (query, type) => {
    expect(await refused(list(reader, query))).toBe(`400 ${type}`);
  });

  test.each([
    { status: 'done' },
    { priority: 'stat' },
    { limit: '201' },
    { sort: 'oldest' },
    { from: 'yesterday' },
    { q: 'x'.repeat(101) },
    { status: Array.from({ length: 21 }, () => 'final').join() },
  ])('and does not take %j', (query) => {
    expect(worklistQuery.safeParse(query).success).toBe(false);
  });

  test('shows a machine what is of its site, nobody anything, and a share only its orders', async () => {
    const { id } = await place();
    const other = await place();
    const at = async (code: string) => machineActor('his', 'm1', await institution(code), ['order.read']);
    expect((await getVisibleOrder(ctx.db, await at('LIUHE'), id)).id).toBe(id);
    expect((await getVisibleOrder(ctx.db, await at('QHRM'), id)).id, 'where it is read').toBe(id);
    expect(await refused(getVisibleOrder(ctx.db, await at('BAITA'), id))).toBe('404 not-found');
    const share = { ...(await at('LIUHE')), sharedOrderIds: [id] };
    expect((await getVisibleOrder(ctx.db, share, id)).id).toBe(id);
    expect(await refused(getVisibleOrder(ctx.db, share, other.id))).toBe('404 not-found');
    const homeless = { ...(await at('LIUHE')), institutionId: null };
    expect(await refused(getVisibleOrder(ctx.db, homeless, id))).toBe('404 not-found');
  });
});
