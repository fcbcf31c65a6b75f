import type { Bench } from './bench.ts';
import { ecgCanvas } from './ecg/canvas.ts';
import { noiseStress } from './ecg/noise.ts';
import { rhythmFlags } from './ecg/rhythmFlags.ts';
import { rPeaks } from './ecg/rpeaks.ts';
import { ventricularBeats } from './ecg/ventricularBeats.ts';
import { analysisSpeed } from './ecg/speed.ts';
import { cstore } from './imaging/cstore.ts';
import { metadata } from './imaging/metadata.ts';
import { qido } from './imaging/qido.ts';
import { pathologyTiles } from './pathology/tiles.ts';
import { hl7Durable } from './hl7/durable.ts';
import { qualityDashboard } from './quality/dashboard.ts';
import { signedPdf } from './report/signedPdf.ts';
import { sterilizationTrace } from './sterilization/trace.ts';
import { worklistArrival } from './worklist/arrival.ts';
import { worklistPage } from './worklist/page.ts';

/** Every benchmark; one line each. */
export const benches: Bench[] = [
  hl7Durable,
  cstore,
  qido,
  metadata,
  worklistPage,
  worklistArrival,
  rPeaks,
  noiseStress,
  rhythmFlags,
  ventricularBeats,
  analysisSpeed,
  ecgCanvas,
  signedPdf,
  qualityDashboard,
  pathologyTiles,
  sterilizationTrace,
];
