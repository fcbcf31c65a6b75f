import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { printOutProfile } from '../../../../server/sterilization/formats/printOutProfile.ts';
import { decodePrintOut, readPrintOut } from '../../../../server/sterilization/formats/readPrintOut.ts';
import { readCycleCsv } from '../../../../server/sterilization/formats/readCycleCsv.ts';
import { PRINT_OUT_PROFILES } from '../../../../server/sterilization/demo/printOutProfiles.ts';
import { steamPrintOut } from '../../../../server/sterilization/demo/printOuts.ts';

const profile = printOutProfile.parse(PRINT_OUT_PROFILES['STEAM-ZH']?.rules);
const paper = steamPrintOut({
  cycleNumber: 1234,
  programme: 'P3',
  startedAt: '2026-11-22T23:40:00',
  holdS: 300,
});
const utf8 = Buffer.from(paper);

test('a steam print-out gives times across midnight, parameters and the curve', () => {
  const reading = readPrintOut(utf8, profile);
  expect(reading.flags).toEqual([]);
  expect(reading).toMatchObject({ cycleNumber: '1234', programme: 'P3', startedAt: '2026-11-22T23:40:00' });
  expect(reading.endedAt).toMatch(/^2026-11-23T00:/);
  expect(reading.parameters).toMatchObject({ holdS: 300, verdict: 'pass' });
  expect(reading.curve.length).toBeGreaterThan(50);
  expect(reading.curve.every((point, index, all) => index === 0 || point.s > (all[index - 1]?.s ?? -1))).toBe(
    true,
  );
});

test('the same in GBK is read, and flagged', () => {
  const reading = readPrintOut(iconv.encode(paper, 'gbk'), profile);
  expect(reading.flags).toEqual(['gb18030']);
  expect({ ...reading, flags: [] }).toEqual({ ...readPrintOut(utf8, profile), flags: [] });
});

test('cut off at any tenth byte it is flagged and never throws', () => {
  const gbk = iconv.encode(paper, 'gbk');
  const endsAt = gbk.indexOf(iconv.encode('打印结束', 'gbk'));
  for (let length = 0; length < endsAt; length += 10) {
    const { flags } = readPrintOut(gbk.subarray(0, length), profile);
    expect(flags.includes('truncated') || flags.includes('no-record')).toBe(true);
  }
});

test('of several records on one strip the last counts, and it is said', () => {
  const both = Buffer.concat([utf8, Buffer.from('\r\n'), Buffer.from(paper.replace('1234', '1235'))]);
  const reading = readPrintOut(both, profile);
  expect(reading.cycleNumber).toBe('1235');
  expect(reading.flags).toContain('several-records');
});

test('printer commands vanish, undecodable bytes are flagged', () => {
  expect(decodePrintOut(Buffer.from('\u001b@\u001bE灭菌\u000c\u0000')).text).toBe('灭菌');
  expect(decodePrintOut(Buffer.from([0x41, 0xff, 0xff, 0x42])).flags).toContain('undecodable');
});

describe('hostile', () => {
  test('a pattern that explodes is stopped', () => {
    const evil = {
      ...profile,
      fields: [
        {
          name: 'batch' as const,
          pattern: '^(?<value>(a|a|aa)+)$',
          type: 'text' as const,
          factor: 1,
          offset: 0,
        },
      ],
    };
    const bytes = Buffer.from(`${paper}\n${'a'.repeat(60)}!`);
    expect(() => readPrintOut(bytes, evil)).toThrow(/too long/);
  });
  test('a profile with nested repetition or a broken pattern is not stored', () => {
    for (const start of ['(a+)+$', '(['])
      expect(printOutProfile.safeParse({ start, fields: [] }).success).toBe(false);
  });
  test('more than a megabyte is refused', () => {
    expect(() => readPrintOut(Buffer.alloc(1024 * 1024 + 1, 0x41), profile)).toThrow(/at most/);
  });
});

test('a CSV curve: semicolons, decimal commas, bar', () => {
  const curve = readCycleCsv('\ufeffTime;Temp(℃);Pressure(bar)\n23:59:50;134,1;2,10\n00:00:00;134,5;2,12\n');
  expect(curve).toEqual([
    { s: 0, temperatureC: 134.1, pressureKpa: 210 },
    { s: 10, temperatureC: 134.5, pressureKpa: 212 },
  ]);
  expect(() => readCycleCsv('a,b\n1,2\n3,4')).toThrow(/column/);
  expect(() => readCycleCsv('time,temp\n1,2\nx,y')).toThrow(/row 3/);
});
