import type { CenterKind } from '../../../db/types.ts';
import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Transaction } from '../../../server/core/database.ts';
import { findOrCreatePatient } from '../../../server/core/patient/findOrCreatePatient.ts';
import { findInstrument } from '../../../server/lab/instrument/findInstrument.ts';
import {
  receiveInstrumentResults,
  type InstrumentValue,
} from '../../../server/lab/instrument/receiveInstrumentResults.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import {
  segment,
  segmentsOf,
  text,
  wholeField,
  type Hl7Message,
  type Hl7Segment,
} from '../../../server/standards/hl7v2/parse.ts';
import { parseTimestamp } from '../../../server/standards/hl7v2/timestamp.ts';
import { analyzerProfile, specimenOf } from './analyzerProfile.ts';
import type { Outcome, Received } from './outcome.ts';
import { readPatient } from './readPatient.ts';

/**
 * ORU^R01: from an analyzer its values go to the bench; from a member's own system it is a final result signed
 * elsewhere, kept as such with its document.
 */
export async function receiveResultMessage(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
): Promise<Outcome> {
  const instrument = await findInstrument(trx, {
    protocol: 'hl7',
    sender: received.sender,
    address: actor.address ?? null,
  });
  if (instrument) return receiveAnalyzerResults(ctx, trx, actor, received, instrument);
  if (received.quirks['deviceKind'] === 'analyzer')
    throw contentError(
      'MSH',
      3,
      `analyzer ${received.sender} is not in the list of instruments`,
      'refuse',
      204,
    );
  return receiveExternalResults(ctx, trx, actor, received);
}

async function receiveAnalyzerResults(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  instrument: { id: string; driver: string; settings: unknown },
): Promise<Outcome> {
  const profile = analyzerProfile(instrument.driver, instrument.settings);
  if (profile.resultTypeInHeader && text(received.message.header, 16) === '1')
    return { state: 'accepted', text: 'calibration: not a result of a specimen, kept as a message only' };
  const values: InstrumentValue[] = [];
  let specimen: string | undefined;
  /** NTE speaks of the OBX before it: haemolysis, dilution, remarks. */
  let last: InstrumentValue | undefined;
  let control = text(received.message.header, 11) === 'Q' || text(received.message.header, 16) === '2';
  for (const one of received.message.segments) {
    if (one.id === 'SPM') specimen = text(one, 2) ?? text(one, 2, 2) ?? specimen;
    if (one.id === 'OBR') {
      last = undefined;
      specimen = specimenOf(one, profile) ?? specimen;
      control = control || text(one, 15)?.toUpperCase() === 'Q';
    }
    if (one.id === 'OBX') {
      last = readObservation(one, specimen, control);
      if (last) values.push(last);
    }
    if (one.id === 'NTE') {
      const comment = text(one, 3)?.trim();
      if (comment) last?.comments.push(comment);
    }
  }
  if (values.length === 0) throw contentError('OBX', 5, 'the message has no results', 'refuse', 100);
  const summary = await receiveInstrumentResults(ctx, trx, actor, instrument.id, values, {
    source: 'hl7',
    messageId: received.id,
  });
  ctx.bell.ring();
  return {
    state: summary.open > 0 ? 'held' : 'accepted',
    ...(summary.open > 0 && { text: summary.reasons.join('; ').slice(0, 500) }),
    orderIds: summary.orderIds,
  };
}

function readObservation(
  obx: Hl7Segment,
  specimenId: string | undefined,
  control: boolean,
): InstrumentValue | undefined {
  const type = text(obx, 2)?.toUpperCase();
  const code = text(obx, 3) ?? text(obx, 3, 2);
  // Histograms and scattergrams are pictures of the analyzer, not results.
  if (!code || type === 'ED' || type === 'RP' || text(obx, 11) === 'X') return undefined;
  return {
    specimenId,
    instrumentCode: code,
    value: wholeField(obx, 5).trim(),
    unit: text(obx, 6),
    abnormalFlag: text(obx, 8),
    status: text(obx, 11),
    operator: text(obx, 16),
    measuredAt: parseTimestamp(text(obx, 19) ?? text(obx, 14)),
    control,
    comments: [],
  };
}

async function receiveExternalResults(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
): Promise<Outcome> {
  const groups = reportGroups(received.message);
  if (groups.length === 0)
    throw contentError(
      'OBR',
      4,
      segmentsOf(received.message, 'OBX').length > 0
        ? 'OBX without OBR: there is no report to put it in'
        : 'the message has no OBR',
      'refuse',
      100,
    );
  const patient = await findOrCreatePatient(ctx, trx, readPatient(received.message), received.institutionId);
  const placers: string[] = [];
  for (const group of groups) placers.push(await storeExternal(ctx, trx, received, patient.id, group));
  await recordAudit(trx, actor, {
    action: 'external-result.receive',
    subjectType: 'hl7-message',
    subjectId: String(received.id),
    patientId: patient.id,
    detail: { orders: placers },
  });
  return { state: 'accepted', patientId: patient.id, placerNumbers: placers };
}

interface ReportGroup {
  obr: Hl7Segment;
  observations: Hl7Segment[];
}

function reportGroups(message: Hl7Message): ReportGroup[] {
  const groups: ReportGroup[] = [];
  for (const one of message.segments) {
    if (one.id === 'OBR') groups.push({ obr: one, observations: [] });
    if (one.id === 'OBX') groups.at(-1)?.observations.push(one);
  }
  return groups;
}

/** F final, C corrected, X withdrawn; anything else is not a result yet. */
const STATUS: Record<string, 'final' | 'corrected' | 'void'> = { F: 'final', C: 'corrected', X: 'void' };

async function storeExternal(
  ctx: Context,
  trx: Transaction,
  received: Received,
  patientId: string,
  { obr, observations }: ReportGroup,
): Promise<string> {
  const orderNumber = text(obr, 3) ?? text(obr, 2);
  const itemCode = text(obr, 4);
  if (!orderNumber)
    throw contentError('OBR', 3, 'neither filler nor placer order number', 'refuse', 101, obr.sequence);
  if (!itemCode) throw contentError('OBR', 4, 'the item code is empty', 'refuse', 101, obr.sequence);
  const status = STATUS[text(obr, 25) ?? 'F'];
  if (!status)
    throw contentError('OBR', 25, `result status ${text(obr, 25)} is not final`, 'refuse', 103, obr.sequence);
  const document = await readDocument(ctx, observations);
  const mapped = await trx
    .selectFrom('catalogueItem as c')
    .leftJoin('senderItem as s', (join) =>
      join.onRef('s.itemCode', '=', 'c.code').on('s.sender', '=', received.sender),
    )
    .select(['c.code', 'c.name', 'c.centerKind'])
    .where((eb) => eb.or([eb('s.senderCode', '=', itemCode), eb('c.code', '=', itemCode)]))
    .executeTakeFirst();
  const values = observations.filter((obx) => !['ED', 'RP'].includes(text(obx, 2) ?? ''));
  const row = await trx
    .insertInto('externalResult')
    .values({
      centerKind: mapped?.centerKind ?? sectionCenter(text(obr, 24)),
      patientId,
      institutionId: received.institutionId,
      orderNumber,
      itemCode: mapped?.code ?? itemCode,
      itemName: mapped?.name ?? text(obr, 4, 2) ?? itemCode,
      status,
      examinedAt: parseTimestamp(text(obr, 7)) ?? null,
      reportedAt: parseTimestamp(text(obr, 22)) ?? null,
      signerName: text(obr, 32, 2) ?? text(obr, 32) ?? null,
      findings:
        values
          .filter((obx) => ['TX', 'FT', 'ST'].includes(text(obx, 2) ?? ''))
          .map((obx) => wholeField(obx, 5))
          .join('\n') || null,
      observations: JSON.stringify(
        values.map((obx) => ({
          code: text(obx, 3),
          name: text(obx, 3, 2),
          value: wholeField(obx, 5),
          unit: text(obx, 6),
          range: text(obx, 7),
          flag: text(obx, 8),
          status: text(obx, 11),
        })),
      ),
      documentAddress: document?.address ?? null,
      documentType: document?.type ?? null,
      messageId: received.id,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row) return orderNumber;
  if (status === 'final')
    throw contentError(
      'OBR',
      3,
      `result ${orderNumber} is final already; a change comes as C`,
      'refuse',
      205,
      obr.sequence,
    );
  await replaceExternal(trx, received.institutionId, orderNumber, mapped?.code ?? itemCode, () =>
    storeExternal(ctx, trx, received, patientId, { obr, observations }),
  );
  return orderNumber;
}

/** The earlier one stays and points to its successor. */
async function replaceExternal(
  trx: Transaction,
  institutionId: string,
  orderNumber: string,
  itemCode: string,
  insert: () => Promise<unknown>,
): Promise<void> {
  const before = await trx
    .updateTable('externalResult')
    .set((eb) => ({ replacedBy: eb.ref('id') }))
    .where('institutionId', '=', institutionId)
    .where('orderNumber', '=', orderNumber)
    .where('itemCode', '=', itemCode)
    .where('replacedBy', 'is', null)
    .returning('id')
    .executeTakeFirstOrThrow();
  await insert();
  const after = await trx
    .selectFrom('externalResult')
    .select('id')
    .where('institutionId', '=', institutionId)
    .where('orderNumber', '=', orderNumber)
    .where('itemCode', '=', itemCode)
    .where('replacedBy', 'is', null)
    .executeTakeFirstOrThrow();
  await trx.updateTable('externalResult').set({ replacedBy: after.id }).where('id', '=', before.id).execute();
}

/** ED: the document itself, Base64 in component 5. */
async function readDocument(
  ctx: Pick<Context, 'objects'>,
  observations: Hl7Segment[],
): Promise<{ address: string; type: string } | undefined> {
  const obx = observations.find((one) => text(one, 2) === 'ED');
  const data = text(obx, 5, 5);
  if (!obx || !data) return undefined;
  if (!/^[A-Za-z0-9+/=\s]+$/.test(data))
    throw contentError('OBX', 5, 'the document is not Base64', 'refuse', 102, obx.sequence);
  const stored = await ctx.objects.put(Buffer.from(data, 'base64'));
  return {
    address: stored.address,
    type: `${text(obx, 5, 2) ?? 'application'}/${text(obx, 5, 3) ?? 'pdf'}`.toLowerCase(),
  };
}

function sectionCenter(section: string | undefined): CenterKind {
  const found = section?.toUpperCase() ?? '';
  if (/^(RAD|CT|US|NMR|MR|RUS)/.test(found)) return 'imaging';
  if (/^(EC|ECG)/.test(found)) return 'ecg';
  return /^(SP|PAT|CP)/.test(found) ? 'pathology' : 'lab';
}

export { segment };
