import { afterEach, describe, expect, test } from 'vitest';
import type { Association, IncomingRequest } from '../../../integrations/dimse/association.ts';
import { commandFields, type Command } from '../../../integrations/dimse/command.ts';
import { messageContext, requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { respond } from '../../../integrations/dimse/scp/respond.ts';
import type { DimseServices, RetrievedInstance } from '../../../integrations/dimse/services.ts';
import {
  readDataSet,
  sopClasses,
  storageCommitmentInstance,
  tags,
  transferSyntaxes,
  writeDataSet,
  type ElementList,
} from '../../../server/standards/dicom/index.ts';
import { dataSetOf } from './conversation.ts';
import { startScp, until, type TestScp } from './scp.ts';

const { explicitLittleEndian, implicitLittleEndian } = transferSyntaxes;
const { storageCommitmentPush, modalityPerformedProcedureStep: mpps } = sopClasses;

let scp: TestScp;
afterEach(() => scp?.close());

interface Answered {
  command: Command;
  dataSet: Buffer | undefined;
}

const connect = (more: object = {}, syntaxes: readonly string[] = [explicitLittleEndian]) =>
  requestAssociation({
    host: '127.0.0.1',
    port: scp.port,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [
      ...Object.values(sopClasses)
        .filter((uid) => /\.1\.1$|\.20\.1$|\.3\.1\.2\.3\.3$|\.4\.31$|\.4\.1\.2\.[12]\.[123]$/.test(uid))
        .map(messageContext),
      { abstractSyntax: sopClasses.ct, transferSyntaxes: syntaxes },
    ],
    ...more,
  });

async function ask(
  association: Association,
  abstractSyntax: string,
  command: Partial<Command>,
  list?: ElementList | Buffer,
): Promise<Answered[]> {
  const context = association.contextFor(abstractSyntax)!;
  const bytes =
    list === undefined || Buffer.isBuffer(list)
      ? list
      : writeDataSet(list, { transferSyntax: context.transferSyntax });
  const answers: Answered[] = [];
  for await (const answer of association.request(context.id, command as Command, bytes)) answers.push(answer);
  return answers;
}

const study: ElementList = [
  [tags.queryRetrieveLevel, 'STUDY'],
  [tags.studyInstanceUid, '1.2.3'],
];
const find = { commandField: commandFields.cFindRq, affectedSopClassUid: sopClasses.studyRootFind };
const move = { commandField: commandFields.cMoveRq, affectedSopClassUid: sopClasses.studyRootMove };
const get = { commandField: commandFields.cGetRq, affectedSopClassUid: sopClasses.studyRootGet };
const store = {
  commandField: commandFields.cStoreRq,
  affectedSopClassUid: sopClasses.ct,
  affectedSopInstanceUid: '1.2.3',
};
const create = {
  commandField: commandFields.nCreateRq,
  affectedSopClassUid: mpps,
  affectedSopInstanceUid: '1.2.9',
};
const set = {
  commandField: commandFields.nSetRq,
  requestedSopClassUid: mpps,
  requestedSopInstanceUid: '1.2.9',
};
const commit = {
  commandField: commandFields.nActionRq,
  requestedSopClassUid: storageCommitmentPush,
  requestedSopInstanceUid: storageCommitmentInstance,
  actionTypeId: 1,
}; // prettier-ignore
const step: ElementList = [[tags.performedProcedureStepStatus, 'IN PROGRESS']];
const garbled = Buffer.from('08000500??\0\0garbled', 'latin1');

describe('a request that cannot be served is answered, and the association goes on', () => {
  const services: Partial<DimseServices> = {
    async *find() {},
    retrieve: async () => [],
    moveDestination: async () => undefined,
    commitStorage: async (_peer, { transactionUid }) => ({ transactionUid, committed: [], failed: [] }),
    createPerformedStep: async () => undefined,
    setPerformedStep: async () => undefined,
  };
  test.each<[string, string, Partial<Command>, ElementList | Buffer | undefined, number]>([
    ['C-FIND without identifier', sopClasses.studyRootFind, find, undefined, 0xc000],
    ['C-FIND with a garbled identifier', sopClasses.studyRootFind, find, garbled, 0xc000],
    ['C-MOVE without identifier', sopClasses.studyRootMove, { ...move, moveDestination: 'X' }, undefined, 0xc000],
    ['C-MOVE without destination', sopClasses.studyRootMove, move, study, 0xa801],
    ['C-MOVE to a stranger', sopClasses.studyRootMove, { ...move, moveDestination: 'NOBODY' }, study, 0xa801],
    ['C-GET without identifier', sopClasses.studyRootGet, get, undefined, 0xc000],
    ['C-STORE in the context of a query', sopClasses.studyRootFind, store, dataSetOf('1.2.3'), 0x0211],
    ['C-STORE of another class than its context', sopClasses.ct, { ...store, affectedSopClassUid: sopClasses.mr }, dataSetOf('1.2.3'), 0xa900],
    ['C-STORE without data set', sopClasses.ct, store, undefined, 0xc000],
    ['C-STORE without instance UID', sopClasses.ct, { ...store, affectedSopInstanceUid: '' }, dataSetOf('1.2.3'), 0xc000],
    ['C-STORE with an instance UID of 65 characters', sopClasses.ct, { ...store, affectedSopInstanceUid: '1'.repeat(65) }, dataSetOf('1.2.3'), 0xc000],
    ['C-FIND in the context of storage', sopClasses.ct, { ...find, affectedSopClassUid: sopClasses.ct }, study, 0x0211],
    ['N-GET, which is not served', mpps, { ...set, commandField: commandFields.nGetRq }, undefined, 0x0211],
    ['N-DELETE, which is not served', mpps, { ...set, commandField: commandFields.nDeleteRq }, undefined, 0x0211],
    ['N-CREATE without attributes', mpps, create, undefined, 0x0115],
    ['N-CREATE with a UID that is none', mpps, { ...create, affectedSopInstanceUid: 'step-9' }, step, 0x0115],
    ['N-CREATE without UID', mpps, { ...create, affectedSopInstanceUid: undefined }, step, 0x0115],
    ['N-SET without attributes', mpps, set, undefined, 0x0115],
    ['N-ACTION of another type', storageCommitmentPush, { ...commit, actionTypeId: 2 }, [[tags.transactionUid, '1.2']], 0x0123],
    ['commitment without transaction', storageCommitmentPush, commit, [[tags.referencedSopSequence, [[[tags.referencedSopInstanceUid, '1.2']]]]], 0x0115],
    ['commitment of nothing', storageCommitmentPush, commit, [[tags.transactionUid, '1.2']], 0x0115],
    ['commitment without data set', storageCommitmentPush, commit, undefined, 0x0115],
  ])('%s', async (_what, abstractSyntax, command, list, status) => {
    scp = await startScp(services);
    const association = await connect();
    const [answer, ...more] = await ask(association, abstractSyntax, command, list);
    expect(more).toEqual([]);
    expect(answer!.command.status?.toString(16)).toBe(status.toString(16));
    expect(answer!.command.commandField).toBe((command.commandField ?? 0) | 0x8000);
    const echo = { commandField: commandFields.cEchoRq, affectedSopClassUid: sopClasses.verification };
    expect((await ask(association, sopClasses.verification, echo))[0]!.command.status).toBe(0);
    await association.release();
  }); // prettier-ignore

  test.each<[string, string, Partial<Command>, ElementList | Buffer]>([
    ['C-FIND', sopClasses.studyRootFind, find, study],
    ['C-MOVE', sopClasses.studyRootMove, { ...move, moveDestination: 'X' }, study],
    ['C-GET', sopClasses.studyRootGet, get, study],
    ['C-STORE', sopClasses.ct, store, dataSetOf('1.2.3')],
    ['N-CREATE', mpps, create, step],
    ['N-SET', mpps, set, step],
    ['N-ACTION', storageCommitmentPush, commit, [[tags.transactionUid, '1.2']]],
  ])('%s of a hub that does not offer it', async (what, abstractSyntax, command, list) => {
    scp = await startScp({
      find: undefined, retrieve: undefined, openStore: undefined, commitStorage: undefined, createPerformedStep: undefined, setPerformedStep: undefined,
    } as unknown as Partial<DimseServices>);
    const association = await connect();
    const [answer] = await ask(association, abstractSyntax, command, list);
    expect(answer!.command.status).toBe(what === 'N-ACTION' ? 0x0123 : 0x0122);
    await association.release();
  }); // prettier-ignore

  test('an echo that brings a data set is an echo all the same', async () => {
    scp = await startScp();
    const association = await connect();
    const echo = { commandField: commandFields.cEchoRq, affectedSopClassUid: sopClasses.verification };
    expect((await ask(association, sopClasses.verification, echo, study))[0]!.command.status).toBe(0);
    await association.release();
  });

  test('an identifier beyond four megabytes is refused without being kept', async () => {
    scp = await startScp(services);
    const association = await connect();
    const long = writeDataSet([[0x00104000, 'x'.repeat(60_000)]]);
    const [answer] = await ask(association, sopClasses.studyRootFind, find, Buffer.concat(Array(75).fill(long)));
    expect(answer!.command).toMatchObject({ status: 0xc000, errorComment: 'the data set of the request is too long' });
    await association.release();
  }); // prettier-ignore
});

describe('sub-operations', () => {
  const instance = (n: number, more: Partial<RetrievedInstance> = {}): RetrievedInstance => ({
    sopClassUid: sopClasses.ct,
    sopInstanceUid: `1.2.3.${n}`,
    transferSyntax: explicitLittleEndian,
    async *open() {
      yield dataSetOf(`1.2.3.${n}`, 2_000);
    },
    ...more,
  });
  /** Serves the C-STORE of a C-GET with one status after another, the last one for the rest. */
  const taking =
    (statuses: number[], seen: string[] = []) =>
    async (association: Association, request: IncomingRequest) => {
      await request.data!.collect(1_000_000);
      seen.push(request.command.affectedSopInstanceUid!);
      const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!;
      await respond(association, request, { status }, {
        affectedSopInstanceUid: request.command.affectedSopInstanceUid,
      }); // prettier-ignore
    };
  const roles = [{ sopClassUid: sopClasses.ct, scu: true, scp: true }];
  const numbers = ({ command }: Answered) => [
    command.status,
    command.numberOfRemainingSuboperations,
    command.numberOfCompletedSuboperations,
    command.numberOfFailedSuboperations,
    command.numberOfWarningSuboperations,
  ];
  const failedUids = ({ dataSet }: Answered) =>
    dataSet && readDataSet(dataSet, explicitLittleEndian).dataSet.strings(tags.failedSopInstanceUidList);

  test('each is counted as completed, failed or warned, and the failed ones are named', async () => {
    scp = await startScp({ retrieve: async () => [1, 2, 3, 4].map((n) => instance(n)) });
    const association = await connect({ roles, serve: taking([0, 0xb000, 0xa700, 0]) });
    const answers = await ask(association, sopClasses.studyRootGet, get, study);
    expect(answers.map(numbers)).toEqual([
      [0xff00, 3, 1, 0, 0],
      [0xff00, 2, 1, 0, 1],
      [0xff00, 1, 1, 1, 1],
      [0xb000, undefined, 2, 1, 1],
    ]);
    expect(failedUids(answers.at(-1)!)).toEqual(['1.2.3.3']);
    await association.release();
  });

  test('all failed is a failure of its own; none at all is a success', async () => {
    let list = [instance(1), instance(2)];
    scp = await startScp({ retrieve: async () => list });
    const association = await connect({ roles, serve: taking([0xc000]) });
    const failed = await ask(association, sopClasses.studyRootGet, get, study);
    expect(numbers(failed.at(-1)!)).toEqual([0xa702, undefined, 0, 2, 0]);
    expect(failedUids(failed.at(-1)!)).toEqual(['1.2.3.1', '1.2.3.2']);
    list = [];
    const none = await ask(association, sopClasses.studyRootGet, get, study);
    expect(none.map(numbers)).toEqual([[0, undefined, 0, 0, 0]]);
    await association.release();
  });

  test('a class whose role the peer did not take, and a syntax it did not accept, fail without being sent', async () => {
    const seen: string[] = [];
    scp = await startScp({
      retrieve: async () => [
        instance(1, { sopClassUid: sopClasses.mr }),
        instance(2, { transferSyntax: transferSyntaxes.jpegBaseline }),
        instance(3),
      ],
    });
    const association = await connect({ roles, serve: taking([0], seen) });
    const answers = await ask(association, sopClasses.studyRootGet, get, study);
    expect(seen).toEqual(['1.2.3.3']);
    expect(numbers(answers.at(-1)!)).toEqual([0xb000, undefined, 1, 2, 0]);
    await association.release();
  });

  /** An object whose bytes fail after so many parts. */
  const failing = (n: number, parts: number) =>
    instance(n, {
      async *open() {
        for (let part = 0; part < parts; part++) yield dataSetOf(`1.2.3.${n}`, 200_000);
        throw new Error('the object is gone');
      },
    });

  test('an object that cannot be opened fails, the ones behind it are still sent', async () => {
    const seen: string[] = [];
    scp = await startScp({ retrieve: async () => [failing(1, 0), instance(2)] });
    const association = await connect({ roles, serve: taking([0], seen) });
    const answers = await ask(association, sopClasses.studyRootGet, get, study);
    expect(numbers(answers.at(-1)!)).toEqual([0xb000, undefined, 1, 1, 0]);
    expect([seen, failedUids(answers.at(-1)!)]).toEqual([['1.2.3.2'], ['1.2.3.1']]);
    await association.release();
  });

  test('an object whose bytes end early is not kept by the destination, and the asker is told', async () => {
    const reader = await startScp();
    scp = await startScp({
      retrieve: async () => [instance(1), failing(2, 2), instance(3)],
      moveDestination: async () => ({ host: '127.0.0.1', port: reader.port, aeTitle: 'ANY-SCP' }),
    });
    const association = await connect();
    const answers = await ask(
      association,
      sopClasses.studyRootMove,
      { ...move, moveDestination: 'R' },
      study,
    );
    expect(numbers(answers.at(-1)!)).toEqual([0xb000, undefined, 1, 2, 0]);
    expect(failedUids(answers.at(-1)!)).toEqual(['1.2.3.2', '1.2.3.3']);
    expect(reader.stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.2.3.1']);
    await until(() => reader.aborted.length > 0);
    expect(reader.aborted).toEqual(['1.2.3.2']);
    await association.release();
    await reader.close();
  });

  test('the plain coding that the peer took is sent where the stored one was not accepted', async () => {
    const seen: string[] = [];
    const recoded = {
      transferSyntax: implicitLittleEndian,
      async *open() {
        yield writeDataSet([[tags.sopInstanceUid, '1.2.3.1']], { transferSyntax: implicitLittleEndian });
      },
    };
    scp = await startScp({ retrieve: async () => [instance(1, { recoded }), instance(2)] });
    const association = await connect({ roles, serve: taking([0], seen) }, [implicitLittleEndian]);
    const answers = await ask(association, sopClasses.studyRootGet, get, study);
    expect(seen).toEqual(['1.2.3.1']);
    expect(failedUids(answers.at(-1)!)).toEqual(['1.2.3.2']);
    await association.release();
  });

  test('C-CANCEL in the middle of C-GET ends it: what was not sent is counted as remaining', async () => {
    scp = await startScp({ retrieve: async () => Array.from({ length: 50 }, (_, n) => instance(n)) });
    let taken = 0;
    const association = await connect({
      roles,
      serve: async (own: Association, request: IncomingRequest) => {
        await request.data!.collect(1_000_000);
        taken++;
        const context = own.contextFor(sopClasses.studyRootGet)!;
        if (taken === 3)
          await own.send(context.id, { commandField: commandFields.cCancelRq, messageIdBeingRespondedTo: 1, hasDataSet: false });
        await respond(own, request, { status: 0 });
      },
    }); // prettier-ignore
    const last = (await ask(association, sopClasses.studyRootGet, get, study)).at(-1)!;
    const [status, remaining, completed] = numbers(last);
    expect(status).toBe(0xfe00);
    expect(taken).toBeLessThan(50);
    expect([completed, remaining]).toEqual([taken, 50 - taken]);
    await association.release();
  });

  test('C-MOVE to a destination that does not answer fails each object and says why', async () => {
    const closed = await startScp();
    const { port } = closed;
    await closed.close();
    const told: string[] = [];
    scp = await startScp({
      retrieve: async () => [instance(1), instance(2)],
      moveDestination: async (_peer, aeTitle) => ({ host: '127.0.0.1', port, aeTitle }),
      failed: (_peer, error) => void told.push(String(error)),
    });
    const association = await connect();
    const last = (await ask(association, sopClasses.studyRootMove, { ...move, moveDestination: 'READER' }, study)).at(-1)!; // prettier-ignore
    expect(numbers(last)).toEqual([0xa702, undefined, 0, 2, 0]);
    expect(last.command.errorComment).toBe('no association with READER');
    expect(told).toHaveLength(1);
    await association.release();
  });

  test('C-MOVE names the one who asked to the destination', async () => {
    const origins: (string | undefined)[] = [];
    const reader = await startScp({
      openStore: (_peer, { moveOriginator }) => {
        origins.push(moveOriginator);
        return { write() {}, finish: async () => ({ status: 0 }), abort() {} };
      },
    });
    scp = await startScp({
      retrieve: async () => [instance(1)],
      moveDestination: async () => ({ host: '127.0.0.1', port: reader.port, aeTitle: 'ANY-SCP' }),
    });
    const association = await connect();
    const [last] = await ask(association, sopClasses.studyRootMove, { ...move, moveDestination: 'R' }, study);
    expect([last!.command.status, origins]).toEqual([0, ['LIUHE']]);
    await association.release();
    await reader.close();
  });
});

test('C-CANCEL of another message does not end a search; the right one does', async () => {
  let yielded = 0;
  scp = await startScp({
    async *find() {
      for (; yielded < 300; yielded++) {
        yield [[tags.studyInstanceUid, `1.2.${yielded}`]];
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  });
  const association = await connect();
  const context = association.contextFor(sopClasses.studyRootFind)!;
  const cancel = (messageId: number) =>
    association.send(context.id, {
      commandField: commandFields.cCancelRq,
      messageIdBeingRespondedTo: messageId,
      hasDataSet: false,
    });
  const bytes = writeDataSet(study);
  let pending = 0;
  let last: number | undefined;
  for await (const { command } of association.request(context.id, find as Command, bytes)) {
    last = command.status;
    if (last === 0xff00) pending++;
    if (pending === 5) await cancel(77);
    if (pending === 30) await cancel(1);
  }
  expect(last).toBe(0xfe00);
  expect(pending).toBeGreaterThanOrEqual(30);
  expect(yielded).toBeLessThan(300);
  await association.release();
});

test('a commitment that fails is told to the log and not reported; one whose peer refuses is handed on', async () => {
  const later: string[] = [];
  const failures: string[] = [];
  scp = await startScp({
    commitStorage: async (_peer, { transactionUid }) => {
      if (transactionUid === '1.1') throw new Error('database away');
      return { transactionUid, committed: [], failed: [] };
    },
    reportCommitmentLater: async (_peer, { transactionUid }) => void later.push(transactionUid),
    failed: (_peer, error) => void failures.push((error as Error).message),
  });
  const association = await connect({
    serve: async (own: Association, request: IncomingRequest) => {
      await request.data!.collect(100_000);
      await respond(own, request, { status: 0x0110 });
    },
  });
  const send = (transaction: string) =>
    ask(association, storageCommitmentPush, commit, [
      [tags.transactionUid, transaction],
      [tags.referencedSopSequence, [[[tags.referencedSopInstanceUid, '1.2']]]],
    ]);
  expect((await send('1.1'))[0]!.command.status).toBe(0);
  expect((await send('1.2'))[0]!.command.status).toBe(0);
  await until(() => later.length > 0);
  expect([later, failures]).toEqual([['1.2'], ['database away']]);
  await association.release();
});
