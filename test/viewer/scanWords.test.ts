import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { scanProblem } from '../../viewer/src/centers/sterilization/stations/scanWords.ts';

const words = (language: string): object =>
  JSON.parse(readFileSync(`viewer/src/locales/${language}/sterilization.json`, 'utf8')) as object;
const languages = ['zh-CN', 'en-US'];
const i18n = i18next.createInstance();
await i18n.init({
  resources: Object.fromEntries(languages.map((each) => [each, { sterilization: words(each) }])),
  defaultNS: 'sterilization',
  interpolation: { escapeValue: false },
});
const t = i18n.getFixedT('zh-CN', 'sterilization');

test.each([
  ['step-already-done: P26113: is already stored', '该步骤已完成（已入库）'],
  ['step-missing: P26113: is collected; missing before packed: counted, washed', '缺少步骤：已清点、已清洗'],
  ['no-such-problem: P26113: something else', 'P26113: something else'],
])('a kept scan that is refused (%s) is told in the words of the station', (problem, text) =>
  expect(scanProblem(problem, t)).toBe(text),
);
