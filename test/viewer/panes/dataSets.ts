import type { DataSet } from '../../../viewer/src/panes/study/dicomJson.ts';

/** An element as DICOMweb gives it. */
export const element = (vr: string, ...values: unknown[]) => ({ vr, Value: values });

export const ctImage = '1.2.840.10008.5.1.4.1.1.2';

/** Slice `n` of a CT series, 2 mm above the one before it. */
export function slice(n: number, more: DataSet = {}): DataSet {
  return {
    '00080016': element('UI', ctImage),
    '00080018': element('UI', `1.2.3.${n}`),
    '00080060': element('CS', 'CT'),
    '0020000D': element('UI', '1.2'),
    '0020000E': element('UI', '1.2.3'),
    '00200013': element('IS', n),
    '00200032': element('DS', 0, 0, n * 2),
    '00200037': element('DS', 1, 0, 0, 0, 1, 0),
    '00280004': element('CS', 'MONOCHROME2'),
    '00280010': element('US', 4),
    '00280011': element('US', 6),
    '00280030': element('DS', 0.5, 0.25),
    '7FE00010': { vr: 'OW', BulkDataURI: '/bulkdata' },
    ...more,
  };
}

/** A coded concept, as sequences of structured reports hold it. */
export const concept = (codeValue: string, meaning = codeValue) =>
  element('SQ', { '00080100': element('SH', codeValue), '00080104': element('LO', meaning) });

/** One item of the content tree of a structured report. */
export const content = (valueType: string, name: string, more: DataSet = {}): DataSet => ({
  '0040A040': element('CS', valueType),
  ...(name && { '0040A043': concept(name) }),
  ...more,
});

export const children = (...items: DataSet[]): DataSet => ({ '0040A730': element('SQ', ...items) });

export const reference = (sopInstanceUid: string, ...frames: number[]): DataSet => ({
  '00081199': element('SQ', {
    '00081155': element('UI', sopInstanceUid),
    ...(frames.length > 0 && { '00081160': element('IS', ...frames) }),
  }),
});
