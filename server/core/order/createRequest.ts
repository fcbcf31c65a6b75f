import { sql } from 'kysely';
import type { CenterKind, OrderPriority } from '../../../db/types.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import { requirePermission, type Actor } from '../access/actor.ts';
import type { CatalogueItem } from '../center.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import { isUniqueViolation, type Transaction } from '../database.ts';
import { conflict, invalid } from '../errors.ts';
import { findOrCreatePatient } from '../patient/findOrCreatePatient.ts';
import { currentSnapshot, type Snapshot } from '../recognition/decidedMeanwhile.ts';
import { applyDecisions, gateRecognition, recordShownPrompts } from '../recognition/gate.ts';
import { askForOrder } from '../recognition/platform/askForOrder.ts';
import { queueQuestion } from '../recognition/platform/askForEmergency.ts';
import type { PlatformAnswer, PlatformFailure } from '../recognition/platform/askPlatforms.ts';
import type { Adopted } from '../recognition/storeDecision.ts';
import { choosePolicies } from '../turnaround/choosePolicies.ts';
import { chooseReportingInstitution } from './chooseCenter.ts';
import type { Order } from './order.ts';
import { placedBefore } from './placedBefore.ts';
import { recordEvent, transition } from './recordEvent.ts';
import type { RequestInput } from './requestInput.ts';

export interface RequestSource {
  source: 'browser' | 'api' | 'hl7' | 'fhir' | 'provisional' | 'recollection' | 'second-opinion' | 'decided';
  /** The site that asks; the actor's own unless told. */
  institutionId?: string;
  requestedByName?: string;
  /** A patient already known (recollection, second opinion, provisional orders). */
  patientId?: string;
  provisional?: boolean;
  /** A request that stands already and gets more orders (a change of its items). */
  requestId?: string;
  /** The sender's own name for this request: sent again, it answers with what was placed the first time. */
  idempotencyKey?: string | undefined;
  /** What the sender can have known when he sent it. */
  seen?: Snapshot;
  /** What other platforms have of the patient; emergencies do not wait for it and are asked about afterwards. */
  elsewhere?: PlatformAnswer | undefined;
}

export interface PlacedRequest {
  requestId: string;
  orders: Order[];
  /** Earlier results taken over instead of an order, with the text to cite. */
  adopted: Adopted[];
  /** Other platforms that gave no answer when they were asked for earlier results. */
  unanswered: PlatformFailure[];
}

/** Systems that keep the consent themselves. */
const BY_MESSAGE = new Set<RequestSource['source']>(['hl7', 'fhir']);

/** Decided on when it was ordered first. */
const DECIDED_BEFORE = new Set<RequestSource['source']>(['recollection', 'second-opinion', 'decided']);

const LETTER: Record<CenterKind, string> = {
  imaging: 'I',
  ecg: 'E',
  lab: 'L',
  pathology: 'P',
  sterilization: 'S',
};

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
  if (!institutionId) throw invalid('a request comes from an institution');
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

function insertRequest(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  input: RequestInput,
  from: Omit<RequestSource, 'patientId'> & { institutionId: string; patientId: string | null },
): Promise<{ id: string }> {
  return trx
    .insertInto('request')
    .values({
      patientId: from.patientId,
      requestingInstitutionId: from.institutionId,
      requestedBy: actor.kind === 'staff' ? actor.id : null,
      requestedByName: from.requestedByName ?? actor.name,
      placerOrderNumber: input.placerOrderNumber ?? null,
      clinicalInfo: input.clinicalInfo ?? null,
      visit: JSON.stringify(input.visit ?? {}),
      flags: input.flags,
      remoteConsent: input.remoteConsent ? JSON.stringify(input.remoteConsent) : null,
      source: from.source,
      idempotencyKey: from.idempotencyKey ?? null,
      createdAt: ctx.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

function checkPatientPart(input: RequestInput, from: RequestSource, needsPatient: boolean): void {
  if (!needsPatient || from.patientId) return;
  const errors = [];
  if (!input.patient) errors.push({ path: 'patient', message: '缺少患者信息', code: 'required' });
  else if (input.patient.identifiers.length === 0 && !input.patient.temporary)
    errors.push({
      path: 'patient.identifiers',
      message: '至少需要一种证件或院内号;无名氏请选择临时身份',
      code: 'required',
    });
  if (!input.remoteConsent && !from.provisional && !BY_MESSAGE.has(from.source))
    errors.push({ path: 'remoteConsent', message: '缺少患者远程诊断知情同意', code: 'required' });
  if (errors.length > 0) throw invalid('the request is not complete', errors);
}

async function loadItems(trx: Transaction, input: RequestInput): Promise<CatalogueItem[]> {
  const codes = [...new Set(input.items.map((item) => item.code))];
  const rows = await trx
    .selectFrom('catalogueItem')
    .select(['code', 'name', 'itemClass', 'modality', 'bodyPart', 'reportGroup', 'price'])
    .where('code', 'in', codes)
    .where('centerKind', '=', input.center)
    .where('active', '=', true)
    .execute();
  const unknown = codes.filter((code) => !rows.some((row) => row.code === code));
  if (unknown.length > 0)
    throw invalid(
      `unknown item(s) ${unknown.join(', ')}`,
      unknown.map((code) => ({ path: 'items', message: `目录中没有项目 ${code}`, code: 'unknown-item' })),
    );
  return codes.flatMap((code) => rows.find((row) => row.code === code) ?? []);
}

function splitByReportGroup(items: CatalogueItem[]): CatalogueItem[][] {
  const groups = new Map<string, CatalogueItem[]>();
  for (const item of items) {
    const key = item.reportGroup ?? item.code;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

async function findInstitution(trx: Transaction, code: string): Promise<string> {
  const row = await trx
    .selectFrom('institution')
    .select('id')
    .where('code', '=', code)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!row)
    throw invalid(`institution ${code} is not known`, [
      { path: 'performingInstitution', message: '机构不存在', code: 'unknown-institution' },
    ]);
  return row.id;
}

const LANE: Record<OrderPriority, number> = { emergency: 0, urgent: 1, routine: 2 };

async function insertOrder(
  ctx: Context,
  trx: Transaction,
  {
    group,
    request,
    input,
    provisional,
  }: {
    group: CatalogueItem[];
    request: { id: string; patientId: string | null; institutionId: string; performing: string };
    input: RequestInput;
    provisional: boolean;
  },
): Promise<Order> {
  const [first] = group;
  if (!first) throw invalid('an order has at least one item');
  const now = ctx.clock.now();
  const drawn = await sql<{ number: number; patientName: string | null }>`
    select nextval('accession_number_seq') as number, (select name from patient where id = ${request.patientId}) as patient_name`.execute(
    trx,
  );
  const { number = 0, patientName = null } = drawn.rows[0] ?? {};
  const accessionNumber = `${LETTER[input.center]}${String(now.getUTCFullYear()).slice(2)}${String(number).padStart(8, '0')}`;
  const facts = {
    centerKind: input.center,
    itemClass: first.itemClass,
    priority: input.priority,
    flags: input.flags as string[],
  };
  const order = await trx
    .insertInto('orders')
    .values({
      ...facts,
      requestId: request.id,
      accessionNumber,
      placerOrderNumber: input.placerOrderNumber ?? null,
      patientId: request.patientId,
      patientName,
      itemName: group.map((item) => item.name).join('、'),
      modality: first.modality,
      bodyPart: first.bodyPart,
      requestingInstitutionId: request.institutionId,
      performingInstitutionId: request.performing,
      reportingInstitutionId: await chooseReportingInstitution(
        trx,
        input.center,
        request.institutionId,
        group.map((item) => item.code),
        now,
      ),
      policyIds: sql<string[]>`${await choosePolicies(trx, facts, now)}::uuid[]`,
      lane: LANE[input.priority],
      provisional,
      price: group.reduce((sum, item) => sum + (item.price ?? 0), 0),
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('orderItem')
    .values(group.map((item) => ({ orderId: order.id, code: item.code, name: item.name, price: item.price })))
    .execute();
  return order;
}
