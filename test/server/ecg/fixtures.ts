import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedFile } from '../../../server/ecg/formats/wfdb.ts';

export const fixtures = join(import.meta.dirname, '../../../../shared/fixtures/ecg');
export const fixturesPresent = existsSync(fixtures);

export function fixture(...path: string[]): Buffer {
  return readFileSync(join(fixtures, ...path));
}

/** A 1.03 document that calls itself 1.04, of which no sample is public: both share one layout. Synthetic. */
export function philips104(document: Buffer): Buffer {
  return Buffer.from(
    document.toString('latin1').replace(/(<documentversion>)1\.03(<)/, '$11.04$2'),
    'latin1',
  );
}

/** All files of one WFDB record. */
export function record(folder: string, name: string): NamedFile[] {
  return readdirSync(join(fixtures, folder))
    .filter((file) => file.slice(0, file.lastIndexOf('.')) === name)
    .map((file) => ({ name: file, bytes: fixture(folder, file) }));
}
