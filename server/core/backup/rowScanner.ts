import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

const ANY_ADDRESS = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
const WHOLE = /^[0-9a-f]{64}$/;

/** A value of 64 hex digits in a row. Sure when its column holds object addresses only; others may be some other hash. */
export interface NamedObject {
  address: string;
  sure: boolean;
}

/**
 * Lets rows in COPY text format pass and tells what they name: how many they are, and every value that may be the
 * address of an object, wherever it stands (column, array, JSON). Memory is bounded by the longest row.
 */
export class RowScanner extends Transform {
  rows = 0;
  private rest = '';
  private readonly certain: Set<number>;
  private readonly onObject: (named: NamedObject) => void;

  constructor(columns: readonly string[], onObject: (named: NamedObject) => void) {
    super();
    this.certain = new Set(columns.flatMap((name, index) => (/(^|_)address$/.test(name) ? [index] : [])));
    this.onObject = onObject;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void) {
    // Addresses, tabs and line ends are ASCII, and no byte of a longer UTF-8 character is.
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.scan(line);
    done(null, chunk);
  }

  private scan(line: string): void {
    this.rows++;
    line.split('\t').forEach((value, index) => {
      if (value.length < 64) return;
      if (this.certain.has(index)) {
        if (WHOLE.test(value)) this.onObject({ address: value, sure: true });
      } else for (const [address] of value.matchAll(ANY_ADDRESS)) this.onObject({ address, sure: false });
    });
  }
}

/** SHA-256 of what passes. */
export class Digest extends Transform {
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void) {
    this.hash.update(chunk);
    done(null, chunk);
  }

  hex(): string {
    return this.hash.digest('hex');
  }
}
