import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { holdsAll } from '../../bin/setup.mjs';

const wanted = fs.readFileSync(path.join(import.meta.dirname, '../../package-lock.json'), 'utf8');

interface Entry {
  version: string;
  optional?: boolean;
}

/** As npm writes node_modules/.package-lock.json: without the hub itself, changed as a test needs it. */
function installed(change: (packages: Record<string, Entry>) => void = () => undefined): string {
  const { packages, ...rest } = JSON.parse(wanted) as { packages: Record<string, Entry> };
  delete packages[''];
  change(packages);
  return JSON.stringify({ ...rest, packages });
}

test('packages that somebody installed by npm itself are not installed again', () => {
  expect(holdsAll(wanted, installed())).toBe(true);
  const ofThisPlatform = installed((packages) => {
    for (const [place, entry] of Object.entries(packages)) if (entry.optional) delete packages[place];
  });
  expect(holdsAll(wanted, ofThisPlatform)).toBe(true);
});

test('a package that is missing or of another version is installed', () => {
  expect(
    holdsAll(
      wanted,
      installed((packages) => delete packages['node_modules/express']),
    ),
  ).toBe(false);
  const older = installed((packages) => (packages['node_modules/express']!.version = '4.0.0'));
  expect(holdsAll(wanted, older)).toBe(false);
  expect(holdsAll(wanted, '{}')).toBe(false);
});
