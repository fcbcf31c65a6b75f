import { inEnglish } from './englishNames.ts';
import type { Problem } from './problem.ts';

export type { Fault, Problem } from './problem.ts';

/** A refused or failed call. `status` 0 means that the hub was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly requestId: string | null;

  constructor(status: number, problem: Problem, requestId: string | null, cause?: unknown) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
    this.requestId = requestId;
  }

  /** Last part of `type`: `recognition-decision-required`. */
  get code(): string {
    return (this.problem.type ?? '').split(/[/:]/).at(-1) ?? '';
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

type Listener = () => void;
const signedOut = new Set<Listener>();
/** Calls back when an answer says that nobody is signed in any more. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const text = await response.text();
    return text.startsWith('{') ? (JSON.parse(text) as Problem) : { title: response.statusText };
  } catch {
    return { title: response.statusText };
  }
}

/**
 * Sends one call and gives its answer unread. Throws `ApiError` for every answer outside 2xx and when the hub cannot be
 * reached.
 */
export async function answerTo(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init, method });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, { title: 'unreachable' }, null, cause);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !path.startsWith('/api/session')) for (const tell of signedOut) tell();
    throw new ApiError(response.status, problem, response.headers.get('x-request-id'));
  }
  return response;
}

/** The same, with what the answer says. */
export async function call<T>(method: string, path: string, init: RequestInit = {}): Promise<Answer<T>> {
  const response = await answerTo(method, path, init);
  const json = (response.headers.get('content-type') ?? '').includes('json');
  const data: unknown =
    response.status === 204
      ? undefined
      : json
        ? await response
            .json()
            .then((answer: unknown) => (method === 'GET' ? inEnglish(path, answer) : answer))
        : await response.text();
  return { data: data as T, etag: response.headers.get('etag') };
}

function withBody(body: unknown, headers: Record<string, string> = {}): RequestInit {
  if (body === undefined) return { headers };
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export async function get<T>(
  path: string,
  signal?: AbortSignal,
  headers?: Record<string, string>,
): Promise<T> {
  return (await call<T>('GET', path, { ...(signal && { signal }), ...(headers && { headers }) })).data;
}
export async function post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  return (await call<T>('POST', path, withBody(body ?? {}, headers))).data;
}
export async function put<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
  return (await call<T>('PUT', path, withBody(body, headers))).data;
}
export async function del<T>(path: string, body?: unknown): Promise<T> {
  return (await call<T>('DELETE', path, withBody(body))).data;
}
/** Asks for a file by POST. */
export const postForFile = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
  answerTo('POST', path, { ...withBody(body), ...(signal && { signal }) });
/** Keeps the strong ETag beside the data, for `If-Match`. */
export async function getTagged<T>(path: string): Promise<Answer<T>> {
  return call<T>('GET', path);
}
export async function putTagged<T>(path: string, body: unknown, etag: string): Promise<Answer<T>> {
  return call<T>('PUT', path, withBody(body, { 'if-match': etag }));
}

/** Builds `?a=1&b=2` without empty values. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
