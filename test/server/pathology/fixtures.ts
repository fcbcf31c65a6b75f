import { existsSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../../../shared/fixtures');

/** Path of a public sample, and whether it is there: tests skip by name where it is not. */
export function fixture(name: string): { path: string; missing: boolean } {
  const file = path.join(folder, name);
  return { path: file, missing: !existsSync(file) };
}
