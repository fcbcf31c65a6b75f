import iconv from 'iconv-lite';
import { DicomError } from './errors.ts';

/** Sets that the hub writes. Data on its way in keeps the set that it came with. */
export type WritableCharacterSet = 'ISO_IR 192' | 'GB18030' | 'GBK' | 'ISO_IR 100' | '\\ISO 2022 IR 58' | '';

const gb2312 = (character: string): Buffer | undefined => {
  const bytes = iconv.encode(character, 'gbk');
  const [lead = 0, trail = 0] = bytes;
  return bytes.length === 2 && lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1 ? bytes : undefined;
};

/**
 * GB 2312 behind `ESC $ ) A`, designated anew after each delimiter (PS3.5 §K.3). Characters outside GB 2312 become "?".
 */
function encodeIso2022Ir58(text: string): Buffer {
  const parts: Buffer[] = [];
  let designated = false;
  for (const character of text) {
    if (character <= '\u007f') {
      if ('\\^=\r\n\f\t'.includes(character)) designated = false;
      parts.push(Buffer.from(character, 'latin1'));
      continue;
    }
    const bytes = gb2312(character);
    if (bytes === undefined) {
      parts.push(Buffer.from('?'));
      continue;
    }
    if (!designated) parts.push(Buffer.from([0x1b, 0x24, 0x29, 0x41]));
    designated = true;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Text as bytes of the set; what a narrower set cannot hold becomes "?". Throws DicomError for a set that the hub does not write. */
export function encodeText(text: string, set: string): Buffer {
  switch (set) {
    case 'ISO_IR 192':
      return Buffer.from(text, 'utf8');
    case 'GB18030':
      return iconv.encode(text, 'gb18030');
    case 'GBK':
      return iconv.encode(text, 'gbk');
    case 'ISO_IR 100':
      return iconv.encode(text, 'latin1');
    case '\\ISO 2022 IR 58':
      return encodeIso2022Ir58(text);
    case '':
      return iconv.encode(text, 'ascii');
    default:
      throw new DicomError('unencodable', `character set ${set} is not written by the hub`);
  }
}

/** The set to answer in: the one the peer asked with where the hub writes it, else UTF-8. */
export function answeringCharacterSet(asked: readonly string[]): WritableCharacterSet {
  const value = asked.join('\\');
  switch (value) {
    case 'GB18030':
    case 'GBK':
    case '\\ISO 2022 IR 58':
      return value;
    default:
      return 'ISO_IR 192';
  }
}
