import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import type { ReportContent } from '../center.ts';
import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../database.ts';
import { conflict, DomainError } from '../errors.ts';
import { act } from '../order/acts.ts';
import { transition } from '../order/recordEvent.ts';
import type { Order } from '../order/order.ts';

export interface DraftRow {
  version: number;
  state: string;
  content: ReportContent;
  submittedBy: string | null;
}

/** The draft, made empty when there is none, locked by the order's lock. */
export async function loadDraft(trx: Queryable, order: Order): Promise<DraftRow> {
  const row = await trx
    .selectFrom('report')
    .select(['version', 'state', 'content', 'submittedBy'])
    .where('orderId', '=', order.id)
    .executeTakeFirst();
  return row
    ? { ...row, content: row.content as ReportContent }
    : { version: 0, state: 'draft', content: {}, submittedBy: null };
}

/** Throws 412 `stale` naming the other editor when the draft moved on since the caller read it. */
export async function requireVersion(
  trx: Transaction,
  order: Order,
  draft: DraftRow,
  expected: number,
): Promise<void> {
  if (draft.version === expected) return;
  const editor = await trx
    .selectFrom('reportVersion')
    .innerJoin('staff', 'staff.id', 'reportVersion.savedBy')
    .select(['staff.name', 'reportVersion.savedAt'])
    .where('orderId', '=', order.id)
    .where('version', '=', draft.version)
    .executeTakeFirst();
  throw new DomainError(
    412,
    'stale',
    `the report was saved meanwhile by ${editor?.name ?? 'somebody else'}`,
    {
      extra: { editor: editor?.name, savedAt: editor?.savedAt, version: draft.version },
    },
  );
}

/**
 * Saves the draft as a new version (every save is one). The writer holds the claim (an unclaimed case is claimed by
 * saving); while it is preliminary the verifier may edit. Returns the new version.
 */
export async function saveReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  expectedVersion: number,
  content: ReportContent,
): Promise<number> {
  const staffId = personId(actor);
  let version = 0;
  await act(ctx, actor, orderId, 'report.save', async (trx, locked) => {
    let order = locked;
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const draft = await loadDraft(trx, order);
    await requireVersion(trx, order, draft, expectedVersion);
    const now = ctx.clock.now();
    if ((order.status === 'received' || order.status === 'partial') && !order.claimedBy)
      order = await transition(
        ctx,
        trx,
        actor,
        order,
        'claimed',
        {},
        { claimedBy: staffId, claimedAt: now, claimOpenedAt: now, claimActiveAt: now },
      );
    requireEditor(actor, order, staffId);
    version = await insertVersion(
      ctx,
      trx,
      order,
      draft,
      staffId,
      acceptContent(ctx, actor, order, draft.content, content),
    );
    return trx
      .updateTable('orders')
      .set({ claimActiveAt: now })
      .where('id', '=', order.id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return version;
}

function requireEditor(actor: Actor, order: Order, staffId: string): void {
  if (order.status === 'preliminary') {
    const verifier = can(actor, 'report.verify', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (!verifier) throw conflict('submitted', 'the report is submitted: only a verifier may change it now');
    return;
  }
  if (order.status !== 'claimed' && order.status !== 'partial')
    throw conflict('wrong-status', `a report cannot be written while the order is ${order.status}`, {
      status: order.status,
    });
  if (order.claimedBy !== null && order.claimedBy !== staffId)
    throw conflict('claimed-by-other', 'the case is claimed by somebody else');
}

/** The content as the centre takes it from this person. */
export function acceptContent(
  ctx: Pick<Context, 'centers' | 'clock'>,
  actor: Actor,
  order: Order,
  before: ReportContent,
  content: ReportContent,
): ReportContent {
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  return center?.acceptContent?.(before, content, actor, ctx.clock.now()) ?? content;
}

/** Writes one version row and makes it the current draft. */
export async function insertVersion(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  order: Order,
  draft: DraftRow,
  staffId: string,
  content: ReportContent,
  state = draft.state,
): Promise<number> {
  const version = draft.version + 1;
  const now = ctx.clock.now();
  const json = JSON.stringify(content);
  await trx
    .insertInto('reportVersion')
    .values({ orderId: order.id, version, state, content: json, savedBy: staffId, savedAt: now })
    .execute();
  await trx
    .insertInto('report')
    .values({
      orderId: order.id,
      version,
      state,
      content: json,
      authorId: staffId,
      updatedAt: now,
      updatedBy: staffId,
    })
    .onConflict((oc) =>
      oc.column('orderId').doUpdateSet({ version, state, content: json, updatedAt: now, updatedBy: staffId }),
    )
    .execute();
  return version;
}
