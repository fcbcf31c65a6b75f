import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ElementList, ElementToWrite, DicomError } from '../../../../server/standards/dicom/index.ts';
import {
  keywordOf,
  readDataSet,
  tagOf,
  tags,
  transferSyntaxes,
  vrOf,
  writeDataSet,
} from '../../../../server/standards/dicom/index.ts';

const { explicitLittleEndian, implicitLittleEndian } = transferSyntaxes;

const text = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '9', '-', '张', '珅', '霍', '𠮷', 'é'),
    minLength: 1,
    maxLength: 16,
  })
  .map((value) => value.trim())
  .filter((value) => value !== '');
const element: fc.Arbitrary<ElementToWrite> = fc.oneof(
  fc.tuple(fc.constantFrom(tags.patientName, tags.studyDescription, tags.institutionName), text),
  fc.tuple(fc.constant(tags.otherPatientIds), fc.array(text, { minLength: 1, maxLength: 4 })),
  fc.tuple(fc.constantFrom(tags.rows, tags.columns), fc.integer({ min: 0, max: 65535 })),
  fc.tuple(
    fc.constant(tags.windowCenter),
    fc.array(fc.integer({ min: -9999, max: 9999 }).map(String), { minLength: 1, maxLength: 3 }),
  ),
  fc.tuple(fc.constant(tags.sopInstanceUid), fc.constantFrom('1.2.3', '1.2.840.10008.1.1')),
  fc.tuple(fc.constant(0x00189306), fc.double({ noNaN: true, noDefaultInfinity: true })),
);
const list: fc.Arbitrary<ElementList> = fc.uniqueArray(element, { selector: ([tag]) => tag, maxLength: 6 });
const nested: fc.Arbitrary<ElementList> = fc
  .tuple(list, fc.array(list, { maxLength: 3 }))
  .map(([own, items]) => [...own, [tags.requestAttributesSequence, items] as const]);

test('what is written reads back, in both codings and in Chinese sets', () => {
  fc.assert(
    fc.property(
      nested,
      fc.constantFrom(explicitLittleEndian, implicitLittleEndian),
      fc.constantFrom('ISO_IR 192', 'GB18030'),
      (elements, transferSyntax, characterSet) => {
        const { dataSet } = readDataSet(
          writeDataSet(elements, { transferSyntax, characterSet }),
          transferSyntax,
        );
        for (const [tag, value] of elements) {
          if (tag === tags.requestAttributesSequence) {
            const items = dataSet.sequence(tag);
            expect(items).toHaveLength((value as ElementList[]).length);
            for (const [index, item] of (value as ElementList[]).entries())
              for (const [inner, innerValue] of item)
                expect(valueOf(items[index]!, inner, innerValue)).toEqual(innerValue);
          } else expect(valueOf(dataSet, tag, value)).toEqual(value);
        }
      },
    ),
    { numRuns: 300 },
  );
});

function valueOf(dataSet: ReturnType<typeof readDataSet>['dataSet'], tag: number, like: unknown): unknown {
  if (typeof like === 'number') return dataSet.number(tag);
  if (Array.isArray(like)) return dataSet.strings(tag);
  return dataSet.string(tag);
}

test('elements are sorted, padded to even length, and a backslash cannot split a value', () => {
  const bytes = writeDataSet(
    [
      [tags.patientId, 'A\\B'],
      [tags.sopInstanceUid, '1.2.3'],
    ],
    { characterSet: '' },
  );
  expect(bytes.length % 2).toBe(0);
  const { dataSet } = readDataSet(bytes, explicitLittleEndian);
  expect(dataSet.elements().map(({ tag }) => tag)).toEqual([tags.sopInstanceUid, tags.patientId]);
  expect(dataSet.strings(tags.patientId)).toEqual(['A/B']);
  expect(dataSet.bytes(tags.sopInstanceUid)?.at(-1)).toBe(0);
});

test('what cannot be written says so', () => {
  const code = (elements: ElementList, options = {}) => {
    try {
      writeDataSet(elements, options);
      return 'written';
    } catch (error) {
      return (error as DicomError).code;
    }
  };
  expect(code([[0x00091001, 'private']])).toBe('unencodable');
  expect(code([[tags.rows, 70_000]])).toBe('unencodable');
  expect(code([[tags.patientId, 'x'.repeat(70_000)]])).toBe('unencodable');
  expect(code([], { transferSyntax: transferSyntaxes.explicitBigEndian })).toBe('unencodable');
  expect(code([[0x00091001, 'private', 'LO']])).toBe('written');
});

test('the dictionary knows keywords, repeating groups and private creators', () => {
  expect(tagOf('PatientName')).toBe(tags.patientName);
  expect(tagOf('0020000d')).toBe(tags.studyInstanceUid);
  expect(tagOf('NoSuchKeyword')).toBeUndefined();
  expect(keywordOf(tags.accessionNumber)).toBe('AccessionNumber');
  expect(vrOf(0x60023000)).toBe('OB');
  expect(vrOf(0x00090010)).toBe('LO');
  expect(vrOf(0x00091001)).toBeUndefined();
  for (const tag of Object.values(tags))
    if (tag < tags.item) expect(vrOf(tag), tag.toString(16)).toBeDefined();
});
