import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { commandFields } from '../../../integrations/dimse/command.ts';
import {
  AssociationRejected,
  messageContext,
  requestAssociation,
  storageContexts,
} from '../../../integrations/dimse/requestor.ts';
import { echo } from '../../../integrations/dimse/scu/echo.ts';
import { find } from '../../../integrations/dimse/scu/find.ts';
import { reportCommitment } from '../../../integrations/dimse/scu/reportCommitment.ts';
import {
  writeAbort,
  writeAssociateReject,
  writeReleaseReply,
  writeReleaseRequest,
} from '../../../integrations/dimse/writePdu.ts';
import { sopClasses, tags, writeDataSet } from '../../../server/standards/dicom/index.ts';
import { dataSetOf, explicit, message } from './conversation.ts';
import { acceptOf, sound, startPeer, type RawPeer } from './rawPeer.ts';
import { until } from './scp.ts';

let peer: RawPeer;
afterEach(() => peer.close());

const call = (more: object = {}, port = peer.port) =>
  requestAssociation({
    host: '127.0.0.1',
    port,
    callingAe: 'HUB',
    calledAe: 'READER',
    contexts: [sopClasses.verification, sopClasses.studyRootFind, sopClasses.storageCommitmentPush].map(
      messageContext,
    ),
    timeoutMs: 5_000,
    ...more,
  });

describe('an association that does not come into being says why', () => {
  test('refused, with result, source and reason', async () => {
    peer = await startPeer((say) => ({
      associateRequest: () => say(writeAssociateReject({ result: 2, source: 3, reason: 2 })),
    }));
    const error: unknown = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AssociationRejected);
    expect(error).toMatchObject({ result: 2, source: 3, reason: 2 });
  });

  test('nobody listens', async () => {
    peer = await startPeer(() => ({}));
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await expect(call({}, port)).rejects.toThrow(/no association with READER: .*ECONNREFUSED/);
  });

  test.each<[string, Parameters<typeof startPeer>[0], RegExp]>([
    ['the peer says nothing', () => ({}), /the peer did not answer in time/],
    ['the peer hangs up', (_say, socket) => ({ associateRequest: () => socket.end() }), /the peer closed/],
    [
      'the peer aborts',
      (say) => ({ associateRequest: () => say(writeAbort({ source: 2, reason: 1 })) }),
      /A-ABORT source 2 reason 1/,
    ],
    [
      'the peer speaks of something else',
      (say) => ({ associateRequest: () => say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')) }),
      /PDU type 0x48 does not exist/,
    ],
    [
      'the peer releases what is not there',
      (say) => ({ associateRequest: () => say(writeReleaseRequest()) }),
      /PDU before the association was accepted/,
    ],
    [
      'the peer sends data before it accepts',
      (say) => ({
        associateRequest: (request) =>
          say(message(1, { commandField: 0x30, messageId: 1, hasDataSet: false }), acceptOf(request)),
      }),
      /PDU before the association was accepted/,
    ],
  ])('%s', async (_what, script, said) => {
    peer = await startPeer(script);
    await expect(call({ timeoutMs: 200 })).rejects.toThrow(said);
  });
});

describe('what was agreed', () => {
  test('a context that was refused, or never proposed, is not used', async () => {
    peer = await startPeer((say) => ({
      ...sound(say),
      associateRequest: (request) =>
        say(
          acceptOf(request, {
            contexts: [
              { id: 1, result: 3, transferSyntax: explicit },
              { id: 3, result: 0, transferSyntax: explicit },
              { id: 77, result: 0, transferSyntax: explicit },
            ],
          }),
        ),
    }));
    const association = await call();
    expect([...association.contexts.keys()]).toEqual([3]);
    expect(association.contextFor(sopClasses.studyRootFind, '1.2.3')).toBeUndefined();
    await expect(echo(association)).rejects.toThrow('does not offer verification');
    await expect(find(association, sopClasses.patientRootFind, []).next()).rejects.toThrow('does not offer');
    const report = reportCommitment(association, { transactionUid: '1.2', committed: [], failed: [] });
    await expect(report).rejects.toThrow('not agreed');
    await association.release();
    expect(peer.heard).toEqual(['associateRequest', 'releaseRequest']);
  });

  test('one context for each class and coding, never more than there are identifiers', () => {
    const instance = (sopClassUid: string, transferSyntax: string) => ({ sopClassUid, transferSyntax });
    expect(storageContexts([instance('1', 'a'), instance('1', 'b'), instance('1', 'a')])).toEqual([
      { abstractSyntax: '1', transferSyntaxes: ['a'] },
      { abstractSyntax: '1', transferSyntaxes: ['b'] },
    ]);
    expect(storageContexts(Array.from({ length: 200 }, (_, n) => instance(`${n}`, 'a')))).toHaveLength(128);
  });
});

const pending = (messageIdBeingRespondedTo: number, dataSet?: Buffer) =>
  message(
    3,
    { commandField: 0x8020, messageIdBeingRespondedTo, status: 0xff00, hasDataSet: dataSet !== undefined },
    dataSet,
  );

describe('a peer that answers wrongly ends the association, and the question fails', () => {
  test.each<[string, () => Buffer, RegExp, string[]]>([
    [
      'an answer to a question that was not asked',
      () => pending(99),
      /response to nothing/,
      ['abort'],
    ],
    [
      'an answer of more than four megabytes',
      () => pending(1, writeDataSet(Array.from({ length: 80 }, (_, n) => [0x00191001 + n, Buffer.alloc(60_000), 'OB']))),
      /data set of a response too long/,
      ['abort'],
    ],
    ['an abort in the middle', () => writeAbort({ source: 0, reason: 0 }), /A-ABORT source 0/, []],
    ['a release in the middle', () => writeReleaseRequest(), /released by the peer/, ['releaseReply']],
    [
      'a question of its own that is not offered',
      () => message(1, { commandField: commandFields.cEchoRq, messageId: 1, hasDataSet: false }),
      /asked for a service that is not offered/,
      ['abort'],
    ],
    [
      'a second acceptance',
      () => acceptOf({ contexts: [], user: { roles: [] }, callingAe: 'A', calledAe: 'B' } as never),
      /association PDU inside an association/,
      ['abort'],
    ],
  ])('%s', async (_what, bytes, said, last) => {
    let asked = false;
    peer = await startPeer((say) => ({
      ...sound(say),
      fragment({ command, last: whole }) {
        if (asked || command || !whole) return;
        asked = true;
        say(bytes());
      },
    }));
    const association = await call();
    const question = find(association, sopClasses.studyRootFind, [[tags.queryRetrieveLevel, 'STUDY']]).next();
    await expect(question).rejects.toThrow(said);
    expect(association.ended.aborted).toBe(true);
    await until(() => peer.heard.length >= 3 + last.length || last.length === 0);
    expect(peer.heard.filter((kind) => kind !== 'fragment').slice(1)).toEqual(last);
    await expect(find(association, sopClasses.studyRootFind, []).next()).rejects.toThrow(said);
  }); // prettier-ignore

  test('one that falls silent after the question is given up', async () => {
    peer = await startPeer(sound);
    const association = await call({ timeoutMs: 150 });
    await expect(echo(association)).rejects.toThrow('idle for too long');
    await until(() => peer.heard.at(-1) === 'abort');
  });

  test('a failure is thrown with its status, a warning behind matches is none', async () => {
    const statuses = [0xa700, 0xff01, 0xb000];
    peer = await startPeer((say) => ({
      ...sound(say),
      fragment({ command, last }) {
        if (!command || !last) return;
        const id = 4 - statuses.length;
        const [first = 0, ...more] = statuses.splice(0, statuses.length === 3 ? 1 : 2);
        const answer = (status: number, dataSet?: Buffer) =>
          message(3, { commandField: 0x8020, messageIdBeingRespondedTo: id, status, hasDataSet: dataSet !== undefined }, dataSet);
        say(answer(first, first === 0xff01 ? dataSetOf('1.2.3') : undefined), ...more.map((status) => answer(status)));
      },
    })); // prettier-ignore
    const association = await call();
    const all = async () => {
      const found = [];
      for await (const match of find(association, sopClasses.studyRootFind, [[tags.patientName, '']]))
        found.push(match.string(tags.sopInstanceUid));
      return found;
    };
    await expect(all()).rejects.toThrow('0xa700');
    expect(await all()).toEqual(['1.2.3']);
    await association.release();
  });
});

describe('the end', () => {
  test('two that release at once both go', async () => {
    peer = await startPeer((say) => ({
      ...sound(say),
      releaseRequest: () => say(writeReleaseRequest(), writeReleaseReply()),
    }));
    const association = await call();
    const closing = new Promise<unknown>((resolve) => association.connection.onClose(resolve));
    await association.release();
    expect(await closing).toMatchObject({ kind: 'released' });
    await association.release(); // nothing is left to release
  });

  test('a peer that does not answer a release is left after the timer', async () => {
    peer = await startPeer((say) => ({ associateRequest: sound(say).associateRequest! }));
    const association = await call({ timeoutMs: 150 });
    await association.release();
    expect([association.connection.closed, association.ended.aborted]).toEqual([true, true]);
    expect(peer.heard.slice(0, 2)).toEqual(['associateRequest', 'releaseRequest']);
  });
});
