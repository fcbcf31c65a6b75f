import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const text = /\.(js|css|wasm|svg)$/;
/** One IP packet: below this a compressed copy saves nothing. */
const smallest = 1_400;

const encodings: { suffix: string; compress: (bytes: Buffer) => Promise<Buffer> }[] = [
  {
    suffix: '.br',
    // 11 takes fifteen times as long for a tenth less.
    compress: (bytes) =>
      promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
  },
  { suffix: '.gz', compress: (bytes) => promisify(gzip)(bytes) },
];

/** Writes a compressed copy beside each asset, which the hub sends instead of compressing for every visitor. */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).filter((name) => text.test(name));
      await Promise.all(
        files.map(async (name) => {
          const file = path.join(dir, name);
          const bytes = await readFile(file);
          if (bytes.length < smallest) return;
          for (const { suffix, compress } of encodings) await writeFile(file + suffix, await compress(bytes));
        }),
      );
    },
  };
}
