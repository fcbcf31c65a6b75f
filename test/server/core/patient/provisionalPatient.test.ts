import { beforeAll, describe, expect, test } from 'vitest';
import { findOrCreatePatient } from '../../../../server/core/patient/findOrCreatePatient.ts';
import { findPatientIds } from '../../../../server/core/patient/findPatients.ts';
import { hubPatientNumber, loadOrderPatient } from '../../../../server/core/patient/loadOrderPatient.ts';
import { provisionalPatient } from '../../../../server/core/patient/provisionalPatient.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { ctx, institution, openCounty } from '../county.ts';

openCounty();
let liuhe: string, baita: string;
beforeAll(async () => {
  [liuhe, baita] = (await Promise.all(['LIUHE', 'BAITA'].map(institution))) as [string, string];
});

const CARD = completeIdCard('32062119800307131');
const said = {
  name: '冯小满' as string | null,
  number: null as string | null,
  sex: 'M' as string | null,
  birthDate: '19800307' as string | null,
};
const provide = async (more: Partial<typeof said>, site = liuhe) => {
  const id = await ctx.db
    .transaction()
    .execute((trx) => provisionalPatient(ctx, trx, { ...said, ...more }, site));
  const patient = await ctx.db
    .selectFrom('patient')
    .select(['id', 'name', 'sex', 'birthDate', 'identity'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const numbers = await ctx.db
    .selectFrom('patientIdentifier')
    .select(['type', 'issuerId'])
    .where('patientId', '=', id)
    .execute();
  return { ...patient, numbers };
};

describe('the patient of input that nobody ordered', () => {
  test.each([
    ['', 'U'],
    ['m', 'M'],
    ['F', 'F'],
    ['o', 'O'],
    ['男', 'U'],
    [null, 'U'],
  ])('of sex "%s" is %s', async (sex, expected) => {
    expect((await provide({ sex })).sex).toBe(expected);
  });

  test.each([
    ['19800307', '1980-03-07'],
    ['1980-03-07', '1980-03-07'],
    ['19800230', null],
    ['19801301', null],
    ['0', null],
    [null, null],
  ])('born on "%s" is born on %s', async (birthDate, expected) => {
    expect((await provide({ birthDate })).birthDate).toBe(expected);
  });

  test.each([
    ['a number of the hospital', 'DR7001', [{ type: 'mrn', own: true }]],
    ['an ID card, which is the same everywhere', CARD, [{ type: 'id-card', own: false }]],
    ['none', null, []],
    ['blanks', '   ', []],
  ])('with %s is unverified until a person resolves it', async (_what, number, expected) => {
    const { identity, numbers, name } = await provide({ number });
    expect([name, identity]).toEqual(['冯小满', 'unverified']);
    expect(numbers.map(({ type, issuerId }) => ({ type, own: issuerId === liuhe }))).toEqual(expected);
  });

  test.each([null, '', '   '])('without a name ("%s") is 无名氏, temporary, and no number is believed', async (name) => {
    const made = await provide({ name, number: 'DR7002' });
    expect(made).toMatchObject({ name: '无名氏', identity: 'temporary', numbers: [] });
    expect((await provide({ name, number: 'DR7002' })).id, 'the next one is another').not.toBe(made.id);
  }); // prettier-ignore

  test('known by its number is who is on file, and stays verified', async () => {
    const { id } = await ctx.db.transaction().execute((trx) =>
      findOrCreatePatient(
        ctx,
        trx,
        {
          name: '冯小满',
          sex: 'M',
          birthDate: '1980-03-07',
          identifiers: [{ type: 'mrn', value: 'DR7003' }],
        },
        liuhe,
      ),
    );
    expect(await provide({ number: 'DR7003' })).toMatchObject({ id, identity: 'verified' });
    expect((await provide({ number: 'DR7003' }, baita)).id, 'of another hospital').not.toBe(id);
  });

  test('that contradicts who is on file is somebody for the time being, without the number', async () => {
    const known = await provide({ number: 'DR7004' });
    const other = await provide({ name: '钱二', number: 'DR7004' });
    expect(other).toMatchObject({ name: '钱二', identity: 'temporary', numbers: [] });
    expect(other.id).not.toBe(known.id);
    const birth = await provide({ number: CARD, birthDate: '19810307' });
    expect(birth, 'an ID card that says another day').toMatchObject({ identity: 'temporary', numbers: [] });
  });

  test('with a name longer than a name can be is cut, not lost', async () => {
    expect((await provide({ name: '长'.repeat(130), number: 'X'.repeat(90) })).name).toHaveLength(100);
  });
});

describe('the patient of an order', () => {
  const patientOf = (id: string, site = liuhe) => loadOrderPatient(ctx, ctx.db, id, site);

  test('is known by the numbers of the sending site, national ones, and the one the hub gave', async () => {
    const { id } = await ctx.db.transaction().execute((trx) =>
      findOrCreatePatient(
        ctx,
        trx,
        {
          name: '冯小满',
          sex: 'M',
          identifiers: [
            { type: 'mrn', value: 'H0099887' },
            { type: 'passport', value: 'E87654321' },
          ],
        },
        liuhe,
      ),
    );
    const here = await patientOf(id);
    expect(here).toMatchObject({ name: '冯小满', sex: 'M', temporary: false, hospitalNumber: 'H***9887' });
    const known = ['H0099887', ' H0099887 ', 'E87654321', 'e87654321', hubPatientNumber(id).toLowerCase()];
    for (const number of known) expect(here.hasIdentifier(number), number).toBe(true);
    for (const number of ['H0099888', '', 'h**', 'P000000000000'])
      expect(here.hasIdentifier(number), number).toBe(false);
    const there = await patientOf(id, baita);
    expect(there.hospitalNumber).toBeNull();
    expect([there.hasIdentifier('H0099887'), there.hasIdentifier('E87654321')]).toEqual([false, true]);
  });

  test('with a temporary identity says so', async () => {
    const { id } = await provide({ name: null });
    expect(await patientOf(id)).toMatchObject({ temporary: true, hospitalNumber: null });
  });
});

describe('a search for people', () => {
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    for (const name of ['欧阳雪', '阳雪梅', '欧%阳', '欧_阳', 'O’Neil John'])
      ids[name] = (
        await ctx.db.transaction().execute((trx) =>
          findOrCreatePatient(ctx, trx, { name, sex: 'F', identifiers: [] }, liuhe),
        )
      ).id; // prettier-ignore
  });
  const found = async (text: string, hash?: string) => {
    const answers = await findPatientIds(ctx.db, text, hash);
    return Object.entries(ids)
      .filter(([, id]) => answers.includes(id))
      .map(([name]) => name);
  };

  test.each([
    ['欧', ['欧阳雪', '欧%阳', '欧_阳']],
    ['欧阳', ['欧阳雪']],
    ['阳雪', ['阳雪梅']],
    ['阳雪梅', ['阳雪梅']],
    ['欧%', ['欧%阳']],
    ['欧_阳', ['欧_阳']],
    ['ouyang', ['欧阳雪', '欧%阳', '欧_阳']],
    ['OYX', ['欧阳雪']],
    ['yxm', ['阳雪梅']],
    [' ouyangxue ', ['欧阳雪']],
    ['Neil', ['O’Neil John']],
    ['neil john', ['O’Neil John']],
    ['%%%', []],
    ['王', []],
  ])('for "%s" finds %j', async (text, names) => {
    expect((await found(text)).sort()).toEqual([...names].sort());
  });

  test('by the keyed hash of an ID card finds its owner and nobody else', async () => {
    const { id } = await provide({ number: completeIdCard('32062119800307135') });
    const hash = ctx.keys.lookup(`id-card:${completeIdCard('32062119800307135')}`);
    expect(await findPatientIds(ctx.db, completeIdCard('32062119800307135'), hash)).toEqual([id]);
    expect(await findPatientIds(ctx.db, completeIdCard('32062119800307135'))).toEqual([]);
  });
});
