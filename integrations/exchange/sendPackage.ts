import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { conflict } from '../../server/core/errors.ts';
import { Directory, ZipStream } from '../../server/imaging/export/exportImages.ts';
import { recordOfStored } from '../../server/imaging/export/recordOf.ts';
import { resolveImages, type ResolvedInstance } from '../../server/imaging/query/resolveImages.ts';
import { tags } from '../../server/standards/dicom/index.ts';
import { loadOrders, loadPatients, loadSigned, loadStudies, type OrderRow, type PatientRow, type SignedRow } from '../fhir/loadRows.ts'; // prettier-ignore
import {
  diagnosticReportResource,
  imagingStudyResource,
  observationResources,
  patientResource,
  provenanceResource,
  serviceRequestResource,
  type Resource,
} from '../fhir/resources.ts';
import { writeCda } from './writeCda.ts';

const MOST_BYTES = 3.5 * 1024 ** 3; // below what a zip without 64-bit fields holds

/**
 * Sends signed results as one zip: the signed PDFs, a CDA document each, one FHIR R4 bundle, the images with a DICOMDIR
 * where wanted, and MANIFEST.json with the SHA-256 of every file. Nothing that the actor may not see goes in.
 */
export async function sendPackage(
  ctx: Context,
  actor: Actor,
  orderIds: string[],
  input: { images: boolean },
  res: Response,
): Promise<void> {
  const orders = await loadOrders(ctx.db, actor, { ids: orderIds, limit: 100 });
  const ids = orders.map((order) => order.id);
  const signed = await loadSigned(ctx.db, ids, true);
  if (signed.length === 0) throw conflict('nothing-signed', 'there is no signed result to hand out');
  const studies = await loadStudies(ctx.db, ids);
  const instances: ResolvedInstance[] = [];
  if (input.images)
    for (const uid of new Set(studies.map((study) => study.uid)))
      instances.push(...(await resolveImages(ctx, actor, { study: uid }, 'study.export')));
  if (instances.reduce((sum, instance) => sum + instance.objectSize, 0) > MOST_BYTES)
    throw conflict('zip-too-large', 'the images are more than a zip file holds: export them by DICOM', {
      most: '3.5 GB',
    });
  const patients = await loadPatients(ctx.db, actor, {
    ids: orders.flatMap((order) => order.patientId ?? []),
    limit: 10,
  });

  res.setHeader('Content-Type', 'application/zip');
  res.setHeader(
    'Content-Disposition',
    `attachment; filename="results-${orders[0]?.accessionNumber ?? ''}.zip"`,
  );
  res.setHeader('Cache-Control', 'no-store');
  const zip = new HashedZip(res);
  for (const row of signed) {
    const order = orders.find((candidate) => candidate.id === row.orderId);
    const patient = patients.find((candidate) => candidate.id === order?.patientId);
    if (!order) continue;
    const name = `${order.accessionNumber}-${row.number}`;
    if (row.pdfAddress) await zip.file(`REPORTS/${name}.pdf`, [await ctx.objects.read(row.pdfAddress)]);
    if (patient)
      await zip.file(`CDA/${name}.xml`, [
        Buffer.from(
          writeCda({ order, signed: row, patient, performingName: await performing(ctx, order.id) }),
        ),
      ]);
  }
  const bundle = bundleOf(orders, signed, patients, studies, ctx.clock.now());
  await zip.file('FHIR/bundle.json', [Buffer.from(JSON.stringify(bundle, null, 1))]);
  if (instances.length > 0) await sendImages(ctx, zip, instances, patients[0], orders);
  await zip.finish();
}

async function performing(ctx: Context, orderId: string): Promise<string> {
  const row = await ctx.db
    .selectFrom('orders as o')
    .innerJoin('institution as i', 'i.id', 'o.performingInstitutionId')
    .select('i.name')
    .where('o.id', '=', orderId)
    .executeTakeFirst();
  return row?.name ?? '';
}

/** A FHIR R4 collection bundle: every resource of the results, referenced by their own ids. */
export function bundleOf(
  orders: OrderRow[],
  signed: SignedRow[],
  patients: PatientRow[],
  studies: Awaited<ReturnType<typeof loadStudies>>,
  now: Date,
) {
  const resources: Resource[] = [
    ...patients.map(patientResource),
    ...orders.map(serviceRequestResource),
    ...signed.flatMap((row) => {
      const order = orders.find((candidate) => candidate.id === row.orderId);
      if (!order) return [];
      const uids = studies.filter((study) => study.orderId === order.id).map((study) => study.uid);
      return [
        diagnosticReportResource(order, row, uids),
        ...observationResources(order, row),
        provenanceResource(row),
      ];
    }),
    ...studies.flatMap((study) => {
      const order = orders.find((candidate) => candidate.id === study.orderId);
      return order ? [imagingStudyResource(order, study)] : [];
    }),
  ];
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: now.toISOString(),
    entry: resources.map((resource) => ({
      fullUrl: /^[0-9a-f-]{36}$/.test(resource.id)
        ? `urn:uuid:${resource.id}`
        : `urn:county-hub:${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}

async function sendImages(
  ctx: Context,
  zip: HashedZip,
  instances: ResolvedInstance[],
  patient: PatientRow | undefined,
  orders: OrderRow[],
): Promise<void> {
  const directory = new Directory();
  for (const instance of instances) {
    const path = directory.add(instance, await recordOfStored(ctx, instance), {
      patient: [
        [tags.patientName, patient?.name ?? ''],
        [tags.patientId, patient?.id ?? ''],
      ],
      study: [
        [tags.studyDate, ''],
        [tags.studyTime, ''],
        [tags.studyId, ''],
        [tags.accessionNumber, orders[0]?.accessionNumber ?? ''],
      ],
    });
    await zip.file(path.join('/'), await ctx.objects.stream(instance.objectAddress));
  }
  await zip.file('DICOMDIR', [directory.write()]);
}

/** The zip with the hash of each file beside it. */
class HashedZip {
  private readonly zip: ZipStream;
  private readonly files: { name: string; sha256: string; bytes: number }[] = [];

  constructor(res: Response) {
    this.zip = new ZipStream(res);
  }

  async file(name: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* read() {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await this.zip.file(name, read());
    this.files.push({ name, sha256: hash.digest('hex'), bytes });
  }

  async finish(): Promise<void> {
    await this.zip.file('MANIFEST.json', [Buffer.from(JSON.stringify({ files: this.files }, null, 1))]);
    this.zip.end();
  }
}
