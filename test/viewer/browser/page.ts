import fs from 'node:fs/promises';
import type http from 'node:http';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { findChromium, launchBrowser } from '../../e2e/browser.ts';
import { bundlePages } from './bundle.ts';
import { openServer } from './window.ts';

/** Where no Chromium is, what needs one is left out by name. */
export const withBrowser = findChromium() !== undefined;

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  body: unknown;
  headers: http.IncomingHttpHeaders;
}
/** Makes an answer, or writes it itself. */
type Answering = (asked: Asked, response: http.ServerResponse) => unknown;
/** By `GET /api/…`, with the query or without: JSON, a `Status`, `lost`, or a function that makes one of these. */
export type Answers = Record<string, unknown>;

/** Answers with a status of its own. */
export class Status {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
  constructor(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}
/** Breaks the line instead of answering. */
export const lost = Symbol('lost');

export interface Shown {
  page: Page;
  /** What the component called back with, in order. */
  told: () => Promise<unknown[][]>;
  /** Takes the component off the page. */
  leave: () => Promise<void>;
}

/** The body of a request: what its JSON says, else its text. */
async function sentWith(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return (request.headers['content-type'] ?? '').includes('application/json') ? JSON.parse(text) : text;
}

const head =
  '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">';
const tail = '<body><div id="root"></div><script type="module" src="/main.js"></script>';
/** Runs before the page's own program, each time it is loaded; what the machine keeps is set the first time alone. */
const begin = (shown: number, scene: object, storage: Record<string, string>) => `<script>
  window.scene = ${JSON.stringify(scene)};
  if (sessionStorage.shown !== '${shown}') {
    localStorage.clear();
    sessionStorage.clear();
    sessionStorage.shown = '${shown}';
    Object.assign(localStorage, ${JSON.stringify(storage)});
  }
</script>`;
const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/**
 * One Chromium for a file of tests, which shows components of the viewer by themselves: the scenes of
 * `test/viewer/pages/<file>.page.tsx`. The hub is a real server that answers as each test says, by `GET /api/…`.
 */
export function openPages(file: string, options: { timezoneId?: string } = {}) {
  const server = openServer();
  const asked: Asked[] = [];
  let answers: Answers = {};
  let folder = '';
  let browser: Browser | undefined;
  let page: Page;
  let first = '';
  let shown = 0;
  const faults: string[] = [];

  const handle: http.RequestListener = async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub');
    if (!/^\/(api|dicom-web)\//.test(url.pathname)) {
      const type = types[path.extname(url.pathname)];
      if (!type)
        return response.setHeader('content-type', 'text/html; charset=utf-8').end(head + first + tail);
      const found = await fs.readFile(path.join(folder, url.pathname)).catch(() => null);
      return found ? response.setHeader('content-type', type).end(found) : response.writeHead(404).end();
    }
    const one: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: await sentWith(request),
      headers: request.headers,
    };
    asked.push(one);
    const answer = answers[`${one.method} ${one.path}`] ?? answers[`${one.method} ${url.pathname}`];
    const given: unknown = typeof answer === 'function' ? await (answer as Answering)(one, response) : answer;
    if (response.headersSent) return;
    if (given === lost) return request.socket.destroy();
    const made = given instanceof Status ? given : new Status(answer === undefined ? 404 : 200, given);
    return response
      .writeHead(made.status, { 'content-type': 'application/json', ...made.headers })
      .end(JSON.stringify(made.body ?? {}));
  };

  beforeAll(async () => {
    server.answer(handle);
    [folder, browser] = await Promise.all([bundlePages(), launchBrowser()]);
    page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN', ...options });
    page.on('pageerror', (error) => faults.push(error.message));
  });
  afterEach(async () => {
    await page.goto('about:blank');
    answers = {};
    asked.length = 0;
    const seen = faults.splice(0);
    if (seen.length > 0) throw new Error(`the page failed: ${seen.join('\n')}`);
  });
  afterAll(() => browser?.close());

  return {
    /** Everything that was asked of the hub in this test. */
    asked,
    answer: (more: Answers) => void (answers = { ...answers, ...more }),
    /** Shows a scene. With a `clock` the page's time can be moved on by `page.clock`. */
    async show(
      name: string,
      props: object = {},
      {
        at = '/',
        language = 'zh-CN',
        storage = {},
        clock = false,
      }: { at?: string; language?: string; storage?: Record<string, string>; clock?: boolean } = {},
    ): Promise<Shown> {
      if (clock) await page.clock.install({ time: new Date('2026-11-22T02:00:00Z') });
      first = begin((shown += 1), { file, name, props }, { 'hub.language': language, ...storage });
      await page.goto(server.base() + at);
      await expect
        .poll(async () => faults.length > 0 || (await page.locator('#root > *').count()) > 0)
        .toBe(true);
      return {
        page,
        told: () => page.evaluate(() => (globalThis as unknown as { told: unknown[][] }).told),
        leave: () => page.evaluate(() => (globalThis as unknown as { leave: () => void }).leave()),
      };
    },
  };
}
