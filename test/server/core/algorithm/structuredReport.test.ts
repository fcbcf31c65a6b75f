import { describe, expect, test } from 'vitest';
import { readStructuredReport } from '../../../../server/core/algorithm/readStructuredReport.ts';
import type { DomainError } from '../../../../server/core/errors.ts';
import {
  codedItem,
  container,
  numberItem,
  sopClasses,
  srTags,
  tags,
  textItem,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type Code,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';

const CONCLUSION: Code = ['121077', 'DCM', 'Conclusion'];
const IMPRESSION: Code = ['121073', 'DCM', 'Impression'];
const FINDING: Code = ['121071', 'DCM', 'Finding'];
const NODULE: Code = ['27925004', 'SCT', 'Nodule'];
const DIAMETER: Code = ['81827009', 'SCT', 'Diameter'];
const MILLIMETRE: Code = ['mm', 'UCUM', 'millimeter'];

const object = (content: readonly ElementList[], sopClassUid: string = sopClasses.comprehensiveSr) =>
  Buffer.concat([
    writeFileMeta({ sopClassUid, sopInstanceUid: '1.2.3', transferSyntax: transferSyntaxes.explicitLittleEndian }),
    writeDataSet([
      [tags.sopClassUid, sopClassUid],
      [tags.sopInstanceUid, '1.2.3'],
      [srTags.contentSequence, content],
    ]),
  ]); // prettier-ignore
const read = (...content: ElementList[]) => readStructuredReport(object(content));
const refused = (bytes: Buffer): string => {
  try {
    return JSON.stringify(readStructuredReport(bytes));
  } catch (error) {
    return `${(error as DomainError).status} ${(error as Error).message}`;
  }
};

describe('a structured report of an algorithm', () => {
  test('gives its texts, codes and numbers as findings under their concepts, and its conclusion as the sentence', () => {
    expect(
      read(
        textItem('CONTAINS', CONCLUSION, '右上肺结节可疑'),
        container(FINDING, [
          codedItem('CONTAINS', FINDING, NODULE),
          numberItem(DIAMETER, 8.5, MILLIMETRE),
          textItem('CONTAINS', ['LOC', '99LOCAL', '部位'], '右上叶'),
        ]),
      ),
    ).toEqual({
      conclusion: '右上肺结节可疑',
      positive: true,
      findings: [
        { code: '121071', label: 'Finding', value: 'Nodule' },
        { code: '81827009', label: 'Diameter', value: '8.5 mm' },
        { code: 'LOC', label: '部位', value: '右上叶' },
      ],
    });
  });

  test('takes an impression for the conclusion, and without either its first findings', () => {
    expect(read(textItem('CONTAINS', IMPRESSION, '未见异常')).conclusion).toBe('未见异常');
    const many = Array.from({ length: 7 }, (_, n) =>
      textItem('CONTAINS', [`F${n}`, '99', `项 ${n}`], `值 ${n}`),
    );
    expect(read(...many).conclusion).toBe('项 0 值 0;项 1 值 1;项 2 值 2;项 3 值 3;项 4 值 4');
  });

  test.each([
    ['260385009', 'Negative'],
    ['281900007', 'No abnormality'],
    ['111245', 'No algorithms succeeded; without findings'],
    ['R-42037', 'Absent'],
  ])('is negative where a code (%s) of it says that nothing was found', (value, meaning) => {
    expect(read(codedItem('CONTAINS', FINDING, [value, 'SCT', meaning])).positive).toBe(false);
    expect(read(container(FINDING, [codedItem('CONTAINS', FINDING, [value, 'SCT', meaning])])).positive).toBe(
      false,
    );
  });

  test('is positive where only its words say something like it', () => {
    expect(read(textItem('CONTAINS', CONCLUSION, 'Negative')).positive).toBe(true);
  });

  test('is cut where it is too long, too deep or too much for a draft', () => {
    const long = read(textItem('CONTAINS', CONCLUSION, '长'.repeat(1_200)));
    expect(long.conclusion).toHaveLength(1_000);
    const wide = read(
      ...Array.from({ length: 230 }, (_, n) => textItem('CONTAINS', [`F${n}`, '99', 'x'], 'y'.repeat(300))),
    );
    expect(wide.findings).toHaveLength(200);
    expect(wide.findings[0]?.value).toHaveLength(200);
    let deep: ElementList = textItem('CONTAINS', FINDING, '底');
    for (let n = 0; n < 30; n++) deep = container(FINDING, [deep]);
    expect(read(deep, textItem('CONTAINS', CONCLUSION, '面上')).findings).toEqual([]);
  });

  test('with an item that has no value or no name passes over it', () => {
    const found = read(
      textItem('CONTAINS', FINDING, ''),
      [
        [srTags.valueType, 'TEXT'],
        [srTags.textValue, '无名'],
      ],
      [[srTags.valueType, 'NUM']],
      textItem('CONTAINS', CONCLUSION, '有结论'),
    );
    expect(found).toEqual({ conclusion: '有结论', positive: true, findings: [] });
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), /^400 the body is not a DICOM object/],
    ['a page', Buffer.from('<html>'), /^400 the body is not a DICOM object/],
    ['an image', object([], sopClasses.ct), /^400 the object is not a structured report/],
    ['a report without content', object([]), /^400 the structured report holds no finding/],
    ['a report of empty containers', object([container(FINDING, [])]), /^400 .* no finding/],
  ])('that is %s is refused', (_what, bytes, message) => {
    expect(refused(bytes)).toMatch(message);
  });

  test('cut off at any byte is refused or read, and never hangs or fails otherwise', () => {
    const bytes = object([container(FINDING, [numberItem(DIAMETER, 8.5, MILLIMETRE), textItem('CONTAINS', CONCLUSION, '结节')])]);
    for (let length = 0; length < bytes.length; length += 7)
      expect(refused(bytes.subarray(0, length)), `${length} bytes`).toMatch(/^400 |^\{"conclusion"/);
  }); // prettier-ignore
});
