import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Public sample files beside the project; tests that need them are skipped, by name, without them. */
export const fixtureFolder = resolve(import.meta.dirname, '../../../../../shared/fixtures/dicom');
export const haveFixtures = existsSync(fixtureFolder);

/** Names such as `charsets/chrX1.dcm`, sorted; [] without the folder. */
export function fixtureNames(): string[] {
  if (!haveFixtures) return [];
  return (readdirSync(fixtureFolder, { recursive: true }) as string[])
    .filter((name) => statSync(join(fixtureFolder, name)).isFile())
    .sort();
}

export function fixture(name: string): Buffer {
  return readFileSync(join(fixtureFolder, name));
}
