import { gunzipSync, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { runPrepared } from './query/runPrepared.ts';
import { visibleStudies } from './query/visibleStudies.ts';
import { dicomJson, type DicomJson } from '../standards/dicom/index.ts';
import { readStoredHeader } from './storedObject.ts';
import type { ResolvedInstance } from './query/resolveImages.ts';

const compress = promisify(gzip);
const PIXEL_DATA = '7FE00010';
const AVAILABLE_TRANSFER_SYNTAX_UID = '00083002';

/** Metadata of one instance in the DICOM JSON model; long binary values and pixels by BulkDataURI. */
export async function instanceMetadata(
  ctx: Pick<Context, 'objects'>,
  instance: ResolvedInstance,
): Promise<DicomJson> {
  const header = await readStoredHeader(ctx, instance);
  const base = `/dicom-web/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`;
  const json = dicomJson(header.dataSet, { bulkDataUri: (path) => `${base}/bulkdata/${path}` });
  json[AVAILABLE_TRANSFER_SYNTAX_UID] = { vr: 'UI', Value: [instance.transferSyntax] };
  if (header.pixelData)
    json[PIXEL_DATA] = { vr: header.pixelData.vr, BulkDataURI: `${base}/bulkdata/${PIXEL_DATA}` };
  return json;
}

const AT_ONCE = 8;

/** Metadata of instances as one JSON array, gzipped. */
export async function metadataArray(
  ctx: Pick<Context, 'objects'>,
  instances: ResolvedInstance[],
): Promise<{ plain: Buffer; gzipped: Buffer }> {
  const parts: string[] = [];
  for (let from = 0; from < instances.length; from += AT_ONCE)
    parts.push(
      ...(await Promise.all(
        instances
          .slice(from, from + AT_ONCE)
          .map(async (instance) => JSON.stringify(await instanceMetadata(ctx, instance))),
      )),
    );
  const plain = Buffer.from(`[${parts.join(',')}]`);
  return { plain, gzipped: await compress(plain, { level: 6 }) };
}

/**
 * The gzipped metadata built when the series settled, if this actor may see it and it still holds all instances;
 * undefined otherwise, and then it is built from `resolveImages`.
 */
export async function builtMetadata(
  ctx: Pick<Context, 'objects' | 'pool'>,
  actor: Actor,
  study: string,
  series: string,
): Promise<Buffer | undefined> {
  const rows = await runPrepared<{ metadata_address: string | null }>(
    ctx.pool,
    sql`select d.metadata_address from study st join series se on se.study_id = st.id join series_derived d on d.series_id = se.id
      where st.study_instance_uid = ${study}::text and se.series_instance_uid = ${series}::text and ${visibleStudies(actor, 'st')}
      and d.instances = (select count(*) from instance i where i.series_id = se.id and i.superseded_at is null)`,
  );
  const address = rows[0]?.metadata_address;
  return address ? ctx.objects.read(address) : undefined;
}

export const plainMetadata = (gzipped: Buffer): Buffer => gunzipSync(gzipped);
