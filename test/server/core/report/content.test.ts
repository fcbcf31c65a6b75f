import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PUBLIC } from '../../../../server/core/access/actor.ts';
import { ageAt, examinedText, type DocumentFacts } from '../../../../server/core/report/documentFacts.ts';
import { maySignOnPhone } from '../../../../server/core/report/phoneSigning.ts';
import {
  canonicalJson,
  isEmptyContent,
  reportContent,
} from '../../../../server/core/report/reportContent.ts';
import { ifMatch } from '../../../../server/core/report/routes.ts';
import { isOnPhone, signedWith, toldByPage } from '../../../../server/core/report/signedWith.ts';

describe('the canonical JSON that a signature covers', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, part]) => [key, reversed(part)]),
          )
        : value;

  test('is the same whatever order the keys came in, and says what was given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('keeps the order of lists and tells different contents apart', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: 1, c: null } })).toBe('{"a":{"c":null,"d":1},"b":[2,1]}');
    expect(canonicalJson({ a: '1' })).not.toBe(canonicalJson({ a: 1 }));
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});

describe('the content of a report', () => {
  test.each([
    [{}, true],
    [{ findings: ' \n\t', impression: '' }, true],
    [{ findings: 7, impression: null }, true],
    [{ positive: true, critical: true }, true],
    [{ findings: '清晰' }, false],
    [{ impression: '未见异常' }, false],
  ])('%j is empty: %s', (content, empty) => {
    expect(isEmptyContent(content)).toBe(empty);
  });

  test.each([
    ['findings', 60_000],
    ['impression', 20_000],
  ])('%s holds %i characters and not one more', (field, most) => {
    expect(reportContent.safeParse({ [field]: '肺'.repeat(most) }).success).toBe(true);
    const { error } = reportContent.safeParse({ [field]: '肺'.repeat(most + 1) });
    expect(error?.issues).toMatchObject([{ code: 'too_big', path: [field] }]);
  });

  test('is bounded as a whole, whatever a centre adds beside it', () => {
    expect(reportContent.safeParse({ measurements: 'x'.repeat(399_900) }).success).toBe(true);
    const { error } = reportContent.safeParse({ measurements: 'x'.repeat(400_000) });
    expect(error?.issues).toMatchObject([{ params: { code: 'report-too-long' } }]);
  });

  test('keeps what a centre adds, and refuses a mark that is no mark', () => {
    expect(reportContent.parse({ synoptic: { grade: 2 } })).toEqual({ synoptic: { grade: 2 } });
    expect(reportContent.safeParse({ critical: 'yes' }).success).toBe(false);
  });
});

describe('If-Match', () => {
  test.each([
    ['"0"', 0],
    ['"17"', 17],
    ['17', 17],
    [' "3" ', 3],
  ])('%s is version %i', (header, version) => {
    expect(ifMatch(header)).toBe(version);
  });
  test.each([
    [undefined, 428, 'precondition-required'],
    ['', 428, 'precondition-required'],
    ['W/"3"', 412, 'stale'],
    ['*', 412, 'stale'],
    ['"3", "4"', 412, 'stale'],
    ['"-1"', 412, 'stale'],
    ['"1234567890"', 412, 'stale'],
  ])('%s is refused with %i', (header, status, type) => {
    expect(() => ifMatch(header)).toThrow(expect.objectContaining({ status, type }));
  });
});

describe('a signature from a phone', () => {
  const browser = (userAgent?: string) => ({ ...PUBLIC, ...(userAgent !== undefined && { userAgent }) });
  test.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148', true],
    ['Mozilla/5.0 (Linux; Android 14; SM-S918B) Chrome/126.0 Mobile Safari/537.36', true],
    ['Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148', false],
    ['Mozilla/5.0 (Linux; Android 14; Tablet) Chrome/126.0 Mobile Safari/537.36', false],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/109.0', false],
    [undefined, false],
  ])('%s: %s', (userAgent, phone) => {
    expect(isOnPhone(browser(userAgent))).toBe(phone);
    expect(isOnPhone(browser(userAgent), 'phone'), 'what the page says is enough').toBe(true);
  });

  test('is usual for a trace only, and where the centre has decided it goes by that', () => {
    expect(maySignOnPhone({ kind: 'ecg', phoneSigning: null })).toBe(true);
    expect(maySignOnPhone({ kind: 'imaging', phoneSigning: null })).toBe(false);
    expect(maySignOnPhone({ kind: 'ecg', phoneSigning: false })).toBe(false);
    expect(maySignOnPhone({ kind: 'pathology', phoneSigning: true })).toBe(true);
  });

  test('stands in the audit with what the page told, named as told', () => {
    const actor = { ...browser('Mobile'), sessionId: 's1' };
    const shown = { quality: 'full', series: [{ uid: '1.2', images: 3, full: 2 }] };
    expect(signedWith(actor, { shown })).toEqual({
      session: 's1',
      asToldByBrowser: { userAgent: 'Mobile', phone: true, shown },
    });
    expect(signedWith(PUBLIC, {})).toEqual({
      session: null,
      asToldByBrowser: { userAgent: '', phone: false },
    });
    expect(toldByPage.safeParse({ from: 'tablet' }).success).toBe(false);
    const series = Array.from({ length: 501 }, () => ({ uid: '1', images: 0, full: 0 }));
    expect(toldByPage.safeParse({ shown: { quality: 'full', series } }).success).toBe(false);
  });
});

describe('the age on a report', () => {
  const at = (text: string) => new Date(`${text}+08:00`);
  test.each([
    [null, '2026-11-22T08:00:00', null],
    ['2026-11-23', '2026-11-22T08:00:00', null],
    ['2026-11-22', '2026-11-22T00:00:01', '0 天'],
    ['2026-10-23', '2026-11-22T23:59:59', '30 天'],
    ['2026-10-22', '2026-11-22T00:00:00', '1 月'],
    ['2024-11-23', '2026-11-22T12:00:00', '23 月'],
    ['2024-11-22', '2026-11-22T00:00:00', '2 岁'],
    ['1990-11-23', '2026-11-22T23:59:59', '35 岁'],
    ['1990-11-22', '2026-11-22T00:00:00', '36 岁'],
    ['2000-02-29', '2026-02-28T12:00:00', '25 岁'],
    ['2000-02-29', '2026-03-01T12:00:00', '26 岁'],
  ])('of who was born on %s at %s is %s', (birthDate, when, age) => {
    expect(ageAt(birthDate, at(when))).toBe(age);
  });

  const facts = (more: Partial<DocumentFacts>) =>
    examinedText({ examinedAt: null, timeDoubt: null, deviceAt: null, ...more } as DocumentFacts);
  test('and the time of the examination say what is known, never more', () => {
    const deviceAt = at('2026-11-22T23:30:00');
    expect(facts({ examinedAt: deviceAt, timeDoubt: 'implausible' })).toBe('2026-11-22 23:30');
    expect(facts({ timeDoubt: 'clock-not-measured', deviceAt })).toBe('2026-11-22 23:30 (设备时间,未校准)');
    expect(facts({ timeDoubt: 'implausible', deviceAt })).toBe('无法确定');
    expect(facts({ timeDoubt: 'clock-not-measured' })).toBe('无法确定');
    expect(facts({})).toBe('');
  });
});
