import { describe, expect, test } from 'vitest';
import { isOfPerson } from '../../../../server/core/recognition/platform/isOfPerson.ts';
import { standingNow } from '../../../../server/core/recognition/platform/keptResults.ts';
import {
  readBundle,
  type AskedItem,
  type AskedPlatform,
} from '../../../../server/core/recognition/platform/readBundle.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';

const card = completeIdCard('32062119720518109');
const person = { type: 'id-card', number: card };
const NOW = new Date('2026-12-01T00:00:00Z');
const LABEL = 'urn:county-hub:extension:recognition';
const province: AskedPlatform = { id: 'p1', name: '省平台', recognizedAs: null };
const cbc: AskedItem = {
  code: 'CBC',
  name: '血常规',
  nameEn: 'Complete blood count',
  eligible: true,
  validityDays: 7,
  countsFrom: 'examination',
  price: 20,
};
const report = (more: object = {}) => ({
  resourceType: 'DiagnosticReport',
  id: 'r1',
  identifier: [{ value: 'RPT-1' }],
  status: 'final',
  code: { coding: [{ code: 'CBC' }], text: '血常规' },
  subject: { identifier: { value: card } },
  effectiveDateTime: '2026-11-29T01:00:00Z',
  issued: '2026-11-29T03:00:00Z',
  performer: [{ display: '省人民医院' }],
  ...more,
});
const read = (resources: unknown[], item: Partial<AskedItem> = {}, platform: Partial<AskedPlatform> = {}) =>
  readBundle(
    { ...province, ...platform },
    { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) },
    [{ ...cbc, ...item }],
    person,
    NOW,
  );
const one = (more: object = {}, item: Partial<AskedItem> = {}, platform: Partial<AskedPlatform> = {}) =>
  read([report(more)], item, platform).results[0];

describe('a report of another platform', () => {
  test('is shown with its number, house, times and what the county asks of such an item', () => {
    expect(one()).toMatchObject({
      platformId: 'p1',
      platformName: '省平台',
      reportNumber: 'RPT-1',
      itemCode: 'CBC',
      itemName: '血常规',
      institutionName: '省人民医院',
      examinedAt: '2026-11-29T01:00:00.000Z',
      signedAt: '2026-11-29T03:00:00.000Z',
      remainingDays: 6,
      price: 20,
      label: null,
      recognized: false,
      values: [],
      impression: null,
      documentUrl: null,
    });
  });

  test.each([
    ['final', true],
    ['amended', true],
    ['corrected', true],
    ['appended', true],
    ['registered', false],
    ['partial', false],
    ['preliminary', false],
    ['cancelled', false],
    ['entered-in-error', false],
    ['unknown', false],
  ])('that is %s counts: %s', (status, counts) => {
    expect(one({ status }) !== undefined).toBe(counts);
  });

  test.each([
    ['by its code in any coding', { code: { coding: [{ code: 'X' }, { code: 'CBC' }] } }, true],
    ['by its Chinese name', { code: { text: '血常规' } }, true],
    [
      'by its English name as a display',
      { code: { coding: [{ code: 'X', display: 'Complete blood count' }] } },
      true,
    ],
    ['not by a part of its name', { code: { text: '血常规+CRP' } }, false],
    ['not by a code in small letters', { code: { coding: [{ code: 'cbc' }] } }, false],
    ['not without any name', { code: {} }, false],
  ])('is of the item %s', (_how, more, counts) => {
    expect(one(more) !== undefined).toBe(counts);
  });

  test.each([
    ['from the examination', {}, 'examination', 6],
    ['from the report', { effectiveDateTime: '2026-10-01T00:00:00Z' }, 'report', 6],
    ['from the report where no examination is told', { effectiveDateTime: undefined }, 'examination', 6],
    ['from the examination where no report time is told', { issued: undefined }, 'report', 6],
    ['to its last day', { effectiveDateTime: '2026-11-24T00:00:01Z' }, 'examination', 1],
    ['not beyond it', { effectiveDateTime: '2026-11-24T00:00:00Z' }, 'examination', undefined],
    ['not without any time', { effectiveDateTime: undefined, issued: undefined }, 'examination', undefined],
    [
      'not with a time that is none',
      { effectiveDateTime: 'yesterday', issued: 'today' },
      'examination',
      undefined,
    ],
  ])('is valid %s', (_what, more, countsFrom, remaining) => {
    expect(one(more, { countsFrom })?.remainingDays).toBe(remaining);
  });

  test.each([
    ['its own label of a province', '省HR', null, '省HR', true],
    ['its own label though another range is agreed', '全国HR', 'city', '全国HR', true],
    ['no label, but an agreed range', undefined, 'city', '市HR', true],
    ['another county’s label', '县HR', null, '县HR', false],
    ['another county’s label under an agreement', '县HR', 'region', '区域HR', true],
    ['a label that nobody knows', '我的HR', null, '我的HR', false],
    ['a label that nobody knows under an agreement', '我的HR', 'province', '省HR', true],
    ['neither', undefined, null, null, false],
  ] as const)('is recognised by %s', (_what, own, recognizedAs, label, recognized) => {
    const extension = own ? [{ url: LABEL, valueString: own }] : [];
    expect(one({ extension }, {}, { recognizedAs })).toMatchObject({ label, recognized });
  });

  test('of an item that the county excepts is for reference, whatever its label', () => {
    const extension = [{ url: LABEL, valueString: '全国HR' }];
    expect(one({ extension }, { eligible: false })).toMatchObject({ label: '全国HR', recognized: false });
  });

  test('shows measured values in the order of the report, without what was entered in error', () => {
    const line = (id: string, more: object) => ({
      resourceType: 'Observation',
      id,
      code: { text: id },
      ...more,
    });
    const values = read([
      report({
        result: ['b', 'a', 'error', 'empty', 'gone', 'coded'].map((id) => ({
          reference: `Observation/${id}`,
        })),
      }),
      line('a', {
        valueQuantity: { value: 4.5, unit: 'mmol/L' },
        interpretation: [{ coding: [{ code: 'H' }] }],
      }),
      line('b', { valueQuantity: { value: 0.1, comparator: '<' } }),
      line('error', { status: 'entered-in-error', valueString: '1' }),
      line('empty', {}),
      line('coded', { code: { coding: [{ code: 'K', display: '钾' }] }, valueString: '阴性' }),
    ]).results[0]?.values;
    expect(values).toEqual([
      { name: 'b', value: '<0.1', unit: null, flag: null },
      { name: 'a', value: '4.5', unit: 'mmol/L', flag: 'H' },
      { name: '钾', value: '阴性', unit: null, flag: null },
    ]);
  });

  test('opens its document only by an address of the web', () => {
    const documentUrl = (url: string) => one({ presentedForm: [{ url }] })?.documentUrl;
    expect(documentUrl('https://p.example/r1.pdf')).toBe('https://p.example/r1.pdf');
    for (const url of ['javascript:alert(1)', 'Binary/r1', 'data:text/html,x', 'file:///etc/passwd'])
      expect(documentUrl(url), url).toBeNull();
  });

  test('has another name as soon as anything in it is another: what was decided on was that', () => {
    const names = [{}, { conclusion: 'x' }, { issued: '2026-11-29T03:00:01Z' }, { id: 'r2' }].map((more) => one(more)?.promptId); // prettier-ignore
    expect(new Set(names).size).toBe(4);
    expect(one()?.promptId).toBe(names[0]);
    expect(names[0]).toMatch(/^CBC:[0-9a-f]{32}$/);
  });

  test('stands newest first, forty at most', () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      report({ id: `r${n}`, effectiveDateTime: new Date(NOW.getTime() - (n + 1) * 3_600_000).toISOString() }),
    ).reverse();
    const { results } = read(many);
    expect(results).toHaveLength(40);
    const times = results.map(({ examinedAt }) => examinedAt);
    expect(times).toEqual([...times].sort().reverse());
  });
});

describe('a bundle', () => {
  test('that is none, or none of FHIR, is not read as an empty one', () => {
    for (const body of [
      null,
      'text',
      [],
      {},
      { resourceType: 'OperationOutcome' },
      { resourceType: 'Bundle', entry: 7 },
    ])
      expect(() => readBundle(province, body, [cbc], person, NOW), JSON.stringify(body)).toThrow();
    expect(readBundle(province, { resourceType: 'Bundle' }, [cbc], person, NOW)).toEqual({
      results: [],
      unproven: 0,
    });
  });

  test('with entries of another form is read without them', () => {
    const { results, unproven } = read([
      null,
      { resourceType: 'DiagnosticReport', id: 7 },
      { resourceType: 'DiagnosticReport', id: 'x', status: 'final', code: { text: 'y'.repeat(4_001) } },
      { resourceType: 'Medication', id: 'm' },
      report(),
    ]);
    expect([results.length, unproven]).toEqual([1, 0]);
  });

  test('with reports of others leaves those out and says how many', () => {
    const of = (subject: object | undefined, id: string) => report({ subject, id });
    const { results, unproven } = read([
      of({ identifier: { value: card } }, 'mine'),
      of({ identifier: { value: completeIdCard('32062119720518108') } }, 'hers'),
      of({ reference: 'Patient/1', display: '本人' }, 'by reference alone'),
      of(undefined, 'nobody'),
      of({ reference: 'Patient/2' }, 'by its patient'),
      { resourceType: 'Patient', id: '2', identifier: [{ value: card.toLowerCase() }] },
    ]);
    expect(results.map(({ promptId }) => promptId)).toHaveLength(2);
    expect(unproven).toBe(3);
  });
});

describe('a subject', () => {
  const masked = `${card.slice(0, 4)}${'*'.repeat(10)}${card.slice(-4)}`;
  test.each([
    ['with the whole number', [card], undefined, true],
    ['with the number and blanks', [`${card.slice(0, 6)} ${card.slice(6)}`], undefined, true],
    ['with another number', [completeIdCard('32062119720518108')], '1972-05-18', false],
    ['with the masked number and the birth date', [masked], '1972-05-18', true],
    ['with the masked number alone', [masked], undefined, false],
    ['with the masked number and another birth date', [masked], '1972-05-19', false],
    ['with stars only', ['*'.repeat(18)], '1972-05-18', false],
    ['with a shorter masked number', [`${card.slice(0, 4)}****${card.slice(-4)}`], '1972-05-18', false],
    [
      'with three letters at one end',
      [`${card.slice(0, 3)}${'*'.repeat(11)}${card.slice(-4)}`],
      '1972-05-18',
      false,
    ],
    ['with no number', [], '1972-05-18', false],
  ])('%s is this person: %s', (_what, numbers, birthDate, proved) => {
    expect(isOfPerson({ numbers, birthDate }, person)).toBe(proved);
  });

  test('with a masked passport is nobody: a passport tells no birth date', () => {
    const passport = { type: 'passport', number: 'E12345678' };
    expect(isOfPerson({ numbers: ['E123*5678'], birthDate: '1972-05-18' }, passport)).toBe(false);
    expect(isOfPerson({ numbers: ['e12345678'], birthDate: undefined }, passport)).toBe(true);
  });
});

test.each([
  ['at once', 0, 6],
  ['on the same day', 23, 6],
  ['a day later', 24, 5],
  ['on its last day', 143, 1],
  ['when its days are over', 144, undefined],
])('a result that was kept stands %s with the days that are left', (_when, hours, remainingDays) => {
  const kept = one();
  if (!kept) throw new Error('no result');
  expect(standingNow(kept, NOW, new Date(NOW.getTime() + hours * 3_600_000))?.remainingDays).toBe(
    remainingDays,
  );
});
