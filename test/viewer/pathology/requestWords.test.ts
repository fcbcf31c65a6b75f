import type { TFunction } from 'i18next';
import { describe, expect, test } from 'vitest';
import { grossTemplates, templatesFor } from '../../../viewer/src/centers/pathology/grossTemplates.ts';
import { noteWords, type IndicatorNote } from '../../../viewer/src/centers/pathology/noteWords.ts';
import { resultWords } from '../../../viewer/src/centers/pathology/resultWords.ts';
import { instantOf, orderExtra } from '../../../viewer/src/centers/pathology/specimenRows.ts';
import { wordsOf } from '../words.ts';

describe('specimens of a request', () => {
  test('times are those of the county, and a time not given is none: never now', () => {
    expect(instantOf('2026-11-22T09:30')).toBe('2026-11-22T01:30:00.000Z');
    expect(instantOf('2026-11-22T00:10')).toBe('2026-11-21T16:10:00.000Z');
    for (const nothing of ['', undefined, null, 3]) expect(instantOf(nothing)).toBeUndefined();
  });

  test('go with what was filled in; a row without a site is none', () => {
    const made = orderExtra({
      specimens: [
        { site: '胃窦', laterality: 'none', removedAt: '2026-11-22T09:30', fixationStartedAt: '', note: '' },
        { laterality: 'left', note: '只有备注' },
        { site: '', removedAt: '2026-11-22T09:30' },
      ],
    });
    expect(made).toEqual({
      specimens: [{ site: '胃窦', laterality: 'none', removedAt: '2026-11-22T01:30:00.000Z' }],
    });
  });

  test('clinical facts and an appointment for a frozen section stand only where something was said', () => {
    expect(orderExtra({ clinical: { history: '', surgery: null }, frozen: { appointmentAt: '' } })).toEqual({
      specimens: [],
    });
    expect(
      orderExtra({ clinical: { history: '胃痛' }, frozen: { appointmentAt: '2026-11-23T08:00', room: '3' } }),
    ).toEqual({
      specimens: [],
      clinical: { history: '胃痛' },
      frozen: { appointmentAt: '2026-11-23T00:00:00.000Z', room: '3' },
    });
    expect(orderExtra({})).toEqual({ specimens: [] });
  });
});

describe('dictation templates', () => {
  const keys = (...sites: string[]) => templatesFor(sites).fitting.map(({ key }) => key);
  test.each([
    [['远端胃'], ['stomach']],
    [['左乳', '腋窝'], ['breast']],
    [['阑尾'], ['appendix']],
    [['乙状结肠息肉'], ['biopsy', 'colorectum']],
    [['甲状腺左叶'], ['thyroid']],
    [['皮肤'], []],
    [[], []],
  ])('for %j stand first: %j', (sites, fitting) => expect(keys(...sites)).toEqual(fitting));
  test('all others stand behind them, none twice', () => {
    const { fitting, others } = templatesFor(['胃', '胆囊']);
    expect([...fitting, ...others].map(({ key }) => key).sort()).toEqual(
      grossTemplates.map(({ key }) => key).sort(),
    );
  });
  test('each has a blank to fill and blocks to take', () => {
    for (const { text, blocks } of grossTemplates) {
      expect(text).toContain('_');
      expect(blocks.length).toBeGreaterThan(0);
      expect(new Set(blocks).size).toBe(blocks.length);
    }
  });
});

describe('results in words', () => {
  test('a stain with its share and strength, as far as they were read', () => {
    expect(resultWords({ result: '3+', percent: 80, intensity: '强' })).toBe('3+ · 80 % · 强');
    expect(resultWords({ result: '-', percent: 0 })).toBe('- · 0 %');
    expect(resultWords({ result: '阳性' })).toBe('阳性');
  });

  test('what stands behind a case of an indicator', async () => {
    const t = (await wordsOf('pathology', 'shell'))('zh-CN') as TFunction<['pathology', 'shell']>;
    const said = (note: IndicatorNote | null) => noteWords(note, t);
    expect(said(null)).toBe('');
    expect(said({ minutes: 25 })).toBe(t('shell:time.minutes', { m: 25 }));
    expect(said({ minutes: 25, of: 30 })).toBe(t('quality.note.minutesOf', { minutes: 25, of: 30 }));
    const specimens = said({
      specimens: [
        { letter: 'A', ischaemia: 12, fixed: true },
        { letter: 'B', ischaemia: null, fixed: false },
      ],
    });
    expect(specimens).toBe(
      `A · ${t('flow.ischaemia', { minutes: 12 })}; B · ${t('flow.ischaemiaUnknown')} · ${t('flow.fixationUnknown')}`,
    );
    expect(said({ agreement: 'agree', text: '同意' })).toBe(`${t('agreement.agree')}：同意`);
    expect(said({ differs: true })).toBe(t('quality.differs'));
    expect(said({ differs: false, text: null })).toBe('');
  });
});
