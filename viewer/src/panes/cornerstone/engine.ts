import * as core from '@cornerstonejs/core';
import * as loader from '@cornerstonejs/dicom-image-loader';
import * as tools from '@cornerstonejs/tools';
import { registerFrameLoader } from './frameLoader.ts';

export const engineId = 'reading';

/** How images are drawn on this machine; shown to the person because measurements look the same but speed does not. */
export interface Rendering {
  mode: 'gpu' | 'software-cpu' | 'no-webgl-cpu';
  renderer: string;
  /** MPR needs a WebGL2 context. */
  mpr: boolean;
}

let started: Promise<Rendering> | null = null;
let rendering: Rendering | null = null;

const mebibyte = 1024 ** 2;
/**
 * Pictures kept; the least recently used leave. A CT of 300 slices fits in the part that stacks on the screen may fill. The
 * browser holds more than twice as much until memory is short: with 768 MiB it stood at 2 GB after ten CT studies of 100
 * slices, with 256 at 1.3 after ten of 200.
 */
const mostPictures = 200 * mebibyte;

async function start(): Promise<Rendering> {
  const found = core.getRenderingCapabilities();
  core.init();
  // A software rasterizer is slower at a plain stack than the CPU path: measured 544 against 655 ms to the first image.
  const cpu = !found.webgl || found.softwareRasterizer;
  core.setUseCPURendering(cpu);
  // The CPU path throws where a lookup function is copied to another viewport, as the magnifier does: it knows one only.
  if (cpu) Object.assign(core.StackViewport.prototype, { setVOILUTFunction: () => undefined });
  loader.init({
    maxWebWorkers: Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1)),
    useLegacyMetadataProvider: true,
  });
  registerFrameLoader();
  tools.init();
  core.cache.setMaxCacheSize(mostPictures);
  const engine = new core.RenderingEngine(engineId);
  void engine;
  rendering = {
    mode: !found.webgl ? 'no-webgl-cpu' : found.softwareRasterizer ? 'software-cpu' : 'gpu',
    renderer: found.renderer,
    mpr: found.webgl2,
  };
  return await Promise.resolve(rendering);
}

/** Starts Cornerstone once for the page. */
export function startEngine(): Promise<Rendering> {
  started ??= start();
  return started;
}

export function currentRendering(): Rendering | null {
  return rendering;
}

export function getEngine(): core.RenderingEngine {
  const engine = core.getRenderingEngine(engineId);
  if (!engine) throw new Error('startEngine was not awaited');
  return engine as core.RenderingEngine;
}

export { core, loader, tools };
