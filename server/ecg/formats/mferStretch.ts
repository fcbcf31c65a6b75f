import { framesOf, readState } from './mfer.ts';
import { parseMfer, type MferState } from './mferTags.ts';
import { UnreadableRecording, type EcgRecording } from './model.ts';
import { startingAt, type PlacedFile } from './placedFile.ts';

/** Definitions before the waveform are some hundred bytes. */
const headBytes = 16_384;

/** Undefined where the definitions are longer than the part that was read. */
function headOf(bytes: Uint8Array): MferState | undefined {
  try {
    return parseMfer(bytes, true);
  } catch (error) {
    if (error instanceof UnreadableRecording) return undefined;
    throw error;
  }
}

/** The frames of an MFER file that hold the samples [from, to). */
export async function mferStretch(
  file: PlacedFile,
  from: number,
  to: number,
): Promise<EcgRecording | undefined> {
  if (file.size <= headBytes) return undefined;
  const state = headOf(await file.read(0, headBytes));
  if (!state) return undefined;
  const { waveformAt, waveformBytes = 0 } = state;
  if (waveformAt === undefined || waveformAt + waveformBytes > file.size) return undefined;
  const { channels, blocks, frameBytes } = framesOf(state);
  const [block = 0] = blocks;
  const [first] = channels;
  const even = channels.every(
    (channel, i) => channel.samplingRateHz !== first?.samplingRateHz || blocks[i] === block,
  );
  const available = Math.floor(waveformBytes / frameBytes);
  const all = state.sequences > 0 ? state.sequences : available;
  if (!even || block === 0 || all > available) return undefined;
  const begin = Math.floor(from / block);
  const end = Math.min(all, Math.ceil(to / block));
  // large frames: the whole is decoded once and kept instead
  if (end <= begin || (end - begin) * 4 > all) return undefined;
  state.waveform = await file.read(waveformAt + begin * frameBytes, waveformAt + end * frameBytes);
  state.sequences = end - begin;
  return startingAt(readState(state), begin * block);
}
