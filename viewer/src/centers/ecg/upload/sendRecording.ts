import { call } from '../../../api/client.ts';

/** Answer of `POST /api/ecg/recordings`. */
export interface Sent {
  id?: string;
  status: string;
  format?: string;
  /** Kind of fault of what is kept in quarantine, and its technical reason. */
  fault?: string;
  reason?: string;
  join?: {
    state: string;
    orderId?: string;
    accessionNumber?: string;
    differences: { field: string; input: string; order: string }[];
  } | null;
}

/** One file as it is, several as one multipart form (a WFDB record). */
export async function sendRecording(files: readonly File[], orderId?: string): Promise<Sent> {
  const path = `/api/ecg/recordings${orderId ? `?orderId=${orderId}` : ''}`;
  const [only] = files;
  if (files.length === 1 && only)
    return (
      await call<Sent>('POST', path, {
        body: only,
        headers: {
          'content-type': 'application/octet-stream',
          'x-file-name': encodeURIComponent(only.name),
        },
      })
    ).data;
  const form = new FormData();
  for (const file of files) form.append('file', file, file.name);
  return (await call<Sent>('POST', path, { body: form })).data;
}

/** Files of one recording together: a WFDB header with the signal files of the same name, everything else alone. */
export function groupRecordings(files: readonly File[]): File[][] {
  const stem = (file: File): string => file.name.replace(/\.[^.]*$/, '');
  const headers = new Set(files.filter((file) => /\.hea$/i.test(file.name)).map(stem));
  const groups = new Map<string, File[]>();
  files.forEach((file, i) => {
    const key = headers.has(stem(file)) ? stem(file) : `${i}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  });
  return [...groups.values()];
}
