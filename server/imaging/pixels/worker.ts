import { answerTasks, own } from '../../core/threads/answerTasks.ts';
import { decodeFrame } from './decodeFrame.ts';
import { encodeHtj2k } from './encodeHtj2k.ts';
import type { RenderRequest, StoredFrame } from './frame.ts';
import { plainFrame } from './plainFrame.ts';
import { renderFrame } from './renderFrame.ts';

export type PixelTask =
  | { kind: 'decode'; frame: StoredFrame }
  | { kind: 'check'; frame: StoredFrame }
  | { kind: 'plain'; frame: StoredFrame; palette: RenderRequest['palette'] }
  | { kind: 'htj2k'; frame: StoredFrame }
  | { kind: 'render'; frame: StoredFrame; request: RenderRequest };

async function run(task: PixelTask): Promise<unknown> {
  const decoded = await decodeFrame(task.frame);
  if (task.kind === 'decode') return { ...decoded, bytes: own(decoded.bytes) };
  if (task.kind === 'check') return decoded.damaged === true;
  if (task.kind === 'plain') {
    const plain = plainFrame(decoded, task.palette);
    return { ...plain, bytes: own(plain.bytes) };
  }
  if (task.kind === 'htj2k') return encodeHtj2k(decoded);
  return own(await renderFrame(decoded, task.request));
}

answerTasks<PixelTask>(async (task) => ({ result: await run(task) }));
