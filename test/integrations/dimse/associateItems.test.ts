import { afterEach, describe, expect, test } from 'vitest';
import type { AssociateAccept, AssociateRequest } from '../../../integrations/dimse/pdu.ts';
import { aborts, ProtocolError } from '../../../integrations/dimse/pdu.ts';
import { readAssociateAccept, readAssociateRequest } from '../../../integrations/dimse/readAssociate.ts';
import { dataCapacity } from '../../../integrations/dimse/writePdu.ts';
import { applicationContextUid, sopClasses, transferSyntaxes } from '../../../server/standards/dicom/uids.ts';
import { echoRequest } from './conversation.ts';
import { dial, startScp, until, type TestScp } from './scp.ts';

const { explicitLittleEndian, implicitLittleEndian } = transferSyntaxes;

/** An item of PS3.8 §9.3.2 with what stands in it, texts and items alike. */
function item(type: number, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([type, 0]), u16(body.length), body]);
}
function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
const sized = (text: string) => Buffer.concat([u16(text.length), Buffer.from(text)]);
const context = (id: number, abstractSyntax: string, ...syntaxes: string[]) =>
  item(0x20, Buffer.from([id, 0, 0, 0]), item(0x30, abstractSyntax), ...syntaxes.map((uid) => item(0x40, uid))); // prettier-ignore
const name = (text: string) => text.padEnd(16);
const head = (called = name('HUB'), calling = name('LIUHE'), version = 1) =>
  Buffer.concat([u16(version), Buffer.alloc(2), Buffer.from(called), Buffer.from(calling), Buffer.alloc(32)]);
const application = item(0x10, applicationContextUid);
const verification = context(1, sopClasses.verification, implicitLittleEndian);
const user = (...items: Buffer[]) => item(0x50, item(0x51, u32(16_384)), ...items);
const request = (...items: Buffer[]) => Buffer.concat([head(), ...items]);
const read = (...items: Buffer[]): AssociateRequest => readAssociateRequest(request(...items));

describe('user information of a request (PS3.7 Annex D)', () => {
  test.each<[string, Buffer[], Partial<AssociateRequest['user']>]>([
    ['none at all: no limit, no roles', [], { maxPduLength: 0, implementationClassUid: '', roles: [] }],
    ['a longest PDU', [user()], { maxPduLength: 16_384 }],
    [
      'class and version of the implementation, padded',
      [user(item(0x52, '1.2.276.0.7230010.3.0.3.6.7\0'), item(0x55, 'OFFIS_DCMTK_367 '))],
      {
        implementationClassUid: '1.2.276.0.7230010.3.0.3.6.7',
        implementationVersionName: 'OFFIS_DCMTK_367',
      },
    ],
    [
      'an asynchronous window',
      [user(item(0x53, u16(4), u16(0)))],
      { asynchronousOperations: { invoked: 4, performed: 0 } },
    ],
    [
      'roles, one for each class, whatever byte stands for no',
      [user(item(0x54, sized(sopClasses.ct), Buffer.from([0, 1])), item(0x54, sized('1.2'), Buffer.from([1, 7])))],
      {
        roles: [
          { sopClassUid: sopClasses.ct, scu: false, scp: true },
          { sopClassUid: '1.2', scu: true, scp: false },
        ],
      },
    ],
    [
      'a user name',
      [user(item(0x58, Buffer.from([1, 0]), sized('tech1'), u16(0)))],
      {
        userIdentity: {
          type: 1,
          responseRequested: false,
          primaryField: Buffer.from('tech1'),
          secondaryField: Buffer.alloc(0),
        },
      },
    ],
    [
      'a user name with passcode that wants an answer',
      [user(item(0x58, Buffer.from([2, 1]), sized('tech1'), sized('secret')))],
      {
        userIdentity: {
          type: 2,
          responseRequested: true,
          primaryField: Buffer.from('tech1'),
          secondaryField: Buffer.from('secret'),
        },
      },
    ],
    [
      'an identity that ends behind its first field',
      [user(item(0x58, Buffer.from([3, 0]), sized('ticket')))],
      {
        userIdentity: {
          type: 3,
          responseRequested: false,
          primaryField: Buffer.from('ticket'),
          secondaryField: Buffer.alloc(0),
        },
      },
    ],
    [
      'extended negotiation, common extended negotiation and items of the future, which are passed over',
      [
        user(
          item(0x56, sized(sopClasses.studyRootFind), Buffer.from([1, 1, 1])),
          item(0x57, Buffer.from([0, 0]), sized('1.2'), sized('1.3'), u16(0)),
          item(0x5f, 'whatever'),
          item(0x55, 'BEHIND'),
        ),
      ],
      { maxPduLength: 16_384, implementationVersionName: 'BEHIND', roles: [] },
    ],
  ])('%s', (_what, items, expected) => {
    expect(read(application, verification, ...items).user).toMatchObject(expected);
  }); // prettier-ignore

  test('the passcode is a copy: the memory of the connection may be given back', () => {
    const bytes = request(user(item(0x58, Buffer.from([2, 0]), sized('tech1'), sized('secret'))));
    const { userIdentity } = readAssociateRequest(bytes).user;
    bytes.fill(0);
    expect(userIdentity?.primaryField.toString()).toBe('tech1');
    expect(userIdentity?.secondaryField.toString()).toBe('secret');
  });
});

describe('what does not fit together is a protocol error', () => {
  test.each<[string, Buffer[]]>([
    ['a longest PDU of three bytes', [item(0x50, item(0x51, Buffer.alloc(3)))]],
    ['an asynchronous window of one number', [user(item(0x53, u16(1)))]],
    ['a role without its bytes', [user(item(0x54, sized('1.2')))]],
    ['a role of one byte', [user(item(0x54, Buffer.alloc(1)))]],
    ['a role whose UID is longer than its item', [user(item(0x54, u16(200), '1.2', Buffer.from([1, 1])))]],
    ['an identity of three bytes', [user(item(0x58, Buffer.alloc(3)))]],
    ['an identity longer than its item', [user(item(0x58, Buffer.from([1, 0]), u16(99), 'tech1'))]],
    ['an implementation class of 65 characters', [user(item(0x52, '1'.repeat(65)))]],
    ['a context without its four bytes', [item(0x20, Buffer.from([1, 0]))]],
    ['context 0', [context(0, sopClasses.verification, implicitLittleEndian)]],
    ['context 254', [context(254, sopClasses.verification, implicitLittleEndian)]],
    ['an abstract syntax of 65 characters', [context(1, '1'.repeat(65), implicitLittleEndian)]],
    ['a transfer syntax of 65 characters', [context(1, '1.2', '1'.repeat(65))]],
    ['an item head that is cut', [Buffer.from([0x20, 0, 0])]],
    ['a user item whose last item is cut', [item(0x50, item(0x51, u32(1)), Buffer.from([0x52, 0]))]],
    ['a context item longer than its context', [item(0x20, Buffer.from([1, 0, 0, 0, 0x30, 0, 0, 9]))]],
  ])('%s', (_what, items) => {
    const thrown = (() => {
      try {
        return read(application, ...items);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(ProtocolError);
    expect((thrown as ProtocolError).abort).toEqual(aborts.invalidParameter);
  });

  test('128 contexts are read, one more has no identifier left', () => {
    const contexts = Array.from({ length: 128 }, (_, at) => context(at * 2 + 1, '1.2', implicitLittleEndian));
    expect(
      read(application, ...contexts)
        .contexts.map(({ id }) => id)
        .at(-1),
    ).toBe(255);
    expect(() => read(application, ...contexts, context(1, '1.2', implicitLittleEndian))).toThrow(
      'more than 128',
    );
  });
});

test('AE titles lose their padding, of spaces and of nulls, and keep what is inside', () => {
  const titles = (called: string, calling: string) => {
    const { calledAe, callingAe } = readAssociateRequest(head(called, calling));
    return [calledAe, callingAe];
  };
  expect(titles('  HUB           ', 'CT ROOM 2\0\0\0\0\0\0\0')).toEqual(['HUB', 'CT ROOM 2']);
  expect(titles(' '.repeat(16), 'ABCDEFGHIJKLMNOP')).toEqual(['', 'ABCDEFGHIJKLMNOP']);
});

test('an acceptance: results that do not exist are no acceptance, a missing syntax is none', () => {
  const answered = (id: number, result: number, ...syntax: string[]) =>
    item(0x21, Buffer.from([id, 0, result, 0]), ...syntax.map((uid) => item(0x40, uid)));
  const accept: AssociateAccept = readAssociateAccept(
    request(application, answered(1, 0, explicitLittleEndian), answered(3, 9, '1.2'), answered(5, 4), user()),
  );
  expect(accept.contexts).toEqual([
    { id: 1, result: 0, transferSyntax: explicitLittleEndian },
    { id: 3, result: 2, transferSyntax: '1.2' },
    { id: 5, result: 4, transferSyntax: '' },
  ]);
  expect([accept.callingAe, accept.user.maxPduLength]).toEqual(['LIUHE', 16_384]);
  expect(readAssociateAccept(request()).user).toEqual({
    maxPduLength: 0,
    implementationClassUid: '',
    roles: [],
  });
  expect(() => readAssociateAccept(request(item(0x21, Buffer.from([1, 0]))))).toThrow('is cut');
});

test('a data value is cut to what the peer takes: even, never of nothing, never more than 128 KB', () => {
  expect([0, 16_384, 16_383, 1, 70, 72, 0xffffffff].map(dataCapacity)).toEqual([
    131_066, 16_378, 16_376, 64, 64, 66, 131_066,
  ]);
});

describe('on the wire', () => {
  let scp: TestScp;
  afterEach(() => scp.close());
  const pdu = (body: Buffer) => Buffer.concat([Buffer.from([1, 0]), u32(body.length), body]);

  async function ask(body: Buffer, behind: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    scp = await startScp();
    const { socket, received, closed } = await dial(scp.port);
    socket.write(pdu(body));
    await until(() => received().length > 0);
    const first = received().readUInt8(0);
    if (first === 2) {
      socket.write(behind);
      if (behind.length > 0) await until(() => received().length > received().readUInt32BE(2) + 6);
      socket.end();
    }
    await closed;
    return received();
  }
  /** Result, source and reason of a rejection. */
  const rejectionOf = (bytes: Buffer) => (bytes.readUInt8(0) === 3 ? [...bytes.subarray(7, 10)] : 'accepted');

  test.each<[string, Buffer, number[]]>([
    [
      'protocol version 2 alone',
      Buffer.concat([head(name('HUB'), name('LIUHE'), 2), application]),
      [1, 2, 2],
    ],
    ['another application context', request(item(0x10, '1.2.840.10008.3.1.1.2'), verification), [1, 1, 2]],
    ['no application context', request(verification), [1, 1, 2]],
    ['no calling AE title', Buffer.concat([head(name('HUB'), name('NOBODY')), application]), [1, 1, 3]],
    ['another called AE title', Buffer.concat([head(name('HUB2')), application]), [1, 1, 7]],
  ])('%s is refused for good, with its reason', async (_what, body, reason) => {
    expect(rejectionOf(await ask(body))).toEqual(reason);
    expect(scp.endings).toEqual([]);
  });

  test('versions 1 and 3 together are taken as version 1; ANY-SCP is the hub too', async () => {
    const body = Buffer.concat([head(name('ANY-SCP'), name('LIUHE'), 5), application, verification, user()]);
    expect(rejectionOf(await ask(body, echoRequest()))).toBe('accepted');
  });

  test('an identity is neither asked for nor answered: the association stands and an echo is served', async () => {
    const identity = user(item(0x58, Buffer.from([2, 1]), sized('tech1'), sized('wrong')));
    const bytes = await ask(request(application, verification, identity), echoRequest());
    const accept = readAssociateAccept(bytes.subarray(6, 6 + bytes.readUInt32BE(2)));
    expect(accept.user.userIdentity).toBeUndefined();
    expect(accept.contexts).toEqual([{ id: 1, result: 0, transferSyntax: implicitLittleEndian }]);
    expect(bytes.readUInt8(6 + bytes.readUInt32BE(2))).toBe(4);
  });

  test('an asynchronous window is not granted: the answer has none, which makes it one (PS3.7 §D.3.3.3)', async () => {
    const bytes = await ask(request(application, verification, user(item(0x53, u16(0), u16(0)))));
    expect(readAssociateAccept(bytes.subarray(6)).user.asynchronousOperations).toBeUndefined();
  });

  test('no context in common is an association all the same, with a reason for each', async () => {
    const bytes = await ask(
      request(application, context(1, '1.2.3', implicitLittleEndian), context(3, sopClasses.ct, '1.2'), context(5, sopClasses.verification)),
    ); // prettier-ignore
    expect(readAssociateAccept(bytes.subarray(6)).contexts.map(({ id, result }) => [id, result])).toEqual([
      [1, 3],
      [3, 4],
      [5, 4],
    ]);
  });
});
