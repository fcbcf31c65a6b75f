import type { CenterKind } from '../../../db/types.ts';
import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Queryable, Transaction } from '../../../server/core/database.ts';
import type { Order } from '../../../server/core/order/order.ts';
import { placeRequest } from '../../../server/core/order/createRequest.ts';
import { requestInput } from '../../../server/core/order/requestInput.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';
import { segment, text } from '../../../server/standards/hl7v2/parse.ts';
import type { OutSegment } from '../../../server/standards/hl7v2/write.ts';
import { cancelPlaced, changePlaced, findPlaced } from './changeOrder.ts';
import { meetHeld } from './heldOrder.ts';
import { readOrderGroups, type OrderGroup } from './orderGroups.ts';
import type { Outcome, Received } from './outcome.ts';
import { readPatient } from './readPatient.ts';

interface Mapped {
  group: OrderGroup;
  center: CenterKind;
  codes: string[];
}

/**
 * ORM^O01 and OML^O21: new (NW), change (XO), cancel (CA) for every centre, through the same operations as the
 * browser. An item code the sender has not used before holds the whole message for a person, who maps it once.
 */
export async function receiveOrderMessage(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
): Promise<Outcome> {
  const groups = readOrderGroups(received.message);
  const waits = await meetHeld(trx, received, groups, ctx.clock.now());
  if (waits) return waits;
  const mapped: Mapped[] = [];
  const unknown: OrderGroup['items'] = [];
  for (const group of groups) {
    if (!['NW', 'XO', 'CA', 'OC', 'RP'].includes(group.control))
      throw contentError(
        'ORC',
        1,
        `order control ${group.control} is not taken here`,
        'refuse',
        103,
        group.sequence,
      );
    if (group.control === 'CA' || group.control === 'OC') continue;
    if (group.items.length === 0) {
      // A change of priority or clinical information names no items: the centre is that of the standing orders.
      mapped.push({ group, center: 'lab', codes: [] });
      continue;
    }
    const found = await mapItems(trx, received.sender, group);
    unknown.push(...found.unknown);
    if (found.unknown.length === 0) mapped.push({ group, ...centerOf(found.items, group) });
  }
  if (unknown.length > 0)
    return hold(trx, received, unknown, [...new Set(groups.map((group) => group.placer))]);

  const orders: { control: string; placer: string; order: Order }[] = [];
  for (const group of groups) {
    const made = await applyGroup(
      ctx,
      trx,
      actor,
      received,
      group,
      mapped.find((one) => one.group === group),
    );
    orders.push(...made.map((order) => ({ control: group.control, placer: group.placer, order })));
  }
  ctx.bell.ring();
  const said = await wordsOfRecognition(
    trx,
    orders.map((one) => one.order),
  );
  return {
    state: 'accepted',
    ...(said && { text: said }),
    orderIds: orders.map((one) => one.order.id),
    accessionNumbers: orders.map((one) => one.order.accessionNumber),
    placerNumbers: [...new Set(groups.map((group) => group.placer))],
    patientId: orders[0]?.order.patientId ?? null,
    ...answerShape(received, orders),
  };
}

async function applyGroup(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  received: Received,
  group: OrderGroup,
  mapped: Mapped | undefined,
): Promise<Order[]> {
  if (group.control === 'CA' || group.control === 'OC') return cancelPlaced(ctx, trx, actor, received, group);
  if (!mapped) throw contentError('OBR', 4, 'the item codes are not known', 'refuse', 204);
  const place = async (codes: string[], requestId?: string): Promise<Order[]> => {
    requirePermission(actor, 'order.request', { institutionId: received.institutionId });
    const input = readRequest(received, group, { center: mapped.center, codes });
    const { orders } = await placeRequest(ctx, trx, actor, input, {
      source: 'hl7',
      institutionId: received.institutionId,
      ...(input.priority !== 'emergency' && { elsewhere: received.elsewhere }),
      ...(requestId && { requestId }),
      ...(group.requestedBy && { requestedByName: group.requestedBy }),
    });
    return orders;
  };
  if (group.control !== 'NW') return changePlaced(ctx, trx, actor, received, group, { ...mapped, place });
  if ((await findPlaced(trx, received.institutionId, group.placer)).length > 0)
    throw contentError(
      'ORC',
      2,
      `placer order number ${group.placer} stands already`,
      'refuse',
      205,
      group.sequence,
    );
  return place(mapped.codes);
}

/** The request of one ORC group in the words of the core. */
function readRequest(received: Received, group: OrderGroup, wanted: { center: CenterKind; codes: string[] }) {
  const pv1 = segment(received.message, 'PV1');
  return requestInput.parse({
    center: wanted.center,
    items: wanted.codes.map((code) => ({ code })),
    priority: group.priority,
    patient: wanted.center === 'sterilization' ? undefined : readPatient(received.message),
    clinicalInfo: group.clinicalInfo,
    placerOrderNumber: group.placer,
    visit: { class: text(pv1, 2), department: text(pv1, 3), bed: text(pv1, 3, 3), number: text(pv1, 19) },
  });
}

/** The hub's items for the codes of a group, and the codes that nobody has mapped for this sender yet. */
export async function mapItems(db: Queryable, sender: string, group: OrderGroup) {
  const codes = group.items.map((item) => item.code);
  const rows = await db
    .selectFrom('catalogueItem as c')
    .leftJoin('senderItem as s', (join) =>
      join.onRef('s.itemCode', '=', 'c.code').on('s.sender', '=', sender),
    )
    .select(['c.code', 'c.centerKind', 's.senderCode'])
    .where('c.active', '=', true)
    .where((eb) => eb.or([eb('s.senderCode', 'in', codes), eb('c.code', 'in', codes)]))
    .execute();
  // What a person mapped for this sender outweighs a code that happens to be ours too.
  const found = group.items.map((item) => ({
    item,
    row: rows.find((row) => row.senderCode === item.code) ?? rows.find((row) => row.code === item.code),
  }));
  return {
    items: found.flatMap(({ row }) => (row ? [row] : [])),
    unknown: found.filter(({ row }) => !row).map(({ item }) => item),
  };
}

function centerOf(
  items: { code: string; centerKind: CenterKind }[],
  group: OrderGroup,
): { center: CenterKind; codes: string[] } {
  const centers = [...new Set(items.map((item) => item.centerKind))];
  const center = centers[0];
  if (!center || centers.length > 1)
    throw contentError(
      'OBR',
      4,
      `items of different centres under one placer order number ${group.placer}`,
      'refuse',
      207,
    );
  return { center, codes: items.map((item) => item.code) };
}

async function hold(
  trx: Transaction,
  received: Received,
  unknown: OrderGroup['items'],
  placerNumbers: string[],
): Promise<Outcome> {
  const words = unknown.map((item) => `${item.code} ${item.name}`.trim()).join(', ');
  await trx
    .insertInto('unmatchedInput')
    .values({
      centerKind: guessCenter(unknown[0]?.section),
      kind: 'unknown-code',
      institutionId: received.institutionId,
      deviceId: received.deviceId,
      subjectType: 'hl7-message',
      subjectId: String(received.id),
      reason: `OBR-4: ${words}`,
      detail: JSON.stringify({ sender: received.sender, codes: unknown }),
    })
    .execute();
  return { state: 'held', text: `OBR-4: code ${words} is not known yet, held for mapping`, placerNumbers };
}

/** OBR-24 (HL7 table 0074) → the centre whose queue shows the message. */
function guessCenter(section: string | undefined): CenterKind {
  const found = section?.toUpperCase() ?? '';
  if (/^(RAD|CT|US|NMR|MR|RUS|XR|DX|CR)/.test(found)) return 'imaging';
  if (/^(EC|ECG|CUS)/.test(found)) return 'ecg';
  return /^(SP|PAT|CP|CYT|SPP)/.test(found) ? 'pathology' : 'lab';
}

/** MSA-3 of an order that earlier valid results hold, or whose clinician owes a decision on them. */
async function wordsOfRecognition(trx: Transaction, orders: Order[]): Promise<string | undefined> {
  const held = orders.filter((order) => order.status === 'awaiting-decision');
  const emergencies = orders.filter((order) => order.priority === 'emergency');
  const owed =
    emergencies.length === 0
      ? []
      : await trx
          .selectFrom('recognitionPrompt as p')
          .innerJoin('orders as o', 'o.id', 'p.orderId')
          .select('o.accessionNumber')
          .distinct()
          .where(
            'p.orderId',
            'in',
            emergencies.map((order) => order.id),
          ) // prettier-ignore
          .where('p.decision', 'is', null)
          .execute();
  const numbers = (list: { accessionNumber: string }[]) =>
    list.map((each) => each.accessionNumber).join(', ');
  const words = [
    ...(held.length > 0
      ? [`${numbers(held)} awaiting-decision: earlier valid results wait for the clinician (recognition)`]
      : []),
    ...(owed.length > 0
      ? [`${numbers(owed)} proceeds: decision on earlier valid results due within 24 h (recognition)`]
      : []),
  ];
  return words.length > 0 ? words.join('; ') : undefined;
}

const RESPONSES: Record<string, readonly string[]> = {
  ORM: ['ORR', 'O02', 'ORR_O02'],
  OML: ['ORL', 'O22', 'ORL_O22'],
  OMG: ['ORG', 'O20', 'ORG_O20'],
};
const CONTROLS: Record<string, string> = { NW: 'OK', CA: 'CR', OC: 'CR', XO: 'XR', RP: 'XR' };

/** ORR or ORL with an ORC per order: our number stands in ORC-3. Senders that want a plain ACK say so in their profile. */
function answerShape(
  received: Received,
  orders: { control: string; placer: string; order: Order }[],
): Pick<Outcome, 'messageType' | 'body'> {
  if (received.quirks['plainAck'] === true) return {};
  const type = RESPONSES[text(received.message.header, 9)?.toUpperCase() ?? ''];
  if (!type) return {};
  const body: OutSegment[] = orders.map(({ control, placer, order }) => [
    'ORC',
    CONTROLS[control] ?? 'OK',
    placer,
    order.accessionNumber,
    undefined,
    order.status === 'cancelled' ? 'CA' : order.status === 'awaiting-decision' ? 'HD' : 'SC',
  ]);
  return { messageType: type, body };
}

/** Used by the queue when a person has mapped the codes of a held message. */
export async function recordMapping(
  trx: Transaction,
  actor: Actor,
  sender: string,
  senderCode: string,
  itemCode: string,
): Promise<void> {
  await trx
    .insertInto('senderItem')
    .values({ sender, senderCode, itemCode, mappedBy: actor.kind === 'staff' ? actor.id : null })
    .onConflict((oc) =>
      oc
        .columns(['sender', 'senderCode'])
        .doUpdateSet({ itemCode, mappedBy: actor.kind === 'staff' ? actor.id : null }),
    )
    .execute();
  await recordAudit(trx, actor, {
    action: 'sender-item.map',
    subjectType: 'sender-item',
    subjectId: `${sender} ${senderCode}`,
    detail: { itemCode },
  });
}
