import { z } from 'zod';
import { free, id, instant, orderStatus, text } from '../core/answers.ts';

const measurements = z.record(z.string(), z.number().nullable());
const notes = z.array(z.object({ code: z.string(), detail: z.string().optional() }));

/** `POST /ecg/recordings`: 201 stored, 200 the same bytes again, 202 kept in quarantine. */
export const uploadedAnswer = z.union([
  z.object({
    id,
    status: z.enum(['stored', 'duplicate']),
    format: z.string(),
    samplingRateHz: z.number(),
    durationMs: z.number().int(),
    leads: z.array(z.string()),
    notes,
    join: z.looseObject({}).nullable(),
  }),
  z.object({
    status: z.literal('quarantine'),
    unmatchedId: id,
    reason: z.string().describe('technical, in English'),
    fault: z.string().describe('kind of fault, see RecordingFault'),
    warningReason: z.string(),
  }),
]);

/** `GET /ecg/recordings/:id`: samples in `leads[].microvolts` up to 60 s. */
export const recordingAnswer = z.object({
  id,
  format: z.string(),
  formatVersion: text,
  sha256: z.string(),
  source: z.string(),
  synthetic: z.boolean(),
  receivedAt: instant,
  acquiredAt: text.describe('as the device wrote it'),
  acquiredAtCorrected: instant.nullable(),
  samplingRateHz: z.number(),
  sampleCount: z.number().int(),
  durationMs: z.number().int(),
  patient: z.object({
    name: text,
    sex: text,
    birthDate: text,
    ageYears: z.number().nullable(),
  }),
  device: free,
  filters: free,
  bitsPerSample: z.number().int().nullable(),
  notes,
  picture: text,
  leads: z.array(
    z.object({
      name: z.string(),
      microvoltPerUnit: z.number(),
      derived: z.boolean(),
      samples: z.number().int(),
      startSample: z.number().int(),
      microvolts: z.array(z.number().nullable()).optional(),
    }),
  ),
  label: z.string(),
  measurements: measurements.describe('the values that count now: heartRateBpm, prMs, qrsMs, qtMs, qtcMs, …'),
  automatic: z
    .object({
      method: z.string(),
      at: instant,
      measurements,
      leads: z.array(z.looseObject({ name: z.string() })),
      beats: z.array(z.looseObject({ sample: z.number().int(), kind: z.string() })),
      medianBeat: free.nullable(),
      quality: z.array(z.unknown()),
      longStrip: free.nullable(),
    })
    .nullish(),
  machine: z.object({ measurements, statements: z.array(z.string()) }),
  corrections: z.array(
    z.object({
      id,
      fiducials: free,
      measurements,
      note: text,
      correctedAt: instant,
      correctedBy: z.string(),
    }),
  ),
  flags: z.array(
    z.object({
      id,
      ruleCode: z.string(),
      tier: z.enum(['critical', 'notable', 'information']),
      lead: text,
      atMs: z.number().nullable(),
      ask: text,
      state: z.enum(['open', 'confirmed', 'dismissed']),
      decidedAt: instant.nullable(),
      note: text,
      criticalValueId: id.nullable(),
      decidedBy: text,
      values: z.unknown(),
    }),
  ),
  orders: z.array(
    z.object({
      id,
      accessionNumber: z.string(),
      status: orderStatus,
      how: z.string(),
      differences: z.array(z.unknown()),
      patientId: id.nullable(),
    }),
  ),
});
