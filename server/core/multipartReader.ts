import { badRequest } from './errors.ts';

/** What a reader tells of the parts of a body, in order. `body` may ask to wait. */
export interface PartHandler {
  begin(headers: ReadonlyMap<string, string>): Promise<void> | void;
  body(bytes: Buffer): Promise<void> | void;
  end(): Promise<void> | void;
}

const LONGEST_HEADERS = 16 * 1024;
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Reads multipart/related while it arrives (RFC 2046 §5.1.1): nothing of a part is held but what could be the start of
 * a boundary. Throws 400 where the body is not what its boundary says.
 */
export async function readMultipart(
  source: AsyncIterable<Buffer>,
  boundary: string,
  handler: PartHandler,
): Promise<void> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let held: Buffer = Buffer.from('\r\n'); // a boundary may stand at the very beginning
  let state: 'preamble' | 'after' | 'headers' | 'body' | 'done' = 'preamble';
  for await (const chunk of source) {
    if (state === 'done') continue; // the epilogue is ignored
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let progress = true; progress;) {
      progress = false;
      if (state === 'preamble' || state === 'body') {
        const at = held.indexOf(delimiter);
        if (at >= 0) {
          if (state === 'body') {
            if (at > 0) await handler.body(held.subarray(0, at));
            await handler.end();
          }
          held = held.subarray(at + delimiter.length);
          state = 'after';
          progress = true;
        } else if (held.length > delimiter.length) {
          const safe = held.length - delimiter.length;
          if (state === 'body') await handler.body(held.subarray(0, safe));
          held = held.subarray(safe);
        }
      } else if (state === 'after') {
        if (held.length < 2) break;
        if (held.toString('latin1', 0, 2) === '--') {
          state = 'done';
          held = Buffer.alloc(0);
        } else {
          const line = held.indexOf('\r\n');
          if (line < 0) {
            if (held.length > 256) throw badRequest('the multipart boundary is followed by something else');
            break;
          }
          held = held.subarray(line); // keeps CRLF: a part without headers has an empty line at once
          state = 'headers';
          progress = true;
        }
      } else if (state === 'headers') {
        const at = held.indexOf(HEADER_END);
        if (at < 0) {
          if (held.length > LONGEST_HEADERS) throw badRequest('the headers of a part are too long');
          break;
        }
        await handler.begin(readHeaders(held.toString('latin1', 0, at)));
        held = held.subarray(at + HEADER_END.length);
        // The delimiter's CRLF may be the one that ends the headers, when the part is empty.
        state = 'body';
        progress = true;
      }
    }
  }
  if (state !== 'done') throw badRequest('the multipart body ends before its closing boundary');
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** The boundary of a multipart Content-Type; undefined when it is no multipart. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (!contentType || !/^multipart\/(related|form-data|mixed)\b/i.test(contentType)) return undefined;
  const match = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200})(?=\s*(?:;|$)))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}
