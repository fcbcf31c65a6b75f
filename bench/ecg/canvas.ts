import os from 'node:os';
import type { Browser, Page } from 'playwright-core';
import type { Bench, BenchRow } from '../bench.ts';
import { startHubProcess } from '../imaging/hubProcess.ts';
import { synthesise } from '../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../server/ecg/demo/writeWfdb.ts';
import { findChromium, launchBrowser, signIn, viewerBuilt } from '../../test/e2e/browser.ts';
import { dragPaper, measurePaper } from '../../test/e2e/measurePaper.ts';

const command = 'npm run bench -- --only ecg.canvas';

/** Reads a synthetic twelve-lead recording of a minute in Chromium at 1920×1080 and drags it. */
export const ecgCanvas: Bench = {
  name: 'ecg.canvas',
  about: 'drawing a 12-lead page and panning it in Chromium at 1920×1080',
  async run() {
    const names = ['ecg.canvas.draw', 'ecg.canvas.pan', 'ecg.canvas.processor'];
    if (!findChromium() || !viewerBuilt)
      return names.map((name): BenchRow => ({
        name,
        value: Number.NaN,
        unit: 'skipped: Chromium or the built viewer is missing',
        spread: [Number.NaN, Number.NaN],
        target: name.endsWith('pan') ? '≥ 50 frames/s' : '≤ 16 ms',
        pass: null,
        command,
      }));
    const hub = await startHubProcess();
    const url = new URL(hub.base).origin;
    const browser = await launchBrowser();
    try {
      const orderId = await sendRecording(url);
      const { page } = await signIn(browser, url, 'cardiologist1');
      page.setDefaultTimeout(300_000);
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.goto(`${url}/orders/${orderId}`);
      await page.locator('.ecg-paper canvas[data-drawn]').waitFor();
      const spent = await processorPerFrame(browser, page);
      const runs = [];
      for (let i = 0; i < 3; i++) runs.push(await measurePaper(page));
      const draws = runs.map((run) => run.drawMs).sort((a, b) => a - b);
      const pans = runs.map((run) => run.panFps).sort((a, b) => a - b);
      const [draw = Number.NaN, pan = Number.NaN] = [draws[1], pans[1]];
      const first = runs[0];
      // on a machine that is busy with other things the clock says nothing about the drawing; processor time does
      const busy = (os.loadavg()[0] ?? 0) > os.cpus().length;
      const verdict = (passed: boolean): boolean | null => (busy && !passed ? null : passed);
      const row = (
        name: string,
        value: number,
        all: number[],
        more: Pick<BenchRow, 'unit' | 'target' | 'pass' | 'peer' | 'peerValue'>,
      ): BenchRow => ({
        name,
        value: Number(value.toFixed(1)),
        spread: [Number((all[0] ?? 0).toFixed(1)), Number((all.at(-1) ?? 0).toFixed(1))],
        command,
        ...more,
      });
      return [
        row('ecg.canvas.draw', draw, draws, {
          unit: `ms, canvas ${first?.width}×${first?.height}, until the pixels are there`,
          peer: 'plain lines of the same length on such a canvas',
          peerValue: Number((first?.referenceMs ?? Number.NaN).toFixed(1)),
          target: '≤ 16 ms',
          pass: verdict(draw <= 16),
        }),
        row('ecg.canvas.pan', pan, pans, {
          unit: 'frames/s while dragging',
          peer: 'the same browser with nothing to draw',
          peerValue: Number((first?.idleFps ?? Number.NaN).toFixed(1)),
          target: '≥ 50 frames/s',
          pass: verdict(pan >= 50),
        }),
        row('ecg.canvas.processor', spent, [spent, spent], {
          unit: 'ms of processor time per dragged frame, all processes of Chromium, idle frames taken off',
          target: '≤ 16 ms',
          pass: spent <= 16,
        }),
      ];
    } finally {
      await browser.close();
      await hub.close();
    }
  },
};

const frames = 120;

/** Processor time of every Chromium process for one frame of dragging, less that of a frame without drawing, ms. */
async function processorPerFrame(browser: Browser, page: Page): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const seconds = async (): Promise<number> =>
    (await session.send('SystemInfo.getProcessInfo')).processInfo.reduce(
      (sum, process) => sum + process.cpuTime,
      0,
    );
  const timed = async (drawn: boolean): Promise<number> => {
    const before = await seconds();
    await dragPaper(page, frames, drawn);
    return (await seconds()) - before;
  };
  await timed(true);
  const idle = await timed(false);
  const drawing = await timed(true);
  return ((drawing - idle) * 1000) / frames;
}

async function sendRecording(url: string): Promise<string> {
  const session = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: 'tech1', password: 'Demo-2026!' }),
  });
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const form = new FormData();
  for (const file of writeWfdb('bench', synthesise({ bpm: 72 }, 55, 500, 3), 500, []))
    form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name);
  const sent = await fetch(`${url}/api/ecg/recordings`, {
    method: 'POST',
    headers: { cookie, origin: url },
    body: form,
  });
  const answer = (await sent.json()) as { join?: { orderId?: string } };
  if (!answer.join?.orderId) throw new Error(`the recording was not taken: ${JSON.stringify(answer)}`);
  return answer.join.orderId;
}
