import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Response } from 'express';
import { Zip, ZipPassThrough } from 'fflate';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict } from '../../core/errors.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { DicomError, readHeader, tags } from '../../standards/dicom/index.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { studiesOfOrder, type StudyRow } from '../queries.ts';
import { anonymise, replaceUid, mayHaveBurnedInText, type Pseudonym, type Unfit } from './anonymise.ts';
import { recordOf, recordOfStored } from './recordOf.ts';
import { writeDicomdir, type DirectoryRecord } from './writeDicomdir.ts';

const MOST_BYTES = 3.5 * 1024 ** 3; // below what a zip without 64-bit fields holds
const LONGEST_ANONYMISED = 512 * 1024 * 1024;

/**
 * Sends the images of an order as a zip with a DICOMDIR: `dicom` byte for byte as received, `anonymous` without identity
 * for teaching. Pictures that may show a name are left out unless the person says to have looked at every one
 * (`picturesChecked`). Export is its own right, needs a reason, and is recorded before the first byte goes out.
 */
export async function exportImages(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { kind: 'dicom' | 'anonymous'; reason: string; picturesChecked?: boolean | undefined },
  res: Response,
): Promise<void> {
  const staffId = personId(actor);
  requirePermission(actor, 'export');
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  const studies = await studiesOfOrder(ctx.db, order.id);
  const instances: ResolvedInstance[] = [];
  for (const study of studies)
    instances.push(...(await resolveImages(ctx, actor, { study: study.studyInstanceUid }, 'study.export')));
  if (instances.length === 0) throw conflict('no-images', 'there are no images to export');
  if (instances.reduce((sum, instance) => sum + instance.objectSize, 0) > MOST_BYTES)
    throw conflict('zip-too-large', 'the images are more than a zip file holds: export them by DICOM', {
      most: '3.5 GB',
    });
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('imageExport')
      .values({
        orderId: order.id,
        kind: input.kind,
        reason: input.reason,
        instances: instances.length,
        exportedBy: staffId,
        exportedAt: ctx.clock.now(),
      })
      .execute();
    await recordAudit(trx, actor, {
      action: 'image.export',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { ...input, instances: instances.length },
    });
  });
  res.setHeader('Content-Type', 'application/zip');
  res.setHeader(
    'Content-Disposition',
    `attachment; filename="${input.kind === 'anonymous' ? `TEACHING-${randomUUID().slice(0, 8)}` : order.accessionNumber}.zip"`,
  );
  res.setHeader('Cache-Control', 'no-store');
  const zip = new ZipStream(res);
  if (input.kind === 'dicom') await sendOriginals(ctx, zip, order, studies, instances);
  else await sendAnonymous(ctx, zip, instances, input.picturesChecked === true);
  zip.end();
}

const part = (letters: string, number: number): string => `${letters}${String(number).padStart(6, '0')}`;

async function sendOriginals(
  ctx: Context,
  zip: ZipStream,
  order: Order,
  studies: StudyRow[],
  instances: ResolvedInstance[],
): Promise<void> {
  const records = new Directory();
  for (const instance of instances) {
    const study = studies.find((row) => row.studyInstanceUid === instance.studyInstanceUid);
    const path = records.add(instance, await recordOfStored(ctx, instance), {
      patient: [[tags.patientName, study?.patientName ?? ''], [tags.patientId, study?.patientIdText ?? order.accessionNumber]],
      study: [[tags.studyDate, study?.studyDate ?? ''], [tags.studyTime, study?.studyTime ?? ''], [tags.studyDescription, study?.studyDescription ?? ''], [tags.studyId, study?.studyIdText ?? ''], [tags.accessionNumber, study?.accessionNumber ?? '']],
    }); // prettier-ignore
    await zip.file(path.join('/'), await ctx.objects.stream(instance.objectAddress));
  }
  await zip.file('DICOMDIR', [records.write()]);
}

/** For the person who unpacks the file, in both languages. */
const LEFT_OUT: Record<Unfit | 'burned-in' | 'malformed' | 'too-large', string> = {
  'burned-in': '画面上可能有姓名：请逐幅查看，确认后重新导出 / the picture may show a name: look at it and export again with the pictures confirmed',
  malformed: '数据有误，无法去标识 / malformed: it cannot be written without identity',
  'too-large': '对象过大 / too large',
  'big-endian': '大端编码 / big endian',
  'no-picture': '不是图像，内容是文字 / not a picture: its content is text',
  'overlay-in-picture': '压缩画面内含叠加层 / an overlay stands in the coded picture',
  'coded-picture': '压缩画面内的注释无法确认已全部清除 / comments within the coded picture cannot be found for certain',
  film: '视频（MPEG、HEVC）：本平台不能播放，无人能逐帧核对画面上有无姓名，视频流内的附加信息也无法清除 / film (MPEG, HEVC): the hub does not play it, so nobody can have looked for a name in it, and what its stream carries beside the pictures cannot be removed',
}; // prettier-ignore

function anonymiseOr(...[object, header, pseudonym]: Parameters<typeof anonymise>) {
  try {
    return anonymise(object, header, pseudonym);
  } catch (error) {
    if (error instanceof DicomError) return 'malformed';
    throw error;
  }
}

async function sendAnonymous(
  ctx: Context,
  zip: ZipStream,
  instances: ResolvedInstance[],
  picturesChecked: boolean,
): Promise<void> {
  const pseudonym: Pseudonym = {
    patient: `ANON${randomBytes(4).toString('hex').toUpperCase()}`,
    key: randomBytes(32),
  };
  const records = new Directory();
  const left: string[] = [];
  for (const [index, instance] of instances.entries()) {
    if (instance.objectSize > LONGEST_ANONYMISED) {
      left.push(`${index + 1}: ${LEFT_OUT['too-large']}`);
      continue;
    }
    const object = await ctx.objects.read(instance.objectAddress);
    const header = readHeader(object);
    const burnedIn = mayHaveBurnedInText(header.dataSet) && !picturesChecked;
    const made = burnedIn ? 'burned-in' : anonymiseOr(object, header, pseudonym);
    if (typeof made === 'string') {
      left.push(`${index + 1}: ${LEFT_OUT[made]}`);
      continue;
    }
    const path = records.add(
      {
        ...instance,
        sopInstanceUid: made.sopInstanceUid,
        transferSyntax: made.transferSyntax,
        studyInstanceUid: replaceUid(instance.studyInstanceUid, pseudonym),
        seriesInstanceUid: replaceUid(instance.seriesInstanceUid, pseudonym),
      },
      recordOf(instance.sopClassUid, header.dataSet),
      {
        patient: [
          [tags.patientName, pseudonym.patient],
          [tags.patientId, pseudonym.patient],
        ],
        study: [
          [tags.studyDate, ''],
          [tags.studyTime, ''],
          [tags.studyId, ''],
        ],
      },
    );
    await zip.file(path.join('/'), [made.file]);
  }
  await zip.file('DICOMDIR', [records.write()]);
  if (left.length > 0) await zip.file('LEFTOUT.TXT', [Buffer.from(`\ufeff${left.join('\r\n')}\r\n`)]);
}

/** Records of the directory while files are added; UIDs as they stand in the files. */
export class Directory {
  private readonly roots: DirectoryRecord[] = [];
  private readonly studies = new Map<string, { record: DirectoryRecord; number: number }>();
  private readonly series = new Map<string, { record: DirectoryRecord; number: number }>();
  private images = 0;

  add(
    instance: ResolvedInstance,
    own: Pick<DirectoryRecord, 'type' | 'keys'>,
    keys: { patient: DirectoryRecord['keys']; study: DirectoryRecord['keys'] },
  ): string[] {
    const study = this.studies.get(instance.studyInstanceUid) ?? this.openStudy(instance, keys);
    const series = this.series.get(instance.seriesInstanceUid) ?? this.openSeries(instance, study.record);
    this.images += 1;
    const path = ['DICOM', part('ST', study.number), part('SE', series.number), part('IM', this.images)];
    series.record.below.push({
      type: own.type,
      keys: [[tags.instanceNumber, this.images], ...own.keys],
      file: {
        path,
        sopClassUid: instance.sopClassUid,
        sopInstanceUid: instance.sopInstanceUid,
        transferSyntax: instance.transferSyntax,
      },
      below: [],
    });
    return path;
  }

  write(): Buffer {
    return writeDicomdir(
      this.roots,
      'COUNTYHUB',
      `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`,
    );
  }

  private openStudy(
    instance: ResolvedInstance,
    keys: { patient: DirectoryRecord['keys']; study: DirectoryRecord['keys'] },
  ) {
    const record: DirectoryRecord = {
      type: 'STUDY',
      keys: [...keys.study, [tags.studyInstanceUid, instance.studyInstanceUid]],
      below: [],
    };
    const [patient] = this.roots;
    if (patient) patient.below.push(record);
    else this.roots.push({ type: 'PATIENT', keys: keys.patient, below: [record] });
    const entry = { record, number: this.studies.size + 1 };
    this.studies.set(instance.studyInstanceUid, entry);
    return entry;
  }

  private openSeries(instance: ResolvedInstance, study: DirectoryRecord) {
    const number = this.series.size + 1;
    const record: DirectoryRecord = {
      type: 'SERIES',
      keys: [
        [tags.modality, instance.modality ?? 'OT'],
        [tags.seriesInstanceUid, instance.seriesInstanceUid],
        [tags.seriesNumber, number],
      ],
      below: [],
    };
    const entry = { record, number };
    study.below.push(entry.record);
    this.series.set(instance.seriesInstanceUid, entry);
    return entry;
  }
}

/** A zip that is sent while it is made, files stored as they are, waiting for the reader. */
export class ZipStream {
  private readonly res: Response;
  private readonly zip: Zip;
  private failure: unknown;

  constructor(res: Response) {
    this.res = res;
    this.zip = new Zip((error, chunk, final) => {
      if (error) this.failure = error;
      else res.write(chunk);
      if (final) res.end();
    });
  }

  async file(name: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const entry = new ZipPassThrough(name);
    this.zip.add(entry);
    for await (const chunk of source) {
      entry.push(chunk);
      if (this.failure) throw this.failure;
      if (this.res.destroyed) throw conflict('peer-gone', 'the connection was closed');
      if (this.res.writableNeedDrain) await Promise.race([once(this.res, 'drain'), once(this.res, 'close')]);
    }
    entry.push(new Uint8Array(0), true);
  }

  end(): void {
    this.zip.end();
  }
}
