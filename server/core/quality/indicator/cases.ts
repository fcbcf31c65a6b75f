import { sql } from 'kysely';
import type { CenterKind } from '../../../../db/types.ts';
import type { Span } from './indicator.ts';

/** Cases whose clock of a policy ended in the span; met = on time. */
export const clock = (code: string) => (span: Span) =>
  sql`select c.order_id, o.requesting_institution_id as institution_id, c.stopped_at as at, c.state = 'met' as met from order_clock c join turnaround_policy p on p.id = c.policy_id and p.code = ${code} join orders o on o.id = c.order_id where c.stopped_at >= ${span.from} and c.stopped_at < ${span.to} and c.state in ('met', 'breached')`;

/**
 * Cases of a centre signed in the span; met = every service clock on time. `limit 1` keeps the planner from hashing all
 * clocks (or events) of five years for the cases of one day.
 */
export const serviceOnTime = (center: CenterKind | null) => (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, (select true from order_clock c where c.order_id = o.id and c.kind = 'service' and c.state = 'breached' limit 1) is null as met from orders o where ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`} and o.final_at >= ${span.from} and o.final_at < ${span.to}`;

/** Critical values found in the span in a centre (or any); met = notified or acknowledged within 10 minutes. */
export const criticalOnTime = (center: CenterKind | null) => (span: Span) =>
  sql`select v.order_id, o.requesting_institution_id as institution_id, v.found_at as at, coalesce(least(v.notified_at, v.acknowledged_at) <= v.found_at + interval '10 minutes', false) as met from critical_value v join orders o on o.id = v.order_id where v.found_at >= ${span.from} and v.found_at < ${span.to} and v.tier = 'critical' and v.state <> 'withdrawn' and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}`;

/** Orders accepted in the span; met = an event of this kind happened to them (returned, corrected …). */
export const happened =
  (kind: string, center: CenterKind | null, base: 'received' | 'final') => (span: Span) =>
    sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} as at, coalesce((select true from order_event e where e.order_id = o.id and e.kind = ${kind} limit 1), false) as met from orders o where o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} >= ${span.from} and o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} < ${span.to} and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}`;

/** Reviews of a centre's reports decided in the span in which writing was judged; met = nothing was at fault. */
export const reviewed = (center: CenterKind) => (span: Span) =>
  sql`select r.order_id, o.requesting_institution_id as institution_id, r.decided_at as at, coalesce((r.compliance->>'compliant')::boolean, false) as met from quality_review r join orders o on o.id = r.order_id where r.decided_at >= ${span.from} and r.decided_at < ${span.to} and r.compliance is not null and o.center_kind = ${center}::center_kind`;

/** Orders made in the span in a centre; met = signed meanwhile. With `member`: only those of another site than the reporting one. */
export const volume = (center: CenterKind, member: boolean) => (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.created_at as at, o.final_at is not null as met from orders o where o.created_at >= ${span.from} and o.created_at < ${span.to} and o.center_kind = ${center}::center_kind and ${member ? sql`o.requesting_institution_id <> o.reporting_institution_id` : sql`true`}`;

/** Critical values found in the span (重大阳性提示 is none); met = acknowledged. */
export const criticalAcknowledged = (span: Span) =>
  sql`select v.order_id, o.requesting_institution_id as institution_id, v.found_at as at, v.acknowledged_at is not null as met from critical_value v join orders o on o.id = v.order_id where v.found_at >= ${span.from} and v.found_at < ${span.to} and v.tier = 'critical' and v.state <> 'withdrawn'`;

/** Township and village examinations; met = read by another institution than the one that asked. */
export const readByCounty = (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, o.reporting_institution_id <> o.requesting_institution_id as met from orders o join institution i on i.id = o.requesting_institution_id and i.kind in ('township', 'community', 'village') where o.center_kind in ('imaging', 'ecg') and o.final_at >= ${span.from} and o.final_at < ${span.to}`;

/** Prompts shown in the span, about results of the county or of other platforms; met = adopted. */
export const recognized = (span: Span) =>
  sql`select p.source_order_id as order_id, p.institution_id, p.prompted_at as at, coalesce(p.decision = 'adopt', false) as met from recognition_prompt p where p.prompted_at >= ${span.from} and p.prompted_at < ${span.to}`;
