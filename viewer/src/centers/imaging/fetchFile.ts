import { ApiError, type Problem } from '../../api/client.ts';

/** Asks for a file by POST, counting its bytes as they come. Throws `ApiError` for every answer outside 2xx. */
export async function fetchFile(
  path: string,
  body: unknown,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<{ content: Blob; name: string | null }> {
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((cause: unknown) => {
    throw new ApiError(0, { title: 'offline' }, null, cause);
  });
  if (!response.ok || !response.body) {
    const text = await response.text();
    const problem = text.startsWith('{') ? (JSON.parse(text) as Problem) : { title: response.statusText };
    throw new ApiError(response.status, problem, response.headers.get('x-request-id'));
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    options.onBytes?.(bytes);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null;
  return { content: new Blob(parts, { type: response.headers.get('content-type') ?? '' }), name };
}
