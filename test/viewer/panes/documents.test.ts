import { describe, expect, test } from 'vitest';
import type { DataSet } from '../../../viewer/src/panes/study/dicomJson.ts';
import { readKeyObjects } from '../../../viewer/src/panes/study/keyObjects.ts';
import { contentLines } from '../../../viewer/src/panes/study/structuredReport.ts';
import { children, concept, content, element, reference } from './dataSets.ts';

describe('a structured report as lines', () => {
  const measured = (value: string, ...units: DataSet[]) => ({
    '0040A300': element('SQ', { '0040A30A': element('DS', value), '004008EA': element('SQ', ...units) }),
  });
  test.each<[string, DataSet, string]>([
    ['TEXT', { '0040A160': element('UT', '左肺结节') }, '左肺结节'],
    ['PNAME', { '0040A123': element('PN', { Alphabetic: 'WANG^WU', Ideographic: '王^五' }) }, '王 五'],
    ['CODE', { '0040A168': concept('T-28000', '肺') }, '肺'],
    ['DATE', { '0040A121': element('DA', '20261130') }, '2026-11-30'],
    ['TIME', { '0040A122': element('TM', '101500.25') }, '10:15:00'],
    ['TIME', { '0040A122': element('TM', '1015') }, '10:15'],
    ['DATETIME', { '0040A120': element('DT', '20261130101500+0800') }, '2026-11-30 10:15:00'],
    ['DATETIME', { '0040A120': element('DT', '20261130') }, '2026-11-30'],
    ['UIDREF', { '0040A124': element('UI', '1.2.3') }, '1.2.3'],
    ['NUM', measured('12.5', { '00080104': element('LO', '毫米') }), '12.5 毫米'],
    ['NUM', measured('3'), '3'],
    ['NUM', {}, ''],
    ['COMPOSITE', reference('1.2.9'), '1.2.9'],
    ['WAVEFORM', reference('1.2.8'), '1.2.8'],
    ['SCOORD', { '00700022': element('FL', 1, 2) }, ''],
  ])('%s is said in words (%j)', (valueType, more, value) => {
    expect(contentLines(content(valueType, '名称', more))).toEqual([{ depth: 0, name: '名称', value }]);
  });

  test('what says nothing by itself is no line, what stands below it is', () => {
    const inner = content('TEXT', '所见', { '0040A160': element('UT', '未见异常') });
    expect(
      contentLines(content('CONTAINER', '', children(content('CONTAINER', '', children(inner))))),
    ).toEqual([{ depth: 2, name: '所见', value: '未见异常' }]);
  });

  test('a line that points at an image says which, its first frame where it names none', () => {
    const [line] = contentLines(content('IMAGE', '', reference('1.2.3')));
    expect(line?.image).toEqual({ sopInstanceUid: '1.2.3', frame: 1 });
    expect(contentLines(content('IMAGE', ''))).toEqual([]);
  });

  test('a tree without end is read to a bound', () => {
    const endless: DataSet = content('TEXT', 'n', { '0040A160': element('UT', 'x') });
    endless['0040A730'] = element('SQ', endless);
    expect(contentLines(endless)).toHaveLength(13);
  });
});

describe('a key object selection', () => {
  const evidence = (study: string, series: string, ...objects: string[]) => ({
    '0020000D': element('UI', study),
    '00081115': element('SQ', {
      '0020000E': element('UI', series),
      '00081199': element('SQ', ...objects.map((uid) => ({ '00081155': element('UI', uid) }))),
    }),
  });
  const document = (...items: DataSet[]): DataSet => ({
    '0040A043': concept('113000', 'Of Interest'),
    '0040A375': element(
      'SQ',
      evidence('1.1', '1.1.1', '1.1.1.1', '1.1.1.2'),
      evidence('2.2', '2.2.1', '2.2.1.1'),
    ),
    ...children(...items),
  });

  test('names its images in its order, with where each lies, frames one by one', () => {
    const read = readKeyObjects(
      document(content('IMAGE', '', reference('2.2.1.1')), content('IMAGE', '', reference('1.1.1.2', 7, 3))),
    );
    const at = (studyUid: string, seriesUid: string, sopInstanceUid: string, frame: number) => ({
      studyUid,
      seriesUid,
      sopInstanceUid,
      frame,
    });
    expect(read.images).toEqual([
      at('2.2', '2.2.1', '2.2.1.1', 1),
      at('1.1', '1.1.1', '1.1.1.2', 7),
      at('1.1', '1.1.1', '1.1.1.2', 3),
    ]);
  });

  test('an image that is no evidence of it cannot be found and is left out', () => {
    expect(readKeyObjects(document(content('IMAGE', '', reference('9.9')))).images).toEqual([]);
  });

  test('says its title, who chose and why; a text of another kind is no description', () => {
    const text = (code: string, words: string) => content('TEXT', code, { '0040A160': element('UT', words) });
    const who = content('PNAME', '121008', { '0040A123': element('PN', { Alphabetic: 'ZHAO^LIU' }) });
    expect(readKeyObjects(document(text('121106', '别的'), who, text('113012', '请会诊')))).toEqual({
      titleCode: '113000',
      title: 'Of Interest',
      description: '请会诊',
      observer: 'ZHAO LIU',
      images: [],
    });
  });

  test('an empty document chooses nothing', () => {
    expect(readKeyObjects({})).toEqual({
      titleCode: '',
      title: '',
      description: '',
      observer: '',
      images: [],
    });
  });
});
