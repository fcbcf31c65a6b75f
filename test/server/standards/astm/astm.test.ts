import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ACK,
  AstmDecoder,
  checksum,
  frameRecords,
  NAK,
  writeFrame,
  type AstmSignal,
} from '../../../../server/standards/astm/frame.ts';
import {
  idle,
  receive,
  receiveTimeout,
  type ReceiveAction,
  type ReceiveState,
} from '../../../../server/standards/astm/receive.ts';
import { beginSending, send, sendTimeout } from '../../../../server/standards/astm/send.ts';
import { astmField, parseAstm } from '../../../../server/standards/astm/parse.ts';
import {
  readAstmQueries,
  readAstmResults,
  standardLayout,
} from '../../../../server/standards/astm/results.ts';
import { encodeRecords, holdsNoSignByte, writeRecord } from '../../../../server/standards/astm/write.ts';
import { signCharacters } from '../signCharacters.ts';

const records = [
  writeRecord(
    'H',
    undefined,
    undefined,
    ['XN-550', '00-24'],
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    'P',
    'E1394-97',
  ),
  writeRecord('P', 1),
  writeRecord('O', 1, 'T2611220001'),
  writeRecord(
    'R',
    1,
    [undefined, undefined, undefined, 'WBC'],
    '6.13',
    '10*9/L',
    undefined,
    'N',
    undefined,
    'F',
    undefined,
    undefined,
    undefined,
    '20261122103000',
  ),
  writeRecord('L', 1, 'N'),
];

function deliver(signals: AstmSignal[]): { actions: ReceiveAction[]; state: ReceiveState } {
  let state = idle;
  const actions: ReceiveAction[] = [];
  for (const signal of signals) {
    const step = receive(state, signal);
    state = step.state;
    actions.push(...step.actions);
  }
  return { actions, state };
}

describe('E1381 frames', () => {
  const wire = Buffer.concat([Buffer.from([5]), ...encodeRecords(records), Buffer.from([4])]);

  test('a transmission is delivered whole however the stream is cut', () => {
    for (let cut = 0; cut <= wire.length; cut++) {
      const decoder = new AstmDecoder();
      const { actions } = deliver([
        ...decoder.push(wire.subarray(0, cut)),
        ...decoder.push(wire.subarray(cut)),
      ]);
      expect(actions.filter((one) => one.do === 'send')).toHaveLength(records.length + 1);
      expect(actions.at(-1)).toEqual({ do: 'deliver', message: Buffer.from(records.join('\r') + '\r') });
    }
  });

  test('a wrong checksum is answered NAK and the resent frame taken once', () => {
    const [first, ...rest] = encodeRecords(records);
    const broken = Buffer.from(first!);
    broken[5] = broken[5]! ^ 1;
    const signals = [Buffer.from([5]), broken, first!, first!, ...rest, Buffer.from([4])].flatMap((bytes) =>
      new AstmDecoder().push(bytes),
    );
    const { actions } = deliver(signals);
    expect(actions.flatMap((one) => (one.do === 'send' ? [one.byte] : []))).toEqual([
      ACK,
      NAK,
      ACK,
      ACK,
      ACK,
      ACK,
      ACK,
      ACK,
    ]);
    expect(actions.at(-1)).toMatchObject({ do: 'deliver', message: Buffer.from(records.join('\r') + '\r') });
  });

  test('a frame out of turn is refused, a long record runs over several frames, numbers wrap at 8', () => {
    const { actions } = deliver([
      { kind: 'enq' },
      { kind: 'frame', number: 3, text: Buffer.from('x'), last: true },
    ]);
    expect(actions.at(-1)).toEqual({ do: 'send', byte: NAK });
    const long = frameRecords([Buffer.alloc(2500, 65)]);
    const signals = long.flatMap((frame) => new AstmDecoder().push(frame));
    expect(signals.map((one) => (one.kind === 'frame' ? [one.number, one.last] : []))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3].map((n, i) => [n, i === 10]),
    );
    expect(deliver([{ kind: 'enq' }, ...signals, { kind: 'eot' }]).actions.at(-1)).toMatchObject({
      do: 'deliver',
      message: Buffer.alloc(2500, 65),
    });
  });

  test('silence in the middle drops the unfinished message and says so', () => {
    const { state } = deliver([
      { kind: 'enq' },
      { kind: 'frame', number: 1, text: Buffer.from('H|\\^&\r'), last: true },
    ]);
    expect(receiveTimeout(state)).toMatchObject({
      state: idle,
      actions: [{ do: 'discard', reason: 'no frame for 30 s' }],
    });
  });

  test('hostile bytes give bad frames, never an exception or unbounded memory', () => {
    const decoder = new AstmDecoder();
    expect(
      decoder.push(
        Buffer.concat([Buffer.from([2]), Buffer.alloc(200_000, 65), Buffer.from([3, 0x30, 0x30])]),
      ),
    ).toEqual([{ kind: 'bad-frame', reason: 'length' }]);
    expect(new AstmDecoder().push(Buffer.from('\x029x\x03zz'))).toEqual([
      { kind: 'bad-frame', reason: 'checksum-missing' },
    ]);
    expect(new AstmDecoder().push(writeFrame(1, Buffer.from('ok'), true))[0]).toMatchObject({
      kind: 'frame',
      number: 1,
    });
    expect(checksum(Buffer.from('1H\x03'))).toBe('7C');
  });
});

describe('the sender', () => {
  const frames = encodeRecords(records.slice(0, 2));
  test('asks, sends each frame on ACK and ends with EOT', () => {
    let step = beginSending(frames);
    const seen = [...step.actions];
    for (let i = 0; i < 3; i++) {
      step = send(step.state, { kind: 'ack' });
      seen.push(...step.actions);
    }
    expect(seen.map((one) => one.do)).toEqual(['enq', 'frame', 'frame', 'eot']);
    expect(step.state.phase).toBe('done');
  });

  test('resends on NAK at most six times, yields in contention, gives up on silence', () => {
    let step = send(beginSending(frames).state, { kind: 'ack' });
    for (let i = 0; i < 6; i++) step = send(step.state, { kind: 'nak' });
    expect(step).toMatchObject({ state: { phase: 'failed' }, actions: [{ do: 'eot' }] });
    expect(send(beginSending(frames).state, { kind: 'enq' }).actions).toEqual([
      { do: 'retry-later', afterMs: 20_000 },
    ]);
    expect(sendTimeout(beginSending(frames).state).actions).toEqual([{ do: 'eot' }]);
  });
});

describe('E1394 records', () => {
  test('written records are read back, escapes included', () => {
    const message = parseAstm(
      Buffer.from([records[0], writeRecord('C', 1, 'I', 'a|b^c&d\\e'), records[4]].join('\r')),
    );
    expect(astmField(message.records[1]!, 4)).toBe('a|b^c&d\\e');
    expect(message).toMatchObject({ sender: 'XN-550', warnings: [] });
  });

  test('results, queries, missing terminator, foreign lines', () => {
    const message = parseAstm(
      Buffer.from(records.slice(0, 4).join('\r') + '\rQ|1|^T2611220001\\^T2611220002||ALL\rjunk'),
    );
    expect(readAstmResults(message)).toMatchObject([
      { specimenId: 'T2611220001', instrumentCode: 'WBC', value: '6.13', status: 'F', control: false },
    ]);
    expect(readAstmQueries(message)).toEqual(['T2611220001', 'T2611220002']);
    expect(message.warnings).toHaveLength(2);
    expect(() => parseAstm(Buffer.from('P|1'))).toThrow('H-1');
  });

  test('a patient name in GB18030', () => {
    const message = parseAstm(
      Buffer.concat([Buffer.from('H|\\^&\rP|1||||'), Buffer.from('abc4', 'hex'), Buffer.from('\rL|1|N')]),
    );
    expect(message.charset).toBe('gb18030');
  });
});

const folder = '../shared/fixtures/astm';
describe.skipIf(!existsSync(folder))('public analyzer transmissions (../shared/fixtures/astm)', () => {
  const load = (file: string) => {
    const signals = new AstmDecoder().push(readFileSync(`${folder}/${file}`));
    expect(signals.every((one) => one.kind === 'frame')).toBe(true);
    return parseAstm(Buffer.concat(signals.flatMap((one) => (one.kind === 'frame' ? [one.text] : []))));
  };

  test('cobas c111: every frame checks, the specimen stands in O-4', () => {
    expect(readAstmResults(load('cobas_c111.txt'))).toMatchObject([
      {
        specimenId: 'T20 10134GA D28',
        instrumentCode: '413',
        value: '40.13',
        unit: 'g/L',
        operator: '$SYS$',
      },
    ]);
  });

  test('XN-550: 41 results, padded sender and specimen', () => {
    const message = load('sysmex_xn550.txt');
    const results = readAstmResults(message, { ...standardLayout, ignoreCodes: /^(SCAT|DIST)_/ });
    expect(message.sender).toBe('XN-550');
    expect(results).toHaveLength(37);
    expect(results[0]).toMatchObject({
      specimenId: '27',
      instrumentCode: 'WBC',
      value: '8.13',
      unit: '10*3/uL',
    });
    expect(results[0]?.measuredAt?.toISOString()).toBe('2024-06-27T05:54:07.000Z');
  });

  test('GeneXpert: delimiters from its header', () => {
    const results = readAstmResults(load('genexpert.txt'), { ...standardLayout, testComponents: [7] });
    expect(results[0]).toMatchObject({
      specimenId: 'PR25A137',
      instrumentCode: 'MTB',
      value: 'NOT DETECTED',
    });
    expect(results[0]?.comments[0]).toContain('118176');
  });
});

describe('names in GB18030', () => {
  test('every character whose second byte is a delimiter comes whole from an analyzer, however frames cut it', () => {
    const characters = signCharacters('|\\^');
    expect(characters.length).toBeGreaterThan(300);
    for (let at = 0; at < characters.length; at += 40) {
      const name = characters.slice(at, at + 40).join('');
      const wire = encodeRecords(
        [
          writeRecord('H', undefined, undefined, ['XN-550']),
          writeRecord('P', 1, undefined, undefined, 'A1', [name, name], undefined, '19800506', 'M'),
          // Longer than a frame: 240 bytes end inside a character.
          writeRecord('C', 1, 'I', `x${name}${name}${name}${name}`),
          writeRecord('L', 1, 'N'),
        ],
        'gb18030',
      );
      const text = wire.flatMap((frame) =>
        new AstmDecoder().push(frame).map((one) => (one.kind === 'frame' ? one.text : Buffer.alloc(0))),
      );
      const message = parseAstm(Buffer.concat(text));
      const [, patient, comment] = message.records;
      expect(message.charset).toBe('gb18030');
      expect([1, 2].map((component) => astmField(patient!, 6, component))).toEqual([name, name]);
      expect([astmField(patient!, 8), astmField(patient!, 9)]).toEqual(['19800506', 'M']);
      expect(astmField(comment!, 4)).toBe(`x${name}${name}${name}${name}`);
    }
  });

  test('a text that an analyzer could cut in two is known before it is sent', () => {
    for (const name of ['王珅', '玘', '昞'])
      expect([holdsNoSignByte(name, 'gb18030'), holdsNoSignByte(name, 'utf-8')]).toEqual([false, true]);
    expect(signCharacters('|\\^').filter((one) => holdsNoSignByte(one, 'gb18030'))).toEqual([]);
    expect(holdsNoSignByte('张伟 A|B', 'gb18030')).toBe(true); // a delimiter itself is escaped
  });

  test('a name that fits UTF-8 by chance is read as Chinese', () => {
    const bytes = encodeRecords(
      [writeRecord('H', undefined, undefined, ['U']), writeRecord('P', 1, undefined, undefined, 'A', '谢石')],
      'gb18030',
    ).map((frame) => frame.subarray(2, -5));
    expect(astmField(parseAstm(Buffer.concat(bytes)).records[1]!, 6)).toBe('谢石');
  });
});
