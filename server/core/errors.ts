/** One fault of an input: where (JSON pointer or field name) and what is wrong. */
export interface FieldError {
  path: string;
  /** What is wrong; the browser has words for it in each of its languages. */
  code: string;
  /** Values that the words of the code name. */
  params?: Record<string, string | number>;
  /** English, for an engineer; the detail of the whole refusal where it is not told. */
  message?: string;
}

/**
 * The one error type of the domain. Wires translate it once: HTTP → problem+json, DIMSE → status, HL7 → AA/AE/AR.
 * `type` is stable and machine readable: the browser tells it in the language of the page, with `extra` as the values
 * that its words name. `detail` says what is wrong and what to do, in English.
 */
export class DomainError extends Error {
  readonly type: string;
  readonly status: number;
  readonly errors: FieldError[];
  readonly extra: Record<string, unknown>;

  constructor(
    status: number,
    type: string,
    detail: string,
    more: { errors?: FieldError[]; extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'DomainError';
    this.status = status;
    this.type = type;
    this.errors = more.errors ?? [];
    this.extra = more.extra ?? {};
  }
}

export const notFound = (what: string, id?: string) =>
  new DomainError(404, 'not-found', id ? `${what} ${id} was not found` : `${what} was not found`);
/** A person who may not do this: `type` says why, where it is more than a right that is lacking. */
export const forbidden = (detail: string, type = 'forbidden', extra: Record<string, unknown> = {}) =>
  new DomainError(403, type, detail, { extra });
export const unauthenticated = (detail = 'sign in first') => new DomainError(401, 'unauthenticated', detail);
/** An input that is wrong: at its fields, or as a whole by a type of its own. */
export const invalid = (
  detail: string,
  what: FieldError[] | string = [],
  extra: Record<string, unknown> = {},
) => faulty(422, 'invalid', detail, what, extra);
export const badRequest = (detail: string, what: FieldError[] | string = []) =>
  faulty(400, 'bad-request', detail, what);
const faulty = (
  status: number,
  type: string,
  detail: string,
  what: FieldError[] | string,
  extra: Record<string, unknown> = {},
) =>
  typeof what === 'string'
    ? new DomainError(status, what, detail, { extra })
    : new DomainError(status, type, detail, { errors: what, extra });
export const conflict = (type: string, detail: string, extra: Record<string, unknown> = {}) =>
  new DomainError(409, type, detail, { extra });
/** Larger than is taken; `most` is the limit as people say it: `20 MB`. */
export const tooLarge = (detail: string, most?: string) =>
  new DomainError(413, 'too-large', detail, { extra: most === undefined ? {} : { most } });
export const unavailable = (detail: string, cause?: unknown) =>
  new DomainError(503, 'unavailable', detail, { cause });
