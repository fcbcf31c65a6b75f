import { z } from 'zod';
import {
  centerKind,
  free,
  id,
  instant,
  listOf,
  orderBrief,
  orderStatus,
  priority,
  text,
} from '../answers.ts';

const sex = z.enum(['M', 'F', 'O', 'U']);
const adopted = z.array(z.object({ promptId: z.string(), citation: z.string() }));

/** Other platforms that gave no answer when they were asked for earlier results. */
const unanswered = z.array(z.object({ platformId: id, platformName: z.string(), reason: z.string() }));

/** `POST /orders`: the one order beside its request, or the list of them. */
const placedOrder = orderBrief.extend({ itemName: z.string() });
export const placedAnswer = z.union([
  z.object({ requestId: id, ...placedOrder.shape, adopted, unanswered }),
  z.object({ requestId: id, orders: z.array(placedOrder), adopted, unanswered }),
]);

const worklistRow = z.object({
  orderId: id,
  accessionNumber: z.string(),
  status: orderStatus,
  priority,
  flags: z.array(z.string()),
  patientId: id.nullable(),
  patientName: text,
  sex: sex.nullable(),
  birthDate: z.iso.date().nullable(),
  itemName: z.string(),
  modality: text,
  bodyPart: text,
  institutionId: id,
  institutionName: z.string(),
  reportingInstitutionName: z.string(),
  dueAt: instant.nullable(),
  claimedBy: text,
  claimedById: id.nullable(),
  assignedTo: text,
  receiving: z.boolean(),
  provisional: z.boolean(),
  lateInput: z.boolean(),
  critical: z.boolean(),
  createdAt: instant,
  receivedAt: instant.nullable(),
});

export const worklistAnswer = listOf(worklistRow);
export const ordersAnswer = listOf(worklistRow.extend({ id }));

/** `GET /orders/:id`; `input` is what the centre says of its studies, recordings, tubes, slides or sets. */
export const orderAnswer = z.object({
  id,
  requestId: id,
  center: centerKind,
  accessionNumber: z.string(),
  placerOrderNumber: text,
  status: orderStatus,
  priority,
  flags: z.array(z.string()),
  itemName: z.string(),
  itemClass: text,
  modality: text,
  bodyPart: text,
  dueAt: instant.nullable(),
  receivedAt: instant.nullable(),
  finalAt: instant.nullable(),
  createdAt: instant,
  receiving: z.boolean(),
  provisional: z.boolean(),
  lateInput: z.boolean(),
  critical: z.boolean(),
  sensitive: z.boolean().describe('fewer people see its result'),
  positive: z.boolean().nullable(),
  price: z.number().nullable(),
  claimedById: id.nullable(),
  claimedBy: text,
  claimedAt: instant.nullable(),
  assignedToId: id.nullable(),
  requestingInstitutionId: id,
  institutionName: z.string(),
  institutionCode: z.string(),
  institutionPhone: text,
  performingInstitutionId: id,
  performingInstitutionName: z.string(),
  reportingInstitutionId: id,
  reportingInstitutionName: z.string(),
  clinicalInfo: text,
  requestedByName: text,
  visit: free,
  remoteConsent: free.nullable(),
  source: z.string(),
  requestedAt: instant,
  patient: z
    .object({
      id,
      name: z.string(),
      sex,
      birthDate: z.iso.date().nullable(),
      identity: z.string(),
      protected: z.boolean(),
      hasPhone: z.boolean(),
      identifiers: z.array(z.object({ type: z.string(), value: z.string().describe('masked') })),
    })
    .nullable(),
  returned: z
    .object({ at: z.string(), by: text, reason: text, note: text })
    .nullable()
    .describe('why the centre sent it back, while it stands so'),
  items: z.array(z.object({ code: z.string(), name: z.string(), status: z.string() })).nullable(),
  siblings: z
    .array(z.object({ id, accessionNumber: z.string(), status: orderStatus, itemName: z.string() }))
    .nullable(),
  atCenter: z.boolean(),
  input: free,
});

export const timelineAnswer = z.object({
  items: z.array(
    z.object({
      seq: z.number().int(),
      kind: z.string(),
      at: instant,
      deviceAt: instant.nullable(),
      actorName: text,
      reason: text,
      detail: free,
      institutionName: text,
    }),
  ),
  clocks: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      kind: z.string(),
      mark: z.string(),
      targetMinutes: z.number().int(),
      startEvent: z.string(),
      stopEvent: z.string(),
      state: z.enum(['running', 'paused', 'met', 'breached', 'void']),
      startedAt: instant.nullable(),
      stoppedAt: instant.nullable(),
      pausedMinutes: z.number(),
      elapsedMinutes: z.number().nullable(),
      dueAt: instant.nullable(),
      warnAt: instant.nullable(),
    }),
  ),
});

export const catalogueAnswer = listOf(
  z.object({
    code: z.string(),
    centerKind,
    name: z.string(),
    nameEn: text,
    itemClass: z.string(),
    modality: text,
    bodyPart: text,
    reportGroup: text,
    price: z.number().nullable(),
    appointment: z.boolean(),
    settings: free,
    active: z.boolean(),
  }),
);

export const countsAnswer = z.object({
  items: z.array(z.object({ center: centerKind, waiting: z.number().int(), overdue: z.number().int() })),
});
