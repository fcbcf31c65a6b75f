import type { ManifestEntry } from '../core/center.ts';
import type { Queryable } from '../core/database.ts';

const MOST = 50_000;

/** The images that a signature covers: SOP Instance UID, series, study and the SHA-256 of the stored object. */
export async function imageManifest(db: Queryable, orderId: string): Promise<ManifestEntry[]> {
  const rows = await db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .innerJoin('series', 'series.studyId', 'study.id')
    .innerJoin('instance', 'instance.seriesId', 'series.id')
    .select([
      'instance.sopInstanceUid',
      'instance.objectAddress',
      'instance.transferSyntax',
      'series.seriesInstanceUid',
      'study.studyInstanceUid',
    ])
    .where('studyOrder.orderId', '=', orderId)
    .where('studyOrder.undoneAt', 'is', null)
    .where('instance.supersededAt', 'is', null)
    .orderBy('series.seriesInstanceUid')
    .orderBy('instance.sopInstanceUid')
    .limit(MOST)
    .execute();
  return rows.map((row) => ({
    type: 'dicom-instance',
    id: row.sopInstanceUid,
    sha256: row.objectAddress,
    detail: {
      series: row.seriesInstanceUid,
      study: row.studyInstanceUid,
      transferSyntax: row.transferSyntax,
    },
  }));
}
