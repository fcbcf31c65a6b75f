import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type Plugin } from 'vite';

const root = path.join(import.meta.dirname, '../../..');
const entry = path.join(root, 'test/viewer/pages/main.tsx');
const kept = path.join(root, 'node_modules/.cache/pages');

/** What the shown part would load later, and Cornerstone's worker, stay out: they take longer than the rest together. */
const apart: Plugin = {
  name: 'apart',
  enforce: 'pre',
  resolveId: (source) => (source.startsWith('decode-worker') ? '\0decode-worker' : null),
  load: (id) => (id === '\0decode-worker' ? 'export default "/decode-worker.js"' : null),
  resolveDynamicImport(source, importer) {
    const later = typeof source === 'string' && /^\..*\.tsx?$/.test(source) && importer !== entry;
    return later ? { id: source, external: true } : null;
  },
};

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
}

const keptMs = 86_400_000;
/** Those of yesterday go; of today's one may be in use beside this run, or just being made. */
async function dropOld(): Promise<void> {
  for (const name of await fs.readdir(kept)) {
    const { mtimeMs } = await fs.stat(path.join(kept, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > keptMs) await fs.rm(path.join(kept, name), { recursive: true, force: true });
  }
}

/** The pages of `test/viewer/pages` as one browser takes them: made once for all tests that stand on the same sources. */
export async function bundlePages(): Promise<string> {
  const sources = (
    await Promise.all(
      ['viewer/src', 'test/viewer/pages'].map((folder) => filesUnder(path.join(root, folder))),
    )
  ).flat();
  const hash = createHash('sha256');
  for (const file of [...sources, import.meta.filename, path.join(root, 'package-lock.json')].sort())
    hash.update(path.relative(root, file)).update(await fs.readFile(file));
  const folder = path.join(kept, hash.digest('hex').slice(0, 20));
  if (existsSync(folder)) return folder;
  await fs.mkdir(kept, { recursive: true });
  await dropOld();
  const made = await fs.mkdtemp(path.join(kept, 'made-'));
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production'; // as users have it, not as the tests run
  await build({
    configFile: false,
    root: path.join(root, 'viewer'),
    publicDir: false,
    logLevel: 'error',
    plugins: [apart, react()],
    build: {
      outDir: made,
      minify: false,
      target: 'chrome109',
      modulePreload: false,
      cssCodeSplit: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: entry,
        output: { entryFileNames: 'main.js', assetFileNames: '[name][extname]' },
      },
    },
  });
  process.env.NODE_ENV = NODE_ENV;
  await fs.rename(made, folder).catch(() => fs.rm(made, { recursive: true })); // another worker was first
  return folder;
}
