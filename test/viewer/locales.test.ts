import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = path.join(import.meta.dirname, '../../viewer/src/locales');
const files = readdirSync(path.join(folder, 'zh-CN')).filter((name) => name.endsWith('.json'));

type Words = { [key: string]: string | Words };
const read = (language: string, file: string) =>
  JSON.parse(readFileSync(path.join(folder, language, file), 'utf8')) as Words;

/** `a.b.c` → text, plural forms folded to their stem. */
function flat(words: Words, before = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string'
        ? [[before + key.replace(/_(zero|one|two|few|many|other)$/, ''), value]]
        : [...flat(value, `${before}${key}.`)],
    ),
  );
}
const placeholders = (text: string) => [...new Set(text.match(/{{\s*[\w.]+/g) ?? [])].sort().join();
/** A value that is handed over in both languages bears `En` in the English text, and only there. */
const withoutEnglishNames = (text: string) => text.replace(/({{\s*[\w.]+?)En\b/g, '$1');

describe('the languages of the browser', () => {
  test('have the same files', () => {
    expect(readdirSync(path.join(folder, 'en-US')).sort()).toEqual(
      readdirSync(path.join(folder, 'zh-CN')).sort(),
    );
  });

  test.each(files)('%s has the same keys and placeholders in both', (file) => {
    const chinese = flat(read('zh-CN', file));
    const english = flat(read('en-US', file));
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of chinese) {
      expect(text, key).not.toBe(undefined);
      expect(placeholders(withoutEnglishNames(english.get(key) ?? '')), `${file} ${key}`).toBe(
        placeholders(text),
      );
    }
  });

  test('have a text for every key that the code names', () => {
    const texts = new Map(files.map((file) => [path.basename(file, '.json'), flat(read('zh-CN', file))]));
    const has = (namespace: string, key: string) =>
      [...(texts.get(namespace)?.keys() ?? [])].some((each) => each === key || each.startsWith(`${key}_`));
    const source = path.join(folder, '..');
    const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) => {
        const code = readFileSync(path.join(source, name), 'utf8');
        const asked = [...code.matchAll(/useTranslation\(([^)]*)\)/g)].map(([, names = '']) => names);
        const own = asked.flatMap((names) => [...names.matchAll(/'([\w-]+)'/g)].map(([, each = '']) => each));
        // a function that is given `t`, or a page of every centre, has the namespaces of its caller
        const open = own.length === 0 || asked.some((names) => /\w/.test(names.replace(/'[^']*'/g, '')));
        const namespaces = open ? [...texts.keys()] : own;
        return [...code.matchAll(/\bt\(\s*'(?:([\w-]+):)?([\w.-]+)'(?!, \{ returnObjects)/g)]
          .filter(([, given, key = '']) =>
            given ? !has(given, key) : !namespaces.some((namespace) => has(namespace, key)),
          )
          .map(([call]) => `${name}: ${call}`);
      });
    expect(wrong).toEqual([]);
  });
});
