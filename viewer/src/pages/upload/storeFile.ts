import { ApiError, type Problem } from '../../api/client.ts';

/** What the hub did with one file (PS3.18 §10.5): kept, kept for a person to decide, or refused. */
export type Outcome = 'stored' | 'attention' | 'refused' | 'line';

export interface StoreAnswer {
  outcome: Outcome;
  studyUid?: string;
  reason?: string;
  /** The whole request was refused, before any file of it was looked at. */
  refusal?: ApiError;
}

type Attribute = { Value?: unknown[] };
type DataSet = Record<string, Attribute | undefined>;

function first(item: DataSet | undefined, tag: string): unknown {
  return item?.[tag]?.Value?.[0];
}

/** Reads the store response: 00081199 referenced, 00081198 failed. */
export function readStoreAnswer(status: number, body: string): StoreAnswer {
  let data: DataSet = {};
  try {
    const parsed = JSON.parse(body) as DataSet | Problem;
    if (typeof parsed.type === 'string')
      return { outcome: 'refused', refusal: new ApiError(status, parsed as Problem, null) };
    data = parsed as DataSet;
  } catch {
    // no answer of the hub, but of something on the way to it
  }
  const referenced = first(data, '00081199') as DataSet | undefined;
  const failed = first(data, '00081198') as DataSet | undefined;
  const retrieve = String(first(data, '00081190') ?? first(referenced, '00081190') ?? '');
  const studyUid = /studies\/([\d.]+)/.exec(retrieve)?.[1];
  const warning = first(referenced, '00081196');
  const failure = first(failed, '00081197');
  const comment = String(first(failed ?? referenced, '00000902') ?? '');
  const common = { ...(studyUid ? { studyUid } : {}), ...(comment ? { reason: comment } : {}) };
  if (status === 200 && referenced && warning === undefined) return { outcome: 'stored', ...common };
  if (status === 200 || status === 202) {
    if (failed && !referenced)
      return { outcome: 'refused', ...common, reason: comment || `0x${Number(failure).toString(16)}` };
    return {
      outcome: 'attention',
      ...common,
      reason: comment || (warning === undefined ? '' : `0x${Number(warning).toString(16)}`),
    };
  }
  return {
    outcome: 'refused',
    ...common,
    reason: comment || (failure === undefined ? `HTTP ${status}` : `0x${Number(failure).toString(16)}`),
  };
}

/** Sends one DICOM object by STOW-RS. `onProgress` gets the bytes sent. `line` means: send it again later. */
export function storeFile(
  file: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
  orderId?: string,
): Promise<StoreAnswer> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ outcome: 'line' });
    // Long and random: a short boundary has occurred inside pixel data.
    const boundary = `hub-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
    const body = new Blob([
      `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`,
      file,
      `\r\n--${boundary}--\r\n`,
    ]);
    const request = new XMLHttpRequest();
    request.open('POST', `/dicom-web/studies${orderId ? `?orderId=${encodeURIComponent(orderId)}` : ''}`);
    request.setRequestHeader(
      'Content-Type',
      `multipart/related; type="application/dicom"; boundary=${boundary}`,
    );
    request.setRequestHeader('Accept', 'application/dicom+json');
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status === 503 || request.status === 429)
        resolve({ outcome: 'line', reason: `HTTP ${request.status}` });
      else resolve(readStoreAnswer(request.status, request.responseText));
    };
    request.onerror = () => resolve({ outcome: 'line' });
    request.onabort = () => resolve({ outcome: 'line' });
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(body);
  });
}
