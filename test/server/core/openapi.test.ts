import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAnswer } from '../../helpers/checkAnswer.ts';
import { startHub, type TestHub } from '../../helpers/hub.ts';

/** What CONTRACT names, with the kind of its answer: every other program builds on these. */
const CONTRACT = [
  'post /api/session json',
  'get /api/session json',
  'post /api/orders json',
  'get /api/orders json',
  'get /api/orders/{id} json',
  'get /api/orders/{id}/timeline json',
  ...['cancel', 'return', 'accept', 'claim', 'release', 'acknowledge', 'critical', 'join', 'split'].map(
    (act) => `post /api/orders/{id}/${act} json`,
  ),
  'get /api/centers/{center}/worklist json',
  'get /api/orders/{id}/report json',
  'put /api/orders/{id}/report json',
  ...['submit', 'reject', 'sign', 'addendum', 'correct', 'void'].map(
    (act) => `post /api/orders/{id}/report/${act} json`,
  ),
  'get /api/orders/{id}/report.pdf application/pdf',
  'get /api/orders/{id}/reports json',
  'get /api/events text/event-stream',
  'post /api/ecg/recordings json',
  'get /api/ecg/recordings/{id} json',
  'get /api/ecg/recordings/{id}/samples application/octet-stream',
  'post /api/pathology/slides json',
  'get /api/pathology/slides/{id} json',
  'get /api/pathology/slides/{id}/tiles/{level}/{column}/{row} image/jpeg',
];

/** Bodies that are bytes: a client must be told that there is one, and of what type. */
const RAW = [
  'post /api/ecg/recordings',
  'post /api/pathology/slides',
  'patch /api/pathology/slides/{id}',
  'post /api/pathology/cases/{id}/photos',
  'post /api/lab/catalogue',
  'post /api/sterilization/machines/{code}/print-outs',
  'post /api/sterilization/pictures',
  'post /api/documents',
  'post /api/signature/verify',
  'post /api/algorithm-cases/{id}/findings',
];

interface Operation {
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

describe('OpenAPI', () => {
  let hub: TestHub;
  let paths: Record<string, Record<string, Operation>>;
  beforeAll(async () => {
    hub = await startHub();
    const document = (await (await fetch(`${hub.url}/api/openapi.json`)).json()) as { paths: typeof paths };
    paths = document.paths;
  });
  afterAll(() => hub.close());

  const operation = (name: string) => {
    const [method = '', path = ''] = name.split(' ');
    const found = paths[path]?.[method];
    if (!found) throw new Error(`${name} is not described`);
    return found;
  };

  test.each(CONTRACT)('%s has an answer', (name) => {
    const kind = name.split(' ')[2] ?? '';
    const type = kind === 'json' ? 'application/json' : kind;
    const answers = Object.entries(operation(name).responses).filter(([status]) => status.startsWith('2'));
    const content = answers[0]?.[1].content?.[type];
    expect(content).toBeDefined();
    if (kind === 'json') expect(content?.schema).toMatchObject({});
  });

  test.each(RAW)('%s says what its body is', (name) => {
    expect(Object.keys(operation(name).requestBody?.content ?? {}).length).toBeGreaterThan(0);
  });

  test('a real answer is held against its schema in both directions', async () => {
    const reader = await hub.as('radiologist1');
    const { body } = await reader.get('/api/session');
    expect(() => checkAnswer('GET', '/api/session', body)).not.toThrow();
    expect(() => checkAnswer('GET', '/api/session', { ...body, more: 1 })).toThrow('does not name: .more');
    expect(() => checkAnswer('GET', '/api/session', { ...body, permissions: 1 })).toThrow('permissions');
  });
});
