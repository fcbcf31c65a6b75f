import { readFileSync } from 'node:fs';
import path from 'node:path';
import i18next from 'i18next';
import { expect, test } from 'vitest';
import { PERMISSIONS } from '../../server/core/access/roles.ts';
import { SCOPED_TYPES } from '../../server/core/access/scopes.ts';
import { scopeText, verbText } from '../../viewer/src/pages/admin/tokenWords.ts';

const words = (language: string) =>
  JSON.parse(
    readFileSync(path.join(import.meta.dirname, `../../viewer/src/locales/${language}/admin.json`), 'utf8'),
  ) as object;
const i18n = i18next.createInstance();
await i18n.init({
  resources: {
    'zh-CN': { admin: words('zh-CN') },
    'en-US': { admin: words('en-US') },
  },
  defaultNS: 'admin',
  interpolation: { escapeValue: false },
});

test.each(['zh-CN', 'en-US'])('%s has words for every right and scope that a token can bear', (language) => {
  const t = i18n.getFixedT(language, 'admin');
  const verbs = [...new Set(Object.values(PERMISSIONS).flat())].filter(
    (verb) => !/^(admin|security|audit|access)\./.test(verb),
  );
  expect(verbs.length).toBeGreaterThan(30);
  expect(verbs.filter((verb) => verbText(verb, t) === verb)).toEqual([]);
  const scopes = ['*', ...SCOPED_TYPES].map((type) => `system/${type}.rs`);
  expect(scopes.filter((scope) => scopeText(scope, t) === scope)).toEqual([]);
});

test('a scope says what may be done with what; one that is no scope of the hub stands as it is', () => {
  const say = (scope: string) =>
    ['zh-CN', 'en-US'].map((language) => scopeText(scope, i18n.getFixedT(language, 'admin')));
  expect(say('system/*.rs')).toEqual(['查看全部资源', 'read all resources']);
  expect(say('system/ServiceRequest.cruds')).toEqual(['查看、新建、修改申请', 'read, create, change orders']);
  expect(say('system/Binary.read')[0]).toBe('查看报告文件');
  expect(say('user/Patient.rs')[0]).toBe('user/Patient.rs');
});
