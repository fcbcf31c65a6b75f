import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** What came after Chrome 109 and no build step replaces; the version that brought it (MDN browser-compat-data). */
const newer: [name: string, since: number, pattern: RegExp][] = [
  ['Array.prototype.toSorted', 110, /\.toSorted\(/],
  ['Array.prototype.toReversed', 110, /\.toReversed\(/],
  ['Array.prototype.toSpliced', 110, /\.toSpliced\(/],
  ['String.prototype.isWellFormed', 111, /\.(isWellFormed|toWellFormed)\(/],
  ['view transitions', 111, /startViewTransition\(|\bviewTransition\b|\bViewTransition\b/],
  ['AbortSignal.any', 116, /AbortSignal\.any\(/],
  ['Object.groupBy, Map.groupBy', 117, /\b(Object|Map)\.groupBy\(/],
  ['Promise.withResolvers', 119, /Promise\.withResolvers/],
  ['URL.canParse', 120, /URL\.canParse\(/],
  ['Array.fromAsync', 121, /Array\.fromAsync/],
  ['methods of Set', 122, /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/],
  [
    'Iterator helpers',
    122,
    /\bIterator\.from\(|\.(values|keys|entries)\(\)\s*\.(map|filter|take|drop|toArray|reduce|some|every|find|flatMap)\(/,
  ],
  ['URL.parse', 126, /\bURL\.parse\(/],
  ['Promise.try', 128, /Promise\.try\(/],
  ['scheduler.yield', 129, /scheduler\.yield\(/],
  ['RegExp.escape', 136, /RegExp\.escape\(/],
  ['Uint8Array to and from base64', 140, /\.fromBase64\(|\.toBase64\(/],
];
const newerCss: [name: string, since: number, pattern: RegExp][] = [
  ['color-mix()', 111, /color-mix\(/],
  ['oklch(), oklab(), lab(), lch()', 111, /\b(oklch|oklab|lch|lab)\(/],
  ['text-wrap: balance', 114, /text-wrap:\s*(balance|pretty)/],
  ['subgrid', 117, /subgrid/],
  ['@starting-style', 117, /@starting-style/],
  ['@scope', 118, /@scope/],
  ['nesting', 120, /[{;]\s*&[\s.:>[]/],
  ['light-dark()', 123, /light-dark\(/],
  ['field-sizing', 123, /field-sizing/],
  ['anchor positioning', 125, /anchor-name|position-anchor/],
];

function filesBelow(folder: string, ends: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ends.test(name))
    .map((name) => path.join(folder, name));
}
const found = (text: string, list: typeof newer) =>
  list.filter(([, , pattern]) => pattern.test(text)).map(([name, since]) => `${name} (Chrome ${since})`);

describe('the viewer runs on Chrome 109', () => {
  test('the build aims at it', () => {
    const config = readFileSync(path.join(root, 'viewer/vite.config.ts'), 'utf8');
    expect(config).toMatch(/\btarget: 'chrome109'/);
    expect(config).toMatch(/cssTarget: 'chrome109'/);
  });
  test('its source calls nothing that came later', () => {
    const faults = filesBelow(path.join(root, 'viewer/src'), /\.(ts|tsx)$/).flatMap((file) =>
      found(readFileSync(file, 'utf8'), newer).map((fault) => `${path.relative(root, file)}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
  test('its styles use nothing that came later', () => {
    const faults = filesBelow(path.join(root, 'viewer/src'), /\.css$/).flatMap((file) =>
      found(readFileSync(file, 'utf8'), newerCss).map((fault) => `${path.relative(root, file)}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  const built = path.join(root, 'viewer/dist/assets');
  test.skipIf(!existsSync(built))(
    'packages in the bundle ask before they use something newer (needs the built viewer)',
    () => {
      const faults = filesBelow(built, /\.js$/).flatMap((file) => {
        const text = readFileSync(file, 'utf8');
        return newer
          .filter(([name, , pattern]) => !asked.has(name) && unguarded(text, pattern))
          .map(([name, since]) => `${path.basename(file)}: ${name} (Chrome ${since})`);
      });
      expect(faults).toEqual([]);
    },
  );
});

/** React and react-router call it only where `<ViewTransition>` or the option of a link is used: the source test forbids both. */
const asked = new Set(['view transitions']);

/** A call with no `typeof`, `?.`, `in` or condition on the same name shortly before it. */
function unguarded(text: string, pattern: RegExp): boolean {
  for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
    const name = /(\w+)\W*$/.exec(match[0])?.[1] ?? '';
    const before = text.slice(Math.max(0, match.index - 400), match.index);
    const guard = new RegExp(
      `(typeof [\\w.]*\\.?${name}\\b|\\b${name}\\b\\s*(\\?|&&|\\|\\||\\)|in\\b)|['"\`]${name}['"\`])`,
    );
    if (!guard.test(before)) return true;
  }
  return false;
}
