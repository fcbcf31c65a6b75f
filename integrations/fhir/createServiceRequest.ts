import { z } from 'zod';
import type { CenterKind } from '../../db/types.ts';
import { can, type Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { forbidden, invalid } from '../../server/core/errors.ts';
import { fieldErrors } from '../../server/core/fieldErrors.ts';
import { createRequest } from '../../server/core/order/createRequest.ts';
import { requestInput } from '../../server/core/order/requestInput.ts';
import { loadOrders, loadPatients } from './loadRows.ts';
import { serviceRequestResource, type Resource } from './resources.ts';
import { requireScope } from './scopes.ts';
import { SYSTEM } from './systems.ts';

const coding = z.looseObject({
  system: z.string().optional(),
  code: z.string(),
  display: z.string().optional(),
});
const concept = z.looseObject({ coding: z.array(coding).optional(), text: z.string().optional() });
const identifier = z.looseObject({
  type: concept.optional(),
  system: z.string().optional(),
  value: z.string(),
});
const patientBody = z.looseObject({
  resourceType: z.literal('Patient'),
  id: z.string(),
  identifier: z.array(identifier).default([]),
  name: z.array(z.looseObject({ text: z.string().optional(), family: z.string().optional(), given: z.array(z.string()).optional() })).min(1),
  gender: z.enum(['male', 'female', 'other', 'unknown']).default('unknown'),
  birthDate: z.string().optional(),
  telecom: z.array(z.looseObject({ system: z.string().optional(), value: z.string().optional() })).default([]),
}); // prettier-ignore
const body = z.looseObject({
  resourceType: z.literal('ServiceRequest'),
  status: z.enum(['active', 'draft']).default('active'),
  intent: z.enum(['order', 'original-order']),
  priority: z.enum(['routine', 'urgent', 'asap', 'stat']).default('routine'),
  contained: z.array(z.looseObject({ resourceType: z.string() })).default([]),
  identifier: z.array(identifier).default([]),
  code: concept,
  subject: z.looseObject({ reference: z.string() }),
  requester: z.looseObject({ display: z.string().optional() }).optional(),
  reasonCode: z.array(concept).default([]),
  note: z.array(z.looseObject({ text: z.string() })).default([]),
});
type Body = z.output<typeof body>;

const PRIORITY = { routine: 'routine', urgent: 'urgent', asap: 'urgent', stat: 'emergency' } as const;
const SEX = { male: 'M', female: 'F', other: 'O', unknown: 'U' } as const;
/** v2-0203 code → our type of document, as over HL7. */
const DOCUMENTS: Record<string, string> = { NNCHN: 'id-card', NNCN: 'id-card', NI: 'id-card', PPN: 'passport', MR: 'mrn', SS: 'social-card', MI: 'military' }; // prettier-ignore

/**
 * A ServiceRequest of another system becomes a request. Earlier valid results hold it (`on-hold`) until the clinician
 * has decided on them, as over HL7; it is never refused for them. Items that fall into several orders share the
 * `requisition`; the first of them is the answer. Throws 422 naming the element at fault, 409 for a placer number that stands.
 */
export async function createServiceRequest(ctx: Context, actor: Actor, sent: unknown): Promise<Resource> {
  requireScope(actor, 'ServiceRequest', 'c');
  const { institutionId } = actor;
  if (!institutionId || !can(actor, 'order.request', { institutionId }))
    throw forbidden('the token may not place requests at its institution');
  const parsed = body.safeParse(sent);
  if (!parsed.success)
    throw invalid('the ServiceRequest is not complete', fieldErrors(parsed.error.issues, 'ServiceRequest.'));
  const request = parsed.data;
  const codes = (request.code.coding ?? []).flatMap(({ system, code }) => (!system || system === SYSTEM.item ? [code] : [])); // prettier-ignore
  const { patient, patientId } = await subjectOf(ctx, actor, request);
  const said = requestInput.safeParse({
    center: await centerOf(ctx, codes),
    items: codes.map((code) => ({ code })),
    priority: PRIORITY[request.priority],
    patient,
    clinicalInfo: clinicalInfo(request),
    placerOrderNumber: placerOf(request),
  });
  if (!said.success) throw invalid('the ServiceRequest cannot be taken', fieldErrors(said.error.issues));
  const { orders } = await createRequest(ctx, actor, said.data, {
    source: 'fhir',
    institutionId,
    ...(patientId && { patientId }),
    ...(request.requester?.display && { requestedByName: request.requester.display }),
  });
  const [row] = await loadOrders(ctx.db, actor, { id: orders[0]?.id, limit: 1 });
  if (!row) throw invalid('the request led to no order');
  return serviceRequestResource(row);
}

/** The patient, contained in the request or already known to the caller. */
async function subjectOf(ctx: Context, actor: Actor, request: Body) {
  const { reference } = request.subject;
  if (reference.startsWith('#')) {
    const found = patientBody.safeParse(
      request.contained.find((each) => each.resourceType === 'Patient' && each.id === reference.slice(1)),
    );
    if (!found.success)
      throw invalid('the contained Patient is not complete', fieldErrors(found.error.issues, 'Patient.'));
    return { patient: readPatient(found.data), patientId: undefined };
  }
  const id = /^Patient\/([0-9a-f-]{36})$/.exec(reference)?.[1];
  const [known] = id ? await loadPatients(ctx.db, actor, { id, limit: 1 }) : [];
  if (!known)
    throw invalid('the patient is not known', [
      {
        path: 'ServiceRequest.subject.reference',
        code: 'unknown-patient',
        message: `${reference} was not found`,
      },
    ]);
  return { patient: undefined, patientId: known.id };
}

function readPatient(sent: z.output<typeof patientBody>) {
  const [name] = sent.name;
  const phone = sent.telecom.find(({ system, value }) => system === 'phone' && value)?.value;
  return {
    name: name?.text ?? `${name?.family ?? ''}${name?.given?.join('') ?? ''}`,
    sex: SEX[sent.gender],
    birthDate: sent.birthDate,
    phone,
    identifiers: sent.identifier.map(({ type, value }) => ({
      type: DOCUMENTS[type?.coding?.[0]?.code ?? ''] ?? (type?.text && /^[a-z-]{2,30}$/.test(type.text) ? type.text : 'mrn'),
      value,
    })),
  }; // prettier-ignore
}

async function centerOf(ctx: Context, codes: string[]): Promise<CenterKind> {
  const rows =
    codes.length === 0
      ? []
      : await ctx.db.selectFrom('catalogueItem').select(['code', 'centerKind']).where('code', 'in', codes).where('active', '=', true).execute(); // prettier-ignore
  const unknown = codes.filter((code) => !rows.some((row) => row.code === code));
  if (codes.length === 0 || unknown.length > 0)
    throw invalid('the items are not known', [
      { path: 'ServiceRequest.code.coding', code: 'unknown-item', message: codes.length === 0 ? `name at least one item of ${SYSTEM.item}` : `unknown item ${unknown.join(', ')}` },
    ]); // prettier-ignore
  const centers = [...new Set(rows.map((row) => row.centerKind))];
  if (centers.length > 1)
    throw invalid('one ServiceRequest asks one centre', [
      {
        path: 'ServiceRequest.code.coding',
        code: 'several-centers',
        message: `items of ${centers.join(', ')}`,
      },
    ]);
  return centers[0] as CenterKind;
}

const clinicalInfo = (request: Body): string | undefined =>
  [
    ...request.reasonCode.map(({ text, coding: codings }) => text ?? codings?.[0]?.display),
    ...request.note.map(({ text }) => text),
  ]
    .filter(Boolean)
    .join('；') || undefined;

/** The placer's number: the identifier typed PLAC, else the first that is not ours. */
const placerOf = (request: Body): string | undefined =>
  (
    request.identifier.find(({ type }) => type?.coding?.some(({ code }) => code === 'PLAC')) ??
    request.identifier.find(({ system }) => !system?.startsWith('urn:county-hub:'))
  )?.value;
