import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type TestHub } from '../helpers/hub.ts';
import { stow } from '../integrations/dicomweb/client.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt } from './browser.ts';

const samples = path.resolve('../shared/fixtures/dicom');
const python = '/usr/bin/python3';
const peers = spawnSync(python, ['-c', 'import pydicom, gdcm, numpy']).status === 0;
const dcmtk = spawnSync('dcmdjpeg', ['--version']).status === 0;
const able = findChromium() !== undefined && viewerBuilt && peers && dcmtk && fs.existsSync(samples);

/** Mean difference of a colour channel over the picture, of 255, that interpolation and lossy decoders may make. */
const TOLERANCE = 5;
const truncated = 'general/MR_truncated.dcm';
/** What no peer reads, or what has no picture to agree on. */
const apart: Record<string, string> = {
  [truncated]: 'pixel data is cut off: kept in quarantine, not shown',
  'general/badVR.dcm': 'pydicom cannot read it',
  'general/SC_rgb_jpeg.dcm': 'pydicom cannot write it',
  'general/JPEG2000-embedded-sequence-delimiter.dcm':
    'a code stream of another size than its header: refused',
};

interface Sample {
  name: string;
  kind?: 'grey' | 'rgb';
  rows: number;
  columns: number;
  frames: number;
  inverted: boolean;
  aspect: number;
}

interface Shown {
  width: number;
  height: number;
  /** Text of the overlay that names window width and level. */
  window: string;
  png: Buffer;
}

describe.skipIf(!able)('every sample with pixels (needs Chromium, dcmtk, pydicom and GDCM)', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-pictures-'));
  let hub: TestHub;
  let browser: Browser;
  let list: Sample[] = [];

  beforeAll(async () => {
    execFileSync(python, [path.join(import.meta.dirname, 'referencePictures.py'), samples, folder], {
      stdio: 'ignore',
    });
    list = JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')) as Sample[];
    hub = await startHub();
    browser = await launchBrowser();
    const technician = await hub.as('tech1');
    for (const number of list.keys()) {
      const file = path.join(folder, `${number + 1}.dcm`);
      if (fs.existsSync(file)) await stow(hub.url, technician, [fs.readFileSync(file)]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test(
    'is the same picture in the reading room as in dcmtk, pydicom and GDCM',
    { timeout: 900_000 },
    async () => {
      const reader = await hub.as('radiologist1');
      const work = await reader.get('/api/centers/imaging/worklist?q=Pictures');
      const { page } = await signIn(browser, hub.url, 'radiologist1');
      await page.goto(`${hub.url}/orders/${work.body.items[0].orderId}`);
      await page.locator('.hub-thumb').first().waitFor();
      const off: string[] = [];
      let compared = 0;
      for (const [at, sample] of list.entries()) {
        const file = path.join(folder, `${at + 1}`);
        if (sample.name === truncated) {
          expect(await page.locator('.hub-thumb', { hasText: `#${at + 1}#` }).count()).toBe(0);
          continue;
        }
        if (apart[sample.name] && !fs.existsSync(`${file}.dcm`)) continue;
        const shown = await show(page, at + 1);
        if (apart[sample.name]) continue;
        if (!shown) off.push(`${sample.name} is not shown`);
        else {
          compared++;
          const raw = fs.readFileSync(`${file}.raw`);
          const most = sample.rows < 16 ? TOLERANCE * 4 : TOLERANCE; // a few pixels are mostly interpolation
          let difference = await compare(sample, raw, shown);
          // Frames of a cine run: the reference is the first of them.
          for (let look = 0; look < 20 && sample.frames > 1 && difference > most; look++)
            difference = Math.min(difference, await compare(sample, raw, await capture(page)));
          if (difference > most) off.push(`${sample.name} differs by ${difference.toFixed(1)}`);
        }
      }
      expect(off).toEqual([]);
      const registrar = await hub.as('registrar1');
      const unmatched = await registrar.get('/api/unmatched?center=imaging&limit=200');
      expect(JSON.stringify(unmatched.body)).toContain('pixel data ends before its image does');
      expect(compared).toBe(list.length - Object.keys(apart).length);
    },
  );
});

/** Puts a series into the viewport; undefined where the room says that it cannot be shown. */
async function show(page: Page, number: number): Promise<Shown | undefined> {
  const thumb = page.locator('.hub-thumb', { hasText: `#${number}#` }).first();
  await thumb.click();
  const viewport = page.locator('.hub-viewport').first();
  await page.locator(`.hub-viewport [role=img][aria-label*="#${number}#"]`).waitFor();
  const full = viewport.and(page.locator('[data-quality=full]')).locator('.hub-overlay-tr', {
    hasText: `#${number}#`,
  });
  const failed = viewport.locator('[role=alert]');
  await full.or(failed).first().waitFor();
  if (await failed.isVisible()) return undefined;
  await page.waitForTimeout(150); // the canvas follows the overlay within a frame
  return capture(page);
}

async function capture(page: Page): Promise<Shown> {
  const canvas = await page.evaluate<{ width: number; height: number; url: string }>(
    `(() => { const c = document.querySelector('.hub-viewport canvas');
      return { width: c.width, height: c.height, url: c.toDataURL('image/png') }; })()`,
  );
  return {
    width: canvas.width,
    height: canvas.height,
    window: (await page.locator('.hub-viewport .hub-overlay-br').first().textContent()) ?? '',
    png: Buffer.from(canvas.url.split(',')[1] ?? '', 'base64'),
  };
}

/** Mean difference between what is shown and the reference under the same window, on a coarse grid. */
async function compare(sample: Sample, raw: Buffer, shown: Shown): Promise<number> {
  const { rows, columns, aspect } = sample;
  const scale = Math.min(shown.width / columns, shown.height / (rows * aspect));
  const width = Math.min(shown.width, Math.round(columns * scale));
  const height = Math.min(shown.height, Math.round(rows * aspect * scale));
  const grid = Math.min(rows, columns) < 64 ? 8 : 32;
  const ours = await sharp(shown.png)
    .flatten({ background: '#000' })
    .extract({
      left: Math.round((shown.width - width) / 2),
      top: Math.round((shown.height - height) / 2),
      width,
      height,
    })
    .resize(grid, grid, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  const rgb = sample.kind === 'grey' ? windowed(sample, raw, shown.window) : raw;
  const theirs = await sharp(rgb, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(grid, grid, { fit: 'fill' })
    .raw()
    .toBuffer();
  return ours.reduce((sum, value, at) => sum + Math.abs(value - (theirs[at] ?? 0)), 0) / ours.length;
}

/** Linear window of PS3.3 §C.11.2.1.2.1. */
function windowed({ rows, columns, inverted }: Sample, raw: Buffer, overlay: string): Buffer {
  const [, width = '256', level = '128'] = /W (-?\d+) L (-?\d+)/.exec(overlay) ?? [];
  const out = Buffer.alloc(rows * columns * 3);
  for (let at = 0; at < rows * columns; at++) {
    const value = raw.readFloatLE(at * 4);
    const grey = ((value - (Number(level) - 0.5)) / Math.max(1, Number(width) - 1) + 0.5) * 255;
    const bounded = Math.max(0, Math.min(255, Math.round(grey)));
    out.fill(inverted ? 255 - bounded : bounded, at * 3, at * 3 + 3);
  }
  return out;
}
