/** One fault of an input: where (JSON pointer or field name) and what is wrong. */
export interface FieldError {
  path: string;
  message: string;
  code?: string;
  /** Values that the words of the code name. */
  params?: Record<string, string | number>;
}

/**
 * The one error type of the domain. Wires translate it once: HTTP → problem+json, DIMSE → status, HL7 → AA/AE/AR.
 * `type` is stable and machine readable; `detail` says what is wrong and what to do.
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
export const forbidden = (detail: string) => new DomainError(403, 'forbidden', detail);
export const unauthenticated = (detail = 'sign in first') => new DomainError(401, 'unauthenticated', detail);
export const invalid = (detail: string, errors: FieldError[] = []) =>
  new DomainError(422, 'invalid', detail, { errors });
export const badRequest = (detail: string, errors: FieldError[] = []) =>
  new DomainError(400, 'bad-request', detail, { errors });
export const conflict = (type: string, detail: string, extra: Record<string, unknown> = {}) =>
  new DomainError(409, type, detail, { extra });
export const tooLarge = (detail: string) => new DomainError(413, 'too-large', detail);
export const unavailable = (detail: string, cause?: unknown) =>
  new DomainError(503, 'unavailable', detail, { cause });
