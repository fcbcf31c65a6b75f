import type { TFunction } from 'i18next';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../viewer/src/api/problem.ts';
import { wordsOf } from './words.ts';

/** As the browser sees them; their own types are unknown on this side. */
const at = async <T>(path: string): Promise<T> =>
  (await import(/* @vite-ignore */ `${import.meta.dirname}/../../viewer/src/${path}`)) as T;
type ProblemText = (error: unknown, t: TFunction, withCode?: boolean) => string;
const { ApiError } = await at<{ ApiError: new (status: number, problem: Problem, id: null) => Error }>(
  'api/client.ts',
);
const { problemText: ofLab } = await at<{ problemText: ProblemText }>('centers/lab/problemText.ts');
const { problemText: ofSterilization } = await at<{ problemText: ProblemText }>(
  'centers/sterilization/problemText.ts',
);
const { requiredText } = await at<{ requiredText: (block: object, t: TFunction) => string }>(
  'centers/sterilization/requiredText.ts',
);
const t = await wordsOf('shell', 'refused', 'lab', 'sterilization');
const zh = t('zh-CN');
const refused = (code: string, more: object = {}, status = 409) =>
  new ApiError(status, { type: `urn:hub:problem/${code}`, status, ...more }, null);

describe('why the laboratory refused', () => {
  test.each([
    ['tube-state', { barcode: 'T1', state: 'rejected' }, ['T1', zh('lab:tube.rejected')]],
    ['box-state', { box: 'B7', state: 'sealed' }, ['B7', zh('lab:box.state.sealed')]],
    ['round-state', { round: 'scored' }, [zh('lab:eqa.state.scored')]],
    ['place-taken', { place: 'A-3' }, ['A-3']],
    ['in-manifest', { barcode: 'T1', box: 'B7' }, ['T1', 'B7']],
    ['not-a-number', { test: '葡萄糖', value: 'abc' }, ['葡萄糖', 'abc']],
  ])('%s names what it is about', (code, facts, said) => {
    const words = ofLab(refused(code, facts), zh);
    for (const each of said) expect(words).toContain(each);
    expect(words).not.toMatch(/\{\{|lab:|undefined/);
  });

  test('results that are held are listed with the reason of each', () => {
    const waiting = [
      { testCode: 'K', reasons: ['haemolysis', 'delta'] },
      { testCode: 'NA', reasons: ['own-words'] },
    ];
    const words = ofLab(refused('results-held', { waiting }), zh);
    expect(words).toContain(`K ${zh('lab:hold.haemolysis', { defaultValue: 'haemolysis' })}, `);
    expect(words).toContain('; NA own-words');
  });

  test('faults at fields are told one after the other; one without a code as the hub wrote it', () => {
    const errors = [
      { path: 'volume', code: 'volume', message: 'volume must be positive' },
      { message: 'something new' },
      { code: 'never-heard-of', message: 'as written' },
    ];
    expect(ofLab(refused('invalid', { errors }, 422), zh)).toBe(
      `${zh('lab:fault.volume')}; something new; as written`,
    );
  });

  test('a code of another part of the hub is told in its words, a lost line as such', () => {
    expect(ofLab(refused('claimed-by-other', { claimedBy: '李四' }), zh)).toContain('李四');
    expect(ofLab(new ApiError(0, {}, null), zh)).toBe(zh('shell:failed.line.title'));
    expect(ofLab(new Error('broken'), zh)).toBe('broken');
  });
});

describe('why a station refused', () => {
  test('says which pack, what is missing and where it stands', () => {
    const words = ofSterilization(
      refused('step-missing', { code: 'P1', missing: ['counted', 'washed'], state: 'collected' }),
      zh,
    );
    expect(words).toMatch(/^P1 /);
    expect(words).toContain('已清点、已清洗');
    expect(
      ofSterilization(refused('step-missing', { code: 'P1', missing: ['counted'] }), zh, false),
    ).not.toContain('P1');
  });
  test('what it has no words for is told as everywhere; a lost line as such', () => {
    expect(ofSterilization(refused('claimed-by-other', { claimedBy: '李四' }), zh)).toContain('李四');
    expect(ofSterilization(new ApiError(0, { type: 'urn:hub:problem/step-missing' }, null), zh)).toBe(
      zh('shell:failed.line.title'),
    );
  });
  test('in English no Chinese words stand between', () => {
    const words = ofSterilization(refused('step-already-done', { code: 'P1', state: 'stored' }), t('en-US'));
    expect(words).not.toMatch(/[\u4e00-\u9fff]/);
  });
  test('a blocked machine says how many runs of each kind it must still show', () => {
    const text = (requiredProcess: number, requiredBowieDick: number) =>
      requiredText({ requiredProcess, requiredBowieDick }, zh);
    expect(text(3, 1)).toBe(`${text(3, 0)} ${text(0, 1)}`);
    expect(text(3, 0)).toContain('3');
    expect(text(0, 0)).toBe('');
  });
});
