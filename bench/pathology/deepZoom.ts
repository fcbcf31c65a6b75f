import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface DeepZoomPeer {
  urlOf(level: number, column: number, row: number): string;
  close(): Promise<void>;
}

/**
 * Starts a DeepZoom server on OpenSlide (Debian: python3-openslide), as its project's own example serves tiles: decoded,
 * cut and coded again as JPEG, 256 pixels without overlap, one process for each core. Undefined where it is not installed.
 */
export async function startDeepZoom(file: string): Promise<DeepZoomPeer | undefined> {
  const child = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'deep_zoom.py'), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const close = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  const first = await new Promise<string | undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  if (!first) return undefined;
  const { port, levels } = JSON.parse(first) as { port: number; levels: number };
  return {
    // DeepZoom numbers its levels from one pixel upwards
    urlOf: (level, column, row) => `http://127.0.0.1:${port}/${levels - 1 - level}/${column}_${row}.jpeg`,
    close,
  };
}
