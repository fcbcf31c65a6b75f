import { badRequest } from '../errors.ts';
import { readHeader, type DataSet } from '../../standards/dicom/index.ts';
import type { AlgorithmFindings } from './findings.ts';

const T = {
  sopClassUid: 0x00080016,
  contentSequence: 0x0040a730,
  valueType: 0x0040a040,
  conceptName: 0x0040a043,
  conceptCode: 0x0040a168,
  textValue: 0x0040a160,
  measured: 0x0040a300,
  numericValue: 0x0040a30a,
  units: 0x004008ea,
  codeValue: 0x00080100,
  codeMeaning: 0x00080104,
} as const;
const MOST_ITEMS = 200;
const DEEPEST = 12;
/** DCM 121077 Conclusion; 121073 Impression. */
const CONCLUSION = new Set(['121077', '121073']);
/** SCT 260385009 Negative, 281900007 No abnormality; DCM 111245 No finding. */
const NEGATIVE = new Set(['260385009', '281900007', '111245', 'R-42037']);

/**
 * The findings of a DICOM structured report (PS3.3 §C.17.3): every TEXT, CODE and NUM item becomes a finding under its
 * concept name, a conclusion or impression the sentence. Positive unless a code of the tree says that nothing was found.
 * Throws 400 for anything but a readable structured report.
 */
export function readStructuredReport(bytes: Buffer): AlgorithmFindings {
  let dataSet: DataSet;
  try {
    dataSet = readHeader(bytes, { complete: true }).dataSet;
  } catch (cause) {
    throw badRequest(`the body is not a DICOM object: ${cause instanceof Error ? cause.message : ''}`);
  }
  if (!dataSet.string(T.sopClassUid)?.startsWith('1.2.840.10008.5.1.4.1.1.88.'))
    throw badRequest('the object is not a structured report');
  const findings: AlgorithmFindings['findings'] = [];
  let conclusion = '';
  let negative = false;
  const walk = (items: DataSet[], depth: number) => {
    for (const item of items) {
      if (depth > DEEPEST || findings.length >= MOST_ITEMS) return;
      const name = item.sequence(T.conceptName)[0];
      const code = name?.string(T.codeValue) ?? '';
      const label = name?.string(T.codeMeaning) ?? code;
      const type = item.string(T.valueType);
      const chosen = item.sequence(T.conceptCode)[0];
      const measured = item.sequence(T.measured)[0];
      const value =
        type === 'TEXT'
          ? item.text(T.textValue)
          : type === 'CODE'
            ? chosen?.string(T.codeMeaning)
            : type === 'NUM'
              ? [measured?.string(T.numericValue), measured?.sequence(T.units)[0]?.string(T.codeValue)].filter(Boolean).join(' ') // prettier-ignore
              : undefined;
      if (chosen && NEGATIVE.has(chosen.string(T.codeValue) ?? '')) negative = true;
      if (type === 'TEXT' && CONCLUSION.has(code) && value) conclusion = value.slice(0, 1_000);
      else if (value && label)
        findings.push({
          code: (code || label).slice(0, 80),
          label: label.slice(0, 200),
          value: value.slice(0, 200),
        });
      walk(item.sequence(T.contentSequence), depth + 1);
    }
  };
  walk(dataSet.sequence(T.contentSequence), 0);
  if (!conclusion)
    conclusion = findings
      .slice(0, 5)
      .map((each) => `${each.label} ${each.value ?? ''}`)
      .join(';');
  if (!conclusion) throw badRequest('the structured report holds no finding');
  return { conclusion, positive: !negative, findings };
}
