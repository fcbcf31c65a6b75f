import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Association, IncomingRequest } from '../../../integrations/dimse/association.ts';
import { commandFields, type Command } from '../../../integrations/dimse/command.ts';
import { messageContext, requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { respond } from '../../../integrations/dimse/scp/respond.ts';
import { startDimse, type DimseServer } from '../../../integrations/dimse/server.ts';
import {
  readDataSet,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  type DataSet,
  type ElementList,
} from '../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { makeFile, newUid, store, township } from '../../server/imaging/objects.ts';
import { startScp, type TestScp } from './scp.ts';

const { explicitLittleEndian, implicitLittleEndian } = transferSyntaxes;
const { studyRootFind, patientRootFind, studyRootMove, studyRootGet, patientRootGet } = sopClasses;

let hub: TestContext;
let dimse: DimseServer;
let association: Association;
const study = newUid();
const series = [newUid(), newUid()] as const;
const images = [newUid(), newUid(), newUid()] as const;
/** A study of the neighbour, which nothing here may show. */
const foreign = newUid();
let taken: string[] = [];

beforeAll(async () => {
  hub = await createContext({ county: true });
  dimse = await startDimse(hub.ctx);
  const arrival = await township(hub.ctx);
  const names = { patientName: 'SONG^JIANG=宋^江', patientId: 'Q-1', sex: 'M', birthDate: '19600101' };
  for (const [at, uid] of images.entries())
    await store(hub.ctx, arrival, makeFile({ ...names, study, series: series[at === 2 ? 1 : 0], uid, instanceNumber: at + 1 })); // prettier-ignore
  await store(hub.ctx, arrival, makeFile({ ...names, modality: 'DX', study: newUid() }));
  await store(hub.ctx, arrival, makeFile({ ...names, patientName: 'LU^DA=鲁^达', patientId: 'Q-2' }));
  const neighbour = await hub.ctx.db
    .selectFrom('device')
    .selectAll()
    .where('aeTitle', '=', 'BAITA')
    .executeTakeFirstOrThrow();
  const sender = { ...arrival.sender, institutionId: neighbour.institutionId!, deviceId: neighbour.id };
  await store(hub.ctx, { ...arrival, sender }, makeFile({ ...names, study: foreign }));
  association = await connect();
});
afterAll(async () => {
  await association?.release();
  await dimse?.close();
  await hub?.close();
});

const connect = (syntaxes: readonly string[] = [explicitLittleEndian], more: object = {}) =>
  requestAssociation({
    host: '127.0.0.1',
    port: dimse.port,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [
      ...[studyRootFind, patientRootFind, studyRootMove, studyRootGet, patientRootGet].map(messageContext),
      ...syntaxes.map((syntax) => ({ abstractSyntax: sopClasses.ct, transferSyntaxes: [syntax] })),
    ],
    roles: [{ sopClassUid: sopClasses.ct, scu: true, scp: true }],
    serve: async (own: Association, request: IncomingRequest) => {
      const bytes = await request.data!.collect(1_000_000);
      const { dataSet } = readDataSet(bytes!, request.context.transferSyntax);
      taken.push(`${dataSet.string(tags.sopInstanceUid)} ${request.context.transferSyntax}`);
      await respond(own, request, { status: 0 });
    },
    ...more,
  });

interface Answers {
  status: string;
  comment: string;
  matches: DataSet[];
  counts: (number | undefined)[];
}

async function ask(
  sopClass: string,
  keys: ElementList,
  more: Partial<Command> = {},
  on = association,
): Promise<Answers> {
  const context = on.contextFor(sopClass)!;
  const commandField = sopClass.endsWith('.1') ? commandFields.cFindRq : sopClass.endsWith('.2') ? commandFields.cMoveRq : commandFields.cGetRq; // prettier-ignore
  const bytes = writeDataSet(keys, { transferSyntax: context.transferSyntax });
  const matches: DataSet[] = [];
  let last: Command | undefined;
  const command = { commandField, affectedSopClassUid: sopClass, priority: 0, ...more } as Command;
  for await (const answer of on.request(context.id, command, bytes)) {
    last = answer.command;
    if (answer.dataSet && last.status === 0xff00)
      matches.push(readDataSet(answer.dataSet, context.transferSyntax).dataSet);
  }
  return {
    status: `0x${(last?.status ?? -1).toString(16).padStart(4, '0')}`,
    comment: last?.errorComment ?? '',
    matches,
    counts: [
      last?.numberOfCompletedSuboperations,
      last?.numberOfFailedSuboperations,
      last?.numberOfWarningSuboperations,
    ],
  };
}
const level = (text: string, ...keys: ElementList): ElementList => [[tags.queryRetrieveLevel, text], ...keys];

describe('C-FIND', () => {
  test.each<[string, string, ElementList, string, number]>([
    ['studies of a patient', studyRootFind, level('STUDY', [tags.patientId, 'Q-1']), '0x0000', 2],
    ['the same from the patient root', patientRootFind, level('STUDY', [tags.patientId, 'Q-1']), '0x0000', 2],
    ['patients, each once however many studies he has', patientRootFind, level('PATIENT', [tags.patientId, 'Q-*'], [tags.patientName, undefined]), '0x0000', 2],
    ['one patient by name', patientRootFind, level('PATIENT', [tags.patientName, '鲁^达'], [tags.patientId, undefined]), '0x0000', 1],
    ['series of a study', studyRootFind, level('SERIES', [tags.studyInstanceUid, study]), '0x0000', 2],
    ['images of a series', studyRootFind, level('IMAGE', [tags.studyInstanceUid, study], [tags.seriesInstanceUid, series[0]]), '0x0000', 2],
    ['a list of images', studyRootFind, level('IMAGE', [tags.sopInstanceUid, [images[0], images[2], newUid()]]), '0x0000', 2],
    ['what the neighbour has', studyRootFind, level('STUDY', [tags.studyInstanceUid, foreign]), '0x0000', 0],
    ['a patient level below the study root', studyRootFind, level('PATIENT', [tags.patientId, 'Q-1']), '0xc000', 0],
    ['a level that does not exist', studyRootFind, level('FRAME'), '0xc000', 0],
    ['no level', studyRootFind, [[tags.patientId, 'Q-1']], '0xc000', 0],
    ['a level in small letters', studyRootFind, level('study'), '0xc000', 0],
  ])('%s', async (_what, sopClass, keys, status, count) => {
    const answer = await ask(sopClass, keys);
    expect([answer.status, answer.matches.length]).toEqual([status, count]);
    if (status !== '0x0000') expect(answer.comment).toMatch(/query level/);
  }); // prettier-ignore

  test('a match has each key that was asked for, empty where it is not known, and who to fetch it from', async () => {
    const { matches } = await ask(
      studyRootFind,
      level('STUDY', [tags.studyInstanceUid, study], [tags.patientName, undefined], [tags.numberOfStudyRelatedInstances, undefined], [tags.modalitiesInStudy, undefined], [0x00101010, undefined], [0x00081140, []]),
    ); // prettier-ignore
    const [match] = matches;
    expect(match!.personName(tags.patientName)?.ideographic).toBe('宋^江');
    expect(match!.number(tags.numberOfStudyRelatedInstances)).toBe(3);
    expect(match!.strings(tags.modalitiesInStudy)).toEqual(['CT']);
    expect([match!.has(0x00101010), match!.hasValue(0x00101010)]).toEqual([true, false]);
    expect([match!.has(0x00081140), match!.sequence(0x00081140)]).toEqual([true, []]);
    expect(match!.string(tags.retrieveAeTitle)).toBe('HUB');
    expect(match!.has(tags.accessionNumber)).toBe(false);
  });

  test.each([
    ['GB18030', 'GB18030'],
    ['ISO_IR 192', 'ISO_IR 192'],
    ['ISO_IR 100', 'ISO_IR 192'],
    ['', 'ISO_IR 192'],
  ])('asked in %j the answer is in %j and the name is whole', async (asked, answered) => {
    const context = association.contextFor(studyRootFind)!;
    const bytes = writeDataSet(
      level('STUDY', [tags.studyInstanceUid, study], [tags.patientName, undefined]),
      { characterSet: asked },
    );
    const command = { commandField: commandFields.cFindRq, affectedSopClassUid: studyRootFind } as Command;
    for await (const { dataSet } of association.request(context.id, command, bytes)) {
      if (dataSet === undefined) continue;
      const match = readDataSet(dataSet, context.transferSyntax).dataSet;
      expect(match.string(tags.specificCharacterSet)).toBe(answered);
      expect(match.personName(tags.patientName)?.ideographic).toBe('宋^江');
    }
  });

  test('each question is audited with its level and number of answers, under the device', async () => {
    await ask(studyRootFind, level('SERIES', [tags.studyInstanceUid, study]));
    const last = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['detail', 'actorKind', 'actorName'])
      .where('action', '=', 'study.query')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(last).toEqual({
      detail: { level: 'SERIES', rows: 2 },
      actorKind: 'machine',
      actorName: 'LIUHE',
    });
  });
});

describe('C-GET', () => {
  test.each<[string, string, ElementList, string, (readonly string[])[]]>([
    ['a study', studyRootGet, level('STUDY', [tags.studyInstanceUid, study]), '0x0000', [images]],
    ['a series', studyRootGet, level('SERIES', [tags.studyInstanceUid, study], [tags.seriesInstanceUid, series[1]]), '0x0000', [[images[2]]]],
    ['one image', studyRootGet, level('IMAGE', [tags.studyInstanceUid, study], [tags.sopInstanceUid, images[1]]), '0x0000', [[images[1]]]],
    ['an image that is not there', studyRootGet, level('IMAGE', [tags.sopInstanceUid, newUid()]), '0x0000', [[]]],
    ['a study of the neighbour', studyRootGet, level('STUDY', [tags.studyInstanceUid, foreign]), '0x0000', [[]]],
    ['a study without its UID', studyRootGet, level('STUDY', [tags.patientId, 'Q-1']), '0xc000', [[]]],
    ['an empty UID', studyRootGet, level('STUDY', [tags.studyInstanceUid, undefined]), '0xc000', [[]]],
    ['a patient below the study root', studyRootGet, level('PATIENT', [tags.patientId, 'Q-2']), '0xc000', [[]]],
    ['no level', studyRootGet, [[tags.studyInstanceUid, study]], '0xc000', [[]]],
  ])('%s', async (_what, sopClass, keys, status, [expected]) => {
    taken = [];
    const answer = await ask(sopClass, keys);
    expect(answer.status).toBe(status);
    expect(taken).toEqual(expected!.map((uid) => `${uid} ${explicitLittleEndian}`));
    if (status === '0x0000') expect(answer.counts).toEqual([expected!.length, 0, 0]);
  }); // prettier-ignore

  test('a whole patient, by the patient root', async () => {
    taken = [];
    const answer = await ask(patientRootGet, level('PATIENT', [tags.patientId, 'Q-2']));
    expect([answer.status, taken.length]).toEqual(['0x0000', 1]);
  });

  test('in the coding that the peer took, where it did not take the stored one', async () => {
    taken = [];
    const other = await connect([implicitLittleEndian]);
    const answer = await ask(studyRootGet, level('STUDY', [tags.studyInstanceUid, study]), {}, other);
    expect([answer.status, answer.counts]).toEqual(['0x0000', [3, 0, 0]]);
    expect(taken).toEqual(images.map((uid) => `${uid} ${implicitLittleEndian}`));
    await other.release();
  });

  test('a peer without a context for the objects is told which failed', async () => {
    const other = await connect([transferSyntaxes.jpegBaseline]);
    const answer = await ask(studyRootGet, level('STUDY', [tags.studyInstanceUid, study]), {}, other);
    expect([answer.status, answer.counts]).toEqual(['0xa702', [0, 3, 0]]);
    await other.release();
  });
});

describe('C-MOVE', () => {
  let reader: TestScp;
  beforeAll(async () => {
    reader = await startScp();
    const { db } = hub.ctx;
    const places = await db.selectFrom('institution').select(['id', 'code']).execute();
    const place = (code: string) => places.find((each) => each.code === code)!.id;
    const device = (aeTitle: string, code: string, more: object) => ({
      kind: 'dicom', name: aeTitle, aeTitle, institutionId: place(code), address: '127.0.0.1', dicomPort: reader.port, state: 'admitted', ...more,
    }); // prettier-ignore
    await db
      .insertInto('device')
      .values([
        device('ANY-SCP', 'LIUHE', {}),
        device('BLOCKED', 'LIUHE', { state: 'blocked' }),
        device('NOPORT', 'LIUHE', { dicomPort: null }),
        device('NOPLACE', 'LIUHE', { address: null }),
        device('FOREIGN', 'BAITA', {}),
      ])
      .execute();
  });
  afterAll(() => reader?.close());
  const move = (moveDestination: string | undefined, keys: ElementList) =>
    ask(studyRootMove, level('STUDY', ...keys), { moveDestination });

  test('to a device of the own site with address and port: byte by byte as stored', async () => {
    const answer = await move('ANY-SCP', [[tags.studyInstanceUid, study]]);
    expect([answer.status, answer.counts]).toEqual(['0x0000', [3, 0, 0]]);
    expect(reader.stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(images);
    expect(reader.stored.every(({ moveOriginator }) => moveOriginator === 'LIUHE')).toBe(true);
    const audited = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('actorName')
      .where('action', '=', 'study.retrieve')
      .where('subjectId', '=', study)
      .execute();
    expect(audited.length).toBeGreaterThan(0);
  });

  test.each(['BLOCKED', 'NOPORT', 'NOPLACE', 'FOREIGN', 'NOBODY', '', undefined])(
    'to %j is refused, nothing leaves the hub',
    async (destination) => {
      const before = reader.stored.length;
      const answer = await move(destination, [[tags.studyInstanceUid, study]]);
      expect(answer.status).toBe('0xa801');
      expect(reader.stored).toHaveLength(before);
    },
  );

  test('of what is the neighbour’s, or of nothing, is a success of none', async () => {
    for (const uid of [foreign, newUid()]) {
      const answer = await move('ANY-SCP', [[tags.studyInstanceUid, uid]]);
      expect([answer.status, answer.counts]).toEqual(['0x0000', [0, 0, 0]]);
    }
  });
});
