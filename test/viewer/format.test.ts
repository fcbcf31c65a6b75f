import { describe, expect, test } from 'vitest';
import {
  bytes,
  chartTime,
  clockTime,
  dateOnly,
  dateTime,
  dueState,
  duration,
  maskId,
  remaining,
  shortDateTime,
} from '../../viewer/src/shell/format.ts';
import { wordsOf } from './words.ts';

const words = await wordsOf('shell');
const [zh, en] = [words('zh-CN'), words('en-US')];

describe('times are those of the county, whatever the zone of the PC', () => {
  test.each([
    ['2026-11-22T15:59:59Z', '2026-11-22 23:59', '23:59:59'],
    ['2026-11-22T16:00:00Z', '2026-11-23 00:00', '00:00:00'],
    ['2026-12-31T23:30:00+08:00', '2026-12-31 23:30', '23:30:00'],
  ])('%s', (iso, whole, clock) => {
    expect([dateTime(iso), dateOnly(iso), clockTime(iso)]).toEqual([whole, whole.slice(0, 10), clock]);
    expect(new Date(chartTime(iso)).toISOString().slice(0, 16).replace('T', ' ')).toBe(whole);
  });
  test('nothing and nonsense are empty', () => {
    for (const iso of [null, undefined, '', 'yesterday'])
      expect([dateTime(iso), dateOnly(iso), clockTime(iso)]).toEqual(['', '', '']);
  });
  test('a narrow column leaves out what is known: the year of this year, the hour of another', () => {
    const year = dateTime(new Date().toISOString()).slice(0, 4);
    expect(shortDateTime(`${year}-03-04T05:06:00Z`)).toBe('03-04 13:06');
    expect(shortDateTime('2019-03-04T05:06:00Z')).toBe('2019-03-04');
  });
});

describe('how long', () => {
  test.each([
    [0, 'underMinute', {}],
    [0.9, 'underMinute', {}],
    [1, 'minutes', { m: 1 }],
    [59.9, 'minutes', { m: 59 }],
    [60, 'hours', { h: 1, m: 0 }],
    [125, 'hours', { h: 2, m: 5 }],
    [48 * 60 - 1, 'hours', { h: 47, m: 59 }],
    [48 * 60, 'days', { d: 2, h: 0 }],
    [-125, 'hours', { h: 2, m: 5 }],
  ])('%d minutes', (minutes, key, values) => {
    for (const t of [zh, en]) expect(duration(minutes, t)).toBe(t(`shell:time.${key}`, values));
  });
  test('what is left and what is over are told apart by words', () => {
    const now = Date.parse('2026-11-22T04:00:00Z');
    expect(remaining('2026-11-22T04:12:00Z', now, zh)).toBe(zh('time.left', { words: duration(12, zh) }));
    expect(remaining('2026-11-22T03:00:00Z', now, zh)).toBe(zh('time.over', { words: duration(60, zh) }));
    expect(remaining(null, now, zh)).toBe('');
  });
  test('a case without a target is never late; before its warning it waits', () => {
    const at = Date.parse('2026-11-22T04:00:00Z');
    expect(dueState(null, null, at)).toBe('none');
    expect(dueState('2026-11-22T05:00:00Z', '2026-11-22T04:30:00Z', at)).toBe('waiting');
    expect(dueState('2026-11-22T05:00:00Z', '2026-11-22T04:00:00Z', at)).toBe('warn');
    expect(dueState('2026-11-22T04:09:00Z', null, at)).toBe('warn'); // ten minutes where nobody set another
  });
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 kB'],
  [1024 ** 2 - 1, '1.0 MB'],
  [1.5 * 1024 ** 2, '1.5 MB'],
  [1024 ** 3 - 1, '1.00 GB'],
  [2.25 * 1024 ** 3, '2.25 GB'],
])('%d bytes are %s', (count, said) => expect(bytes(count)).toBe(said));

test.each([
  ['12345678', '********'],
  ['123456789', '1234*6789'],
  ['', ''],
  [null, ''],
])('the number %j is shown as %j', (value, shown) => expect(maskId(value)).toBe(shown));
