import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { factText } from '../../viewer/src/pages/queue/factText.ts';
import { commentText, reasonText } from '../../viewer/src/pages/queue/reasonText.ts';
import { resolutionText } from '../../viewer/src/pages/queue/resolutionText.ts';

const locale = (language: string): object =>
  JSON.parse(readFileSync(`viewer/src/locales/${language}/queue.json`, 'utf8')) as object;
const languages = ['zh-CN', 'en-US'];
const i18n = i18next.createInstance();
await i18n.init({
  resources: Object.fromEntries(languages.map((language) => [language, { queue: locale(language) }])),
  defaultNS: 'queue',
  interpolation: { escapeValue: false },
});

const why = (reason: string, language: string, kind: 'mismatch' | 'unreadable' = 'mismatch'): string =>
  reasonText({ reason, kind, detail: {} }, i18n.getFixedT(language, 'queue'));

test.each([
  ['the number is right but name, birthDate differ', '检查号相符，但姓名、出生日期不一致'],
  ['Study Instance UID is missing', '缺少 Study Instance UID'],
  ['data set ends inside element 00081140', '文件不完整，在 00081140 处中断'],
  ['split from I2600000069: 影像属于另一名患者', '从 I2600000069 拆出：影像属于另一名患者'],
])('%s: in Chinese', (reason, text) => expect(why(reason, 'zh-CN')).toBe(text));

test.each([
  'several orders agree with the images',
  'the images came without an order that is known here',
  'the recording names no patient',
  'the number is right but nothing identifies the patient',
  'another object with this SOP Instance UID is stored already',
  'the study belongs to another institution or patient',
  'the series belongs to another study',
  'Series Instance UID is not a UID',
  'SOP Instance UID differs from that of the request',
  'the object ends inside its pixel data',
  'pixel data ends before its image does',
  'the file ends inside its file meta information',
  'element 00081140 cannot be read',
  'pixel data of undefined length in a syntax without fragments',
  'deflated data set grows beyond 67108864 bytes',
  'the bytes are not a DICOM file or data set',
  'SOP class is not one of storage',
  'the object is of another study than the request',
])('%s: has a sentence of its own in both languages', (reason) => {
  const [zh = '', en = ''] = languages.map((language) => why(reason, language));
  expect(zh).toMatch(/\p{Script=Han}/u);
  expect([zh, en].join()).not.toContain('why.');
  expect(en).not.toMatch(/\p{Script=Han}/u);
});

test('a reason nobody foresaw is shown as it was written', () => {
  expect(why('something else', 'zh-CN')).toBe('something else');
  expect(why('something else', 'zh-CN', 'unreadable')).toBe('文件无法读取：something else');
});

test('what the hub answered to a sender is told without the words that say so', () => {
  const comment = 'kept for a person: the object ends inside its pixel data';
  expect(commentText(comment, i18n.getFixedT('zh-CN', 'queue'))).toBe('文件不完整，图像数据中断');
});

test('a decision is told in words with its reason, never as the hub writes it down', () => {
  const say = (resolution: string) =>
    languages.map((language) => resolutionText(resolution, i18n.getFixedT(language, 'queue')));
  expect(say('joined to I2600000071: 已核对身份')).toEqual([
    '匹配到 I2600000071（已核对身份）',
    'Joined to I2600000071 (已核对身份)',
  ]);
  expect(say('joined to E2600000005')[0]).toBe('匹配到 E2600000005');
  expect(say('document of E2600000005')[1]).toBe('Kept as a document of E2600000005');
  expect(say('provisional')).toEqual(['按补录立即诊断', 'Read under a provisional order']);
  expect(say('keep-first: sent twice')[1]).toBe('Keep the first (sent twice)');
  expect(say('something else')).toEqual(['something else', 'something else']);
});

test('facts of the images stand as people write them', () => {
  const t = i18n.getFixedT('zh-CN', 'queue');
  expect(factText('birthDate', '19600202', t)).toBe('1960-02-02');
  expect(factText('studyDate', '2026', t)).toBe('2026');
  expect(factText('modalities', ['CT', 'SR'], t)).toBe('CT, SR');
  expect(factText('accessionNumber', '19600202', t)).toBe('19600202');
});
