import { expect, test } from 'vitest';
import { isFailure, normalizedStatusOf, statusOf } from '../../../integrations/dimse/status.ts';
import { statusOfOutcome } from '../../../integrations/dimse/storeService.ts';
import {
  conflict,
  DomainError,
  forbidden,
  invalid,
  notFound,
  unavailable,
} from '../../../server/core/errors.ts';
import { DicomError } from '../../../server/standards/dicom/index.ts';

const deep = new Error('query failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
test.each<[string, unknown, number, number]>([
  ['a lost connection deep in the cause', deep, 0xa700, 0x0213],
  ['out of disk (PostgreSQL 53100)', Object.assign(new Error('x'), { code: '53100' }), 0xa700, 0x0213],
  ['the pool gave no connection', new Error('timeout exceeded when trying to connect'), 0xa700, 0x0213],
  ['unavailable', unavailable('later'), 0xa700, 0x0213],
  ['too large', new DomainError(413, 'too-large', 'x'), 0xa700, 0x0106],
  ['too many requests', new DomainError(429, 'too-many', 'x'), 0xa700, 0x0106],
  ['forbidden', forbidden('x'), 0x0124, 0x0106],
  ['not there', notFound('step'), 0x0124, 0x0112],
  ['there already', conflict('duplicate-performed-step', 'x'), 0xc000, 0x0111],
  ['in conflict', conflict('performed-step-ended', 'x'), 0xc000, 0x0110],
  ['invalid', invalid('x'), 0xc000, 0x0106],
  ['unreadable', new DicomError('malformed', 'x'), 0xc000, 0x0115],
  ['no error at all', 'text', 0xc001, 0x0110],
])('%s', (_what, error, dimse, normalized) => {
  expect([statusOf(error).status.toString(16), normalizedStatusOf(error).status.toString(16)]).toEqual([
    dimse.toString(16),
    normalized.toString(16),
  ]);
});

test.each([
  ['stored', 0x0000],
  ['duplicate', 0x0000],
  ['rendition', 0x0000],
  ['conflict', 0xb000],
  ['quarantine', 0xb000],
  ['refused', 0xc000],
] as const)('an object that is %s', (status, expected) => {
  expect(statusOfOutcome({ status, comment: 'said' })).toMatchObject({
    status: expected,
    ...(expected !== 0 && { comment: 'said' }),
  });
});

test('success, pending, cancel and warnings are no failures', () => {
  expect([0, 0xff00, 0xff01, 0xfe00, 0xb000, 0xb007].filter(isFailure)).toEqual([]);
  expect([0xa700, 0xa900, 0xc000, 0x0110, 0x0211].every(isFailure)).toBe(true);
});
