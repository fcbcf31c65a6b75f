import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { Hl7ContentError } from '../../../../server/standards/hl7v2/errors.ts';
import { escapeValue, unescapeValue } from '../../../../server/standards/hl7v2/escape.ts';
import {
  parseMessage,
  repetitionCount,
  segment,
  segmentsOf,
  text,
  value,
} from '../../../../server/standards/hl7v2/parse.ts';
import { parseDate, parseTimestamp } from '../../../../server/standards/hl7v2/timestamp.ts';
import { encodeMessage, writeMessage } from '../../../../server/standards/hl7v2/write.ts';
import { frameMessage, MllpDecoder } from '../../../../server/standards/hl7v2/frame.ts';
import { signCharacters } from '../signCharacters.ts';

const head = (charset: string, encoding = '^~\\&') =>
  `MSH|${encoding}|检验|柳河|HUB||20261122103000||ADT^A08|7|P|2.4||||||${charset}`;
const lines = (...parts: string[]) => parts.join('\r') + '\r';

describe('character sets', () => {
  const names = '珅玘昞^甡';
  test.each(['GB 18030-2000', 'GB18030', 'GBK', 'GB2312', ''])(
    'names whose GBK bytes look like delimiters survive MSH-18 %j',
    (declared) => {
      const message = parseMessage(
        iconv.encode(lines(head(declared), `PID|1||8^^^LIUHE^MR||${names}||19800101|M`), 'gb18030'),
      );
      const pid = segment(message, 'PID');
      expect([text(pid, 5, 1), text(pid, 5, 2), text(pid, 7)]).toEqual(['珅玘昞', '甡', '19800101']);
      expect(text(message.header, 3)).toBe('检验');
    },
  );

  test.each(['UNICODE', 'UNICODE UTF-8', 'UTF-8', 'UTF8', ''])('UTF-8 by MSH-18 %j', (declared) => {
    const message = parseMessage(Buffer.from(lines(head(declared), `PID|1||8||${names}`)));
    expect(text(segment(message, 'PID'), 5)).toBe('珅玘昞');
    expect(message.charset).toBe('utf-8');
    expect(message.warnings).toEqual([]);
  });

  test.each([
    ['UNICODE UTF-8', 'gb18030'],
    ['ASCII', 'gb18030'],
    ['ASCII', 'utf-8'],
    ['8859/1', 'utf-8'],
    ['GB2312', 'utf-8'],
  ])('a wrong label %s over %s bytes is seen through and flagged', (declared, actual) => {
    const message = parseMessage(iconv.encode(lines(head(declared), 'PID|1||8||欧阳珅玘|||M'), actual));
    if (declared !== 'GB2312') expect(text(segment(message, 'PID'), 5)).toBe('欧阳珅玘');
    if (message.charset !== 'gb18030' || declared !== 'GB2312')
      expect(message.warnings[0]).toMatch(/^MSH-18/);
  });

  test('every character of GB18030 that ends in the byte of a delimiter goes out and comes back whole', () => {
    const header = {
      sendingApplication: 'HUB',
      sendingFacility: 'QHRM',
      receivingApplication: 'HIS',
      receivingFacility: 'LIUHE',
      at: new Date(0),
      messageType: ['ADT', 'A08'],
      controlId: '1',
      version: '2.4',
    };
    const characters = signCharacters('|^~\\');
    expect(characters.length).toBeGreaterThan(450);
    for (let at = 0; at < characters.length; at += 60) {
      const name = characters.slice(at, at + 60).join('');
      for (const charset of ['gb18030', 'utf-8']) {
        const wire = frameMessage(
          encodeMessage({ ...header, charset }, [
            ['PID', 1, undefined, '8', undefined, [name, `${name}|^`], '', '19800101'],
          ]),
        );
        const [event] = new MllpDecoder().push(wire);
        const pid = segment(parseMessage(event?.kind === 'frame' ? event.bytes : Buffer.alloc(0)), 'PID');
        expect([text(pid, 5, 1), text(pid, 5, 2), text(pid, 7)]).toEqual([name, `${name}|^`, '19800101']);
      }
    }
  });

  test.each(['谢石', '叶梅', '姚毛'])(
    'GB18030 without a label that fits UTF-8 by chance is read as Chinese: %s',
    (name) => {
      const bytes = iconv.encode(
        'MSH|^~\\&|A|B|||2026||ADT^A08|7|P|2.4\rPID|1||8||' + name + '\r',
        'gb18030',
      );
      expect(text(segment(parseMessage(bytes), 'PID'), 5)).toBe(name);
    },
  );

  test.each(['12.1 µmol/L', 'β2 3×10²', 'Müller', 'José Ñandú', '谢石 µ'])(
    'UTF-8 without a label stays UTF-8: %s',
    (name) => {
      const bytes = Buffer.from('MSH|^~\\&|A|B|||2026||ADT^A08|7|P|2.4\rPID|1||8||' + name + '\r');
      expect(text(segment(parseMessage(bytes), 'PID'), 5)).toBe(name);
    },
  );

  test('a real 8859/1 message stays Latin', () => {
    const message = parseMessage(
      iconv.encode(lines('MSH|^~\\&|A|B|||2026||ADT^A08|7|P|2.4||||||8859/1', 'PID|1||8||Müller'), 'latin1'),
    );
    expect(text(segment(message, 'PID'), 5)).toBe('Müller');
  });
});

describe('text into segments', () => {
  test.each(['\r', '\n', '\r\n'])('line end %j', (end) => {
    const message = parseMessage(Buffer.from([head(''), 'PID|1||8', 'OBX|1|NM|K'].join(end)));
    expect(message.segments.map((one) => one.id)).toEqual(['MSH', 'PID', 'OBX']);
  });

  test('line ends mixed in one message lose no segment', () => {
    const message = parseMessage(Buffer.from(`${head('')}\rPID|1\nOBX|1\r\nOBX|2\rNTE|1`));
    expect(message.segments.map((one) => one.id)).toEqual(['MSH', 'PID', 'OBX', 'OBX', 'NTE']);
    expect(segmentsOf(message, 'OBX').map((one) => one.sequence)).toEqual([1, 2]);
  });

  test('BOM, leading VT and lower-case segment names', () => {
    const message = parseMessage(
      Buffer.from(`\uFEFF\u000b${lines(head('').replace('MSH', 'msh'), 'pid|1||8')}`),
    );
    expect(text(segment(message, 'PID'), 3)).toBe('8');
  });

  test('foreign delimiters come from MSH-1 and MSH-2, default signs inside are text', () => {
    const message = parseMessage(
      Buffer.from('MSH$*!@%$APP$F$$$2026$$ADT*A08$9$P$2.4\rPID$1$$8*9!7*6$$A|B^C%D@F@E\r'),
    );
    const pid = segment(message, 'PID');
    expect(text(message.header, 9, 2)).toBe('A08');
    expect([text(pid, 3, 2), text(pid, 3, 1, 2)]).toEqual(['9', '7']);
    expect([text(pid, 5), text(pid, 5, 1, 1, 2)]).toEqual(['A|B^C', 'D$E'.replace('$', '|')]);
  });

  test('repetitions, components and subcomponents are kept apart', () => {
    const message = parseMessage(Buffer.from(lines(head(''), 'PID|1||a&b^c&d~e&f|x&y|p~q|m^n&o')));
    const pid = segment(message, 'PID');
    expect(repetitionCount(pid, 3)).toBe(2);
    expect([value(pid, 3, 1, 1, 2), value(pid, 3, 2, 1, 2), value(pid, 3, 1, 2, 2)]).toEqual(['b', 'd', 'f']);
    expect([
      value(pid, 4, 1, 1, 2),
      repetitionCount(pid, 4),
      value(pid, 5, 1, 2),
      value(pid, 6, 2, 1, 2),
    ]).toEqual(['y', 1, 'q', 'o']);
  });

  test('empty is no change, two quotes are delete, past the end is nothing', () => {
    const pid = segment(parseMessage(Buffer.from(lines(head(''), 'PID|1||8||""||'))), 'PID');
    expect([value(pid, 5), value(pid, 6), value(pid, 60), value(undefined, 1)]).toEqual([
      null,
      undefined,
      undefined,
      undefined,
    ]);
    expect(repetitionCount(pid, 6)).toBe(0);
  });

  test('a line break inside a segment is repaired and said', () => {
    const message = parseMessage(Buffer.from(lines(head(''), 'OBX|1|TX|A||first', 'second line|||||F')));
    expect(text(segment(message, 'OBX'), 5)).toBe('first\nsecond line');
    expect(message.warnings[0]).toContain('OBX');
  });

  test('escapes: letters, line breaks, hexadecimal bytes of the character set, unknown left alone', () => {
    expect(unescapeValue('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f')).toBe('a|b^c&d~e\\f');
    expect(unescapeValue('x\\.br\\y\\.sp2\\z\\H\\bold\\N\\')).toBe('x\ny\n\nzbold');
    expect(unescapeValue('\\XCBAF\\', 'gb18030')).toBe(iconv.decode(Buffer.from('cbaf', 'hex'), 'gb18030'));
    expect(unescapeValue('C:\\data\\new \\Zxx\\ \\r')).toBe('C:\\data\\new \\Zxx\\ \\r');
  });

  test('a 5 MB OBX is read in well under a second', () => {
    const data = 'QUJD'.repeat(1_310_720);
    const before = performance.now();
    const message = parseMessage(
      Buffer.from(lines(head(''), `OBX|1|ED|PDF||^application^pdf^Base64^${data}||||||F`)),
    );
    expect(text(segment(message, 'OBX'), 5, 5)).toHaveLength(data.length);
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  test.each([
    ['', 'MSH-1'],
    ['PID|1', 'MSH-1'],
    ['MSH', 'MSH-1'],
    ['MSH|^^^^|A\rPID|1', 'MSH-2'],
    ['BHS|^~\\&|A\rMSH|^~\\&|', 'FHS-1'],
  ])('%j is rejected naming %s', (sent, place) => {
    expect(() => parseMessage(Buffer.from(sent))).toThrow(place);
    expect(() => parseMessage(Buffer.from(sent))).toThrow(Hl7ContentError);
  });
});

describe('written messages', () => {
  const header = {
    sendingApplication: 'HUB',
    sendingFacility: 'QINGHE',
    receivingApplication: 'HIS',
    receivingFacility: 'LIUHE',
    at: new Date('2026-11-22T02:30:00Z'),
    messageType: ['ORU', 'R01', 'ORU_R01'],
    controlId: 'H1',
    version: '2.4',
    charset: 'gb18030',
  };
  test('are escaped, without trailing separators, CR after each segment', () => {
    const written = writeMessage(header, [
      ['OBX', 1, 'ST', ['A&B', 'x|y'], undefined, 'line 1\nline 2', undefined],
    ]);
    expect(written).toBe(
      'MSH|^~\\&|HUB|QINGHE|HIS|LIUHE|20261122103000+0800||ORU^R01^ORU_R01|H1|P|2.4|||||CHN|GB 18030-2000\rOBX|1|ST|A\\T\\B^x\\F\\y||line 1\\.br\\line 2\r',
    );
  });

  test('any text survives writing and reading in UTF-8 and GB18030', () => {
    const wordy = fc.string({ unit: fc.constantFrom(...'珅玘昞|^~\\&aB 1\n𠮷é', '\\F\\', '\\X41\\') });
    fc.assert(
      fc.property(
        fc.array(fc.array(wordy, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('utf-8', 'gb18030'),
        (fields, charset) => {
          const bytes = encodeMessage({ ...header, charset }, [['ZZZ', ...fields]]);
          const read = segment(parseMessage(bytes), 'ZZZ');
          for (const [f, components] of fields.entries())
            for (const [c, sent] of components.entries()) expect(value(read, f + 1, c + 1) ?? '').toBe(sent);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('escaping has an inverse', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (sent) => {
        expect(unescapeValue(escapeValue(sent))).toBe(sent.replace(/\r\n|\r/g, '\n'));
      }),
      { numRuns: 200 },
    );
  });
});

test('time stamps: China time unless a zone is given, impossible days refused', () => {
  expect(parseTimestamp('20261122103000')?.toISOString()).toBe('2026-11-22T02:30:00.000Z');
  expect(parseTimestamp('201410231322-0600')?.toISOString()).toBe('2014-10-23T19:22:00.000Z');
  expect([parseTimestamp('20260231'), parseTimestamp('x'), parseTimestamp('20261301')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([parseDate('20050715050000'), parseDate('20260229'), parseDate('1988')]).toEqual([
    '2005-07-15',
    undefined,
    undefined,
  ]);
});

const folder = '../shared/fixtures/hl7';
describe.skipIf(!existsSync(folder))('public sample messages (../shared/fixtures/hl7)', () => {
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    test(file, () => {
      const message = parseMessage(readFileSync(`${folder}/${file}`));
      expect(message.header.id).toBe('MSH');
      expect(text(message.header, 10)).toBeTruthy();
      if (file === 'adt.hl7')
        expect(message.segments).toHaveLength(1); // one line: its PID is not a segment
      else expect(message.segments.length).toBeGreaterThan(1);
      if (file === 'oru-mixed-line-ends.hl7') expect(segmentsOf(message, 'OBX')).toHaveLength(4);
      if (file === 'crlf-line-ends.hl7') expect(text(segment(message, 'PID'), 3, 6)).toBe('HOSP');
      if (file === 'cerner-lead-oru.hl7')
        expect(text(segment(message, 'PID'), 3, 4, 1, 2)).toBe('33D1234567');
      if (file === 'catalyze-orm.hl7') expect(message.warnings[0]).toContain('OBR');
    });
  }
});
