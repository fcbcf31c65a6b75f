import { deriveSeries } from '../../../server/imaging/derive/deriveSeries.ts';
import { readHeader, tags } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { stow } from '../../integrations/dicomweb/client.ts';
import { makeFile, newUid, type ObjectOptions } from './objects.ts';

/** A head CT of four images that waits to be read, on a hub of its own. */
export interface ReadCase {
  hub: TestHub;
  people: Record<'tech1' | 'doctor1' | 'radiologist1' | 'radiologist2' | 'head1' | 'lab1' | 'admin1', Client>;
  orderId: string;
  study: string;
  series: string;
  files: Buffer[];
  /** SOP Instance UID of the second image. */
  uid: string;
}

/** Starts a hub with one case, its images derived; `images` is said of each of them. The caller closes the hub. */
export async function startReadCase(images: ObjectOptions = {}): Promise<ReadCase> {
  const hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  const names = ['tech1', 'doctor1', 'radiologist1', 'radiologist2', 'head1', 'lab1', 'admin1'] as const;
  const people = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await hub.as(name)] as const)),
  ) as ReadCase['people'];
  const [study, series] = [newUid(), newUid()];
  const made = await people.doctor1.post('/api/orders', {
    center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'urgent',
    patient: { name: '郑九', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  }); // prettier-ignore
  const files = [1, 2, 3, 4].map((n) =>
    makeFile({
      study,
      series,
      instanceNumber: n,
      size: 64,
      fill: n,
      patientName: 'ZHENG^JIU=郑^九',
      accessionNumber: made.body.accessionNumber,
      ...images,
    }),
  );
  await stow(hub.url, people.tech1, files);
  const uid = readHeader(files[1]!).dataSet.string(tags.sopInstanceUid)!;
  const row = await hub.ctx.db
    .selectFrom('series')
    .select('id')
    .where('seriesInstanceUid', '=', series)
    .executeTakeFirstOrThrow();
  await deriveSeries(hub.ctx, row.id);
  return { hub, people, orderId: made.body.id, study, series, files, uid };
}
