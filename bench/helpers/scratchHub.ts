import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openContext, type OpenedContext } from '../../server/context.ts';
import { readConfig } from '../../server/core/config.ts';
import { seedCounty } from '../../db/demo/seedCounty.ts';

/** A hub's context on a fresh durable database and folder, with the demo county and no centre content. */
export async function scratchHub(
  env: Record<string, string> = {},
): Promise<OpenedContext & { folder: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-bench-'));
  fs.chmodSync(folder, 0o755);
  const opened = await openContext(
    readConfig({ DATA_DIR: folder, PORT: '0', DIMSE_PORT: '0', MLLP_PORT: '0', LOG_LEVEL: 'error', ...env }),
    { exclusive: true },
  );
  await seedCounty(opened.ctx);
  return {
    ...opened,
    folder,
    async close() {
      await opened.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
