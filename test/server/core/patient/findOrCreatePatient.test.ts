import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  findOrCreatePatient,
  findPatients,
  type PatientInput,
} from '../../../../server/core/patient/findOrCreatePatient.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { ctx, institution, openCounty, refusal } from '../county.ts';

openCounty();
let liuhe: string, baita: string;
beforeAll(async () => {
  [liuhe, baita] = (await Promise.all(['LIUHE', 'BAITA'].map(institution))) as [string, string];
});

let serial = 100;
const card = (birthDate = '19800307', odd = true) =>
  completeIdCard(`320621${birthDate}${(serial += 2) + (odd ? 1 : 0)}`);
const person = (more: Partial<PatientInput> = {}): PatientInput => ({
  name: '冯小满',
  sex: 'M',
  birthDate: '1980-03-07',
  identifiers: [{ type: 'id-card', value: card() }],
  ...more,
});
const find = (input: PatientInput, site = liuhe) =>
  ctx.db.transaction().execute((trx) => findOrCreatePatient(ctx, trx, input, site));
const row = (id: string) =>
  ctx.db.selectFrom('patient').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const numbers = (id: string) =>
  ctx.db
    .selectFrom('patientIdentifier')
    .select(['type', 'issuerId', 'valueMasked', 'valueEncrypted', 'valueHash'])
    .where('patientId', '=', id)
    .orderBy('type')
    .execute();
const links = (id: string) =>
  ctx.db
    .selectFrom('patientLink')
    .select(['patientId', 'otherPatientId', 'reason', 'state'])
    .where((eb) => eb.or([eb('patientId', '=', id), eb('otherPatientId', '=', id)]))
    .execute();
const count = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from patient`.execute(ctx.db);
  return rows[0]?.n ?? 0;
};

describe('a person whom nobody knew', () => {
  test('is made once, with numbers and telephone that nobody can read in the tables', async () => {
    const value = card();
    const input = person({ identifiers: [{ type: 'id-card', value }], phone: '13800138000' });
    const { id, created } = await find(input);
    expect(created).toBe(true);
    expect(await row(id)).toMatchObject({
      name: '冯小满',
      namePinyin: 'fengxiaoman fxm',
      sex: 'M',
      birthDate: '1980-03-07',
      identity: 'verified',
    });
    const stored = JSON.stringify([await row(id), await numbers(id)]);
    expect(stored).not.toContain(value);
    expect(stored).not.toContain('13800138000');
    const { phoneEncrypted } = await row(id);
    expect(ctx.keys.decrypt(phoneEncrypted ?? '')).toBe('13800138000');
    expect(await find(input)).toEqual({ id, created: false });
  });

  test.each([
    ['without any number', { identifiers: [] }, 'unverified'],
    ['无名氏', { identifiers: [], temporary: true, name: '无名氏' }, 'temporary'],
    ['with the number of a hospital', { identifiers: [{ type: 'mrn', value: 'N1' }] }, 'verified'],
  ])('%s stands as %s: $2', async (_what, more, identity) => {
    const { id } = await find(person(more));
    expect((await row(id)).identity).toBe(identity);
  });

  test('and says no birth date has the one of the ID card', async () => {
    const { birthDate: _, ...input } = person({
      identifiers: [{ type: 'id-card', value: card('20010915') }],
    });
    const { id } = await find(input);
    expect((await row(id)).birthDate).toBe('2001-09-15');
  });

  test('sent by eight sites at once is one patient', async () => {
    const before = await count();
    const input = person({
      identifiers: [
        { type: 'id-card', value: card() },
        { type: 'social-card', value: `S${serial}` },
      ],
    });
    const turned = { ...input, identifiers: [...input.identifiers].reverse() };
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) => find(n % 2 ? input : turned, n % 3 ? liuhe : baita)),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await count()).toBe(before + 1);
  });
});

describe('a number', () => {
  test('of a hospital is of that hospital: the same one elsewhere is somebody else', async () => {
    const identifiers = [{ type: 'mrn', value: 'A1001' }];
    const here = await find(person({ identifiers }));
    const there = await find(person({ identifiers, name: '冯大雪' }), baita);
    expect(there.created).toBe(true);
    expect(there.id).not.toBe(here.id);
    expect(await numbers(here.id)).toMatchObject([{ type: 'mrn', issuerId: liuhe }]);
  });

  test.each([
    ['id-card', (value: string) => ` ${value.toLowerCase()} `],
    ['passport', () => 'e 1234 5678'],
    ['hk-mo-permit', () => 'h01234567'],
  ])('%s is the same at every site, however it is typed', async (type, typed) => {
    const value = type === 'id-card' ? card() : typed('').toUpperCase().replaceAll(' ', '');
    const { id } = await find(person({ identifiers: [{ type, value }] }));
    expect(await find(person({ identifiers: [{ type, value: typed(value) }] }), baita)).toEqual({
      id,
      created: false,
    });
    expect((await numbers(id)).map(({ issuerId }) => issuerId)).toEqual([null]);
  });

  test('that is new of a patient on file is added to him, masked', async () => {
    const input = person();
    const { id } = await find(input);
    await find({ ...input, identifiers: [...input.identifiers, { type: 'mrn', value: 'H0012345' }] });
    expect((await numbers(id)).map(({ type, valueMasked }) => [type, valueMasked])).toEqual([
      ['id-card', expect.stringMatching(/^3206\*{10}\d{3}[\dX]$/)],
      ['mrn', 'H***2345'],
    ]);
  });

  test('is looked up in its own type: a passport is no ID card', async () => {
    const value = card();
    const { id } = await find(person({ identifiers: [{ type: 'id-card', value }] }));
    expect(await findPatients(ctx, ctx.db, [{ type: 'passport', value }], liuhe)).toEqual([]);
    expect(await findPatients(ctx, ctx.db, [{ type: 'id-card', value: value.toLowerCase() }], baita)).toEqual(
      [id],
    );
  });
});

describe('an ID card', () => {
  test.each([
    ['with a wrong check digit', '320621198003071012', {}, [['patient.identifiers', 'id-card-invalid']]],
    ['of a day that is none', '320621198002301017', {}, [['patient.identifiers', 'id-card-invalid']]],
    ['of another day', card(), { birthDate: '1980-03-08' }, [['patient.birthDate', 'id-card-contradiction']]],
    ['of a man', card(), { sex: 'F' }, [['patient.sex', 'id-card-contradiction']]],
    ['of a woman', card('19800307', false), { sex: 'M' }, [['patient.sex', 'id-card-contradiction']]],
    [
      'of somebody else altogether',
      card('19751130', false),
      {},
      [
        ['patient.birthDate', 'id-card-contradiction'],
        ['patient.sex', 'id-card-contradiction'],
      ],
    ],
  ] as [string, string, Partial<PatientInput>, string[][]][])(
    '%s is refused, and nobody is made',
    async (_what, value, more, faults) => {
      const before = await count();
      const refused = await refusal(find(person({ identifiers: [{ type: 'id-card', value }], ...more })));
      expect(refused).toMatchObject({ status: 422, type: 'invalid' });
      expect(refused.faults.map(({ path, code }) => [path, code])).toEqual(faults);
      expect(await count()).toBe(before);
    },
  );

  test('says nothing against a sex that is not known', async () => {
    const { id } = await find(person({ sex: 'U' }));
    expect((await row(id)).sex).toBe('U');
  });
});

describe('a patient on file', () => {
  test.each([
    ['another name', { name: '冯小雨' }, [{ path: 'patient.name', code: 'name-contradiction', params: { name: '冯**' } }]],
    ['another birth date', { birthDate: '1980-03-08' }, [{ path: 'patient.birthDate', code: 'birth-date-contradiction' }]],
    ['another sex', { sex: 'F' }, [{ path: 'patient.sex', code: 'sex-contradiction' }]],
  ] as [string, Partial<PatientInput>, object[]][])(
    'is not taken for one with %s; of the name on file no more is told than a slip of the pen needs',
    async (_what, more, faults) => {
      const identifiers = [{ type: 'mrn', value: `C${(serial += 2)}` }];
      const { id } = await find(person({ identifiers }));
      expect((await refusal(find(person({ identifiers, ...more })))).faults).toEqual(faults);
      expect(await row(id)).toMatchObject({ name: '冯小满', sex: 'M', birthDate: '1980-03-07' });
    },
  ); // prettier-ignore

  test.each([
    ['a name with blanks', { name: '冯 小满' }],
    ['no birth date', { birthDate: undefined }],
    ['an unknown sex', { sex: 'U' as const }],
  ])('is found by somebody who writes %s, and keeps what is known', async (_what, more) => {
    const identifiers = [{ type: 'mrn', value: `D${(serial += 2)}` }];
    const { id } = await find(person({ identifiers }));
    expect(await find(person({ identifiers, ...more }))).toEqual({ id, created: false });
    expect(await row(id)).toMatchObject({ name: '冯小满', sex: 'M', birthDate: '1980-03-07' });
  });

  test('with a temporary identity contradicts nobody', async () => {
    const identifiers = [{ type: 'mrn', value: 'T1' }];
    const { id } = await find(person({ identifiers, name: '无名氏', sex: 'U', temporary: true }));
    expect((await find(person({ identifiers }))).id).toBe(id);
  });
});

describe('a link between records', () => {
  test('is proposed where one request carries the numbers of two, once, and nothing is merged', async () => {
    const [a, b] = [person(), person({ identifiers: [{ type: 'mrn', value: 'L1' }] })];
    const [first, second] = [await find(a), await find(b)];
    const both = { ...a, identifiers: [...a.identifiers, ...b.identifiers] };
    for (let n = 0; n < 2; n++) expect((await find(both)).id).toBe(first.id);
    expect(await links(first.id)).toEqual([
      {
        patientId: [first.id, second.id].sort()[0],
        otherPatientId: [first.id, second.id].sort()[1],
        reason: 'one request carries identifiers of both',
        state: 'proposed',
      },
    ]);
    expect(await numbers(second.id), 'each keeps its number').toHaveLength(1);
    expect(await numbers(first.id)).toHaveLength(1);
  });

  test('is proposed for the same name, birth date and telephone, and for nothing less', async () => {
    const phone = '13911112222';
    const first = await find(person({ phone }));
    const others = await Promise.all([
      find(person({ phone: '13911112223' })),
      find(person({ phone, name: '冯小暑' })),
      find(person({ phone, birthDate: '1981-03-07', identifiers: [{ type: 'id-card', value: card('19810307') }] })),
      find(person()),
    ]); // prettier-ignore
    expect(await links(first.id)).toEqual([]);
    for (const { id } of others) expect(await links(id)).toEqual([]);
    const again = await find(person({ phone }));
    expect(await links(first.id)).toMatchObject([
      { reason: 'same name, birth date and phone', state: 'proposed' },
    ]);
    expect(await links(again.id)).toHaveLength(1);
  });

  test('that was rejected is not proposed again', async () => {
    const [a, b] = [person(), person({ identifiers: [{ type: 'mrn', value: 'L2' }] })];
    const { id } = await find(a);
    await find(b);
    const both = { ...a, identifiers: [...a.identifiers, ...b.identifiers] };
    await find(both);
    await ctx.db
      .updateTable('patientLink')
      .set({ state: 'rejected' })
      .where((eb) => eb.or([eb('patientId', '=', id), eb('otherPatientId', '=', id)]))
      .execute();
    await find(both);
    expect((await links(id)).map(({ state }) => state)).toEqual(['rejected']);
  });
});
