import vm from 'node:vm';
import { z } from 'zod';

/** A pattern that may grow without bound on its own output is refused before it is stored. */
const pattern = z
  .string()
  .min(1)
  .max(300)
  .refine((text) => compiles(text), {
    message: 'is not a regular expression',
    params: { code: 'not-a-pattern' },
  })
  .refine((text) => !/\([^)]*[+*][^)]*\)[+*{]/.test(text), {
    message: 'repeats a group that itself repeats',
    params: { code: 'runaway-pattern' },
  });

export const FIELD_NAMES = [
  'cycleNumber',
  'programme',
  'date',
  'startTime',
  'endTime',
  'holdS',
  'minTemperatureC',
  'maxTemperatureC',
  'minPressureKpa',
  'maxPressureKpa',
  'concentrationMgL',
  'humidityPercent',
  'leakKpaMin',
  'a0',
  'operator',
  'batch',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/**
 * How to read the print-outs of one make of machine, as data. Patterns run on one line at a time; what is wanted stands
 * in the named group `value`. `sample` has the groups `time` and `temperature`, and `pressure` where it is printed.
 */
export const printOutProfile = z.object({
  encoding: z.enum(['auto', 'utf-8', 'gb18030', 'latin1']).default('auto'),
  /** First and last line of a record; without `end` a record lasts to the next `start` or the end of the file. */
  start: pattern,
  end: pattern.optional(),
  fields: z
    .array(
      z.object({
        name: z.enum(FIELD_NAMES),
        pattern,
        /** `duration` reads mm:ss or hh:mm:ss to seconds. */
        type: z.enum(['text', 'number', 'duration']).default('text'),
        factor: z.number().default(1),
        offset: z.number().default(0),
      }),
    )
    .max(40),
  sample: z
    .object({ pattern, pressureFactor: z.number().default(1), pressureOffset: z.number().default(0) })
    .optional(),
  pass: pattern.optional(),
  fail: pattern.optional(),
  required: z.array(z.enum(FIELD_NAMES)).default([]),
});
export type PrintOutProfile = z.infer<typeof printOutProfile>;

function compiles(text: string): boolean {
  try {
    new RegExp(text, 'iu');
    return true;
  } catch {
    return false;
  }
}

export interface LineMatches {
  start: boolean;
  end: boolean;
  pass: boolean;
  fail: boolean;
  fields: [FieldName, string][];
  sample?: { time: string; temperature: string; pressure?: string };
}

const SCRIPT = new vm.Script(`
  (() => {
    const one = (source) => source === undefined ? undefined : new RegExp(source, 'iu');
    const start = one(profile.start), end = one(profile.end), pass = one(profile.pass), fail = one(profile.fail);
    const sample = profile.sample && one(profile.sample.pattern);
    const fields = profile.fields.map((field) => [field.name, one(field.pattern)]);
    return JSON.stringify(lines.map((line) => {
      const found = { start: start.test(line), end: end ? end.test(line) : false,
        pass: pass ? pass.test(line) : false, fail: fail ? fail.test(line) : false, fields: [] };
      for (const [name, expression] of fields) {
        const match = expression.exec(line);
        const value = match && match.groups && match.groups.value;
        if (value !== undefined && value !== null) found.fields.push([name, value.trim()]);
      }
      const row = sample && sample.exec(line);
      if (row && row.groups && row.groups.time !== undefined && row.groups.temperature !== undefined)
        found.sample = { time: row.groups.time, temperature: row.groups.temperature, pressure: row.groups.pressure };
      return found;
    }));
  })()
`);

/** Longest time the patterns of a profile may run over one print-out. */
export const MATCH_LIMIT_MS = 500;

/** Runs the patterns over the lines. Throws when they need longer than `MATCH_LIMIT_MS`. */
export function matchLines(profile: PrintOutProfile, lines: readonly string[]): LineMatches[] {
  const answer: unknown = SCRIPT.runInNewContext({ profile, lines }, { timeout: MATCH_LIMIT_MS });
  return JSON.parse(String(answer)) as LineMatches[];
}
