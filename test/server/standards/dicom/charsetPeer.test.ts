import { describe, expect, test } from 'vitest';
import { characterSet, encodeText, readHeader, tags } from '../../../../server/standards/dicom/index.ts';
import { python, runPython } from '../../../helpers/dicomPeers.ts';

/** Each defined term of PS3.3 Tables C.12-2 to C.12-5 with a text that only it can hold. */
const sets: readonly (readonly [terms: string, text: string])[] = [
  ['ISO_IR 100', 'Ýrsa^Þór ÿ¼'],
  ['ISO_IR 101', 'Wałęsa^Lech'],
  ['ISO_IR 109', 'Ġużeppi^Ħal'],
  ['ISO_IR 110', 'Kārlis^Ģirts'],
  ['ISO_IR 144', 'Люкceмбypг^Ђ'],
  ['ISO_IR 127', 'قباني^لنزار'],
  ['ISO_IR 126', 'Διονυσιος^Ώ'],
  ['ISO_IR 138', 'שרון^דבורה'],
  ['ISO_IR 148', 'Çavuşoğlu^İ'],
  ['ISO_IR 166', 'นามสกุล^ชื่อ'],
  ['ISO_IR 192', 'Ångström^𠮷=吉^田'],
  ['GB18030', 'Wang^Ge=王^㐀𠮷'],
  ['GBK', 'Wang^Long=王^龘'],
  ['\\ISO 2022 IR 100', 'Buc^Jérôme'],
  ['\\ISO 2022 IR 101', 'Wałęsa^Lech'],
  ['\\ISO 2022 IR 144', 'Rusakov^Иван=Русаков'],
  ['\\ISO 2022 IR 126', 'Dionysios^Διον'],
  ['\\ISO 2022 IR 148', 'Ozgur^Şen'],
  ['\\ISO 2022 IR 166', 'Thai^ไทย'],
  ['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞=홍^길동'],
  ['ISO 2022 IR 13\\ISO 2022 IR 87', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'],
  ['\\ISO 2022 IR 87', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
  ['\\ISO 2022 IR 87\\ISO 2022 IR 159', 'Y^T=山田^丂太'],
  ['ISO 2022 IR 100\\ISO 2022 IR 144', 'Jérôme^Иван'],
  ['ISO 2022 IR 6\\ISO 2022 IR 126\\ISO 2022 IR 144', 'Διον^Иван'],
];

const writing = `
import sys, json, io, base64, pydicom
from pydicom.dataset import Dataset, FileMetaDataset
out = []
for terms, text in json.load(sys.stdin):
    d = Dataset()
    d.SOPClassUID = '1.2.840.10008.5.1.4.1.1.2'; d.SOPInstanceUID = '1.2.3'
    d.SpecificCharacterSet = terms.split('\\\\') if '\\\\' in terms else terms
    d.PatientName = text
    d.StudyDescription = text.replace('^', ' ').replace('=', ' ')
    plain = text.replace('^', ' ').replace('=', ' ')
    # It designates nothing anew behind a line end, which PS3.5 6.1.2.5.3 wants.
    d.PatientComments = plain if 'ISO 2022' in terms else plain + '\\r\\n' + plain
    d.file_meta = FileMetaDataset(); d.file_meta.TransferSyntaxUID = '1.2.840.10008.1.2.1'
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID; d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID
    d.is_little_endian = True; d.is_implicit_VR = False
    b = io.BytesIO(); pydicom.dcmwrite(b, d, write_like_original=False)
    out.append(base64.b64encode(b.getvalue()).decode())
print(json.dumps(out))
`;

describe.skipIf(python === undefined)('text that pydicom wrote in each character set', () => {
  const files = python ? (runPython(writing, sets) as string[]) : [];
  test.each(sets.map(([terms, text], at) => [terms, text, at] as const))('%s: %s', (terms, text, at) => {
    const { dataSet } = readHeader(Buffer.from(files[at]!, 'base64'));
    const plain = text.replaceAll(/[=^]/g, ' ');
    expect(dataSet.string(tags.patientName)).toBe(text);
    expect(dataSet.string(tags.studyDescription)).toBe(plain);
    expect(dataSet.text(0x00104000)).toBe(terms.includes('ISO 2022') ? plain : `${plain}\r\n${plain}`);
    expect(dataSet.characterSetDoubt).toBeUndefined();
  });
});

describe('ISO 2022', () => {
  const decode = (terms: string, hex: string, isPersonName = true) =>
    characterSet(terms.split('\\')).decode(Buffer.from(hex.replaceAll(' ', ''), 'hex'), isPersonName);
  const kanji = '3b33 4544'; // 山田 in JIS X 0208

  test('a designation ends at a delimiter of a name, which in plain text is none', () => {
    expect(decode('\\ISO 2022 IR 87', `1b2442 ${kanji} 1b2842 5e ${kanji}`)).toBe('山田^;3ED');
    expect(decode('\\ISO 2022 IR 149', '1b242943 c8ab 5e c8ab')).toBe('홍^È«');
    expect(decode('\\ISO 2022 IR 149', '1b242943 c8ab 5e c8ab', false)).toBe('홍^홍');
  });

  test('while characters of two bytes stand in G0 the bytes of delimiters are halves of them', () => {
    expect(decode('\\ISO 2022 IR 87', '1b2442 3b33 5e3d 305e 3d30 5c30')).not.toMatch(/[\^=\\]/);
  });

  test('a line end and a backslash end it in every text', () => {
    for (const [delimiter, text] of [['0a', '\n'], ['0d', '\r'], ['0c', '\f'], ['09', '\t'], ['5c', '\\']])
      expect(decode('\\ISO 2022 IR 149', `1b242943 c8ab ${delimiter} 41 c8`, false)).toBe(`홍${text}AÈ`);
  }); // prettier-ignore

  test('the first value says what stands before any escape sequence, and what returns at a delimiter', () => {
    expect(decode('ISO 2022 IR 13\\ISO 2022 IR 87', 'd4cf 1b2442 3b33 1b284a 5e d4cf')).toBe('ﾔﾏ山^ﾔﾏ');
    expect(decode('ISO 2022 IR 144\\ISO 2022 IR 126', 'b8 1b2d46 c4 5e b8')).toBe('ИΔ^И');
  });

  test('JIS X 0201 Roman and an unknown escape sequence do not swallow what follows', () => {
    expect(decode('\\ISO 2022 IR 13', '1b284a 59616d61')).toBe('Yama');
    expect(decode('\\ISO 2022 IR 87', '1b 2a 7a 41')).toBe('*zA');
    expect(decode('\\ISO 2022 IR 87', '41 1b')).toBe('A');
  });

  test('escape sequences under a single-byte label are followed too', () => {
    expect(decode('ISO_IR 100', `e9 1b2442 ${kanji} 1b2842 e9`)).toBe('é山田é');
    expect(decode('', `1b2442 ${kanji} 1b2842 41`)).toBe('山田A');
  });
});

describe('labels as they occur in the field', () => {
  test.each([
    ['GB2312', 'd5c5', '张'],
    ['gb18030', 'd5c5', '张'],
    ['GB18030-2000', 'd5c5', '张'],
    ['UTF-8', 'e5bca0', '张'],
    ['ISO IR 192', 'e5bca0', '张'],
    ['ISO 2022 IR 192', 'e5bca0', '张'],
    ['ISO_IR 13', 'd4cf', 'ﾔﾏ'],
    ['ISO-IR-100', 'e9', 'é'],
    ['ISO_IR_101', 'f5', 'ő'],
    [' ISO_IR 144 ', 'd8', 'и'],
    ['ISO 2022 IR 101', 'f5', 'ő'],
  ])('%s', (label, hex, expected) => {
    expect(characterSet([label]).decode(Buffer.from(hex, 'hex'), true)).toBe(expected);
  });
});

describe('what a set cannot hold', () => {
  test.each([
    ['ISO_IR 100', 'Zhang 张 é', 'Zhang ? é'],
    ['\\ISO 2022 IR 58', 'A龘张', 'A?张'],
    ['GBK', '𠮷a', '?a'],
  ])('%s: becomes "?"', (set, text, expected) => {
    const read = characterSet(set.split('\\')).decode(encodeText(text, set), false);
    expect(read).toBe(expected);
  });
  test('another set is not written at all', () => {
    expect(() => encodeText('é', 'ISO_IR 144')).toThrow(expect.objectContaining({ code: 'unencodable' }));
    expect(encodeText('é', '')).toEqual(Buffer.from('?'));
  });
});
