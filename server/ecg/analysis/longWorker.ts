import { parentPort, workerData } from 'node:worker_threads';
import { readRecording, readRecordingFiles } from '../formats/index.ts';
import type { NamedFile } from '../formats/wfdb.ts';
import { analyseLong } from './analyseLong.ts';
import type { FlagRule } from './rules.ts';

const { parts, rules } = workerData as { parts: NamedFile[]; rules: FlagRule[] };
const [only] = parts;
const recording = only && parts.length === 1 ? readRecording(only.bytes) : readRecordingFiles(parts);
parentPort?.postMessage(analyseLong(recording, rules));
