import { describe, expect, test } from 'vitest';
import { checkSynoptic, renderSynoptic } from '../../../../server/pathology/synoptic/renderSynoptic.ts';
import { stageOf } from '../../../../server/pathology/synoptic/stage.ts';
import { builtInTemplates } from '../../../../server/pathology/synoptic/templates.ts';

const form = (code: string) => builtInTemplates.find((template) => template.code === code)!;

describe('stage groups of AJCC, 8th edition', () => {
  test.each([
    ['STOMACH', { invasion: 'T1a', nodesPositive: 0 }, 'IA'],
    ['STOMACH', { invasion: 'T3', nodesPositive: 4 }, 'IIIA'],
    ['STOMACH', { invasion: 'T2', nodesPositive: 16 }, 'IIIB'],
    ['STOMACH', { invasion: 'T4b', nodesPositive: 7 }, 'IIIC'],
    ['STOMACH', { invasion: 'T1b', nodesPositive: 0, metastasis: 'M1' }, 'IV'],
    ['COLORECTUM', { invasion: 'T3', nodesPositive: 0 }, 'IIA'],
    ['COLORECTUM', { invasion: 'T2', nodesPositive: 1 }, 'IIIA'],
    ['COLORECTUM', { invasion: 'T3', nodesPositive: 0, tumourDeposits: 'present' }, 'IIIB'],
    ['COLORECTUM', { invasion: 'T4a', nodesPositive: 4 }, 'IIIC'],
    ['COLORECTUM', { invasion: 'T1', nodesPositive: 7 }, 'IIIB'],
    ['COLORECTUM', { invasion: 'T3', nodesPositive: 0, metastasis: 'M1b' }, 'IVB'],
    ['LUNG', { sizeCm: 1, extent: 'lung', nodes: 'N0' }, 'IA1'],
    ['LUNG', { sizeCm: 1.6, extent: 'visceral-pleura', nodes: 'N0' }, 'IB'],
    ['LUNG', { sizeCm: 6, extent: 'lung', nodes: 'N2' }, 'IIIB'],
    ['LUNG', { sizeCm: 8, extent: 'lung', nodes: 'N0' }, 'IIIA'],
    ['BREAST', { extent: 'breast', invasiveSizeMm: 18, nodesPositive: 0 }, 'IA'],
    ['BREAST', { extent: 'breast', invasiveSizeMm: 18, nodesPositive: 1, largestDeposit: 'micro' }, 'IB'],
    ['BREAST', { extent: 'breast', invasiveSizeMm: 30, nodesPositive: 2 }, 'IIB'],
    ['BREAST', { extent: 'breast', invasiveSizeMm: 60, nodesPositive: 10 }, 'IIIC'],
    ['BREAST', { extent: 'in-situ', nodesPositive: 0 }, '0'],
  ])('%s %o is %s', (code, values, group) => {
    expect(stageOf(form(code), values)?.group).toBe(group);
  });

  test('says nothing of nodes that nobody examined', () => {
    const none = { nodesExamined: 0, nodesPositive: 0 };
    expect(stageOf(form('STOMACH'), { invasion: 'T2', ...none })).toMatchObject({ n: 'NX', group: null });
    expect(stageOf(form('LUNG'), { sizeCm: 1.6, extent: 'in-situ', nodes: 'N0', ...none })).toMatchObject({
      t: 'Tis',
      n: 'NX',
      group: '0',
    });
    expect(stageOf(form('STOMACH'), { invasion: 'T2', ...none, metastasis: 'M1' })?.group).toBe('IV');
  });
  test('is not made up while an element is missing', () => {
    expect(stageOf(form('STOMACH'), { invasion: 'T3' })).toBeNull();
    expect(stageOf(form('LUNG'), { nodes: 'N0', extent: 'lung' })).toBeNull();
  });
});

describe('a filled form', () => {
  const values = { result: 'squamous', p16: 'block', depthMm: 4 };
  test('asks for what the other answers make necessary', () => {
    expect(checkSynoptic(form('CERVIX-BIOPSY'), values)).toEqual([]);
    expect(checkSynoptic(form('CERVIX-BIOPSY'), { result: 'squamous', p16: 'block' })).toMatchObject([
      { element: 'depthMm', code: 'required' },
    ]);
    expect(checkSynoptic(form('CERVIX-BIOPSY'), { result: 'lsil', p16: 'block' })).toEqual([]);
  });
  test('refuses unknown options and impossible counts', () => {
    expect(checkSynoptic(form('CERVIX-BIOPSY'), { ...values, p16: 'perhaps' })).toMatchObject([
      { code: 'unknown-option' },
    ]);
    const faults = checkSynoptic(form('COLORECTUM'), { nodesExamined: 3, nodesPositive: 5 });
    expect(faults).toContainEqual(
      expect.objectContaining({ element: 'nodesPositive', code: 'out-of-range' }),
    );
  });
  test('becomes text in both languages', () => {
    expect(renderSynoptic(form('CERVIX-BIOPSY'), values)).toBe(
      '最重病变：鳞状细胞癌\np16：块状阳性\n浸润深度：4 mm',
    );
    expect(renderSynoptic(form('CERVIX-BIOPSY'), values, 'en')).toContain('Depth of invasion: 4 mm');
  });
  test('every option and element of every form is named in both languages', () => {
    for (const { elements } of builtInTemplates) {
      for (const { label, options = [] } of elements)
        for (const words of [label, ...options.map((each) => each.label)])
          expect(words.zh && words.en).toBeTruthy();
    }
  });
});
