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
  expect(noticeText(graded, i18n.getFixedT('zh-CN'), 'zh-CN')).toBe(
    'I1 图像质量评为乙级：体位不正、曝光不当',
  );
  expect(noticeText(graded, i18n.getFixedT('en-US'), 'en-US')).not.toMatch(/grade\.|exposure、position/);
});

test('a training note leads to where it is read', () =>
  expect(noticePath(notice('training.note', { topic: '摆位' }))).toBe('/account'));

test('a ticket that a rule opened is named in the language of the page, one that a person wrote as he wrote it', () => {
  const facts = {
    title: '柳河镇卫生院 急诊 DR 超时 3 例',
    institutionName: '柳河镇卫生院',
    accessionNumber: null,
    policyNameEn: 'Emergency DR',
    itemNameEn: null,
    month: null,
    members: 3,
    detail: { count: 3 },
  };
  const raised = (ruleCode: string | null): Notice => ({
    ...notice('ticket.raised', { title: facts.title }),
    ticket: { ...facts, kind: ruleCode ?? 'manual', ruleCode },
  });
  const said = (each: Notice, language: string) => noticeText(each, i18n.getFixedT(language), language);
  expect(said(raised('breach-cluster'), 'zh-CN')).toContain(facts.title);
  expect(said(raised('breach-cluster'), 'en-US')).toBe(
    'Ticket: 柳河镇卫生院 Emergency DR: 3 overdue in a short time',
  );
  expect(said(raised(null), 'en-US')).toBe(`Ticket: ${facts.title}`);
});

test.each([
  ...['report.addendum', 'report.correction', 'report.void', 'report.unread', 'report.conclusion-changed'],
  ...['late-input', 'image-graded', 'training.note', 'critical', 'ticket.raised', 'ticket.overdue'],
  ...['pathology.opinion', 'pathology.recheck-differs', 'specimen.rejected', 'specimen.missing'],
  ...['sterilization.recall', 'sterilization.recall-unacknowledged', 'sterilization.early-release-result'],
  ...['sterilization.inner-indicator-failed', 'notifiable.draft', 'access.break-glass'],
])('a notice of %s is a sentence in both languages, never the name of its kind', (kind) => {
  const said = languages.map((language) => noticeText(notice(kind, {}), i18n.getFixedT(language), language));
  for (const text of said) expect(text).not.toBe(kind);
  expect(said[0]).toMatch(/\p{Script=Han}/u);
  expect(said[1]).not.toMatch(/\p{Script=Han}/u);
});
