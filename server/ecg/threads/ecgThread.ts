import type { Transferable } from 'node:worker_threads';
import { answerTasks, own, type Done } from '../../core/threads/answerTasks.ts';
import { analyse, type Analysis } from '../analysis/analyse.ts';
import { analyseLong, type LongAnalysis } from '../analysis/analyseLong.ts';
import type { FlagRule } from '../analysis/rules.ts';
import { factsOf, restingLimitMs, type RecordingFacts } from '../describeRecording.ts';
import { readRecordingFiles, unpack } from '../formats/index.ts';
import type { EcgRecording, Samples } from '../formats/model.ts';
import type { NamedFile } from '../formats/wfdb.ts';

/** What the thread is asked: to read a recording that came, to measure a long one, to decode one. */
export type EcgTask =
  | { kind: 'take'; files: NamedFile[]; rules: readonly FlagRule[] | undefined }
  | { kind: 'measure'; files: NamedFile[]; rules: readonly FlagRule[] }
  | { kind: 'decode'; files: NamedFile[] };

/** A recording that came, without its samples. */
export interface TakenRecording {
  facts: RecordingFacts;
  /** Of a resting recording, where rules were given. */
  analysis?: Analysis;
  /** The files of a long recording that came as an archive. */
  members: NamedFile[];
}

/** Beats of a long recording are too many to be kept: it keeps its trend and events instead. */
const mostBeats = 5000;

function take(files: NamedFile[], rules: readonly FlagRule[] | undefined): TakenRecording {
  const members = unpack(files);
  const recording = readRecordingFiles(members);
  const facts = factsOf(recording);
  const resting = facts.durationMs <= restingLimitMs;
  return {
    facts,
    members: resting || members === files ? [] : members.map((file) => ({ ...file, bytes: own(file.bytes) })),
    ...(resting && rules && recording.leads.length > 0 && { analysis: analyse(recording, rules) }),
  };
}

function measure(files: NamedFile[], rules: readonly FlagRule[]): LongAnalysis {
  const { analysis, strip } = analyseLong(readRecordingFiles(unpack(files)), rules);
  return { analysis: analysis.beats.length > mostBeats ? { ...analysis, beats: [] } : analysis, strip };
}

/** The buffers of the samples, each once: leads may share one. */
const buffersOf = (recording: EcgRecording): Transferable[] => {
  const samples = [...recording.leads, ...(recording.medianBeat?.leads ?? [])].map((lead) => lead.samples);
  return [...new Set(samples.map((run: Samples) => run.buffer as ArrayBuffer))];
};

answerTasks<EcgTask>((task): Done => {
  if (task.kind === 'measure') return { result: measure(task.files, task.rules) };
  if (task.kind === 'take') {
    const taken = take(task.files, task.rules);
    return { result: taken, give: taken.members.map(({ bytes }) => bytes.buffer as ArrayBuffer) };
  }
  const recording = readRecordingFiles(unpack(task.files));
  return { result: recording, give: buffersOf(recording) };
});
