import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { machineActor } from '../../../../server/core/access/actor.ts';
import { fieldErrors } from '../../../../server/core/fieldErrors.ts';
import { createRequest } from '../../../../server/core/order/createRequest.ts';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { ctx, institution, doctor, openReaders, refusal, refused, request, stranger } from '../county.ts';

openReaders();

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
