import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import type { ElementList } from '../../../../server/standards/dicom/index.ts';
import {
  answeringCharacterSet,
  characterSet,
  displayName,
  encodeText,
  readDataSet,
  readHeader,
  readPersonName,
  tags,
  transferSyntaxes,
  writeDataSet,
} from '../../../../server/standards/dicom/index.ts';
import { fixture, haveFixtures } from './fixtures.ts';

const explicit = transferSyntaxes.explicitLittleEndian;

/** A data set whose text is already bytes, so that label and content can disagree. */
function labelled(terms: string, name: Buffer, more: ElementList = []) {
  const bytes = writeDataSet(
    [
      ...(terms === '' ? [] : ([[tags.specificCharacterSet, terms.split('\\')]] as ElementList)),
      [tags.patientName, name],
      ...more,
    ],
    { characterSet: '' },
  );
  return readDataSet(bytes, explicit).dataSet;
}

describe('names of the sample files', () => {
  test.skipIf(!haveFixtures).each([
    ['chrArab', 'قباني^لنزار'],
    ['chrFren', 'Buc^Jérôme'],
    ['chrFrenMulti', 'Buc^Jérôme'],
    ['chrGB2312', 'Zhang^XiaoDong=张^小东='],
    ['chrGerm', 'Äneas^Rüdiger'],
    ['chrGreek', 'Διονυσιος'],
    ['chrH31', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
    ['chrH32', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'],
    ['chrHbrw', 'שרון^דבורה'],
    ['chrI2', 'Hong^Gildong=洪^吉洞=홍^길동'],
    ['chrJapMulti', 'やまだ^たろう'],
    ['chrJapMultiExplicitIR6', 'やまだ^たろう'],
    ['chrKoreanMulti', '김희중'],
    ['chrRuss', 'Люкceмбypг'],
    ['chrX1', 'Wang^XiaoDong=王^小東='],
    ['chrX2', 'Wang^XiaoDong=王^小东='],
  ])('%s reads %s and raises no doubt', (name, expected) => {
    const { dataSet } = readHeader(fixture(`charsets/${name}.dcm`));
    expect(dataSet.string(tags.patientName)).toBe(expected);
    expect(dataSet.characterSetDoubt).toBeUndefined();
  });

  test.skipIf(!haveFixtures)('a sequence item has its own character set, or the one around it', () => {
    for (const name of ['chrSQEncoding', 'chrSQEncoding1']) {
      const { dataSet } = readHeader(fixture(`charsets/${name}.dcm`));
      const [item] = dataSet.sequence(tags.requestedProcedureCodeSequence);
      expect(item?.string(tags.patientName)).toBe('ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう');
    }
  });
});

describe('text under a wrong label', () => {
  test.each(['', 'ISO_IR 100', 'ISO_IR 6', 'NONSENSE', 'ISO_IR 192'])(
    'GBK labelled "%s" is read and flagged',
    (label) => {
      // 珅 玘 昞 end in the bytes of \ ^ | in GBK
      for (const name of ['张^三', '王^珅', '李^玘', '欧阳^昞晖', 'Zhang^San=张^三']) {
        const dataSet = labelled(label, iconv.encode(name, 'gbk'));
        expect(dataSet.string(tags.patientName)).toBe(name);
        expect(dataSet.characterSetDoubt).toBe('gbk');
      }
    },
  );

  test.each(['', 'ISO_IR 100', 'GB18030', 'GBK', '\\ISO 2022 IR 58'])(
    'UTF-8 labelled "%s" is read and flagged',
    (label) => {
      const dataSet = labelled(label, Buffer.from('张^小东'));
      expect(dataSet.string(tags.patientName)).toBe('张^小东');
      expect(dataSet.characterSetDoubt).toBe('utf-8');
    },
  );

  test('GB 2312 that was promised escape sequences and has none is read and flagged', () => {
    const dataSet = labelled('\\ISO 2022 IR 58', iconv.encode('王^珅', 'gbk'));
    expect(dataSet.string(tags.patientName)).toBe('王^珅');
    expect(dataSet.characterSetDoubt).toBe('gbk');
  });

  test.each([
    'Äneas^Rüdiger',
    'Größe^Jürgen',
    'Buc^Jérôme',
    'Müller^Ångström',
    'ÖZGÜR^ŞEN'.replace('Ş', 'S'),
    'Nuñez^José',
  ])('Western %s under ISO_IR 100 stays Western', (name) => {
    const dataSet = labelled('ISO_IR 100', Buffer.from(name, 'latin1'));
    expect(dataSet.string(tags.patientName)).toBe(name);
    expect(dataSet.characterSetDoubt).toBeUndefined();
  });

  test('a mislabelled name inside a sequence decides for the whole data set', () => {
    const dataSet = labelled('ISO_IR 100', Buffer.from('ZHANG^SAN'), [
      [
        tags.requestAttributesSequence,
        [[[tags.requestedProcedureDescription, iconv.encode('胸部正位', 'gbk')]]],
      ],
    ]);
    expect(dataSet.characterSetDoubt).toBe('gbk');
    expect(
      dataSet.sequence(tags.requestAttributesSequence)[0]?.string(tags.requestedProcedureDescription),
    ).toBe('胸部正位');
  });

  test('bytes that fit nothing are read as Latin-1 and flagged as unknown', () => {
    const dataSet = labelled('', Buffer.from([0x41, 0xff, 0x42]));
    expect(dataSet.characterSetDoubt).toBe('unknown');
    expect(dataSet.string(tags.patientName)).toBe('AÿB');
  });
});

describe('writing', () => {
  test('what is written in a Chinese set reads back', () => {
    const hanzi = fc.string({
      unit: fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCodePoint(code)),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(hanzi, fc.constantFrom('ISO_IR 192', 'GB18030', 'GBK'), (name, set) => {
        expect(characterSet([set]).decode(encodeText(name, set), true)).toBe(name);
      }),
      { numRuns: 300 },
    );
  });

  test('ISO 2022 IR 58 designates GB 2312 anew behind each delimiter (PS3.5 §K.3)', () => {
    const name = 'Zhang^XiaoDong=张^小东=';
    const bytes = encodeText(name, '\\ISO 2022 IR 58');
    expect(bytes.toString('latin1').split('\x1b$)A')).toHaveLength(3);
    expect(characterSet(['', 'ISO 2022 IR 58']).decode(bytes, true)).toBe(name);
    if (haveFixtures) {
      const original = readHeader(fixture('charsets/chrGB2312.dcm')).dataSet.bytes(tags.patientName);
      expect(original?.toString('latin1').trimEnd()).toBe(bytes.toString('latin1'));
    }
  });

  test('the answer is in the set that was asked with, else UTF-8', () => {
    expect(answeringCharacterSet(['GB18030'])).toBe('GB18030');
    expect(answeringCharacterSet(['', 'ISO 2022 IR 58'])).toBe('\\ISO 2022 IR 58');
    expect(answeringCharacterSet(['ISO_IR 100'])).toBe('ISO_IR 192');
    expect(answeringCharacterSet([])).toBe('ISO_IR 192');
  });
});

test('person names: groups, and the form a person reads', () => {
  expect(readPersonName('Wang^XiaoDong^^^=王^小东=')).toEqual({
    alphabetic: 'Wang^XiaoDong',
    ideographic: '王^小东',
  });
  expect(displayName(readPersonName('Wang^XiaoDong=王^小东'))).toBe('王小东');
  expect(displayName(readPersonName('张^三'))).toBe('张三');
  expect(displayName(readPersonName('Doe^John'))).toBe('Doe John');
});
