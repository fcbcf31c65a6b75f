import os from 'node:os';
import type { Fault } from '../../core/threads/answerTasks.ts';
import { gather } from '../../core/threads/gather.ts';
import { threadPool } from '../../core/threads/threadPool.ts';
import type { LongAnalysis } from '../analysis/analyseLong.ts';
import type { FlagRule } from '../analysis/rules.ts';
import { UnreadableRecording, type EcgRecording, type RecordingFault } from '../formats/model.ts';
import type { NamedFile } from '../formats/wfdb.ts';
import type { EcgTask, TakenRecording } from './ecgThread.ts';

const largeBytes = 4 * 1024 * 1024;

const pool = (size: number, kept: number, mostMs: number) =>
  threadPool<EcgTask>({
    script: new URL('./ecgThread.ts', import.meta.url),
    size,
    kept,
    memoryMb: 1_024,
    mostMs,
    errorOf,
  });

/** An emergency never waits for somebody's day: resting recordings, large files and the measuring of days have their own threads. */
const resting = pool(Math.max(1, Math.min(4, os.availableParallelism() - 1)), 1, 60_000);
const large = pool(1, 0, 120_000);
const days = pool(1, 0, 1_200_000);

function errorOf({ name, message, more }: Fault, cause?: unknown): Error {
  if (name === UnreadableRecording.name)
    return new UnreadableRecording(message, more.fault as RecordingFault, { cause });
  if (name === 'ThreadStopped')
    return new UnreadableRecording('reading it takes more time or memory than there is', 'too-large', {
      cause,
    });
  return new Error(message, { cause });
}

/**
 * Reads a recording that came, and with rules measures it where it is a resting one; the files stay the caller's.
 * Throws UnreadableRecording.
 */
export async function takeInThread(
  files: readonly NamedFile[],
  rules: readonly FlagRule[] | undefined,
): Promise<TakenRecording> {
  const copies: NamedFile[] = [];
  for (const { name, bytes } of files) copies.push({ name, bytes: await gather([bytes]) });
  return run(isLarge(files) ? large : resting, { kind: 'take', files: copies, rules });
}

/** Measures a long recording; its files are handed over. */
export const measureInThread = (files: NamedFile[], rules: readonly FlagRule[]): Promise<LongAnalysis> =>
  run(days, { kind: 'measure', files, rules });

/** Decodes a recording; its files are handed over. Throws UnreadableRecording. */
export const decodeInThread = (files: NamedFile[]): Promise<EcgRecording> =>
  run(isLarge(files) ? large : resting, { kind: 'decode', files });

const isLarge = (files: readonly NamedFile[]): boolean =>
  files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > largeBytes;

function run<Result>(threads: typeof resting, task: EcgTask): Promise<Result> {
  // small files may share the buffer that others are read into: those are copied
  const give = task.files.flatMap(({ bytes }) =>
    bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as ArrayBuffer] : [],
  );
  return threads.run(task, [...new Set(give)]) as Promise<Result>;
}
