import { sql } from 'kysely';
import type { Context } from '../../server/core/context.ts';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../server/standards/dicom/index.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { startHubProcess } from './hubProcess.ts';
import { orthancMissing, startOrthanc, type Orthanc } from './orthanc.ts';
import { readingToken, timeRequests } from './requests.ts';

const command = 'npm run bench -- --only imaging.qido';
const studies = Number(process.env.BENCH_STUDIES ?? 20_000);
const requests = Number(process.env.BENCH_REQUESTS ?? 300);

/** QIDO-RS by patient id and by date and modality over 20,000 studies, 1 and 16 clients, against Orthanc. */
export const qido: Bench = {
  name: 'imaging.qido',
  about: `QIDO-RS over ${studies} studies by patient id, date + modality, name; 1 and 16 clients, against Orthanc`,
  async run() {
    let token = '';
    const hub = await startHubProcess(async (ctx) => {
      token = await readingToken(ctx);
      await fillHub(ctx);
    });
    const missing = process.env.BENCH_NO_PEER
      ? 'left out by BENCH_NO_PEER'
      : orthancMissing({ dicomWeb: true });
    if (missing) console.log(`Orthanc is not compared: ${missing}`);
    const orthanc = missing === undefined ? await startOrthanc() : undefined;
    try {
      if (orthanc) await fillOrthanc(orthanc);
      const rows: BenchRow[] = [];
      for (const clients of [1, 16])
        for (const question of questions) {
          const ours = await timeRequests(
            (n) => `${hub.base}/studies?${question.query(n)}`,
            { authorization: `Bearer ${token}`, accept: 'application/dicom+json' },
            requests,
            clients,
          );
          const theirs =
            orthanc &&
            (await timeRequests(
              (n) => `${orthanc.base}/studies?${question.query(n)}`,
              { accept: 'application/dicom+json' },
              Math.min(requests, 100),
              clients,
            ));
          const target =
            question.share === undefined ? 'no slower than Orthanc' : 'at most a quarter of Orthanc';
          const limit = theirs && theirs.p50 * (question.share ?? 1);
          rows.push({
            name: `imaging.qido ${question.name}, ${clients} client${clients > 1 ? 's' : ''}`,
            value: ours.p50,
            unit: 'ms p50',
            spread: [ours.p50, ours.p95],
            peer: 'Orthanc PostgreSQL',
            ...(theirs && { peerValue: theirs.p50, ratio: theirs.p50 / ours.p50 }),
            target,
            pass: limit === undefined ? null : ours.p50 <= limit,
            command,
          });
        }
      return rows;
    } finally {
      await hub.close();
      await orthanc?.close();
    }
  },
};

const day = (n: number): string =>
  new Date(Date.UTC(2026, 0, 1) + (n % 365) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
const modalityOf = (n: number): string => ['CT', 'DX', 'US', 'MR'][Math.floor(n / 365) % 4] ?? 'CT';
const spread = (n: number): number => (n * 7919) % studies;

const questions: { name: string; share?: number; query(n: number): string }[] = [
  { name: 'by patient id', share: 0.25, query: (n) => `PatientID=P${spread(n)}` },
  {
    name: 'by date and modality',
    share: 0.25,
    query: (n) => `StudyDate=${day(spread(n))}&ModalitiesInStudy=${modalityOf(spread(n))}`,
  },
  { name: 'by part of a name', query: (n) => `PatientName=*NAME${spread(n)}*` },
];

/** Rows as ingest writes them; objects are not needed for a search. */
async function fillHub(ctx: Context): Promise<void> {
  await sql`
    with s as (
      insert into study (study_instance_uid, institution_id, patient_id_text, patient_name, patient_display_name, patient_name_search, patient_sex, patient_birth_date, accession_number, study_date, study_time,
        study_description, modalities, state)
      select '2.25.7' || n, (select id from institution where code = 'LIUHE'), 'P' || n, 'SUR^NAME' || n, 'SUR NAME' || n, '|sur^name' || n || '|sur name' || n || '|', 'F', '19600101', 'A' || n,
        to_char(date '2026-01-01' + (n % 365), 'YYYYMMDD'), '101500', 'BENCH', array[(array['CT','DX','US','MR'])[1 + (n / 365) % 4]], 'settled'
      from generate_series(0, ${studies - 1}::int) n returning id, study_instance_uid, modalities
    ), e as (
      insert into series (study_id, series_instance_uid, modality, series_number) select id, study_instance_uid || '.1', modalities[1], 1 from s returning id, series_instance_uid
    )
    insert into instance (series_id, sop_instance_uid, sop_class_uid, instance_number, transfer_syntax, object_address, object_size, data_set_offset)
    select id, series_instance_uid || '.1', ${sopClasses.ct}, 1, ${transferSyntaxes.explicitLittleEndian}, repeat('0', 64), 1000, 300 from e`.execute(
    ctx.db,
  );
  await sql`analyze`.execute(ctx.db);
}

async function fillOrthanc(orthanc: Orthanc): Promise<void> {
  const root = orthanc.base.replace(/\/dicom-web$/, '');
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < studies) {
        const n = next++;
        for (let attempt = 0; ; attempt++) {
          const answer = await fetch(`${root}/instances`, {
            method: 'POST',
            body: new Uint8Array(tinyFile(n)),
            headers: { 'content-type': 'application/dicom' },
          });
          await answer.arrayBuffer();
          if (answer.ok) break;
          if (attempt === 20) throw new Error(`Orthanc refused an instance: ${answer.status}`);
        }
      }
    }),
  );
}

function tinyFile(n: number): Buffer {
  const uid = `2.25.7${n}`;
  const head = {
    sopClassUid: sopClasses.ct,
    sopInstanceUid: `${uid}.1.1`,
    transferSyntax: transferSyntaxes.explicitLittleEndian,
  };
  return Buffer.concat([
    writeFileMeta(head),
    writeDataSet([
      [tags.sopClassUid, head.sopClassUid], [tags.sopInstanceUid, head.sopInstanceUid], [tags.studyDate, day(n)], [tags.studyTime, '101500'], [tags.accessionNumber, `A${n}`], [tags.modality, modalityOf(n)],
      [tags.studyDescription, 'BENCH'], [tags.patientName, `SUR^NAME${n}`], [tags.patientId, `P${n}`], [tags.patientBirthDate, '19600101'], [tags.patientSex, 'F'],
      [tags.studyInstanceUid, uid], [tags.seriesInstanceUid, `${uid}.1`], [tags.seriesNumber, 1], [tags.instanceNumber, 1],
    ]),
  ]); // prettier-ignore
}
