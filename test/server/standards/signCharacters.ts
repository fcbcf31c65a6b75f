import { isUtf8 } from 'node:buffer';

/** Every two-byte character of GB18030 whose second byte is one of these signs. */
export function signCharacters(signs: string): string[] {
  const decoder = new TextDecoder('gb18030', { fatal: true });
  const found: string[] = [];
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (const sign of Buffer.from(signs)) {
      const bytes = Buffer.from([lead, sign]);
      const text = decoder.decode(bytes);
      // Private-use code points are no characters anybody writes.
      if (!isUtf8(bytes) && !/\p{Co}/u.test(text)) found.push(text);
    }
  return found;
}
