import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Peer } from '../../../integrations/dimse/services.ts';
import {
  dataPdus,
  writeAbort,
  writeAssociateAccept,
  writeAssociateReject,
  writeReleaseReply,
} from '../../../integrations/dimse/writePdu.ts';
import { writeCommand } from '../../../integrations/dimse/command.ts';
import { sopClasses, tags, transferSyntaxes, writeDataSet } from '../../../server/standards/dicom/index.ts';
import {
  associateRequest,
  dataSetOf,
  echoRequest,
  message,
  release,
  storeCommand,
  storeRequest,
} from './conversation.ts';
import { associated, dial, startScp, until, type TestScp } from './scp.ts';

let scp: TestScp;
afterEach(() => scp.close());

/** PDUs as they came: `AC`, `DATA`, and an abort with its source and reason. */
function said(bytes: Buffer): string[] {
  const names = ['', 'RQ', 'AC', 'RJ', 'DATA', 'RELEASE', 'RELEASED', 'ABORT'];
  const list: string[] = [];
  for (let at = 0; at + 6 <= bytes.length; at += 6 + bytes.readUInt32BE(at + 2)) {
    const type = bytes.readUInt8(at);
    const detail = type === 7 ? ` ${bytes.readUInt8(at + 8)}/${bytes.readUInt8(at + 9)}` : '';
    list.push(`${names[type]}${detail}`);
  }
  return list;
}

const accept = writeAssociateAccept({ calledAe: 'HUB', callingAe: 'LIUHE', contexts: [], maxPduLength: 0 });
const rejection = writeAssociateReject({ result: 1, source: 1, reason: 1 });
const unexpected = 'ABORT 2/2';

describe('before an association is asked for (Sta2)', () => {
  test.each<[string, Buffer]>([
    ['an acceptance', accept],
    ['a rejection', rejection],
    ['data', echoRequest()],
    ['a release', release],
    ['a release reply', writeReleaseReply()],
  ])('%s is aborted and no association comes into being', async (_what, bytes) => {
    scp = await startScp();
    const { socket, received, closed } = await dial(scp.port);
    socket.write(bytes);
    await closed;
    expect(said(received())).toEqual([unexpected]);
    expect([scp.acceptor.associations, scp.endings]).toEqual([0, []]);
  });

  test('an abort is not answered', async () => {
    scp = await startScp();
    const { socket, received, closed } = await dial(scp.port);
    socket.write(writeAbort({ source: 0, reason: 0 }));
    await closed;
    expect(received()).toHaveLength(0);
  });
});

describe('while it is decided who calls (Sta3)', () => {
  /** A listener whose decision waits for a word. */
  async function deciding(): Promise<{ decide: () => void; asked: () => number; begun: Peer[] }> {
    let asked = 0;
    let decide = (): void => undefined;
    const decided = new Promise<void>((resolve) => (decide = resolve));
    const begun: Peer[] = [];
    scp = await startScp({
      associationBegan: (peer) => void begun.push(peer),
      async admit() {
        asked++;
        await decided;
        return { institutionId: 'liuhe', deviceId: 'ct1' };
      },
    });
    return { decide, asked: () => asked, begun };
  }

  test.each<[string, Buffer]>([
    ['a second association request', associateRequest()],
    ['an acceptance', accept],
    ['data that does not wait for the acceptance', echoRequest()],
    ['a release', release],
    ['a release reply', writeReleaseReply()],
  ])('%s in the same breath is aborted, and the late decision opens nothing', async (_what, bytes) => {
    const { decide, asked, begun } = await deciding();
    const { socket, received, closed } = await dial(scp.port);
    socket.write(Buffer.concat([associateRequest(), bytes]));
    await closed;
    decide();
    await until(() => asked() > 0);
    await new Promise(setImmediate);
    expect(said(received())).toEqual([unexpected]);
    expect([asked(), begun, scp.acceptor.associations]).toEqual([1, [], 0]);
  });

  test.each<[string, Buffer | undefined]>([
    ['aborts', writeAbort({ source: 0, reason: 0 })],
    ['hangs up', undefined],
  ])('a peer that %s is forgotten', async (_what, bytes) => {
    const { decide, begun } = await deciding();
    const { socket, received, closed } = await dial(scp.port);
    socket.write(Buffer.concat([associateRequest(), bytes ?? Buffer.alloc(0)]));
    if (bytes === undefined) socket.end();
    decide();
    await closed;
    await until(() => scp.acceptor.associations === 0 && begun.length === scp.endings.length);
    expect(said(received()).filter((pdu) => pdu !== 'AC')).toEqual([]);
  });

  test('what came behind the acceptance is served once it stands', async () => {
    const { decide, begun } = await deciding();
    const { socket, received } = await dial(scp.port);
    socket.write(associateRequest());
    decide();
    await until(() => said(received()).length === 1);
    socket.write(echoRequest());
    await until(() => said(received()).length === 2);
    expect([said(received()), begun[0]?.callingAe]).toEqual([['AC', 'DATA'], 'LIUHE']);
    socket.destroy();
  });
});

describe('inside an association (Sta6)', () => {
  test.each<[string, Buffer, string]>([
    ['an acceptance', accept, unexpected],
    ['a rejection', rejection, unexpected],
    ['a context that was refused', message(5, storeCommand('1.2.3'), dataSetOf('1.2.3')), 'ABORT 2/6'],
    ['a command of 17 kilobytes', Buffer.concat(dataPdus(1, Buffer.alloc(17 * 1024), true, 4096)), 'ABORT 2/6'],
    ['a command that is none', Buffer.concat(dataPdus(1, Buffer.from('no command set at all'), true, 4096)), 'ABORT 2/6'],
    [
      'a data set under another context than its command',
      Buffer.concat([
        ...dataPdus(3, writeCommand(storeCommand('1.2.3')), true, 4096),
        ...dataPdus(1, dataSetOf('1.2.3'), false, 4096),
      ]),
      unexpected,
    ],
    ['a PDU of a type that does not exist', Buffer.from('090000000004deadbeef', 'hex'), 'ABORT 2/1'],
  ])('%s is aborted with its reason, nothing is stored', async (_what, bytes, abort) => {
    scp = await startScp();
    const { socket, received, closed } = await dial(scp.port);
    const contexts = [
      { id: 1, abstractSyntax: sopClasses.verification, transferSyntaxes: [transferSyntaxes.implicitLittleEndian] },
      { id: 3, abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
      { id: 5, abstractSyntax: '1.2.3.4', transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
    ];
    socket.write(associateRequest({ contexts }));
    await until(() => received().length > 0);
    socket.write(bytes);
    await closed;
    expect(said(received())).toEqual(['AC', abort]);
    expect(scp.stored).toEqual([]);
    await until(() => scp.endings.length === 1);
    expect(scp.endings[0]?.closing.kind).toBe('aborted');
  }); // prettier-ignore

  test('a peer that hangs up inside an object, or aborts behind one, ends it without an answer', async () => {
    scp = await startScp();
    const inside = await associated(scp.port);
    inside.socket.write(Buffer.concat([storeRequest('1.2.3').subarray(0, -300), Buffer.alloc(0)]));
    await until(() => scp.acceptor.associations === 1);
    inside.socket.end();
    await inside.closed;
    await until(() => scp.aborted.length === 1);
    const between = await associated(scp.port);
    between.socket.write(Buffer.concat([storeRequest('1.2.4'), writeAbort({ source: 2, reason: 6 })]));
    await between.closed;
    await until(() => scp.endings.length === 2);
    expect(scp.endings[1]?.closing).toEqual({
      kind: 'aborted-by-peer',
      detail: 'A-ABORT source 2 reason 6',
    });
    expect(said(between.received())).toEqual(['AC']);
  });

  test('a release that comes while a search runs waits for its last answer', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    scp = await startScp({
      async *find() {
        await gate;
        yield [[tags.studyInstanceUid, '1.2.3']];
      },
    });
    const { socket, received, closed } = await dial(scp.port);
    const contexts = [
      { id: 1, abstractSyntax: sopClasses.studyRootFind, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
    ];
    socket.write(associateRequest({ contexts }));
    await until(() => received().length > 0);
    const find = { commandField: 0x20, messageId: 1, affectedSopClassUid: sopClasses.studyRootFind, hasDataSet: true };
    socket.write(Buffer.concat([message(1, find, writeDataSet([[tags.queryRetrieveLevel, 'STUDY']])), release]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said(received())).toEqual(['AC']);
    go();
    await closed;
    expect(said(received())).toEqual(['AC', 'DATA', 'DATA', 'DATA', 'RELEASED']);
    await until(() => scp.endings.length === 1);
    expect(scp.endings[0]?.closing.kind).toBe('released');
  }); // prettier-ignore
});

test('after an abort of ours nothing is answered any more, and a peer that does not close is closed (Sta13)', async () => {
  scp = await startScp({}, { limits: { artimMs: 100 } });
  const socket = connect({ port: scp.port, host: '127.0.0.1', allowHalfOpen: true });
  const parts: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => parts.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const ended = new Promise((resolve) => socket.on('end', resolve));
  socket.write(Buffer.concat([release]));
  await ended;
  socket.write(Buffer.concat([associateRequest(), echoRequest()]));
  await until(() => scp.acceptor.associations === 0);
  // Our side has gone: what is still written meets a reset in the end.
  const pushing = setInterval(() => socket.write(echoRequest()), 20);
  await closed;
  clearInterval(pushing);
  expect(said(Buffer.concat(parts))).toEqual([unexpected]);
});
