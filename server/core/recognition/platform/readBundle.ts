import { z } from 'zod';
import type { EarlierValue } from '../findEarlierResults.ts';

/** An item that is about to be ordered, as other platforms may name it. */
export interface AskedItem {
  code: string;
  name: string;
  nameEn: string;
  validityDays: number;
}

/** What another platform has of the patient: shown beside the county's own, cited by hand, never decided on. */
export interface PlatformResult {
  id: string;
  platformName: string;
  itemCode: string;
  itemName: string;
  institutionName: string | null;
  signedAt: string;
  remainingDays: number;
  impression: string | null;
  values: EarlierValue[];
  label: string | null;
}

const MOST_RESULTS = 20;
const MOST_VALUES = 40;
const DAY_MS = 86_400_000;
const RECOGNITION = 'urn:county-hub:extension:recognition';
const SHOWN = new Set(['final', 'amended', 'corrected', 'appended']);

const text = z.string().max(4_000);
const concept = z.object({
  text: text.optional(),
  coding: z.array(z.object({ code: text.optional(), display: text.optional() })).default([]),
});
const reference = z.object({ reference: text.optional(), display: text.optional() });
const quantity = z.object({ value: z.number(), unit: text.optional(), comparator: text.optional() });
const report = z.object({
  resourceType: z.literal('DiagnosticReport'),
  id: text,
  status: text,
  code: concept,
  effectiveDateTime: text.optional(),
  issued: text.optional(),
  performer: z.array(reference).default([]),
  result: z.array(reference).default([]),
  conclusion: text.optional(),
  extension: z.array(z.object({ url: text, valueString: text.optional() })).default([]),
});
const observation = z.object({
  resourceType: z.literal('Observation'),
  id: text,
  status: text.optional(),
  code: concept,
  valueQuantity: quantity.optional(),
  valueString: text.optional(),
  interpretation: z.array(concept).default([]),
});
const bundle = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.object({ resource: z.unknown() })).default([]),
});

type Report = z.infer<typeof report>;
type Observation = z.infer<typeof observation>;

/**
 * Reads a searchset of DiagnosticReport with its Observations: the newest signed result of each item within the
 * item's validity. Entries of another form are passed over; throws when it is no bundle.
 */
export function readBundle(
  platformName: string,
  body: unknown,
  items: AskedItem[],
  now: Date,
): PlatformResult[] {
  const resources = bundle.parse(body).entry.map((entry) => entry.resource);
  const reports = resources.flatMap((each) => report.safeParse(each).data ?? []);
  const measured = new Map(
    resources.flatMap((each) => {
      const read = observation.safeParse(each).data;
      return read ? [[read.id, read] as const] : [];
    }),
  );
  const found = new Map<string, PlatformResult>();
  for (const each of reports)
    for (const item of items) {
      const result = asResult(platformName, each, item, measured, now);
      const known = found.get(item.code);
      if (result && (!known || Date.parse(known.signedAt) < Date.parse(result.signedAt)))
        found.set(item.code, result);
    }
  return [...found.values()].slice(0, MOST_RESULTS);
}

function asResult(
  platformName: string,
  each: Report,
  item: AskedItem,
  measured: Map<string, Observation>,
  now: Date,
): PlatformResult | undefined {
  const signedMs = Date.parse(each.issued ?? each.effectiveDateTime ?? '');
  const examinedMs = Date.parse(each.effectiveDateTime ?? each.issued ?? '');
  if (!SHOWN.has(each.status) || !isOf(each, item) || Number.isNaN(signedMs)) return undefined;
  const remainingDays = item.validityDays - Math.floor((now.getTime() - examinedMs) / DAY_MS);
  if (!(remainingDays > 0)) return undefined;
  return {
    id: `${platformName}:${each.id}:${item.code}`,
    platformName,
    itemCode: item.code,
    itemName: item.name,
    institutionName: each.performer[0]?.display ?? null,
    signedAt: new Date(signedMs).toISOString(),
    remainingDays,
    impression: each.conclusion ?? null,
    values: each.result
      .flatMap((line) => measured.get(line.reference?.split('/').at(-1) ?? '') ?? [])
      .flatMap(valueOf)
      .slice(0, MOST_VALUES),
    label: each.extension.find((one) => one.url === RECOGNITION)?.valueString ?? null,
  };
}

/** The same code or the same name, in either language. */
function isOf(each: Report, item: AskedItem): boolean {
  const names = [each.code.text, ...each.code.coding.map((coding) => coding.display)];
  return (
    each.code.coding.some((coding) => coding.code === item.code) ||
    names.some((name) => name !== undefined && (name === item.name || name === item.nameEn))
  );
}

function valueOf(line: Observation): EarlierValue[] {
  const { valueQuantity: measured } = line;
  const value = measured ? `${measured.comparator ?? ''}${measured.value}` : line.valueString;
  if (value === undefined || line.status === 'entered-in-error') return [];
  return [
    {
      name: line.code.text ?? line.code.coding[0]?.display ?? line.code.coding[0]?.code ?? '',
      value,
      unit: measured?.unit ?? null,
      flag: line.interpretation[0]?.coding[0]?.code ?? null,
    },
  ];
}
