import { queryOptions, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import { answerTo, get, query } from '../../api/client.ts';
import type { EarlierRecording, Recording, Statement, Trace } from './types.ts';

const recordingPath = (id: string) => `/api/ecg/recordings/${id}?samples=false`;
const aheadKey = (id: string | undefined) => ['ecg', 'recording-ahead', id];

/** Fetches the description before anybody looks at it. */
export function recordingAhead(client: QueryClient, id: string, signal: AbortSignal): Promise<Recording> {
  return client.fetchQuery({
    queryKey: aheadKey(id),
    queryFn: () => get<Recording>(recordingPath(id), signal, aheadOfPerson),
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

/** What was fetched ahead is shown at once and asked for again: the audit counts that as the look. */
export function useRecording(id: string | undefined) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['ecg', 'recording', id],
    queryFn: () => get<Recording>(recordingPath(id ?? '')),
    enabled: Boolean(id),
    gcTime: 60_000,
    placeholderData: () => client.getQueryData<Recording>(aheadKey(id)),
  });
}

export interface TraceRange {
  from?: number;
  to?: number;
  leads?: string[];
  buckets?: number;
}

/** Seconds of a long recording that are loaded at a time; panning inside them needs no line. */
export const pageSeconds = 60;

/** The samples that are seen first: the whole trace, of a long one its first page. */
export function firstPage(recording: Pick<Recording, 'durationMs' | 'samplingRateHz' | 'sampleCount'>) {
  return recording.durationMs > 60_000 ? pageAt(recording, 0) : {};
}

/** The page around a time; neighbouring pages overlap by half. */
export function pageAt(
  { samplingRateHz, sampleCount }: Pick<Recording, 'samplingRateHz' | 'sampleCount'>,
  atMs: number,
) {
  const start = Math.max(0, Math.floor(atMs / 1000 / (pageSeconds / 2)) * (pageSeconds / 2));
  return {
    from: Math.round(start * samplingRateHz),
    to: Math.min(sampleCount, Math.round((start + pageSeconds) * samplingRateHz)),
  };
}

/** int16 by lead, turned into microvolts. */
async function fetchTrace(
  id: string,
  range: TraceRange,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Trace> {
  const response = await answerTo(
    'GET',
    `/api/ecg/recordings/${id}/samples${query({ ...range, leads: range.leads?.join(',') })}`,
    { headers, ...(signal && { signal }) },
  );
  const raw = new Int16Array(await response.arrayBuffer());
  const header = (name: string): string => response.headers.get(name) ?? '';
  const names = decodeURIComponent(header('x-ecg-leads')).split(',').filter(Boolean);
  const units = header('x-ecg-microvolt-per-unit').split(',').map(Number);
  const count = Number(header('x-ecg-samples'));
  const missing = JSON.parse(header('x-ecg-missing') || '[]') as [number, number][][];
  const leads = new Map<string, Float32Array>();
  names.forEach((name, l) => {
    const lead = new Float32Array(count);
    const unit = units[l] ?? 1;
    for (let i = 0; i < count; i++) lead[i] = (raw[l * count + i] ?? 0) * unit;
    leads.set(name, lead);
  });
  return {
    samplingRateHz: Number(header('x-ecg-sampling-rate')),
    from: Number(header('x-ecg-from')),
    count,
    leads,
    missing: new Map(missing.flatMap((ranges, l) => (ranges.length > 0 ? [[names[l] ?? '', ranges]] : []))),
  };
}

export function traceQuery(
  id: string | undefined,
  range: TraceRange = {},
  signal?: AbortSignal,
  headers?: Record<string, string>,
) {
  return queryOptions({
    queryKey: ['ecg', 'samples', id, range],
    queryFn: () => fetchTrace(id ?? '', range, signal, headers),
    enabled: Boolean(id),
    staleTime: Infinity,
    gcTime: 5 * 60_000,
  });
}

export const useTrace = (id: string | undefined, range: TraceRange = {}) => useQuery(traceQuery(id, range));

export function useStatements() {
  return useQuery({
    queryKey: ['ecg', 'statements'],
    queryFn: async () => (await get<{ items: Statement[] }>('/api/ecg/statements?limit=200')).items,
    staleTime: 10 * 60_000,
  });
}

export function useEarlier(orderId: string) {
  return useQuery({
    queryKey: ['ecg', 'earlier', orderId],
    queryFn: async () =>
      (await get<{ items: EarlierRecording[] }>(`/api/ecg/orders/${orderId}/earlier`)).items,
  });
}

interface Mark {
  orderId: string;
  tier: string;
  rules: string[];
  heartRateBpm: number | null;
  quality: string[];
  synthetic: boolean;
}

const marksKey = ['ecg', 'marks'];
const rulesKey = ['ecg', 'rules'];

/** Flags of all open cases, asked once for the whole list. */
export function useMarks() {
  return useQuery({
    queryKey: marksKey,
    queryFn: async () =>
      new Map(
        (await get<{ items: Mark[] }>('/api/ecg/worklist-marks')).items.map((mark) => [mark.orderId, mark]),
      ),
    staleTime: 10_000,
    refetchInterval: 20_000,
  });
}

interface RuleWords {
  code: string;
  tier: string;
  zh: string;
  en: string;
}

/** Words of the flag rules in the language of the page. */
export function useRuleWords(language: string): (code: string) => string {
  const rules = useQuery({
    queryKey: rulesKey,
    queryFn: async () => (await get<{ items: RuleWords[] }>('/api/ecg/rules')).items,
    staleTime: Infinity,
  });
  return (code) => wordOf(rules.data, code, language);
}

function wordOf(rules: readonly RuleWords[] | undefined, code: string, language: string): string {
  const rule = rules?.find((entry) => entry.code === code);
  return rule ? (language === 'en-US' ? rule.en : rule.zh) : rules ? code : '…';
}

/** Flags of a case that the list has asked for already, and their words: for the text of its columns. */
export function knownMark(
  client: QueryClient,
  orderId: string,
  language: string,
): { mark: Mark; words: string[] } | undefined {
  const mark = client.getQueryData<Map<string, Mark>>(marksKey)?.get(orderId);
  const rules = client.getQueryData<RuleWords[]>(rulesKey);
  return mark && { mark, words: mark.rules.map((code) => wordOf(rules, code, language)) };
}
