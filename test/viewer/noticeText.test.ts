import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { noticePath, noticeText, type Notice } from '../../viewer/src/shell/noticeText.ts';

const languages = ['zh-CN', 'en-US'];
const words = (language: string, namespace: string): object =>
  JSON.parse(readFileSync(`viewer/src/locales/${language}/${namespace}.json`, 'utf8')) as object;
const i18n = i18next.createInstance();
await i18n.init({
  resources: Object.fromEntries(
    languages.map((language) => [
      language,
      { shell: words(language, 'shell'), imaging: words(language, 'imaging') },
    ]),
  ),
  defaultNS: 'shell',
  interpolation: { escapeValue: false },
});
const notice = (kind: string, body: Notice['body']): Notice => ({
  id: '1',
  orderId: null,
  kind,
  body,
  createdAt: '',
});

test('a technician reads the grade of his images and what was at fault', () => {
  const graded = notice('image-graded', {
    accessionNumber: 'I1',
    grade: 'B',
    faults: ['position', 'exposure'],
  });
  expect(noticeText(graded, i18n.getFixedT('zh-CN'))).toBe('I1 图像质量评为乙级：体位不正、曝光不当');
  expect(noticeText(graded, i18n.getFixedT('en-US'))).not.toMatch(/grade\.|exposure、position/);
});

test('a training note leads to where it is read', () =>
  expect(noticePath(notice('training.note', { topic: '摆位' }))).toBe('/account'));
