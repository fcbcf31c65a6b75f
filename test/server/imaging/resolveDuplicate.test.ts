import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recodeDataSet } from '../../../server/imaging/modality/recodeDataSet.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeFileMeta,
  type ElementList,
} from '../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from './objects.ts';

let hub: TestContext;
beforeAll(async () => (hub = await createContext({ county: true })));
afterAll(() => hub.close());

/** The object that was made, coded as implicit little endian. */
function implicit(file: Buffer): Buffer {
  const { dataSet } = readHeader(file);
  const meta = writeFileMeta({
    sopClassUid: dataSet.string(tags.sopClassUid)!,
    sopInstanceUid: dataSet.string(tags.sopInstanceUid)!,
    transferSyntax: transferSyntaxes.implicitLittleEndian,
  });
  return Buffer.concat([meta, recodeDataSet(file)]);
}

/** The same names each time. */
const named = () => ({ study: newUid(), series: newUid(), uid: newUid(), at: new Date(1_790_000_000_000) });
const send = async (file: Buffer) => (await store(hub.ctx, await township(hub.ctx), file)).status;

/** What of an object the index knows: its current rows, other codings and questions to a person. */
async function known(uid: string) {
  const { db } = hub.ctx;
  const instances = await db
    .selectFrom('instance')
    .select(['id', 'objectAddress', 'transferSyntax'])
    .where('sopInstanceUid', '=', uid)
    .execute();
  const renditions = await db
    .selectFrom('rendition')
    .select(['objectAddress', 'transferSyntax'])
    .where(
      'instanceId',
      'in',
      instances.map(({ id }) => id),
    )
    .where('kind', '=', 'received')
    .execute();
  const questions = await db
    .selectFrom('unmatchedInput')
    .selectAll()
    .where('kind', '=', 'conflict')
    .where('subjectId', '=', uid)
    .execute();
  return { instances, renditions, questions };
}

describe('an object that comes again in another coding', () => {
  test('with the same picture is kept beside the first, once, and reads back as it came', async () => {
    const names = named();
    const file = makeFile(names);
    const other = implicit(file);
    expect(await send(file)).toBe('stored');
    expect(await send(other)).toBe('rendition');
    expect(await send(other)).toBe('duplicate');
    expect(await send(file)).toBe('duplicate');
    const { instances, renditions, questions } = await known(names.uid);
    expect([instances.length, renditions.length, questions.length]).toEqual([1, 1, 0]);
    expect(renditions[0]!.transferSyntax).toBe(transferSyntaxes.implicitLittleEndian);
    const kept = await hub.ctx.objects.read(renditions[0]!.objectAddress);
    const { dataSetOffset } = readHeader(kept);
    expect(kept.subarray(dataSetOffset).equals(other.subarray(readHeader(other).dataSetOffset))).toBe(true);
  });

  test('a document without pixels is compared by its attributes', async () => {
    const names = { ...named(), sopClass: sopClasses.comprehensiveSr, modality: 'SR' };
    const bare = (more: ElementList) => {
      const file = makeFile({ ...names, more });
      return file.subarray(0, file.length - 12 - 8 * 8 * 2);
    };
    expect(await send(bare([[tags.seriesDescription, 'DOSE']]))).toBe('stored');
    expect(await send(implicit(bare([[tags.seriesDescription, 'DOSE']])))).toBe('rendition');
    expect(await send(implicit(bare([[tags.seriesDescription, 'DOSES']])))).toBe('conflict');
  });

  test.each<[string, ObjectOptions, ObjectOptions]>([
    ['another picture', { fill: 1 }, { fill: 2 }],
    ['another patient', {}, { patientName: 'LI^SI=李^四' }],
    ['an attribute more', {}, { more: [[tags.seriesDescription, 'T1']] }],
    ['another private value', privately('a'), privately('b')],
    ['another size', { size: 8 }, { size: 4 }],
    ['black for white', {}, inverted()],
  ])('but with %s is a question to a person; the first stays as it is', async (_what, first, second) => {
    const names = named();
    const file = makeFile({ ...names, ...first });
    expect(await send(file)).toBe('stored');
    const before = await known(names.uid);
    expect(await send(implicit(makeFile({ ...names, ...second })))).toBe('conflict');
    const { instances, renditions, questions } = await known(names.uid);
    expect([instances, renditions]).toEqual([before.instances, []]);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({
      state: 'open',
      reason: expect.stringContaining('SOP Instance UID'),
    });
    expect(questions[0]!.detail).toMatchObject({
      firstAddress: instances[0]!.objectAddress,
      transferSyntax: transferSyntaxes.implicitLittleEndian,
      firstTransferSyntax: transferSyntaxes.explicitLittleEndian,
    });
  });

  test('what cannot be decoded here is not called the same', async () => {
    const names = named();
    const file = makeFile(names);
    expect(await send(file)).toBe('stored');
    const { dataSetOffset } = readHeader(file);
    const meta = writeFileMeta({
      sopClassUid: sopClasses.ct,
      sopInstanceUid: names.uid,
      transferSyntax: transferSyntaxes.mpeg2Main,
    });
    const pixels = Buffer.concat([
      Buffer.from('e07f10004f420000ffffffff', 'hex'),
      Buffer.from('feff00e000000000', 'hex'),
      Buffer.from('feff00e008000000', 'hex'),
      Buffer.from('000001b300000000', 'hex'),
      Buffer.from('feffdde000000000', 'hex'),
    ]);
    const film = Buffer.concat([meta, file.subarray(dataSetOffset, file.length - 12 - 128), pixels]);
    expect(await send(film)).toBe('conflict');
    expect((await known(names.uid)).renditions).toEqual([]);
  });

  test('of two other codings that come at once each is kept once', async () => {
    const names = named();
    const file = makeFile(names);
    expect(await send(file)).toBe('stored');
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => send(implicit(file))));
    expect(outcomes.every((status) => status === 'rendition' || status === 'duplicate')).toBe(true);
    const { renditions, questions } = await known(names.uid);
    expect([renditions.length, questions.length]).toEqual([1, 0]);
  });
});

function privately(value: string): ObjectOptions {
  return { more: [[0x00090010, 'ACME', 'LO'], [0x00091001, Buffer.from(value.padEnd(64, value)), 'OB']] }; // prettier-ignore
}
function inverted(): ObjectOptions {
  return { more: [[tags.photometricInterpretation, 'MONOCHROME1']] };
}
