/** Samples of a frame above which its preview is shown before the whole of it is fetched. */
const mostSamples = 2_000_000;

/** Whether a frame is shown as a preview first; smaller ones come at once. */
export const isLargeFrame = (rows: number, columns: number, samplesPerPixel: number): boolean =>
  rows * columns * samplesPerPixel > mostSamples;
