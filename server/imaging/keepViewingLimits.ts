import { z } from 'zod';
import type { Actor } from '../core/access/actor.ts';
import type { ReportContent } from '../core/center.ts';

const limits = z.array(
  z.looseObject({
    byId: z.string().optional(),
    quality: z.string().max(20).optional(),
    reason: z.string().max(20),
    note: z.string().max(200).optional(),
  }),
);
type Limit = z.infer<typeof limits>[number];

const same = (a: Limit, b: Limit): boolean =>
  a.byId === b.byId && a.quality === b.quality && a.reason === b.reason && (a.note ?? '') === (b.note ?? '');

/**
 * Why a reader went on without seeing everything is his own statement: who and when come from the hub, what others stated
 * stays as it stands, and nobody states anything for somebody else. The quality is what the browser told.
 */
export function keepViewingLimits(
  before: ReportContent,
  content: ReportContent,
  actor: Actor,
  now: Date,
): ReportContent {
  const kept = limits.safeParse(before.viewingLimits).data ?? [];
  const sent = limits.safeParse(content.viewingLimits).data ?? [];
  const own = sent
    .filter((limit) => limit.byId === actor.id)
    .map(
      (limit) =>
        kept.find((each) => same(each, limit)) ?? { ...limit, by: actor.name, at: now.toISOString() },
    );
  const all = [...kept.filter((limit) => limit.byId !== actor.id), ...own];
  const { viewingLimits: _sent, ...rest } = content;
  return all.length > 0 ? { ...rest, viewingLimits: all } : rest;
}
