const SOT = 0xff90;
const COD = 0xff52;
const COC = 0xff53;
const BYPASS = 0x01;
const PREDICTABLE = 0x10;
/** Bytes of a code block. A whole one ends within two of what its coder wrote; coders that cut close need some more. */
const MOST_BYTES = 6;

/**
 * A JPEG 2000 code stream that its decoder judges while it decodes: told that code blocks end predictably (ITU-T T.800
 * §A.6.1, SPcod bit 4), it says of each whether the arithmetic decoder ended where the bytes do. After a wrong bit it does
 * not, though the picture decodes without an error. The picture is the same. Undefined where blocks hold raw bits.
 */
export function withEndCheck(codeStream: Uint8Array): Uint8Array | undefined {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength);
  const styles: number[] = [];
  for (let at = 2; at + 4 <= codeStream.length;) {
    const marker = view.getUint16(at);
    if (marker === SOT || marker < 0xff00) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === COD) styles.push(at + 12);
    // Components of more than one byte stand in images of 257 or more of them.
    if (marker === COC) styles.push(at + 9);
    at = end;
  }
  const known = styles.filter((at) => at < codeStream.length);
  if (known.length === 0 || known.some((at) => ((codeStream[at] ?? 0) & BYPASS) !== 0)) return undefined;
  const checked = codeStream.slice();
  for (const at of known) checked[at] = (checked[at] ?? 0) | PREDICTABLE;
  return checked;
}

/** Whether what OpenJPEG says of code blocks means damage. */
export function tellsDamage(said: readonly string[]): boolean {
  return said.some((line) => {
    const [, remaining, synthesized] =
      /PTERM check failure: (?:(\d+) remaining bytes|(\d+) synthesized)/.exec(line) ?? [];
    return Number(remaining ?? synthesized ?? 0) >= MOST_BYTES;
  });
}
