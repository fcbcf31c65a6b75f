import { expect, test } from 'vitest';
import type { DataSet } from '../../viewer/src/panes/study/dicomJson.ts';
import { contentLines } from '../../viewer/src/panes/study/structuredReport.ts';

const code = (meaning: string) => ({ vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: [meaning] } }] });
const item = (valueType: string, name: string, more: DataSet): DataSet => ({
  '0040A040': { vr: 'CS', Value: [valueType] },
  ...(name && { '0040A043': code(name) }),
  ...more,
});

test('dates of a structured report are legible, and a line that points at an image says which', () => {
  const reference = {
    '00081155': { vr: 'UI', Value: ['1.2.3'] },
    '00081160': { vr: 'IS', Value: [4] },
  };
  const report = item('CONTAINER', 'Report', {
    '0040A730': {
      vr: 'SQ',
      Value: [
        item('DATETIME', 'Started', { '0040A120': { vr: 'DT', Value: ['20261130101500.25+0800'] } }),
        item('DATE', 'Day', { '0040A121': { vr: 'DA', Value: ['20261130'] } }),
        item('IMAGE', '', { '00081199': { vr: 'SQ', Value: [reference] } }),
      ],
    },
  });
  expect(contentLines(report)).toEqual([
    { depth: 0, name: 'Report', value: '' },
    { depth: 1, name: 'Started', value: '2026-11-30 10:15:00' },
    { depth: 1, name: 'Day', value: '2026-11-30' },
    { depth: 1, name: '', value: '', image: { sopInstanceUid: '1.2.3', frame: 4 } },
  ]);
});
