import { z } from 'zod';

/** One scan as the wedge delivers it. */
export const scan = z.string().trim().min(1).max(400);
export const scans = z.array(scan).min(1).max(300);
export const note = z.string().trim().max(1000);
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date is written YYYY-MM-DD');

/** Sent by every station: its name and its own clock. */
export const stationFields = {
  station: z.string().trim().max(60).optional(),
  deviceAt: z.coerce.date().optional(),
};

export const defect = z.enum([
  'wet',
  'torn',
  'dropped',
  'expired',
  'outer-indicator',
  'inner-indicator',
  'label',
]);

/** Readings of a cycle as a person enters them. */
export const cycleParameters = z.object({
  holdS: z.number().min(0).max(86_400).optional(),
  minTemperatureC: z.number().min(-50).max(300).optional(),
  maxTemperatureC: z.number().min(-50).max(300).optional(),
  minPressureKpa: z.number().min(-200).max(1000).optional(),
  maxPressureKpa: z.number().min(-200).max(1000).optional(),
  concentrationMgL: z.number().min(0).max(5000).optional(),
  humidityPercent: z.number().min(0).max(100).optional(),
  leakKpaMin: z.number().min(0).max(99).optional(),
  a0: z.number().min(0).max(1_000_000).optional(),
  verdict: z.enum(['pass', 'fail']).optional(),
});

export const curve = z
  .array(
    z.object({
      s: z.number().min(0).max(172_800),
      temperatureC: z.number().min(-50).max(300),
      pressureKpa: z.number().min(-200).max(1000).optional(),
    }),
  )
  .max(5000);
