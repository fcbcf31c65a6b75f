import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const CENTERS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'];

/** Folders from top to bottom; a file may import from its own layer's folder and from layers below. */
function layerOf(file: string): number | undefined {
  if (/^(integrations)\//.test(file)) return 4;
  if (new RegExp(`^server/(${CENTERS.join('|')})/`).test(file)) return 3;
  if (/^server\/core\//.test(file)) return 2;
  if (/^server\/standards\//.test(file)) return 1;
  if (file === 'db/types.ts') return 0;
  return undefined; // composition: server/*.ts, server/commands, db/demo
}

const center = (file: string): string | undefined => /^server\/(\w+)\//.exec(file)?.[1];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function* imports(folder: string): Generator<Import> {
  for (const entry of fs.readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = fs.readFileSync(file, 'utf8');
    for (const match of text.matchAll(/^(import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gm))
      yield {
        from: path.relative(ROOT, file),
        to: path.relative(ROOT, path.resolve(path.dirname(file), match[3] ?? '')),
        typeOnly: match[2] !== undefined,
      };
  }
}

test('imports point down and no centre imports another', () => {
  const faults: string[] = [];
  for (const { from, to } of [...imports('server'), ...imports('integrations')]) {
    const above = layerOf(from);
    const below = layerOf(to);
    if (above === undefined) continue;
    if (below === undefined) faults.push(`${from} imports the composition ${to}`);
    else if (below > above) faults.push(`${from} imports upward ${to}`);
    else if (above === 3 && below === 3 && center(from) !== center(to))
      faults.push(`${from} imports another centre ${to}`);
  }
  expect(faults).toEqual([]);
});

test('the viewer imports no server code except types', () => {
  const faults = [...imports('viewer/src')]
    .filter(({ to, typeOnly }) => /^(server|integrations|db)\//.test(to) && !typeOnly)
    .map(({ from, to }) => `${from} imports ${to}`);
  expect(faults).toEqual([]);
});
