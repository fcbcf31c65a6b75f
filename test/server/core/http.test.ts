import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { conflict, DomainError, invalid, unavailable } from '../../../server/core/errors.ts';
import { fieldErrors } from '../../../server/core/fieldErrors.ts';
import {
  decodeCursor,
  encodeCursor,
  pageQuery,
  problemBody,
  someOf,
  toProblem,
} from '../../../server/core/http.ts';

describe('an error as HTTP tells it', () => {
  const coded = (code: string) => Object.assign(new Error('of the driver'), { code });
  test.each([
    ['a refused connection', coded('ECONNREFUSED'), 503, 'unavailable'],
    ['a database that is shutting down', coded('57P01'), 503, 'unavailable'],
    ['too many connections', coded('53300'), 503, 'unavailable'],
    ['a pool that waited too long', new Error('timeout exceeded when trying to connect'), 503, 'unavailable'],
    ['a connection that broke', new Error('Connection terminated unexpectedly'), 503, 'unavailable'],
    ['a value that is no uuid', coded('22P02'), 400, 'bad-request'],
    ['a byte that is no text', coded('22021'), 400, 'bad-request'],
    ['a date that is none', coded('22008'), 400, 'bad-request'],
    ['a reference to nothing', coded('23503'), 422, 'unknown-reference'],
    ['a violated check of ours', coded('23514'), 500, 'internal'],
    ['a body that is too large', Object.assign(new Error('large'), { status: 413 }), 413, 'too-large'],
    ['a body that is no JSON', Object.assign(new Error('json'), { status: 400 }), 400, 'bad-request'],
    ['a status of the server', Object.assign(new Error('odd'), { status: 502 }), 500, 'internal'],
    ['something thrown that is no error', 'text', 500, 'internal'],
  ])('%s', (_what, error, status, type) => {
    expect(toProblem(error)).toMatchObject({ status, type });
  });

  test('of our own passes as it is; of the server says nothing of its inside', () => {
    const own = unavailable('the store is away');
    expect(toProblem(own)).toBe(own);
    const secret = new Error('password=secret in relation "patient"');
    const problem = toProblem(secret);
    expect(problem.cause).toBe(secret);
    expect(JSON.stringify(problemBody(problem))).not.toContain('secret');
  });

  test('has the members of RFC 9457, with those of the domain beside them', () => {
    const refusal = conflict('wrong-status', 'an order that is final cannot become received', {
      status: 'final',
      act: 'accept',
    });
    expect(problemBody(refusal)).toEqual({
      type: 'wrong-status',
      title: 'wrong status',
      status: 409,
      detail: 'an order that is final cannot become received',
      orderStatus: 'final',
      act: 'accept',
      errors: [],
    });
    const told = invalid('two faults', [
      { path: 'a', code: 'required' },
      { path: 'b', code: 'x', message: 'own words' },
    ]);
    expect(problemBody(told).errors).toEqual([
      { path: 'a', code: 'required', message: 'two faults' },
      { path: 'b', code: 'x', message: 'own words' },
    ]);
  });
});

describe('the faults of an input', () => {
  const schema = z.object({
    name: z.string().min(1).max(3),
    count: z.number().gt(0).lt(10),
    list: z.array(z.string()).min(2),
    day: z.iso.date(),
    own: z.string().refine((text) => text === 'a', { params: { code: 'own-rule', wanted: 'a' } }),
  });
  const faults = (input: unknown, before?: string) =>
    fieldErrors(schema.safeParse(input).error?.issues ?? [], before).map(({ message: _, ...fault }) => fault);

  test('what is missing, null or left empty is required', () => {
    expect(faults({ name: '', count: null, list: ['a', 'b'], day: '2026-01-01', own: 'a' })).toEqual([
      { path: 'name', code: 'required' },
      { path: 'count', code: 'required' },
    ]);
    expect(faults(undefined)).toEqual([{ path: '', code: 'required' }]);
  });

  test('bounds, forms and rules of our own say their values', () => {
    expect(faults({ name: 'abcd', count: 0, list: [], day: '1.2.2026', own: 'b' }, 'patient.')).toEqual([
      { path: 'patient.name', code: 'too_big', params: { maximum: 3, origin: 'string' } },
      { path: 'patient.count', code: 'too_small', params: { minimum: 0, origin: 'above' } },
      { path: 'patient.list', code: 'too_small', params: { minimum: 2, origin: 'array' } },
      { path: 'patient.day', code: 'invalid_format', params: { format: 'date' } },
      { path: 'patient.own', code: 'own-rule', params: { wanted: 'a' } },
    ]);
    expect(faults({ name: 'a', count: 10, list: ['', 3], day: '2026-01-01', own: 'a' })).toEqual([
      { path: 'count', code: 'too_big', params: { maximum: 10, origin: 'below' } },
      { path: 'list.1', code: 'invalid_type' },
    ]);
  });
});

describe('the cursor of a list', () => {
  test('comes back as it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), (key) => {
        expect(decodeCursor(encodeCursor(key), key.length)).toEqual(key);
      }),
    );
  });
  test('no cursor is the first page', () => {
    expect(decodeCursor(undefined, 2)).toBeUndefined();
    expect(decodeCursor('', 2)).toBeUndefined();
  });
  test.each([
    ['of another list', encodeCursor(['a'])],
    ['with a number in it', encodeCursor(['a', 1])],
    ['that is no list', Buffer.from('{"length":2}').toString('base64url')],
    ['that is no JSON', Buffer.from('["a",').toString('base64url')],
    ['that is nothing of ours', '%%%'],
  ])('%s is refused', (_what, cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow(
      expect.objectContaining({ status: 400, type: 'bad-request' }),
    );
  });

  test.each([
    [{}, 50],
    [{ limit: '200' }, 200],
    [{ limit: '0' }, undefined],
    [{ limit: '201' }, undefined],
    [{ limit: '1.5' }, undefined],
    [{ limit: 'all' }, undefined],
  ])('and its page %j has %s rows', (query, limit) => {
    expect(pageQuery.safeParse(query).data?.limit).toBe(limit);
  });
});

test('a change of some fields names one at least', () => {
  const change = someOf(z.object({ name: z.string(), phone: z.string().nullable() }));
  expect(change.parse({ phone: null })).toEqual({ phone: null });
  for (const nothing of [{}, { other: 1 }, { name: undefined }])
    expect(fieldErrors(change.safeParse(nothing).error?.issues ?? [])).toMatchObject([
      { code: 'nothing-to-change' },
    ]);
});

test('a refusal keeps what caused it and what it names', () => {
  const cause = new Error('below');
  const error = new DomainError(409, 'exists', 'stands already', { cause, extra: { id: 1 } });
  expect(error).toMatchObject({
    name: 'DomainError',
    message: 'stands already',
    cause,
    extra: { id: 1 },
    errors: [],
  });
  expect('cause' in new DomainError(404, 'not-found', 'nothing')).toBe(false);
});
