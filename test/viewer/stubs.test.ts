import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nameMap } from '../../viewer/stubs/dcmjs.ts';

interface Attribute {
  tag: string;
  vr: string;
  vm: string;
}
const dcmjs = createRequire(import.meta.url)('dcmjs') as {
  data: { DicomMetaDictionary: { nameMap: Record<string, Attribute> } };
};
const metadata = path.resolve(import.meta.dirname, '../../node_modules/@cornerstonejs/metadata/dist/esm');

test('the stand-in for dcmjs knows every attribute that Cornerstone names, as dcmjs does', () => {
  const named = new Set(
    fs
      .readdirSync(metadata, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => fs.readFileSync(path.join(metadata, file), 'utf8').match(/[A-Za-z]\w{2,}/g) ?? []),
  );
  const whole = dcmjs.data.DicomMetaDictionary.nameMap;
  const needed = [...named].filter((name) => Object.hasOwn(whole, name)).sort();
  expect(needed.length).toBeGreaterThan(150);
  for (const name of needed) {
    const { tag, vr, vm } = whole[name] ?? {};
    expect(nameMap[name], name).toEqual({ name, tag, vr, vm });
  }
});
