import { parseArgs } from 'node:util';
import { rotateKeys } from '../core/rotateKeys.ts';
import type { Command } from './command.ts';

/**
 * `hub key rotate`: a new data key, every encrypted value sealed with it; `--resume` finishes an interrupted one,
 * `--suite sm` changes to SM4 and SM3.
 */
export const keyRotate: Command = async (ctx, args) => {
  const { json, resume, suite } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, resume: { type: 'boolean' }, suite: { type: 'string' } },
  }).values;
  if (suite !== undefined && suite !== 'sm' && suite !== 'international') {
    console.error('--suite is "international" (AES-256-GCM) or "sm" (SM4, SM3)');
    return 2;
  }
  const onProgress = (column: string, done: number): void => void process.stdout.write(`\r${column} ${done}`);
  const { keyId, resealed } = await rotateKeys(ctx, {
    ...(resume && { resume }),
    ...(suite && { suite }),
    ...(process.stdout.isTTY && !json && { onProgress }),
  });
  if (json) console.log(JSON.stringify({ keyId, resealed }));
  else {
    if (process.stdout.isTTY) process.stdout.write('\n');
    const total = Object.values(resealed).reduce((sum, count) => sum + count, 0);
    console.log(
      `key ${keyId} is current, ${total} values sealed anew; keep a new sealed copy of ${ctx.config.keyFile}`,
    );
  }
  return 0;
};
