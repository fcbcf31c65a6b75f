import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest } from '../../server/core/errors.ts';
import { NATIONAL_TYPES } from '../../server/core/patient/findOrCreatePatient.ts';
import { along } from './along.ts';
import { build } from './build.ts';
import { loadOrders, loadPatients, loadStudies, orderOfSigned, type OrderFilter } from './loadRows.ts';
import { PARAMETERS, type FhirType, type ResourceType } from './parameters.ts';
import { readDate, type DateRange } from './readDate.ts';
import { patientResource, REQUEST_STATUS, TASK_STATUS, type Resource } from './resources.ts';
import { orderOfSpecimen } from './specimens.ts';
import { SYSTEM } from './systems.ts';

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

export type Query = Record<string, string | undefined>;
export interface Found {
  resources: Resource[];
  included: Resource[];
  /** Cursor of the next page. */
  next: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const COMMON = ['_count', '_format', '_include', '_revinclude', 'cursor'];
const CENTER_OF_CATEGORY: Record<string, string> = {
  RAD: 'imaging',
  EC: 'ecg',
  LAB: 'lab',
  PAT: 'pathology',
};

/** Throws 400 for a parameter that the type does not offer: ignoring it would answer another question. */
export function checkParameters(type: FhirType, query: Query): void {
  const unknown = Object.keys(query).filter((name) => !COMMON.includes(name) && !(name in PARAMETERS[type]));
  if (unknown.length > 0)
    throw badRequest(
      `unknown search parameter ${unknown.join(', ')}; ${type} offers ${Object.keys(PARAMETERS[type]).join(', ')}`,
    );
  if (query._format && !/json/i.test(query._format)) throw badRequest('answers are JSON only');
}

/** Searches one resource type in the caller's scope, newest first, a page at a time. */
export async function search(ctx: Context, actor: Actor, type: ResourceType, query: Query): Promise<Found> {
  checkParameters(type, query);
  const limit = readCount(query._count);
  if (type === 'Patient') {
    if (query._revinclude || query._include) throw badRequest('Patient offers no _include or _revinclude');
    const rows = await loadPatients(ctx.db, actor, {
      id: uuid(query._id),
      identifierHashes: identifierHashes(ctx, query.identifier),
      name: query.name?.trim() || undefined,
      birthDate: birthDate(query.birthdate),
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
      ? Buffer.from(`${last.createdKey}~${last.id}`).toString('base64url')
      : undefined;
  const resources = (await build(ctx, type, page, query._id)).filter((resource) =>
    matches(type, resource, query),
  );
  return { resources, included: await along(ctx, actor, type, page, query), next }; // prettier-ignore
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 50;
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) throw badRequest('_count is a number from 1 to 200');
  return Math.min(200, Number(text));
}

/** What the filter of orders cannot tell of the single resource: a tube's barcode, a test's code. */
function matches(type: ResourceType, resource: Resource, query: Query): boolean {
  const codings = (of: unknown) =>
    ((of as { coding?: { code?: string }[] })?.coding ?? []).map(({ code }) => code);
  if (type === 'Specimen' && query.identifier)
    return (resource.identifier as { value: string }[]).some(({ value }) => value === bare(query.identifier));
  if (type === 'Observation' && query.code) return list(query.code).some((code) => codings(resource.code).includes(code)); // prettier-ignore
  return true;
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
    patientIdentifierHashes: identifierHashes(ctx, query['patient.identifier']),
    requestId: uuid(bare(query.requisition)),
  };
  const order = query['based-on'] ?? query.basedon ?? query.request ?? query.focus;
  if (order) filter.id = uuid(order.replace(/^ServiceRequest\//, ''));
  filter.signedOnly = type === 'DiagnosticReport' || type === 'Provenance' || type === 'Observation';
  filter.withPatient = type !== 'Task' && type !== 'Provenance' && type !== 'DiagnosticReport';
  if (type === 'Observation') filter.center = 'lab';
  if (type === 'ImagingStudy') filter.center = 'imaging';
  if (query.category) filter.center = CENTER_OF_CATEGORY[bare(query.category) ?? ''] ?? 'none';
  if (filter.center === 'none') return undefined;
  statusFilter(filter, type, query.status);
  if (query.code && type !== 'Observation') filter.itemCodes = list(query.code);
  if (!(await pick(ctx, filter, type, query))) return undefined;
  filter.created = dates(query.authored ?? query['authored-on']);
  filter.examined = dates(query.date ?? query.started);
  filter.issued = dates(query.issued ?? query.recorded);
  const updated = dates(query._lastUpdated);
  if (filter.signedOnly) filter.issued = [...(filter.issued ?? []), ...(updated ?? [])];
  else filter.updated = updated;
  if (query.cursor) {
    const [at, after] = Buffer.from(query.cursor, 'base64url').toString().split('~');
    if (!at || !after || !UUID.test(after) || !/^\d{4}-\d\d-\d\d[ \d:.+-]+$/.test(at))
      throw badRequest('the cursor is not one of this search');
    filter.after = { at, id: after };
  }
  return filter;
}

/** `_id`, `target`, `identifier`: narrows to one order or its parts. False when there is none. */
async function pick(ctx: Context, filter: OrderFilter, type: ResourceType, query: Query): Promise<boolean> {
  const id = query._id ?? query.target?.replace(/^DiagnosticReport\//, '').split('/')[0];
  if (type === 'Specimen') {
    filter.withSpecimen = true;
    const found = id ? await orderOfSpecimen(ctx.db, uuid(id) ?? '') : undefined;
    if (id && !found) return false;
    if (found) filter.ids = [found];
    if (query.accession) filter.accession = bare(query.accession);
    const barcode = bare(query.identifier);
    if (barcode) filter.ids = await ordersOfBarcode(ctx, barcode);
    return filter.ids?.length !== 0;
  }
  if (type === 'ImagingStudy') {
    const uid = id ?? bare(query.identifier)?.replace(/^urn:oid:/, '');
    if (!uid) return true;
    filter.ids = (await loadStudies(ctx.db, [], uid)).map((study) => study.orderId);
    return filter.ids.length > 0;
  }
  if (id && type === 'Provenance' && query._id) {
    const of = UUID.test(id) ? await orderOfSigned(ctx.db, id) : undefined;
    if (!of) return false;
    filter.ids = [of];
  } else if (id) filter.ids = [uuid(id.split('.')[0]) ?? NOBODY];
  const identifier = query.identifier;
  if (!identifier) return true;
  const value = bare(identifier) ?? '';
  if (identifier.startsWith(`${SYSTEM.signed}|`))
    filter.ids = [(UUID.test(value) && (await orderOfSigned(ctx.db, value))) || NOBODY]; // prettier-ignore
  else if (identifier.startsWith(`${SYSTEM.accession}|`) || /^[A-Z]\d{10}$/.test(value))
    filter.accession = value;
  else filter.placer = value;
  return true;
}

async function ordersOfBarcode(ctx: Context, barcode: string): Promise<string[]> {
  const tubes = await ctx.db
    .selectFrom('labContainer')
    .select('orderId')
    .where('barcode', '=', barcode)
    .execute();
  const [, accession, letter] = /^([A-Z0-9]+)-([A-Z]+)$/.exec(barcode) ?? [];
  const jars = accession && letter
    ? await ctx.db.selectFrom('pathologySpecimen as s').innerJoin('orders as o', 'o.id', 's.orderId').select('s.orderId').where('o.accessionNumber', '=', accession).where('s.letter', '=', letter).execute()
    : []; // prettier-ignore
  return [...tubes, ...jars].flatMap(({ orderId }) => orderId ?? []);
}

function statusFilter(filter: OrderFilter, type: ResourceType, text: string | undefined): void {
  if (!text) return;
  const wanted = list(text);
  if (type === 'DiagnosticReport') filter.reportStatuses = wanted;
  else {
    const table = type === 'Task' ? TASK_STATUS : { ...Object.fromEntries(Object.keys(TASK_STATUS).map((status) => [status, 'active'])), ...REQUEST_STATUS }; // prettier-ignore
    filter.statuses = Object.entries(table).flatMap(([status, said]) =>
      wanted.includes(said) ? [status] : [],
    );
  }
}

const dates = (text: string | undefined): DateRange[] | undefined =>
  text === undefined ? undefined : list(text).map(readDate);

function birthDate(text: string | undefined): string | undefined {
  if (text !== undefined && !/^(eq)?\d{4}-\d\d-\d\d$/.test(text))
    throw badRequest('birthdate is a day, YYYY-MM-DD');
  return text?.replace(/^eq/, '');
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((each) => bare(each) ?? '')
    .filter(Boolean);
/** The value of `<system>|<value>`. */
const bare = (text: string | undefined): string | undefined => text?.split('|').at(-1)?.trim();
const uuid = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : UUID.test(text) ? text : NOBODY;

/** `<type>|<value>` or a bare value: a document number of any national type, by its keyed hash. */
function identifierHashes(ctx: Context, text: string | undefined): string[] | undefined {
  const value = bare(text)?.toUpperCase().replace(/\s/g, '');
  return value === undefined
    ? undefined
    : [...NATIONAL_TYPES].map((type) => ctx.keys.lookup(`${type}:${value}`));
}
