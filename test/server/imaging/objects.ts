import { randomUUID } from 'node:crypto';
import type { Context } from '../../../server/core/context.ts';
import { machineActor } from '../../../server/core/access/actor.ts';
import { closeArrival, openArrival, type Arrival } from '../../../server/imaging/arrival.ts';
import type { ObjectHead, StoreOutcome } from '../../../server/imaging/sender.ts';
import { openInstance } from '../../../server/imaging/storeInstance.ts';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../../../server/standards/dicom/index.ts';

/** A UID under the UUID root (PS3.5 §B.2). */
export const newUid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`;

export interface ObjectOptions {
  study?: string;
  series?: string;
  uid?: string;
  instanceNumber?: number;
  accessionNumber?: string;
  patientName?: string;
  patientId?: string;
  sex?: string;
  birthDate?: string;
  modality?: string;
  sopClass?: string;
  at?: Date;
  size?: number;
  fill?: number;
  more?: ElementList;
  characterSet?: string;
}

const digits = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');

/** A small synthetic image as explicit little endian data set. */
export function makeDataSet(options: ObjectOptions = {}): { dataSet: Buffer; head: ObjectHead } {
  const { size = 8, at = new Date() } = options;
  const uid = options.uid ?? newUid();
  const sopClassUid = options.sopClass ?? sopClasses.ct;
  const pixels = Buffer.alloc(size * size * 2, options.fill ?? 7);
  const now = digits(at);
  const dataSet = writeDataSet(
    [
      [tags.sopClassUid, sopClassUid],
      [tags.sopInstanceUid, uid],
      [tags.studyDate, now.slice(0, 8)],
      [tags.studyTime, now.slice(8, 14)],
      [tags.acquisitionDate, now.slice(0, 8)],
      [tags.acquisitionTime, now.slice(8, 14)],
      [tags.accessionNumber, options.accessionNumber ?? ''],
      [tags.modality, options.modality ?? 'CT'],
      [tags.patientName, options.patientName ?? 'ZHANG^SAN=张^三'],
      [tags.patientId, options.patientId ?? ''],
      [tags.patientBirthDate, options.birthDate ?? '19700101'],
      [tags.patientSex, options.sex ?? 'M'],
      [tags.studyInstanceUid, options.study ?? newUid()],
      [tags.seriesInstanceUid, options.series ?? newUid()],
      [tags.seriesNumber, 1],
      [tags.instanceNumber, options.instanceNumber ?? 1],
      [tags.samplesPerPixel, 1],
      [tags.photometricInterpretation, 'MONOCHROME2'],
      [tags.rows, size],
      [tags.columns, size],
      [tags.bitsAllocated, 16],
      [tags.bitsStored, 16],
      [tags.highBit, 15],
      [tags.pixelRepresentation, 0],
      ...(options.more ?? []),
      [tags.pixelData, pixels, 'OW'],
    ],
    { characterSet: options.characterSet ?? 'ISO_IR 192' },
  );
  return {
    dataSet,
    head: { sopClassUid, sopInstanceUid: uid, transferSyntax: transferSyntaxes.explicitLittleEndian },
  };
}

/** The same as a file. */
export function makeFile(options: ObjectOptions = {}): Buffer {
  const { dataSet, head } = makeDataSet(options);
  return Buffer.concat([writeFileMeta(head), dataSet]);
}

/** An arrival from the demo township's admitted modality. */
export async function township(ctx: Context): Promise<Arrival> {
  const device = await ctx.db
    .selectFrom('device')
    .selectAll()
    .where('aeTitle', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const institutionId = device.institutionId ?? '';
  return openArrival({
    actor: machineActor(device.name, device.id, institutionId, []),
    institutionId,
    deviceId: device.id,
    aeTitle: 'LIUHE',
  });
}

/** Stores one object, slice by slice, and waits for what follows it. */
export async function store(
  ctx: Context,
  arrival: Arrival,
  bytes: Buffer,
  head?: ObjectHead,
  slice = 16_384,
): Promise<StoreOutcome> {
  const sink = await openInstance(ctx, arrival, head);
  for (let at = 0; at < bytes.length; at += slice) await sink.write(bytes.subarray(at, at + slice));
  const outcome = await sink.finish();
  await closeArrival(ctx, arrival);
  return outcome;
}
