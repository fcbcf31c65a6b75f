import { rotateKeys } from '../core/rotateKeys.ts';
import type { Command } from './main.ts';

/** `hub key rotate`: a new data key, every encrypted value sealed with it; `--resume` finishes an interrupted one. */
export const keyRotate: Command = async (ctx, args) => {
  const json = args.includes('--json');
  const onProgress = (column: string, done: number): void => void process.stdout.write(`\r${column} ${done}`);
  const { keyId, resealed } = await rotateKeys(ctx, {
    resume: args.includes('--resume'),
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
