import { recordAudit } from '../audit/recordAudit.ts';
import { requirePermission, type Actor } from '../access/actor.ts';
import type { CatalogueItem } from '../center.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import { isUniqueViolation, type Transaction } from '../database.ts';
import { conflict, invalid } from '../errors.ts';
import { findOrCreatePatient } from '../patient/findOrCreatePatient.ts';
import { currentSnapshot } from '../recognition/decidedMeanwhile.ts';
import { applyDecisions, gateRecognition, recordShownPrompts } from '../recognition/gate.ts';
import { askForOrder } from '../recognition/platform/askForOrder.ts';
import { queueQuestion } from '../recognition/platform/askForEmergency.ts';
import { checkPatientPart, findInstitution, loadItems } from './checkRequest.ts';
import { insertOrder } from './insertOrder.ts';
import { insertRequest } from './insertRequest.ts';
import type { Order } from './order.ts';
import { placedBefore } from './placedBefore.ts';
import { recordEvent, transition } from './recordEvent.ts';
import type { RequestInput } from './requestInput.ts';
import { BY_MESSAGE, type PlacedRequest, type RequestSource } from './requestSource.ts';

/** Decided on when it was ordered first. */
const DECIDED_BEFORE = new Set<RequestSource['source']>(['recollection', 'second-opinion', 'decided']);

/**
 * Places a request: finds or makes the patient, splits the items into orders, gives each its accession number, centre
 * and clocks. Throws 422 for faults of the input, 409 `recognition-decision-required` with `prompts` when earlier
 * results must be decided on first, 409 `ordered-meanwhile` with the orders of a request that raced this one, 409
 * `duplicate-placer-order-number` for a number that stands already.
 */
export async function createRequest(
  ctx: Context,
  actor: Actor,
  input: RequestInput,
  from: RequestSource,
): Promise<PlacedRequest> {
  const institutionId = from.institutionId ?? actor.institutionId;
  if (!institutionId) throw invalid('a request comes from an institution', 'needs-institution');
  requirePermission(actor, 'order.request', { institutionId });
  const earlier = await placedBefore(ctx, actor, institutionId, from.idempotencyKey);
  if (earlier) return earlier;
  const seen = BY_MESSAGE.has(from.source) ? undefined : await currentSnapshot(ctx.db);
  const elsewhere =
    input.center === 'sterilization' || input.priority === 'emergency'
      ? undefined
      : await askForOrder(ctx, actor, {
          identifiers: input.patient?.identifiers ?? [],
          patientId: from.patientId,
          institutionId,
          itemCodes: input.items.map((item) => item.code),
        });
  try {
    const made = await ctx.db.transaction().execute(async (trx) => {
      const placed = await placeRequest(ctx, trx, actor, input, {
        ...from,
        institutionId,
        elsewhere,
        ...(seen && { seen }),
      });
      crashPoint('request.before-commit');
      return placed;
    });
    crashPoint('request.after-commit');
    ctx.bell.ring();
    return made;
  } catch (error) {
    const raced = await placedBefore(ctx, actor, institutionId, from.idempotencyKey);
    if (raced) return raced;
    await recordShownPrompts(ctx, actor, error, { input, institutionId, patientId: from.patientId });
    if (!isUniqueViolation(error, 'request_placer')) throw error;
    throw conflict(
      'duplicate-placer-order-number',
      `the placer order number ${input.placerOrderNumber} stands already`,
      { placerOrderNumber: input.placerOrderNumber },
    );
  }
}

/** The same inside a transaction of the caller, who has checked the right to do it. */
export async function placeRequest(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  input: RequestInput,
  from: RequestSource & { institutionId: string },
): Promise<PlacedRequest> {
  const { institutionId } = from;
  const items = await loadItems(trx, input);
  const needsPatient = input.center !== 'sterilization';
  checkPatientPart(input, from, needsPatient);
  const patientId = !needsPatient
    ? null
    : (from.patientId ??
      (input.patient ? (await findOrCreatePatient(ctx, trx, input.patient, institutionId)).id : null));
  const performing = input.performingInstitution
    ? await findInstitution(trx, input.performingInstitution)
    : institutionId;
  const recognition =
    patientId && !from.provisional && !DECIDED_BEFORE.has(from.source)
      ? await gateRecognition(ctx, trx, {
          patientId,
          items,
          input,
          source: from.source,
          institutionId,
          seen: from.seen,
          elsewhere: from.elsewhere,
        })
      : undefined;
  const unanswered = recognition ? (from.elsewhere?.failures ?? []) : [];

  const request = from.requestId
    ? { id: from.requestId }
    : await insertRequest(ctx, trx, actor, input, { ...from, patientId });

  const center = ctx.centers.find((candidate) => candidate.kind === input.center);
  const wanted = items.filter((item) => !recognition?.adoptedCodes.has(item.code));
  const groups = center?.splitRequest ? center.splitRequest(wanted) : splitByReportGroup(wanted);
  const orders: Order[] = [];
  for (const group of groups) {
    let order = await insertOrder(ctx, trx, {
      group,
      request: { id: request.id, patientId, institutionId, performing },
      input,
      provisional: from.provisional ?? false,
    });
    await recordEvent(ctx, trx, actor, order, {
      kind: 'requested',
      detail: {
        items: group.map((item) => item.code),
        source: from.source,
        ...(unanswered.length > 0 && { unanswered: unanswered.map((failure) => failure.platformName) }),
      },
    });
    if (recognition?.emergency && !from.elsewhere) await queueQuestion(trx, order);
    if (recognition?.hold)
      order = await transition(ctx, trx, actor, order, 'awaiting-decision', {
        detail: { prompts: recognition.prompts.length },
      });
    await center?.onOrderCreated?.(trx, ctx, actor, order, input);
    await recordAudit(trx, actor, {
      action: 'order.create',
      subjectType: 'order',
      subjectId: order.id,
      patientId,
      detail: { accessionNumber: order.accessionNumber, source: from.source },
    });
    orders.push(order);
  }
  const adopted = recognition ? await applyDecisions(ctx, trx, actor, recognition, orders) : [];
  if (adopted.length > 0)
    await trx
      .updateTable('request')
      .set({ adopted: JSON.stringify(adopted) })
      .where('id', '=', request.id)
      .execute();
  return { requestId: request.id, orders, adopted, unanswered };
}

function splitByReportGroup(items: CatalogueItem[]): CatalogueItem[][] {
  const groups = new Map<string, CatalogueItem[]>();
  for (const item of items) {
    const key = item.reportGroup ?? item.code;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
