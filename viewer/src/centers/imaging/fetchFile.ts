import { postForFile } from '../../api/client.ts';

/** Asks for a file by POST, counting its bytes as they come. Throws `ApiError` for every answer outside 2xx. */
export async function fetchFile(
  path: string,
  body: unknown,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<{ content: Blob; name: string | null }> {
  const response = await postForFile(path, body, options.signal);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
    options.onBytes?.(bytes);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null;
  return { content: new Blob(parts, { type: response.headers.get('content-type') ?? '' }), name };
}
