import { describe, expect, test } from 'vitest';
import { choosePrompts, newestOfEach } from '../../../../server/core/recognition/choosePrompts.ts';
import { citationOf } from '../../../../server/core/recognition/citation.ts';
import type { EarlierResult } from '../../../../server/core/recognition/findEarlierResults.ts';
import { checkDecision } from '../../../../server/core/recognition/gate.ts';
import type { PlatformResult } from '../../../../server/core/recognition/platform/readBundle.ts';
import { REPEAT_REASONS } from '../../../../server/core/recognition/ranges.ts';

const own = (more: Partial<EarlierResult> = {}): EarlierResult => ({
  promptId: 'CBC:own',
  itemCode: 'CBC',
  itemName: '血常规',
  sourceItemName: null,
  signedReportId: 's1',
  orderId: 'o1',
  accessionNumber: 'A1',
  center: 'lab',
  examinedAt: new Date('2026-11-28T02:00:00Z'),
  signedAt: new Date('2026-11-28T04:05:00Z'),
  institutionName: '柳河',
  reportingInstitutionName: '县医院',
  impression: null,
  positive: false,
  values: [],
  label: '县HR',
  complete: true,
  recognized: true,
  remainingDays: 5,
  price: 20,
  ...more,
});
const elsewhere = (more: Partial<PlatformResult> = {}): PlatformResult => ({
  promptId: 'CBC:other',
  platformId: 'p1',
  platformName: '省平台',
  reportNumber: 'RPT-1',
  itemCode: 'CBC',
  itemName: '血常规',
  institutionName: '省人民医院',
  examinedAt: '2026-11-29T02:00:00Z',
  signedAt: '2026-11-29T04:05:00Z',
  remainingDays: 6,
  impression: null,
  values: [],
  label: '省HR',
  recognized: true,
  price: 20,
  documentUrl: null,
  ...more,
});
const chosen = (mine: EarlierResult[], theirs: PlatformResult[]) => {
  const { prompts, references } = choosePrompts(mine, theirs);
  return [prompts, references].map((list) => list.map(({ promptId }) => promptId));
};

describe('of several earlier results of one item', () => {
  test('the county’s own is asked about, another platform’s where it was examined on a later day', () => {
    expect(chosen([own()], [elsewhere()])).toEqual([['CBC:other'], ['CBC:own']]);
    const sameDay = elsewhere({ examinedAt: '2026-11-28T15:59:00Z' });
    expect(chosen([own()], [sameDay]), 'a copy of what the county signed').toEqual([
      ['CBC:own'],
      ['CBC:other'],
    ]);
    const nextDayHere = elsewhere({ examinedAt: '2026-11-28T16:00:00Z' });
    expect(chosen([own()], [nextDayHere]), 'by the day of the county').toEqual([['CBC:other'], ['CBC:own']]);
  });

  test('one that is not recognised is a reference only, however new it is', () => {
    expect(chosen([own()], [elsewhere({ recognized: false })])).toEqual([['CBC:own'], ['CBC:other']]);
    expect(chosen([own({ recognized: false })], [])).toEqual([[], ['CBC:own']]);
    expect(chosen([], [])).toEqual([[], []]);
  });

  test('each item has one, and of one platform its newest stands', () => {
    const liver = own({ promptId: 'LFT:own', itemCode: 'LFT' });
    expect(chosen([own(), liver], [elsewhere()])).toEqual([['CBC:other', 'LFT:own'], ['CBC:own']]);
    const older = elsewhere({ promptId: 'CBC:older', examinedAt: '2026-11-27T00:00:00Z' });
    const second = elsewhere({ promptId: 'CBC:second', platformId: 'p2' });
    expect(newestOfEach([elsewhere(), older, second]).map(({ promptId }) => promptId)).toEqual([
      'CBC:other',
      'CBC:second',
    ]);
  });
});

describe('the text that the clinician’s record cites', () => {
  test('names the house that examined, the one that reported, number, times of the county and the result', () => {
    expect(citationOf(own({ impression: '未见异常' }))).toBe(
      '互认引用:柳河检查,县医院报告;项目:血常规;检查时间:2026-11-28 10:00;报告时间:2026-11-28 12:05;检查号:A1;标识:县HR;结果:未见异常',
    );
  });

  test('of another platform names it and the number of its report', () => {
    const values = [
      { name: '白细胞', value: '12.5', unit: '10^9/L', flag: 'H' },
      { name: '尿糖', value: '阴性', unit: null, flag: null },
    ];
    expect(citationOf(elsewhere({ values, impression: '感染' }))).toBe(
      '互认引用:省人民医院(经省平台);项目:血常规;检查时间:2026-11-29 10:00;报告时间:2026-11-29 12:05;报告号:RPT-1;标识:省HR;结果:感染;白细胞 12.5 10^9/L、尿糖 阴性',
    );
    const bare = citationOf(elsewhere({ institutionName: null, label: null }));
    expect(bare).toContain('机构未注明(经省平台)');
    expect(bare).toMatch(/标识:;结果:见原报告$/);
  });
});

describe('a decision', () => {
  const told = { by: '郑国华' };
  test('to adopt needs nothing more', () => {
    expect(() => checkDecision({ promptId: 'x', decision: 'adopt' })).not.toThrow();
  });

  test.each(REPEAT_REASONS.filter((reason) => reason !== 'other'))('to repeat for %s, the patient told, is complete', (reason) => {
    expect(() => checkDecision({ promptId: 'x', decision: 'repeat', reason, patientInformed: told })).not.toThrow();
  }); // prettier-ignore

  test.each([
    ['without a reason', { patientInformed: told }, ['reason']],
    ['for a seventh reason', { reason: 'convenience', patientInformed: told }, ['reason']],
    ['for another reason that is not told', { reason: 'other', patientInformed: told }, ['note']],
    ['for another reason of blanks', { reason: 'other', note: '  ', patientInformed: told }, ['note']],
    ['without telling the patient', { reason: 'emergency' }, ['patientInformed']],
    ['with nothing', {}, ['reason', 'patientInformed']],
  ])('to repeat %s is not', (_what, more, missing) => {
    expect(() => checkDecision({ promptId: 'x', decision: 'repeat', ...more })).toThrow(
      expect.objectContaining({
        status: 422,
        errors: missing.map((field) => expect.objectContaining({ path: `recognitionDecisions.${field}` })),
      }),
    );
  });

  test('to repeat for another reason says it', () => {
    const decision = {
      promptId: 'x',
      decision: 'repeat',
      reason: 'other',
      note: '胶片遗失',
      patientInformed: told,
    };
    expect(() => checkDecision(decision as never)).not.toThrow();
  });
});
