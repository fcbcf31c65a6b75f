import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub?.close());

const page = async (code: string) => {
  const answer = await fetch(`${hub.url}/verify/${code}`);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

test.each([
  ['nobody’s', 'Zz0000000000'],
  ['too long', 'A'.repeat(5_000)],
  ['a script', encodeURIComponent('<script>alert(1)</script>')],
  ['a quote', encodeURIComponent(`' or '1'='1`)],
  ['a path', encodeURIComponent('../../etc/passwd')],
])('a code that is %s is unknown, and nothing of it is on the page', async (_what, code) => {
  const { status, text } = await page(code);
  expect(status).toBe(404);
  expect(text).toContain('查无此报告 unknown report');
  expect(text).not.toMatch(/script>|passwd|AAAA|Zz00/);
});

test('a code that is no text is a wrong request, not a fault of the server', async () => {
  for (const code of ['%ff', '%00', '%']) {
    const { status } = await page(code);
    expect([400, 404], code).toContain(status);
  }
});

test('the page is asked anew each time, stands alone and takes no script of others', async () => {
  const { headers, text } = await page('unknown');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(text).not.toMatch(/<script|src=|href=/);
});
