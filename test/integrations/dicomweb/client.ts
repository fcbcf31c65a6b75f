import type { Client } from '../../helpers/hub.ts';

/** One multipart/related body of DICOM files. */
export function multipart(
  files: Uint8Array[],
  boundary = 'test-boundary-0123456789abcdef0123456789abcdef',
): { body: Buffer; type: string } {
  const parts = files.flatMap((file) => [
    Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    Buffer.from(file),
  ]);
  return {
    body: Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    type: `multipart/related; type="application/dicom"; boundary=${boundary}`,
  };
}

export interface StowAnswer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}

/** STOW-RS as the signed-in person. */
export async function stow(
  url: string,
  client: Client,
  files: Uint8Array[],
  path = '/dicom-web/studies',
): Promise<StowAnswer> {
  const { body, type } = multipart(files);
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { cookie: client.cookie, origin: url, 'content-type': type },
    body: new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

/** GET with any Accept; body as bytes. */
export async function get(
  url: string,
  client: Client,
  path: string,
  accept = '*/*',
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const response = await fetch(url + path, { headers: { cookie: client.cookie, accept, ...headers } });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** Bodies of the parts of a multipart answer. */
export function readParts(body: Buffer, contentType: string): Buffer[] {
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1] ?? '';
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: Buffer[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const from = body.indexOf('\r\n\r\n', at + delimiter.length);
    const next = body.indexOf(delimiter, at + delimiter.length);
    if (from < 0 || next < 0) break;
    parts.push(body.subarray(from + 4, next));
    at = next;
  }
  return parts;
}
