import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest } from '../../server/core/errors.ts';
import {
  loadOrders,
  loadPatients,
  loadSigned,
  loadStudies,
  orderOfSigned,
  type OrderFilter,
  type OrderRow,
} from './loadRows.ts';
import { searchDirectory } from './directory.ts';
import { orderOfSpecimen, specimenResources } from './specimens.ts';
import {
  diagnosticReportResource,
  imagingStudyResource,
  observationResources,
  patientResource,
  provenanceResource,
  serviceRequestResource,
  taskResource,
  type Resource,
} from './resources.ts';

export type ResourceType =
  | 'Patient'
  | 'ServiceRequest'
  | 'Specimen'
  | 'Task'
  | 'DiagnosticReport'
  | 'Observation'
  | 'ImagingStudy'
  | 'Provenance';
export const SEARCHED: readonly ResourceType[] = [
  'Patient',
  'ServiceRequest',
  'Specimen',
  'Task',
  'DiagnosticReport',
  'Observation',
  'ImagingStudy',
  'Provenance',
];

type Query = Record<string, string | undefined>;
export interface Found {
  resources: Resource[];
  included: Resource[];
  /** Cursor of the next page. */
  next: string | undefined;
}

const UUID = /^[0-9a-f-]{36}$/;
const KNOWN = new Set([
  '_id',
  '_count',
  '_include',
  'cursor',
  'patient',
  'subject',
  'patient.identifier',
  'identifier',
  'based-on',
  'request',
  'focus',
  'target',
  'category',
  'authored',
  'date',
  '_format',
]);
const CENTER_OF_CATEGORY: Record<string, string> = {
  RAD: 'imaging',
  EC: 'ecg',
  LAB: 'lab',
  PAT: 'pathology',
};

/** Searches one resource type in the caller's scope. Unknown parameters are refused, not ignored. */
export async function search(ctx: Context, actor: Actor, type: ResourceType, query: Query): Promise<Found> {
  const unknown = Object.keys(query).filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) throw badRequest(`unknown search parameter ${unknown.join(', ')}`);
  const limit = Math.min(200, Math.max(1, Number(query._count ?? 50) || 50));
  if (type === 'Patient') {
    const rows = await loadPatients(ctx.db, actor, {
      id: uuid(query._id),
      identifierHash: identifierHash(ctx, query.identifier),
      limit,
    });
    return { resources: rows.map(patientResource), included: [], next: undefined };
  }
  const filter = await orderFilter(ctx, type, query, limit);
  if (!filter) return { resources: [], included: [], next: undefined };
  const rows = await loadOrders(ctx.db, actor, filter);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last
      ? Buffer.from(`${last.createdAt.toISOString()} ${last.id}`).toString('base64url')
      : undefined;
  const resources = await build(ctx, type, page, query._id);
  return {
    resources,
    included: await include(ctx, actor, type, page, query._include),
    next,
  };
}

async function orderFilter(
  ctx: Context,
  type: ResourceType,
  query: Query,
  limit: number,
): Promise<OrderFilter | undefined> {
  const filter: OrderFilter = {
    limit,
    patientId: uuid((query.patient ?? query.subject)?.replace(/^Patient\//, '')),
    patientIdentifierHash: identifierHash(ctx, query['patient.identifier']),
  };
  const order = query['based-on'] ?? query.request ?? query.focus;
  if (order) filter.id = uuid(order.replace(/^ServiceRequest\//, ''));
  const signedType = type === 'DiagnosticReport' || type === 'Provenance' || type === 'Observation';
  if (signedType) filter.signedOnly = true;
  if (type === 'Observation') filter.center = 'lab';
  if (type === 'ImagingStudy') filter.center = 'imaging';
  if (query.category) filter.center = CENTER_OF_CATEGORY[query.category.split('|').at(-1) ?? ''] ?? 'none';
  if (filter.center === 'none') return undefined;
  const id = query._id ?? query.target?.replace(/^DiagnosticReport\//, '');
  if (type === 'Specimen') {
    filter.withSpecimen = true;
    if (id) filter.id = await orderOfSpecimen(ctx.db, uuid(id) ?? '');
    if (id && !filter.id) return undefined;
  } else if (id && type === 'ImagingStudy') {
    filter.ids = (await loadStudies(ctx.db, [], id)).map((study) => study.orderId);
    if (filter.ids.length === 0) return undefined;
  } else if (id) {
    filter.id = signedType ? await orderOfSigned(ctx.db, uuid(id.split('.')[0]) ?? '') : uuid(id);
    if (!filter.id) return undefined;
  }
  const identifier = query.identifier?.split('|').at(-1);
  if (identifier) {
    if (/^[A-Z]\d{2,15}$/.test(identifier)) filter.accession = identifier;
    else filter.placer = identifier;
  }
  for (const date of (query.authored ?? query.date ?? '').split(',').filter(Boolean)) applyDate(filter, date);
  if (query.cursor) {
    const [at, after] = Buffer.from(query.cursor, 'base64url').toString().split(' ');
    if (!at || !after || !UUID.test(after)) throw badRequest('the cursor is not one of this search');
    filter.after = { at, id: after };
  }
  return filter;
}

function applyDate(filter: OrderFilter, text: string): void {
  const parts = /^(ge|gt|le|lt|eq)?(\d{4}-\d{2}-\d{2})/.exec(text);
  if (!parts) throw badRequest(`the date ${text} is not understood; write ge2026-11-01`);
  const day = new Date(`${parts[2]}T00:00:00+08:00`);
  const end = new Date(day.getTime() + 86_400_000);
  const prefix = parts[1] ?? 'eq';
  if (prefix === 'ge' || prefix === 'eq') filter.from = day;
  if (prefix === 'gt') filter.from = end;
  if (prefix === 'le' || prefix === 'eq') filter.to = end;
  if (prefix === 'lt') filter.to = day;
}

async function build(
  ctx: Context,
  type: ResourceType,
  orders: OrderRow[],
  id: string | undefined,
): Promise<Resource[]> {
  if (type === 'ServiceRequest') return orders.map(serviceRequestResource);
  if (type === 'Task') return orders.map(taskResource);
  if (type === 'Specimen') return specimenResources(ctx.db, orders, id);
  const ids = orders.map((order) => order.id);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const studies =
    type === 'ImagingStudy' || type === 'DiagnosticReport' ? await loadStudies(ctx.db, ids) : [];
  if (type === 'ImagingStudy')
    return studies.flatMap((study) =>
      byId.get(study.orderId) ? [imagingStudyResource(byId.get(study.orderId) as OrderRow, study)] : [],
    );
  const signed = (await loadSigned(ctx.db, ids, id === undefined)).filter(
    (row) => id === undefined || row.id === id.split('.')[0],
  );
  return signed.flatMap((row) => {
    const order = byId.get(row.orderId);
    if (!order) return [];
    if (type === 'Provenance') return [provenanceResource(row)];
    if (type === 'Observation')
      return observationResources(order, row).filter((resource) => id === undefined || resource.id === id);
    return [
      diagnosticReportResource(
        order,
        row,
        studies.filter((study) => study.orderId === order.id).map((study) => study.uid),
      ),
    ];
  });
}

/** What each type may bring along; another `_include` is refused, so that nobody waits for what never comes. */
export const INCLUDES: Partial<Record<ResourceType, readonly string[]>> = {
  ServiceRequest: ['subject', 'patient', 'requester'],
  Specimen: ['subject', 'patient', 'request'],
  Task: ['focus', 'patient'],
  DiagnosticReport: ['subject', 'patient', 'based-on', 'result', 'performer'],
  Observation: ['subject', 'patient', 'based-on'],
  ImagingStudy: ['subject', 'patient', 'based-on'],
};

async function include(
  ctx: Context,
  actor: Actor,
  type: ResourceType,
  orders: OrderRow[],
  wanted: string | undefined,
): Promise<Resource[]> {
  const kinds = new Set<string>();
  for (const text of (wanted ?? '').split(',').filter(Boolean)) {
    const [from, name = ''] = text.split(':');
    if (from !== type || !INCLUDES[type]?.includes(name))
      throw badRequest(`unknown _include ${text}; ${type} offers ${(INCLUDES[type] ?? []).join(', ')}`);
    kinds.add(name);
  }
  if (orders.length === 0) return [];
  const included: Resource[] = [];
  if (kinds.has('subject') || kinds.has('patient'))
    included.push(
      ...(
        await loadPatients(ctx.db, actor, {
          ids: orders.flatMap((order) => order.patientId ?? []),
          limit: 200,
        })
      ).map(patientResource),
    );
  if (kinds.has('based-on') || kinds.has('request') || kinds.has('focus'))
    included.push(...orders.map(serviceRequestResource));
  if (kinds.has('result')) included.push(...(await build(ctx, 'Observation', orders, undefined)));
  const institutions = new Set(
    orders.flatMap((order) => [
      ...(kinds.has('requester') ? [order.requestingInstitutionId] : []),
      ...(kinds.has('performer') ? [order.reportingInstitutionId] : []),
    ]),
  );
  for (const id of institutions)
    included.push(...(await searchDirectory(ctx.db, 'Organization', { _id: id })));
  return included;
}

const uuid = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : UUID.test(text) ? text : '00000000-0000-0000-0000-000000000000';

/** `<system>|<value>` or a bare value: an ID card, by its keyed hash. */
function identifierHash(ctx: Context, text: string | undefined): string | undefined {
  const value = text?.split('|').at(-1)?.trim().toUpperCase();
  return value ? ctx.keys.lookup(`id-card:${value}`) : undefined;
}
