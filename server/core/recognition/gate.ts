import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { CatalogueItem } from '../center.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, DomainError, invalid } from '../errors.ts';
import type { Order } from '../order/order.ts';
import type { RequestInput } from '../order/requestInput.ts';
import { findOrCreatePatient } from '../patient/findOrCreatePatient.ts';
import { refuseWhatRaced, type Snapshot } from './decidedMeanwhile.ts';
import { choosePrompts, isElsewhere, type Prompt } from './choosePrompts.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import type { PlatformAnswer } from './platform/askPlatforms.ts';
import { keepResult, recallResults } from './platform/keptResults.ts';
import { REPEAT_REASONS } from './ranges.ts';
import { storeDecision, type Adopted, type Decision } from './storeDecision.ts';

export interface RecognitionGate {
  patientId: string;
  institutionId: string;
  /** Earlier results to decide on, the county's and those of other platforms; one for each item. */
  prompts: Prompt[];
  decisions: Decision[];
  /** Items whose earlier result is adopted: they are not ordered. */
  adoptedCodes: Set<string>;
  /** The orders are taken but wait for the clinician (HL7, FHIR). */
  hold: boolean;
  emergency: boolean;
}

const EMERGENCY_HOURS = 24;

/**
 * Puts valid earlier results before an order is made, inside its transaction so that a result signed meanwhile is
 * seen. Throws 409 `recognition-decision-required` with `prompts[]` while a clinician in front of a screen has not
 * decided all of them; emergencies proceed and are decided within 24 h; orders by message are held.
 */
export async function gateRecognition(
  ctx: Context,
  trx: Transaction,
  request: {
    patientId: string;
    items: CatalogueItem[];
    input: RequestInput;
    source: string;
    institutionId: string;
    /** What the sender can have known; orders by message come one after the other and have none. */
    seen?: Snapshot | undefined;
    /** What other platforms answered just now. */
    elsewhere?: PlatformAnswer | undefined;
  },
): Promise<RecognitionGate> {
  const { patientId, institutionId, input } = request;
  await lockPrompts(trx, patientId);
  const codes = request.items.map((item) => item.code);
  if (request.seen) await refuseWhatRaced(trx, request.seen, patientId, codes);
  const now = ctx.clock.now();
  const decisions = input.recognitionDecisions ?? [];
  const { items = [], failures = [] } = request.elsewhere ?? {};
  const silent = failures.map((failure) => failure.platformId);
  const { prompts, references } = choosePrompts(
    await findEarlierResults(ctx, trx, patientId, codes, now),
    [...items, ...(await recallResults(trx, patientId, silent, now))].filter(({ itemCode }) =>
      codes.includes(itemCode),
    ),
  );
  const gate = {
    patientId,
    institutionId,
    prompts,
    decisions,
    adoptedCodes: new Set<string>(),
    hold: false,
    emergency: input.priority === 'emergency',
  };
  const stale = decisions.filter(
    (decision) => !prompts.some((prompt) => prompt.promptId === decision.promptId),
  );
  if (stale.length > 0)
    throw conflict(
      'recognition-prompt-outdated',
      'an earlier result was corrected, voided or has expired since it was shown; decide on the current ones',
      { prompts },
    );
  if (prompts.length === 0) return gate;
  if (decisions.length === 0 && gate.emergency) return gate;
  if (decisions.length === 0 && (request.source === 'hl7' || request.source === 'fhir'))
    return { ...gate, hold: true };
  const missing = prompts.filter(
    (prompt) => !decisions.some((decision) => decision.promptId === prompt.promptId),
  );
  if (missing.length > 0)
    throw conflict(
      'recognition-decision-required',
      'earlier valid results of this patient must be adopted or the repetition justified',
      { prompts, references },
    );
  for (const decision of decisions) {
    checkDecision(decision);
    if (decision.decision === 'adopt') gate.adoptedCodes.add(decision.promptId.split(':')[0] ?? '');
  }
  return gate;
}

/** One after the other: whoever orders for, or shows prompts of, the same patient. */
const lockPrompts = (trx: Transaction, patientId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`recognition:${patientId}`}, 0))`.execute(trx);

/** A repetition names one of the six reasons, tells what "other" is, and says that the patient was told. */
export function checkDecision(decision: Decision): void {
  if (decision.decision === 'adopt') return;
  const errors = [];
  if (!REPEAT_REASONS.some((reason) => reason === decision.reason))
    errors.push({
      path: 'recognitionDecisions.reason',
      code: 'reason',
    });
  if (decision.reason === 'other' && !decision.note?.trim())
    errors.push({ path: 'recognitionDecisions.note', code: 'note' });
  if (!decision.patientInformed)
    errors.push({
      path: 'recognitionDecisions.patientInformed',
      code: 'patient-informed',
    });
  if (errors.length > 0) throw invalid('the decision to repeat is not complete', errors);
}

/** Stores the prompts with the decisions that came with the request, beside the orders they led to. */
export async function applyDecisions(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  gate: RecognitionGate,
  orders: Order[],
): Promise<Adopted[]> {
  const adopted: Adopted[] = [];
  const now = ctx.clock.now();
  for (const prompt of gate.prompts) {
    const order = await orderOfItem(trx, orders, prompt.itemCode);
    const decision = gate.decisions.find((candidate) => candidate.promptId === prompt.promptId);
    const orderId = order?.id ?? null;
    const id = await rememberPrompt(trx, gate, prompt, { actor, orderId, now });
    if (!decision) continue;
    const stored = { id, patientId: gate.patientId, itemCode: prompt.itemCode, orderId };
    const cited = await storeDecision(trx, actor, stored, decision, prompt, now);
    if (cited) adopted.push(cited);
  }
  return adopted;
}

/**
 * Counts prompts that were shown although the request went no further; closing a prompt is not a decision. Somebody of
 * whom only another platform knows becomes a patient here by it.
 */
export async function recordShownPrompts(
  ctx: Pick<Context, 'db' | 'keys' | 'clock'>,
  actor: Actor,
  error: unknown,
  {
    input,
    institutionId,
    patientId,
  }: { input: RequestInput; institutionId: string; patientId?: string | undefined },
): Promise<void> {
  if (!(error instanceof DomainError) || error.type !== 'recognition-decision-required') return;
  const prompts = error.extra.prompts as Prompt[];
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    const person =
      patientId ?? (input.patient && (await findOrCreatePatient(ctx, trx, input.patient, institutionId)).id);
    if (!person) return;
    await lockPrompts(trx, person); // who shows it at the same moment finds it counted
    for (const prompt of prompts)
      await rememberPrompt(trx, { patientId: person, institutionId, emergency: false }, prompt, {
        actor,
        orderId: null,
        now,
      });
  });
}

/**
 * The row of a prompt. What was shown before without an order, or whose order was withdrawn, becomes the prompt of the
 * order that is placed now and is counted once; another order that waits keeps its own.
 */
export async function rememberPrompt(
  trx: Transaction,
  gate: Pick<RecognitionGate, 'patientId' | 'institutionId' | 'emergency'>,
  prompt: Prompt,
  { actor, orderId, now }: { actor: Actor; orderId: string | null; now: Date },
): Promise<string> {
  const dueAt = gate.emergency && orderId ? new Date(now.getTime() + EMERGENCY_HOURS * 3_600_000) : null;
  const source = isElsewhere(prompt)
    ? { signed: null, order: null, platform: await keepResult(trx, gate.patientId, prompt, now) }
    : { signed: prompt.signedReportId, order: prompt.orderId, platform: null };
  const { rows } = await sql<{ id: string }>`
    with shown as (select p.id from recognition_prompt p left join orders o on o.id = p.order_id
      where p.patient_id = ${gate.patientId} and p.item_code = ${prompt.itemCode} and ${source.platform ? sql`p.platform_result_id = ${source.platform}` : sql`p.signed_report_id = ${source.signed}`} and p.institution_id = ${gate.institutionId}
        and p.decision is null and (p.order_id is null or o.status in ('cancelled', 'void')) order by p.order_id is null desc, p.prompted_at limit 1 for update of p),
    taken as (update recognition_prompt p set order_id = coalesce(${orderId}::uuid, p.order_id), due_at = coalesce(${dueAt}::timestamptz, p.due_at), emergency = p.emergency or ${gate.emergency} from shown where p.id = shown.id returning p.id),
    made as (insert into recognition_prompt (patient_id, item_code, signed_report_id, source_order_id, platform_result_id, institution_id, clinician_id, order_id, emergency, label, prompted_at, due_at)
      select ${gate.patientId}, ${prompt.itemCode}, ${source.signed}::uuid, ${source.order}::uuid, ${source.platform}::uuid, ${gate.institutionId}, ${actor.kind === 'staff' ? actor.id : null}, ${orderId}::uuid, ${gate.emergency}, ${prompt.label}, ${now}::timestamptz, ${dueAt}::timestamptz
      where not exists (select 1 from taken) on conflict do nothing returning id)
    select id from taken union all select id from made`.execute(trx);
  const row = rows[0];
  if (!row) throw new Error('the prompt was not stored');
  return row.id;
}

async function orderOfItem(trx: Transaction, orders: Order[], itemCode: string): Promise<Order | undefined> {
  if (orders.length === 0) return undefined;
  const row = await trx
    .selectFrom('orderItem')
    .select('orderId')
    .where('code', '=', itemCode)
    .where(
      'orderId',
      'in',
      orders.map((order) => order.id),
    )
    .executeTakeFirst();
  return orders.find((order) => order.id === row?.orderId);
}
