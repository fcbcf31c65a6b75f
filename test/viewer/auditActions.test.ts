import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Codes that are put together when they are written, by the expression in the source. */
const COMPOSED: Record<string, string[]> = {
  '`critical.${answer.kind}`': [
    'critical.notified',
    'critical.acknowledged',
    'critical.disposed',
    'critical.withdrawn',
  ],
  "`fhir.${id ? 'read' : 'search'}`": ['fhir.read', 'fhir.search'],
  '`instance.${input.kind}`': ['instance.conflict', 'instance.unreadable'],
  '`notifiable.${answer.kind}`': ['notifiable.reported', 'notifiable.dismissed'],
  '`pathology.${input.step}`': ['pathology.embed', 'pathology.cut', 'pathology.stain'],
  '`pathology.stain-${input.state}`': ['pathology.stain-done', 'pathology.stain-cancelled'],
  '`patient.${body.state}`': ['patient.linked', 'patient.rejected', 'patient.undone'],
  '`recognition.${decision.decision}`': ['recognition.adopt', 'recognition.repeat'],
  '`report.${input.kind}`': ['report.addendum', 'report.correction', 'report.void'],
  '`slide.${kind}`': ['slide.label', 'slide.macro'],
  '`staff.${verb}`': ['staff.lock', 'staff.unlock'],
  '`ticket.${act.kind}`': [
    'ticket.assign',
    'ticket.feedback',
    'ticket.verify',
    'ticket.close',
    'ticket.reopen',
  ],
};

const sourceFiles = (): string[] =>
  ['server', 'integrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, folder, name)),
  );

/** Every code that the sources give to the audit trail, as `action:` or as an argument of the shared acts. */
function codesInSource(): { written: Set<string>; composed: Set<string> } {
  const written = new Set<string>();
  const composed = new Set<string>();
  const take = (expression: string) => {
    for (const [template] of expression.matchAll(/`[a-z]+\.[^`\n]+`/g)) composed.add(template);
    for (const [, code] of expression.matchAll(/'([a-z][a-z0-9-]*(?:\.[a-z-]+)+)'/g)) written.add(code ?? '');
  };
  for (const file of sourceFiles()) {
    const text = readFileSync(file, 'utf8');
    for (const [, value] of text.matchAll(/\baction(?:\?)?(?: =|:)\s*((?:`[^`]*`|[^,;\n`])+)/g))
      take(value ?? '');
    for (const [, value] of text.matchAll(
      /\b(?:act|auditRead|resolveImages)\([^'`;]{0,300}?,\s*('[a-z][a-z0-9-]*(?:\.[a-z-]+)+'|`[a-z]+\.[^`]+`)\s*[,)]/g,
    ))
      take(value ?? '');
    for (const [, code] of text.matchAll(/insert into audit_event[^`]*?'([a-z]+\.[a-z-]+)'/g))
      written.add(code ?? '');
  }
  return { written, composed };
}

const wordsOf = (language: string, part: 'actions' | 'subjects' = 'actions'): Record<string, string> =>
  (
    JSON.parse(readFileSync(join(root, 'viewer/src/locales', language, 'audit.json'), 'utf8')) as Record<
      typeof part,
      Record<string, string>
    >
  )[part];

test('every action of the audit trail has a word in both languages, and no word is left over', () => {
  const { written, composed } = codesInSource();
  expect([...composed].sort()).toEqual(Object.keys(COMPOSED).sort());
  const all = [...new Set([...written, ...Object.values(COMPOSED).flat()])].sort();
  expect(all.length).toBeGreaterThan(200);
  for (const language of ['zh-CN', 'en-US']) expect(Object.keys(wordsOf(language)).sort()).toEqual(all);
});

/** Subjects that are named by a variable in the source. */
const COMPOSED_SUBJECTS = [
  ...['instrument', 'tray', 'implant', 'load', 'wash-load', 'pack'].map((kind) => `cssd-${kind}`),
  'study',
  'instance',
  'ecg-file',
  'ecg-recording',
  'instrument-result',
];

test('every kind of subject of the audit trail has a word in both languages, and no word is left over', () => {
  const kinds = new Set(COMPOSED_SUBJECTS);
  for (const file of sourceFiles())
    for (const [, kind] of readFileSync(file, 'utf8').matchAll(/\bsubjectType: '([a-z-]+)'/g))
      kinds.add(kind ?? '');
  for (const language of ['zh-CN', 'en-US'])
    expect(Object.keys(wordsOf(language, 'subjects')).sort()).toEqual([...kinds].sort());
});
