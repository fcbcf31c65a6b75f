/** What one viewport shows. */
export type Shown = 'loading' | 'preview' | 'full' | 'failed';

/**
 * What a reader can rely on in a case. `unknown`: the images have not told yet; `none`: the case has no images;
 * `failed`: some cannot be shown. Only `diagnostic` lets him submit and sign without a word about it.
 */
export type Quality = 'unknown' | 'loading' | 'preview' | 'failed' | 'none' | 'diagnostic';

const worstFirst: readonly Quality[] = ['unknown', 'loading', 'preview', 'failed', 'none', 'diagnostic'];

export const worse = (a: Quality, b: Quality): Quality =>
  worstFirst[Math.min(worstFirst.indexOf(a), worstFirst.indexOf(b))] ?? 'unknown';

interface Images {
  /** Today's series: `sets` is null while their metadata is on the way. */
  series: readonly { sets: readonly { imageIds: readonly string[] }[] | null; error: unknown }[];
  /** Viewports that are open, and what each shows. */
  viewports: Iterable<Shown>;
  /** Whether any viewport has shown something since the case was opened. */
  opened: boolean;
}

/** Quality of what is shown of a case; metadata that is missing or cannot be read counts as not seen. */
export function qualityOf({ series, viewports, opened }: Images): Quality {
  if (series.length === 0) return 'none';
  const shown = [...viewports];
  const waiting = series.some((each) => each.sets === null && !each.error);
  const pictures = series.some((each) => each.sets?.some((set) => set.imageIds.length > 0));
  if (waiting || shown.includes('loading') || (pictures && !opened)) return 'loading';
  if (shown.includes('preview')) return 'preview';
  return series.some((each) => each.error) || shown.includes('failed') ? 'failed' : 'diagnostic';
}

export const limitReasons = ['line', 'damaged', 'elsewhere', 'other'] as const;

/** Why a reader reports although he could not see everything here; kept with the report and printed on it. */
export interface ViewingLimit {
  byId: string;
  by: string;
  at: string;
  quality: Quality;
  reason: (typeof limitReasons)[number];
  note: string;
}

export const limitsOf = (content: Record<string, unknown>): ViewingLimit[] =>
  Array.isArray(content.viewingLimits) ? (content.viewingLimits as ViewingLimit[]) : [];

/** Whether submitting and signing wait: not everything is of diagnostic quality and this person has not said why he goes on. */
export const mustWait = (quality: Quality, content: Record<string, unknown>, personId: string): boolean =>
  quality !== 'diagnostic' && !limitsOf(content).some((limit) => limit.byId === personId);

/** Whether more of the images is still to come: an addendum or a correction waits for that, not for what cannot be shown. */
export const stillComing = (quality: Quality): boolean =>
  quality === 'unknown' || quality === 'loading' || quality === 'preview';
