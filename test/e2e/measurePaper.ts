import type { Page } from 'playwright-core';

export interface PaperFigures {
  /** Median of drawing the page, grid and all leads, until its pixels are there. */
  drawMs: number;
  /** The same number of line segments over one picture on a canvas of that size, by this browser on this machine. */
  referenceMs: number;
  /** Frames per second while the trace is dragged with the pointer. */
  panFps: number;
  /** Frames per second of this browser with nothing to draw. */
  idleFps: number;
  width: number;
  height: number;
}

/** Runs in the page: drags the first ECG paper to and fro and times what it draws. */
const inPage = `(async () => {
  const paper = document.querySelector('.ecg-paper');
  const canvas = paper.querySelector('canvas');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const settle = (ctx) => ctx.getImageData(0, 0, 1, 1);
  const frames = 40;
  await frame();
  let began = performance.now();
  for (let i = 0; i < frames; i++) await frame();
  const idleFps = (1000 * frames) / (performance.now() - began);
  const box = canvas.getBoundingClientRect();
  const at = (type, x) =>
    canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, isPrimary: true, clientX: x, clientY: box.top + 40 }));
  paper.setPointerCapture = () => undefined;
  const middle = box.left + box.width / 2;
  at('pointerdown', middle);
  began = performance.now();
  for (let i = 0; i < frames; i++) {
    at('pointermove', middle - 4 * (i < frames / 2 ? i : frames - i) - 8);
    await frame();
  }
  const panFps = (1000 * frames) / (performance.now() - began);
  const draws = [];
  const ctx = canvas.getContext('2d', { alpha: false });
  for (let i = 0; i < 15; i++) {
    const before = canvas.dataset.drawn;
    settle(ctx);
    at('pointermove', middle - 30 - 3 * i);
    for (let k = 0; k < 5 && canvas.dataset.drawn === before; k++) await frame();
    const raster = performance.now();
    settle(ctx);
    if (canvas.dataset.drawn !== before) draws.push(Number(canvas.dataset.drawMs) + performance.now() - raster);
  }
  at('pointerup', middle);
  const other = document.createElement('canvas');
  other.width = canvas.width;
  other.height = canvas.height;
  const plain = other.getContext('2d', { alpha: false });
  const times = [];
  for (let k = 0; k < 15; k++) {
    const start = performance.now();
    plain.drawImage(canvas, 0, 0);
    for (let row = 0; row < 4; row++) {
      plain.beginPath();
      for (let x = 0; x < other.width; x++) plain.lineTo(x, ((row + 0.5) * other.height) / 4 + 30 * Math.sin(x / 3));
      plain.lineWidth = 1.25;
      plain.stroke();
    }
    settle(plain);
    times.push(performance.now() - start);
  }
  return { drawMs: median(draws), referenceMs: median(times), panFps, idleFps, width: canvas.width, height: canvas.height };
})()`;

export function measurePaper(page: Page): Promise<PaperFigures> {
  return page.evaluate<PaperFigures>(inPage);
}

/** Drags the first ECG paper for `frames` frames, or only waits for as many. */
export function dragPaper(page: Page, frames: number, drawn: boolean): Promise<void> {
  return page.evaluate<void>(`(async () => {
    const paper = document.querySelector('.ecg-paper');
    const canvas = paper.querySelector('canvas');
    const box = canvas.getBoundingClientRect();
    paper.setPointerCapture = () => undefined;
    const at = (type, x) => ${String(drawn)} &&
      canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, isPrimary: true, clientX: x, clientY: box.top + 40 }));
    const middle = box.left + box.width / 2;
    at('pointerdown', middle);
    for (let i = 0; i < ${frames}; i++) {
      at('pointermove', middle - 8 - 4 * (i % 40));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    at('pointerup', middle);
  })()`);
}
