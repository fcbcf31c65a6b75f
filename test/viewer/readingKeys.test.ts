import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { windowPresets } from '../../viewer/src/panes/study/presets.ts';

const folder = 'viewer/src/centers/imaging';
/** `name: 'key'` of the tools, as the toolbar gives them. */
const tools = Object.fromEntries(
  [
    ...(
      /toolShortcuts[^=]*= \{([^}]*)\}/.exec(readFileSync(`${folder}/toolbar/tools.tsx`, 'utf8'))?.[1] ?? ''
    ).matchAll(/(\w+): '([^']+)'/g),
  ].map(([, tool = '', key = '']) => [tool, key]),
);
const fixed = [
  ...readFileSync(`${folder}/useReadingKeys.ts`, 'utf8').matchAll(/^ {4}(?:'([^']+)'|(\w+)): \{ label/gm),
].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe('keys of the reading room', () => {
  test('are all found here', () => {
    expect(Object.keys(tools).length).toBeGreaterThan(10);
    expect(fixed.length).toBeGreaterThan(20);
  });
  test('no tool takes the key of another act or tool', () => {
    const keys = Object.values(tools);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    expect(keys.filter((key) => fixed.includes(key))).toEqual([]);
    expect(fixed.filter((key, at) => fixed.indexOf(key) !== at)).toEqual([]);
  });
  test.each(['CT', 'DX', 'MR', 'US', 'MG', 'XA', ''])(
    'presets of %s take numbers alone, each once',
    (modality) => {
      const keys = windowPresets(modality).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys) {
        expect(key).toMatch(/^[1-8]$/); // 0 and 9: the device's window, and the one that fits
        expect(Object.values(tools)).not.toContain(key);
      }
      // `1` is the single viewport, or what `g` takes over where a preset has it.
      expect(fixed.filter((key) => keys.includes(key))).toEqual(keys.includes('1') ? ['1'] : []);
      expect([...fixed, ...Object.values(tools)]).not.toContain('g');
    },
  );
  test('windows of CT have a width and names of their own', () => {
    const presets = windowPresets('CT');
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
    for (const { width, relative } of presets) expect([width > 0, relative ?? false]).toEqual([true, false]);
  });
});
