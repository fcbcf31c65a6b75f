import type { Request } from 'express';
import { z } from 'zod';
import { badRequest, DomainError, invalid } from '../../core/errors.ts';
import { fieldErrors } from '../../core/fieldErrors.ts';
import type { BeginUpload } from './beginUpload.ts';

/** `POST /api/pathology/slides` with a JSON body. */
export const beginInput = z.object({
  fileName: z.string().trim().min(1).max(255),
  fileSize: z.number().int().nonnegative(),
  orderId: z.uuid().optional(),
  pathologySlideId: z.uuid().optional(),
  stain: z.string().max(40).optional(),
});

const queryInput = z.object({
  fileName: z.string().max(255).optional(),
  orderId: z.uuid().optional(),
  pathologySlideId: z.uuid().optional(),
  stain: z.string().max(40).optional(),
});

/** tus `Upload-Metadata`: `key base64,key base64`. */
function tusMetadata(header: string | undefined): Record<string, string> {
  const entries = (header ?? '').split(',').map((pair) => {
    const [key = '', value = ''] = pair.trim().split(' ');
    return [key, Buffer.from(value, 'base64').toString('utf8')] as const;
  });
  return Object.fromEntries(entries.filter(([key]) => key !== ''));
}

const fileNameOf = (disposition: string | undefined) =>
  /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1] ??
  /filename="?([^";]+)/i.exec(disposition ?? '')?.[1];

export interface UploadRequest {
  input: BeginUpload;
  /** `json`: only announced; `tus`: as the headers say; `whole`: the body is the file */
  kind: 'json' | 'tus' | 'whole';
}

function natural(value: string | undefined, name: string): number {
  if (!/^\d{1,15}$/.test(value ?? '')) throw badRequest(`${name} must be a whole number of bytes`);
  return Number(value);
}

/** Reads which of the three ways of uploading a POST uses. Throws 411 for a body of unknown length. */
export function readUploadRequest(req: Request): UploadRequest {
  if (req.is('application/json')) {
    const parsed = beginInput.safeParse(req.body);
    if (parsed.success) return { kind: 'json', input: parsed.data };
    throw invalid('the upload is not described in full', fieldErrors(parsed.error.issues));
  }
  const query = queryInput.safeParse(req.query);
  if (!query.success) throw badRequest('the query of the upload is not valid');
  const uploadLength = req.header('upload-length');
  if (uploadLength !== undefined) {
    const metadata = tusMetadata(req.header('upload-metadata'));
    const fields = queryInput.safeParse({ ...metadata, ...req.query });
    if (!fields.success) throw badRequest('Upload-Metadata is not valid');
    const fileName = metadata.filename ?? fields.data.fileName ?? 'slide';
    return {
      kind: 'tus',
      input: { ...fields.data, fileName, fileSize: natural(uploadLength, 'Upload-Length') },
    };
  }
  const length = req.header('content-length');
  if (length === undefined)
    throw new DomainError(411, 'length-required', 'send Content-Length or upload in parts');
  const fileName = query.data.fileName ?? fileNameOf(req.header('content-disposition')) ?? 'slide';
  return { kind: 'whole', input: { ...query.data, fileName, fileSize: natural(length, 'Content-Length') } };
}

/** The offset a PATCH goes on at. */
export function readOffset(req: Request): number {
  return natural(req.header('upload-offset') ?? String(req.query.offset ?? ''), 'Upload-Offset');
}
