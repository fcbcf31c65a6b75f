import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt } from './browser.ts';

const assets = path.join(import.meta.dirname, '../../viewer/dist/assets');

interface Answer {
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** As bytes on the wire: `fetch` would decompress. */
function get(url: string, encoding: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers: { 'accept-encoding': encoding } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(parts) }));
      })
      .on('error', reject);
  });
}

describe.skipIf(!viewerBuilt)('the browser application as it is sent (needs the built viewer)', () => {
  let hub: TestHub;
  let browser: Browser | undefined;
  beforeAll(async () => {
    hub = await startHub();
    if (findChromium() !== undefined) browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  const size = (name: string) => fs.statSync(path.join(assets, name)).size;
  const [script = ''] = fs
    .readdirSync(assets)
    .filter((name) => /^application-.*\.js$/.test(name))
    .sort((a, b) => size(b) - size(a));
  const original = fs.readFileSync(path.join(assets, script));

  test.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, deflate', gunzipSync],
  ] as const)(
    'a script goes out as the copy that the build compressed: %s',
    async (encoding, taken, open) => {
      const { headers, body } = await get(`${hub.url}/assets/${script}`, taken);
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': 'text/javascript; charset=utf-8',
        'content-length': String(body.length), // a file, not a stream that is compressed now
        vary: expect.stringContaining('Accept-Encoding') as string,
        'cache-control': expect.stringContaining('immutable') as string,
      });
      expect(open(body).equals(original)).toBe(true);
    },
  );

  test('it goes out plain to who takes nothing else, and a path does not leave its folder', async () => {
    const plain = await get(`${hub.url}/assets/${script}`, 'identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.equals(original)).toBe(true);
    const outside = await get(`${hub.url}/assets/..%2findex.html`, 'br');
    expect(outside.body.includes('<html')).toBe(false);
  });

  test('the page of a case asks for its order itself, that of anything else does not', async () => {
    const orderId = '01234567-89ab-7cde-8f01-23456789abcd';
    const page = async (address: string) => (await get(hub.url + address, 'identity')).body.toString();
    expect(await page(`/orders/${orderId}`)).toContain(
      `<link rel="preload" as="fetch" crossorigin href="/api/orders/${orderId}?purpose=prefetch" />`,
    );
    const others = ['/', '/imaging', '/orders/new', `/orders/${orderId}%22%3E`];
    for (const other of others) expect(await page(other)).not.toContain('/api/orders/');
  });

  test.skipIf(findChromium() === undefined)(
    'a case opened by its address asks for its order ahead once, then as its reader',
    async () => {
      if (!browser) throw new Error('no browser');
      const { page } = await signIn(browser, hub.url, 'doctor1');
      const ordered = await page.request.post(`${hub.url}/api/orders`, {
        headers: { origin: hub.url },
        data: {
          center: 'imaging',
          items: [{ code: 'DR-CHEST' }],
          priority: 'routine',
          patient: {
            name: '周桂兰',
            sex: 'F',
            birthDate: '1961-04-12',
            identifiers: [{ type: 'mrn', value: 'M1' }],
          },
          remoteConsent: { by: '周桂兰', at: new Date().toISOString() },
        },
      });
      expect(ordered.status(), await ordered.text()).toBe(201);
      const { id } = (await ordered.json()) as { id: string };
      const asked: string[] = [];
      page.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        if (pathname === `/api/orders/${id}`) asked.push(search);
      });
      await page.goto(`${hub.url}/orders/${id}`);
      await page.locator('.hub-strip').waitFor();
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
      expect(asked.filter((search) => search === '?purpose=prefetch')).toHaveLength(1);
      expect(asked).toContain('');
    },
  );

  test.skipIf(findChromium() === undefined)(
    'a site that reads no images fetches neither the viewer nor charts',
    async () => {
      if (!browser) throw new Error('no browser');
      const { page } = await signIn(browser, hub.url, 'doctor1');
      const scripts: string[] = [];
      page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
      await page.goto(`${hub.url}/orders/new`);
      await page.locator('form').first().waitFor();
      expect(scripts.filter((name) => name.endsWith('.js')).length).toBeLessThan(60);
      expect(scripts.filter((name) => /cornerstone|echarts/.test(name))).toEqual([]);
    },
  );
});
