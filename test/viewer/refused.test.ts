import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import i18next from 'i18next';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldErrors } from '../../server/core/fieldErrors.ts';
import type { Problem } from '../../viewer/src/api/problem.ts';
import { refusalSentence } from '../../viewer/src/shell/refusal.ts';

const root = path.join(import.meta.dirname, '../..');

/** What only programs meet: their answers are English and go to an engineer (DICOM, HL7, FHIR, ASTM, algorithms). */
const MACHINES = [
  /^integrations\/(dimse|dicomweb|fhir|astm|edge)\//,
  /^integrations\/hl7\/(inbound|outbound)\//,
  /^server\/imaging\/modality\//,
  /^server\/core\/algorithm\/(machineRoutes|readStructuredReport)\.ts$/,
  /^server\/core\/(config|metrics|openapi)\.ts$/,
  /^server\/standards\//,
  /^server\/commands\//,
];

/** Codes that are not written out where they are thrown: the files that build them, and what they build. */
const BUILT: Record<string, { types?: string[]; faults?: string[] }> = {
  'server/core/access/provider/signInByProvider.ts': {}, // `refuse` there writes the audit row
  'server/core/order/checkRequest.ts': {}, // a list of faults, read below it
  'server/core/ticket/routes.ts': {}, // likewise
  'server/core/report/submitReport.ts': {}, // problems of a report, read apart
  'server/pathology/slides/finishUpload.ts': { types: ['unreadable-slide'] },
  'server/sterilization/packs.ts': {}, // `refuse` itself
  'server/sterilization/refusals.ts': { types: guards() },
  'server/sterilization/release/releaseLoad.ts': {
    types: ['approver-wrong-pin', 'approver-locked', 'approver-not-enrolled'],
  },
  'server/lab/catalogue/spreadsheet.ts': {
    faults: written('server/lab/catalogue/spreadsheet.ts', /fault\([^,]+, row, '([\w-]+)'/g).map(
      (code) => `import-${code}`,
    ),
  },
  'server/lab/instrument/mapCode.ts': {
    faults: written('server/lab/instrument/mapCode.ts', /refuse\('\w+', '[^']+', '([\w-]+)'/g),
  },
  'server/lab/result/readValue.ts': {
    faults: written('server/lab/result/readValue.ts', /fault\(\s*'([\w-]+)'/g),
  },
  'server/lab/result/saveResult.ts': { types: ['test-rejected', 'test-cancelled'] },
  'server/lab/specimen/collectContainer.ts': {
    faults: written('server/lab/specimen/collectContainer.ts', /refuse\(\s*'([\w-]+)'/g),
  },
};

/** Codes of the validators (`fieldErrors`), and of refusals that are no domain error of one place. */
const EVERYWHERE = {
  types: ['forbidden', 'not-found', 'unauthenticated'],
  faults: [
    'required',
    'invalid_type',
    'too_small',
    'too_big',
    'invalid_format',
    'invalid_value',
    'invalid_union',
    'invalid_key',
    'invalid_element',
    'not_multiple_of',
    'unrecognized_keys',
    'custom',
  ],
};

function written(file: string, pattern: RegExp): string[] {
  const found = [...readFileSync(path.join(root, file), 'utf8').matchAll(pattern)].map(
    ([, code = '']) => code,
  );
  if (found.length === 0) throw new Error(`${file} builds no codes any more`);
  return found;
}

/** What the guards of the database say. */
function guards(): string[] {
  return written('server/sterilization/refusals.ts', /cssd_\w+: \[\s*'([\w-]+)'/g);
}

interface Found {
  /** Code → files that throw it. */
  types: Map<string, Set<string>>;
  faults: Map<string, Set<string>>;
  /** What a report may lack. */
  problems: Set<string>;
  unread: string[];
}

const TYPE_AT: Record<string, number> = {
  conflict: 0,
  refuse: 0,
  DomainError: 1,
  forbidden: 1,
  invalid: 1,
  badRequest: 1,
};

/** The texts that an expression can be; undefined when that is not written out. */
function texts(node: ts.Expression): string[] | undefined {
  if (ts.isStringLiteral(node)) return [node.text];
  if (!ts.isConditionalExpression(node)) return undefined;
  const [yes, no] = [texts(node.whenTrue), texts(node.whenFalse)];
  return yes && no && [...yes, ...no];
}

const add = (into: Map<string, Set<string>>, code: string, file: string) =>
  into.set(code, (into.get(code) ?? new Set()).add(file));

function walk(): Found {
  const found: Found = { types: new Map(), faults: new Map(), problems: new Set(), unread: [] };
  for (const code of EVERYWHERE.types) add(found.types, code, '');
  for (const code of EVERYWHERE.faults) add(found.faults, code, '');
  for (const [file, { types = [], faults = [] }] of Object.entries(BUILT)) {
    for (const code of types) add(found.types, code, file);
    for (const code of faults) add(found.faults, code, file);
  }
  for (const top of ['server', 'integrations'])
    for (const name of readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' })) {
      const file = `${top}/${name.replaceAll(path.sep, '/')}`;
      if (!file.endsWith('.ts') || file === 'server/core/errors.ts' || MACHINES.some((one) => one.test(file)))
        continue;
      const source = readFileSync(path.join(root, file), 'utf8');
      if (!/\b(conflict|refuse|DomainError|forbidden|invalid|badRequest)\(|\bcode\b/.test(source)) continue;
      const code = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
      const note = (into: Map<string, Set<string>>, node: ts.Expression) => {
        const known = texts(node);
        if (known) for (const one of known) add(into, one, file);
        else if (!BUILT[file]) found.unread.push(`${file}: ${node.getText().slice(0, 60)}`);
      };
      const visit = (node: ts.Node): void => {
        if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && ts.isIdentifier(node.expression)) {
          const called = node.expression.text;
          // `refuse` is a function of several rooms; that of the stations says a type first
          const at =
            called === 'refuse' && !file.startsWith('server/sterilization/') ? undefined : TYPE_AT[called];
          if (called === 'stop' || called === 'ask')
            for (const one of (node.arguments?.[0] && texts(node.arguments[0])) ?? [])
              found.problems.add(one);
          const named = at === undefined ? undefined : node.arguments?.[at];
          if (
            named &&
            !ts.isArrayLiteralExpression(named) &&
            !/\berrors\b|fieldErrors|faults/.test(named.getText())
          )
            note(found.types, named);
        }
        if (ts.isObjectLiteralExpression(node)) {
          const property = (name: string) => node.properties.find((one) => one.name?.getText() === name);
          const said = property('code');
          if (said && property('severity') && ts.isPropertyAssignment(said))
            for (const one of texts(said.initializer) ?? []) found.problems.add(one);
          if (said && property('path'))
            if (ts.isPropertyAssignment(said)) note(found.faults, said.initializer);
            else if (!BUILT[file]) found.unread.push(`${file}: code`);
          const params = property('params');
          if (params && property('message') && ts.isPropertyAssignment(params))
            if (ts.isObjectLiteralExpression(params.initializer))
              for (const one of params.initializer.properties)
                if (ts.isPropertyAssignment(one) && one.name.getText() === 'code')
                  note(found.faults, one.initializer);
        }
        ts.forEachChild(node, visit);
      };
      visit(code);
    }
  return found;
}

type Words = { [key: string]: string | Words };
const read = (language: string, namespace: string) =>
  JSON.parse(
    readFileSync(path.join(root, `viewer/src/locales/${language}/${namespace}.json`), 'utf8'),
  ) as Record<string, Words>;

/** Where the pages of a centre look before the words of all. */
const OWN: Record<string, [namespace: string, types: string, faults?: string]> = {
  lab: ['lab', 'problem', 'fault'],
  sterilization: ['sterilization', 'problem'],
};

const found = walk();

test('every code of a refusal is written out, or its file says what it builds', () => {
  expect(found.unread).toEqual([]);
  expect(found.types.size).toBeGreaterThan(150);
  expect(found.faults.size).toBeGreaterThan(80);
});

test.each(['zh-CN', 'en-US'])('%s has words for every refusal that a page can meet', (language) => {
  const all = read(language, 'refused');
  const wanting = (kind: 'types' | 'faults', codes: Map<string, Set<string>>) =>
    [...codes]
      .flatMap(([code, files]) => [...files].map((file) => [code, file] as const))
      .filter(([code, file]) => {
        const own = OWN[/^server\/(\w+)\//.exec(file)?.[1] ?? ''];
        const key = kind === 'types' ? own?.[1] : own?.[2];
        // the pages of the laboratory look up a type among its faults too
        const places = [
          all[kind === 'types' ? 'why' : 'fault'],
          ...(own && key ? [read(language, own[0])[key]] : []),
          ...(own?.[2] ? [read(language, own[0])[own[2]]] : []),
        ];
        return !places.some((words) => typeof words?.[code] === 'string');
      });
  expect(wanting('types', found.types)).toEqual([]);
  expect(wanting('faults', found.faults)).toEqual([]);
});

test.each(['zh-CN', 'en-US'])('%s has words for everything that a report may lack', (language) => {
  const words = read(language, 'shell').problem ?? {};
  expect(found.problems.size).toBeGreaterThan(25);
  expect([...found.problems].filter((code) => !(code in words))).toEqual([]);
});

test('no word is left of a code that nothing throws', () => {
  const known = (codes: Map<string, Set<string>>, code: string) =>
    codes.has(code.replace(/_most$/, '')) ||
    [...codes.keys()].some((one) => one.includes('_') && code.startsWith(`${one}_`));
  const { why = {}, fault = {} } = read('zh-CN', 'refused');
  expect(Object.keys(why).filter((code) => !known(found.types, code))).toEqual([]);
  expect(Object.keys(fault).filter((code) => !known(found.faults, code))).toEqual([]);
});

const i18n = i18next.createInstance();
await i18n.init({
  resources: Object.fromEntries(
    ['zh-CN', 'en-US'].map((language) => [
      language,
      { refused: read(language, 'refused'), shell: read(language, 'shell') },
    ]),
  ),
  defaultNS: 'shell',
  interpolation: { escapeValue: false },
});
const said = (status: number, problem: Problem) =>
  ['zh-CN', 'en-US'].map((language) =>
    refusalSentence({ status, code: problem.type ?? '', problem }, i18n.getFixedT(language, 'shell')),
  );

test('a refusal is told in the language of the page, with the values that it bears', () => {
  const detail = 'what an engineer reads';
  expect(said(409, { type: 'wrong-status', detail, status: 409, orderStatus: 'final' })).toEqual([
    '申请单当前为“已签发”，不能进行此操作',
    'The order is “Signed” now: this cannot be done',
  ]);
  expect(said(409, { type: 'claimed-by-other', detail, claimedBy: '王芳' })).toEqual([
    '病例已由王芳领取',
    'The case was claimed by 王芳',
  ]);
  expect(said(423, { type: 'locked', detail, lockedUntil: '2026-11-30T04:15:00.000Z' })).toEqual([
    '错误次数过多，已锁定至 2026-11-30 12:15',
    'Too many wrong entries: locked until 2026-11-30 12:15',
  ]);
  expect(said(403, { type: 'forbidden', detail })[1]).toBe(
    'You do not have this right; if your work needs it, ask the security administrator',
  );
  expect(said(429, { detail })).toEqual(['操作过于频繁', 'Too many requests']);
  // what is too large is told with its limit, where the hub says one
  expect(said(413, { type: 'too-large', detail, most: '20 MB' })).toEqual([
    '文件或内容超过上限 20 MB，请压缩、精简或分次提交',
    'The file or content is larger than 20 MB: make it smaller or send it in parts',
  ]);
  expect(said(413, { type: 'too-large', detail })[1]).toBe('The file or content is too large');
  expect(said(409, { type: 'too-many', detail, most: 60 })[0]).toBe(
    '一份报告最多 60 幅关键图像，请先取消一幅再添加',
  );
});

test('faults of an input name their field, and what the validator of the hub found', () => {
  const input = z.object({
    name: z.string().min(1),
    days: z.number().int().min(1).max(730),
    code: z.string().regex(/^[A-Z]+$/),
    items: z.array(z.string()).min(2),
    other: z.string().refine(() => false, { params: { code: 'fhir-scope' } }),
  });
  const { error } = input.safeParse({ name: '', days: 0, code: 'a', items: ['x'], other: '' });
  const errors = fieldErrors(error?.issues ?? []).map((fault) => ({ message: '', ...fault }));
  expect(said(422, { type: 'invalid', errors })).toEqual([
    '名称：必须填写; 天数：不能小于 1; 代码：只能用大写字母、数字和 - _ .，并注意长度; 项目：至少选 2 项; 不是本平台的 FHIR 范围',
    'Name: required; Days: must be at least 1; Code: takes capital letters, digits and - _ . only; mind the length; Items: needs at least 2 entries; is not a FHIR scope of the hub',
  ]);
});
