import type { Context } from '../../server/core/context.ts';
import { loadSigned, loadStudies, type OrderRow, type SignedRow } from './loadRows.ts';
import type { ResourceType } from './parameters.ts';
import {
  diagnosticReportResource,
  imagingStudyResource,
  observationResources,
  provenanceResource,
  serviceRequestResource,
  taskResource,
  type Resource,
  type StudyRow,
} from './resources.ts';
import { specimenResources } from './specimens.ts';

/** The resources of a type that these orders give; `id` picks one of them. */
export async function build(
  ctx: Context,
  type: ResourceType,
  orders: OrderRow[],
  id: string | undefined,
): Promise<Resource[]> {
  if (type === 'ServiceRequest') return orders.filter((order) => order.patientId).map(serviceRequestResource);
  if (type === 'Task') return orders.map(taskResource);
  if (type === 'Specimen') return specimenResources(ctx.db, orders, id);
  const ids = orders.map((order) => order.id);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const studies =
    type === 'ImagingStudy' || type === 'DiagnosticReport' ? await loadStudies(ctx.db, ids) : [];
  if (type === 'ImagingStudy') return studyResources(byId, studies, id);
  const signed = await loadSigned(ctx.db, ids, type !== 'Provenance');
  return signed.flatMap((row) => {
    const order = byId.get(row.orderId);
    if (!order) return [];
    if (type === 'Provenance') return id === undefined || row.id === id ? [provenanceResource(row)] : [];
    if (type === 'Observation')
      return observationResources(order, row).filter((resource) => id === undefined || resource.id === id);
    return [reportResource(order, row, studies)];
  });
}

export const reportResource = (order: OrderRow, signed: SignedRow, studies: StudyRow[]): Resource =>
  diagnosticReportResource(
    order,
    signed,
    studies.filter((study) => study.orderId === order.id).map((study) => study.uid),
  );

/** A study joined to two orders stands once, with the first of them. */
function studyResources(
  byId: Map<string, OrderRow>,
  studies: StudyRow[],
  id: string | undefined,
): Resource[] {
  const known = new Map<string, Resource>();
  for (const study of studies) {
    const order = byId.get(study.orderId);
    if (order && (id === undefined || study.uid === id) && !known.has(study.uid))
      known.set(study.uid, imagingStudyResource(order, study));
  }
  return [...known.values()];
}
