import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EarlierValue } from '../findEarlierResults.ts';
import { MARK, type RecognitionRange } from '../ranges.ts';
import { isOfPerson, type Person } from './isOfPerson.ts';

/** An item that is about to be ordered, as other platforms may name it, with the county's own rules for it. */
export interface AskedItem {
  code: string;
  name: string;
  nameEn: string;
  /** In the catalogue of recognised items and not excepted. */
  eligible: boolean;
  validityDays: number;
  countsFrom: string;
  price: number | null;
}

/** A platform as far as its results are judged by it. */
export interface AskedPlatform {
  id: string;
  name: string;
  /** The range in which its results are recognised by agreement where they carry no label of their own. */
  recognizedAs: RecognitionRange | null;
}

/** What a platform has of the patient, as it is shown, decided on and kept. */
export interface PlatformResult {
  /** Names the prompt in a submission: item and fingerprint. */
  promptId: string;
  platformId: string;
  platformName: string;
  /** The number that the platform's report bears. */
  reportNumber: string;
  itemCode: string;
  itemName: string;
  institutionName: string | null;
  examinedAt: string;
  signedAt: string;
  remainingDays: number;
  impression: string | null;
  values: EarlierValue[];
  label: string | null;
  /** Recognised results need a decision; the others are shown for reference. */
  recognized: boolean;
  price: number | null;
  /** The signed document, where the platform names an address that a browser can open. */
  documentUrl: string | null;
}

const MOST_RESULTS = 40;
const MOST_VALUES = 40;
const DAY_MS = 86_400_000;
const RECOGNITION = 'urn:county-hub:extension:recognition';
const SHOWN = new Set(['final', 'amended', 'corrected', 'appended']);

const text = z.string().max(4_000);
const concept = z.object({
  text: text.optional(),
  coding: z.array(z.object({ code: text.optional(), display: text.optional() })).default([]),
});
const identifier = z.object({ value: text.optional() });
const reference = z.object({
  reference: text.optional(),
  display: text.optional(),
  identifier: identifier.optional(),
});
const quantity = z.object({ value: z.number(), unit: text.optional(), comparator: text.optional() });
const report = z.object({
  resourceType: z.literal('DiagnosticReport'),
  id: text,
  identifier: z.array(identifier).default([]),
  status: text,
  code: concept,
  subject: reference.optional(),
  effectiveDateTime: text.optional(),
  issued: text.optional(),
  performer: z.array(reference).default([]),
  result: z.array(reference).default([]),
  conclusion: text.optional(),
  presentedForm: z.array(z.object({ url: text.optional() })).default([]),
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
const patient = z.object({
  resourceType: z.literal('Patient'),
  id: text,
  identifier: z.array(identifier).default([]),
  birthDate: text.optional(),
});
const bundle = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.object({ resource: z.unknown() })).default([]),
});

type Report = z.infer<typeof report>;
type Observation = z.infer<typeof observation>;
type Patient = z.infer<typeof patient>;

/**
 * Reads a searchset of DiagnosticReport with its Observations and subjects: the signed results of the asked items that
 * are valid now, newest examination first. `unproven` counts reports that the bundle does not prove to be this
 * person's (a server may pass over a search parameter that it does not know); they are left out. Entries of another form
 * are passed over; throws when it is no bundle.
 */
export function readBundle(
  platform: AskedPlatform,
  body: unknown,
  items: AskedItem[],
  person: Person,
  now: Date,
): { results: PlatformResult[]; unproven: number } {
  const resources = bundle.parse(body).entry.map((entry) => entry.resource);
  const reports = resources.flatMap((each) => report.safeParse(each).data ?? []);
  const measured = byId(resources, observation);
  const patients = byId(resources, patient);
  const own = reports.filter((each) => isOfPerson(subjectOf(each, patients), person));
  const results = own.flatMap((each) =>
    items.flatMap((item) => asResult(platform, each, item, measured, now) ?? []),
  );
  results.sort((a, b) => Date.parse(b.examinedAt) - Date.parse(a.examinedAt));
  return { results: results.slice(0, MOST_RESULTS), unproven: reports.length - own.length };
}

function byId<T extends { id: string }>(resources: unknown[], form: z.ZodType<T>): Map<string, T> {
  return new Map(
    resources.flatMap((each) => {
      const read = form.safeParse(each).data;
      return read ? [[read.id, read] as const] : [];
    }),
  );
}

const idOf = (one: { reference?: string | undefined } | undefined): string =>
  one?.reference?.split('/').at(-1) ?? '';

function subjectOf(each: Report, patients: Map<string, Patient>) {
  const found = patients.get(idOf(each.subject));
  return {
    numbers: [...(found?.identifier ?? []), each.subject?.identifier ?? {}].flatMap(
      ({ value }) => value ?? [],
    ),
    birthDate: found?.birthDate,
  };
}

function asResult(
  platform: AskedPlatform,
  each: Report,
  item: AskedItem,
  measured: Map<string, Observation>,
  now: Date,
): PlatformResult | undefined {
  const signedMs = Date.parse(each.issued ?? each.effectiveDateTime ?? '');
  const examinedMs = Date.parse(each.effectiveDateTime ?? each.issued ?? '');
  if (!SHOWN.has(each.status) || !isOf(each, item) || Number.isNaN(signedMs) || Number.isNaN(examinedMs))
    return undefined;
  const countedMs = item.countsFrom === 'report' ? signedMs : examinedMs;
  const remainingDays = item.validityDays - Math.floor((now.getTime() - countedMs) / DAY_MS);
  if (!(remainingDays > 0)) return undefined;
  const label = labelOf(platform, each);
  const content = {
    platformId: platform.id,
    platformName: platform.name,
    reportNumber: each.identifier[0]?.value ?? each.id,
    itemCode: item.code,
    institutionName: each.performer[0]?.display ?? null,
    examinedAt: new Date(examinedMs).toISOString(),
    signedAt: new Date(signedMs).toISOString(),
    impression: each.conclusion ?? null,
    values: each.result
      .flatMap((line) => measured.get(idOf(line)) ?? [])
      .flatMap(valueOf)
      .slice(0, MOST_VALUES),
    label,
    documentUrl: each.presentedForm.find(({ url }) => url && /^https?:\/\//.test(url))?.url ?? null,
  };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([each.id, content]))
    .digest('hex')
    .slice(0, 32);
  return {
    ...content,
    promptId: `${item.code}:${fingerprint}`,
    itemName: item.name,
    remainingDays,
    recognized: item.eligible && label !== null && bindsHere(label),
    price: item.price,
  };
}

/** Its own label where that binds here (县HR of another county does not), else the range agreed with the platform. */
function labelOf(platform: AskedPlatform, each: Report): string | null {
  const own = each.extension.find((one) => one.url === RECOGNITION)?.valueString ?? null;
  return (own !== null && bindsHere(own)) || !platform.recognizedAs ? own : MARK[platform.recognizedAs];
}

/** A mark of a range that reaches over this county; a mark that nobody knows is of none. */
const bindsHere = (label: string): boolean => label !== MARK.county && Object.values(MARK).includes(label);

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
