import { ApiError, call, get, post } from '../../api/client.ts';

const partBytes = 8 * 1024 * 1024;
const triesPerPart = 8;

export interface UploadTarget {
  orderId?: string;
  pathologySlideId?: string;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function offsetOf(id: string): Promise<number> {
  const answer = await fetch(`/api/pathology/slides/${id}`, { method: 'HEAD' });
  return Number(answer.headers.get('upload-offset') ?? 0);
}

/** Uploads that did not end, by file: another session of the browser goes on with them. */
const keyOf = ({ name, size, lastModified }: File, { orderId = '', pathologySlideId = '' }: UploadTarget) =>
  `hub.slide-upload ${name} ${size} ${lastModified} ${orderId} ${pathologySlideId}`;

/** The upload of this file that stopped half way, when the hub still waits for its rest. */
async function begun(key: string, size: number): Promise<{ id: string; offset: number } | undefined> {
  const id = localStorage.getItem(key);
  if (!id) return undefined;
  const slide = await get<{ state: string; offset?: number; size?: number }>(
    `/api/pathology/slides/${id}`,
  ).catch(() => undefined);
  if (slide?.state === 'uploading' && slide.size === size) return { id, offset: slide.offset ?? 0 };
  localStorage.removeItem(key);
  return undefined;
}

/**
 * Sends a slide file of any size in parts. A line that drops costs one part: the hub is asked how far it has come and
 * the upload goes on there; so it does when the same file is chosen again after the page was closed. Calls back with the share sent. Returns the id of the slide.
 */
export async function uploadSlide(
  file: File,
  target: UploadTarget,
  progress: (share: number) => void,
): Promise<string> {
  const key = keyOf(file, target);
  const before = await begun(key, file.size);
  const { id } =
    before ??
    (await post<{ id: string }>('/api/pathology/slides', {
      fileName: file.name,
      fileSize: file.size,
      ...target,
    }));
  localStorage.setItem(key, id);
  let offset = before?.offset ?? 0;
  progress(offset / file.size);
  let tries = 0;
  let slideId = id;
  while (offset < file.size) {
    try {
      const { data } = await call<{ id: string; offset: number }>('PATCH', `/api/pathology/slides/${id}`, {
        headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        body: file.slice(offset, offset + partBytes),
      });
      offset = data.offset;
      slideId = data.id;
      tries = 0;
      progress(offset / file.size);
    } catch (error) {
      const lost =
        error instanceof ApiError &&
        (error.status === 0 || error.status === 503 || error.code === 'wrong-offset');
      tries += 1;
      if (!lost) localStorage.removeItem(key); // refused: the same file would be refused again
      if (!lost || tries > triesPerPart) throw error;
      await wait(Math.min(15_000, 500 * 2 ** tries));
      offset = await offsetOf(id).catch(() => offset);
    }
  }
  localStorage.removeItem(key);
  return slideId;
}
