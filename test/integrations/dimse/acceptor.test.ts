import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  AssociationRejected,
  messageContext,
  requestAssociation,
} from '../../../integrations/dimse/requestor.ts';
import { echo } from '../../../integrations/dimse/scu/echo.ts';
import { dataHead } from '../../../integrations/dimse/writePdu.ts';
import { sopClasses } from '../../../server/standards/dicom/index.ts';
import {
  associateRequest,
  dataSetOf,
  echoRequest,
  release,
  storeCommand,
  message,
  storeRequest,
} from './conversation.ts';
import type { TestScp } from './scp.ts';
import { associated, dial, startScp, until } from './scp.ts';

let scp: TestScp;
afterEach(() => scp.close());

const caller = (port: number, callingAe = 'LIUHE', calledAe = 'HUB') =>
  requestAssociation({
    host: '127.0.0.1',
    port,
    callingAe,
    calledAe,
    contexts: [messageContext(sopClasses.verification)],
    timeoutMs: 5000,
  });

const types = (bytes: Buffer): number[] => {
  const list: number[] = [];
  for (let at = 0; at + 6 <= bytes.length; at += 6 + bytes.readUInt32BE(at + 2))
    list.push(bytes.readUInt8(at));
  return list;
};

describe('admission', () => {
  test('an unknown AE title and a wrong called one are refused for good, each with its reason', async () => {
    scp = await startScp();
    await expect(caller(scp.port, 'NOBODY')).rejects.toMatchObject({ result: 1, source: 1, reason: 3 });
    await expect(caller(scp.port, 'LIUHE', 'OTHER')).rejects.toMatchObject({
      result: 1,
      source: 1,
      reason: 7,
    });
  });

  test('when admission cannot be decided the peer may try again', async () => {
    scp = await startScp({ admit: () => Promise.reject(new Error('database away')) });
    await expect(caller(scp.port)).rejects.toMatchObject({ result: 2, source: 3, reason: 1 });
  });

  test('a flood is refused at its bound and does not hurt who is inside', async () => {
    scp = await startScp({}, { limits: { maxAssociations: 5, maxAssociationsPerAddress: 5 } });
    const inside = await Promise.all(Array.from({ length: 5 }, () => caller(scp.port)));
    const outside = await Promise.allSettled(Array.from({ length: 60 }, () => caller(scp.port)));
    for (const result of outside) expect(result.status).toBe('rejected');
    expect(
      outside.some(
        (result) =>
          result.status === 'rejected' &&
          result.reason instanceof AssociationRejected &&
          result.reason.reason === 2,
      ),
    ).toBe(true);
    for (const association of inside) expect(await echo(association)).toBe(0);
    await Promise.all(inside.map((association) => association.release()));
    await until(() => scp.acceptor.associations === 0);
    const again = await caller(scp.port);
    expect(await echo(again)).toBe(0);
    await again.release();
  });

  test('hundreds of silent connections are dropped by the timer', async () => {
    scp = await startScp({}, { limits: { artimMs: 150, maxAssociations: 50 } });
    const silent = await Promise.all(Array.from({ length: 40 }, () => dial(scp.port)));
    await Promise.all(silent.map(({ closed }) => closed));
    const association = await caller(scp.port);
    expect(await echo(association)).toBe(0);
    await association.release();
  });
});

describe('conversation', () => {
  test('byte by byte over a real socket: stored as sent, then released', async () => {
    scp = await startScp();
    const { socket, received, closed } = await dial(scp.port);
    for (const byte of associateRequest()) socket.write(Buffer.from([byte]));
    await until(() => types(received()).length === 1);
    for (const byte of echoRequest()) socket.write(Buffer.from([byte]));
    await until(() => types(received()).length === 2);
    for (const byte of storeRequest('1.2.3.4')) socket.write(Buffer.from([byte]));
    await until(() => scp.stored.length === 1);
    socket.write(release);
    await closed;
    expect(types(received())).toEqual([2, 4, 4, 6]);
    expect(scp.stored[0]).toMatchObject({ sopInstanceUid: '1.2.3.4', bytes: dataSetOf('1.2.3.4').length });
    await until(() => scp.endings[0]?.closing.kind === 'released');
  });

  test('requests sent without waiting for answers are served one after the other', async () => {
    scp = await startScp();
    const { socket, received, closed } = await associated(scp.port);
    const stores = Array.from({ length: 20 }, (_, i) => storeRequest(`1.2.${i + 1}`, undefined, i + 1));
    socket.write(Buffer.concat([...stores, echoRequest(99), release]));
    await closed;
    expect(scp.stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      stores.map((_, i) => `1.2.${i + 1}`),
    );
    expect(types(received())).toEqual([2, ...stores.map(() => 4), 4, 6]);
  });

  test.each([
    ['a second association request', () => associateRequest()],
    [
      'a context that was not accepted',
      () => Buffer.concat([message(77, { commandField: 0x30, messageId: 1, hasDataSet: false })]),
    ],
    [
      'a data set without a command',
      () => Buffer.concat([storeRequest('1.2.3').subarray(message(3, storeCommand('1.2.3')).length)]),
    ],
    [
      'a command inside a data set',
      () =>
        Buffer.concat([
          message(3, storeCommand('1.2.3')),
          dataHead(3, 4, false, false),
          Buffer.alloc(4),
          echoRequest(),
        ]),
    ],
    [
      'a response to nothing',
      () =>
        Buffer.concat([
          message(1, { commandField: 0x8030, messageIdBeingRespondedTo: 5, status: 0, hasDataSet: false }),
        ]),
    ],
    ['a release reply to nothing', () => Buffer.from('06000000000400000000', 'hex')],
    ['4 GB of data', () => Buffer.from('0400ffffffff', 'hex')],
  ])('%s is aborted', async (_what, bytes) => {
    scp = await startScp();
    const { socket, received, closed } = await associated(scp.port);
    socket.write(bytes());
    await closed;
    expect(types(received()).at(-1)).toBe(7);
    const association = await caller(scp.port);
    expect(await echo(association)).toBe(0);
    await association.release();
  });

  test('a peer that falls silent inside an object is aborted and the sink is told', async () => {
    scp = await startScp({}, { limits: { idleTimeoutMs: 100 } });
    const { socket, received, closed } = await associated(scp.port);
    socket.write(storeRequest('1.2.3').subarray(0, -50));
    await closed;
    expect(types(received())).toEqual([2, 7]);
    await until(() => scp.aborted.length === 1);
    expect(scp.stored).toEqual([]);
  });

  test('a peer that vanishes inside an object leaves nothing', async () => {
    scp = await startScp();
    const { socket } = await associated(scp.port);
    socket.write(storeRequest('1.2.3').subarray(0, -50));
    await sleep(30);
    socket.resetAndDestroy();
    await until(() => scp.aborted.length === 1);
    await until(() => scp.endings.length === 1);
    expect(scp.endings[0]?.closing.kind).toBe('lost');
  });

  test('a stop lets the running operation end', async () => {
    let finish = (): void => undefined;
    scp = await startScp({
      openStore: () => ({
        write() {},
        finish: () => new Promise((resolve) => (finish = () => resolve({ status: 0 }))),
        abort() {},
      }),
    });
    const { socket, received, closed } = await associated(scp.port);
    socket.write(storeRequest('1.2.3'));
    await sleep(50);
    const stopped = scp.acceptor.close(2000);
    await sleep(50);
    finish();
    await Promise.all([closed, stopped]);
    expect(types(received())).toEqual([2, 4, 7]);
  });
});
