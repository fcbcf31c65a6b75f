import { call } from '../../api/client.ts';

/** Keeps a PDF, JPEG or PNG as evidence and answers its address. Throws `ApiError` with what to do. */
export async function uploadDocument(file: File): Promise<string> {
  const answer = await call<{ address: string }>(
    'POST',
    `/api/documents?name=${encodeURIComponent(file.name)}`,
    { body: file, headers: { 'content-type': file.type || 'application/octet-stream' } },
  );
  return answer.data.address;
}
