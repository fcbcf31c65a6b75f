import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { can } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { badRequest, forbidden, invalid, tooLarge, unauthenticated } from '../../core/errors.ts';
import { endpoint } from '../../core/http.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import type { NamedFile } from '../formats/wfdb.ts';
import { storeRecording } from '../storeRecording.ts';
import { uploadedAnswer } from '../answers.ts';

const mostBytes = 300 * 1024 * 1024;

const raw = express.raw({ type: () => true, limit: mostBytes });

/** The right to upload is asked before the bytes are taken in. */
export function rawBody(req: Request, res: Response, next: NextFunction): void {
  if (!req.actor || req.actor.kind === 'public') return next(unauthenticated());
  if (!can(req.actor, 'input.upload')) return next(forbidden('this needs the right input.upload'));
  raw(req, res, (error?: unknown) =>
    next(
      error instanceof Error && 'type' in error && error.type === 'entity.too.large'
        ? tooLarge('a recording is at most 300 MB')
        : error,
    ),
  );
}

/** One body, or the files of a multipart form in their order. */
async function filesOfBody(req: Request): Promise<NamedFile[]> {
  const body: unknown = req.body;
  if (!Buffer.isBuffer(body) || body.length === 0) throw invalid('the request holds no recording');
  const type = req.header('content-type') ?? '';
  if (!type.startsWith('multipart/')) return [{ name: fileName(req.header('x-file-name')), bytes: body }];
  try {
    const form = await new globalThis.Response(new Uint8Array(body), {
      headers: { 'content-type': type.replace(/^multipart\/[\w-]+/, 'multipart/form-data') },
    }).formData();
    const files: NamedFile[] = [];
    for (const value of form.values())
      if (typeof value !== 'string')
        files.push({ name: value.name, bytes: Buffer.from(await value.arrayBuffer()) });
    if (files.length === 0) throw badRequest('the multipart body holds no file');
    return files;
  } catch (error) {
    if (error instanceof Error && error.name === 'DomainError') throw error;
    throw badRequest('the multipart body cannot be read: send multipart/form-data with file parts');
  }
}

function fileName(header: string | undefined): string {
  try {
    return decodeURIComponent(header ?? '');
  } catch {
    return header ?? '';
  }
}

/** Where recordings come in over HTTP. */
export function uploadRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings',
      summary: 'Upload a recording of any known format',
      access: 'input.upload',
      bodyMedia: ['application/octet-stream', 'application/zip', 'multipart/form-data'],
      answer: uploadedAnswer,
      query: z.object({ orderId: z.uuid().optional(), institution: z.string().max(40).optional() }),
      status: 201,
    },
    async ({ actor, query, req, res }) => {
      const files = await filesOfBody(req);
      const order = query.orderId ? await getVisibleOrder(ctx.db, actor, query.orderId) : undefined;
      const site =
        order && can(actor, 'input.upload', { institutionId: order.requestingInstitutionId })
          ? order.requestingInstitutionId
          : actor.institutionId;
      if (!site) throw invalid('a recording comes from an institution');
      const outcome = await storeRecording(ctx, actor, {
        files,
        institutionId: site,
        source: actor.kind === 'machine' ? 'api' : 'browser',
        ...(query.orderId && { orderId: query.orderId }),
      });
      if (outcome.kind === 'quarantine') {
        res.status(202).json({
          status: 'quarantine',
          unmatchedId: outcome.unmatchedId,
          reason: outcome.reason,
          fault: outcome.fault,
          warningReason: outcome.reason,
        });
        return undefined;
      }
      const { recording } = outcome;
      const seconds =
        recording.samplingRateHz > 0
          ? Math.max(0, ...recording.leads.map((lead) => lead.samples.length)) / recording.samplingRateHz
          : 0;
      const answer = {
        id: outcome.id,
        status: outcome.kind,
        format: recording.format,
        samplingRateHz: recording.samplingRateHz,
        durationMs: Math.round(seconds * 1000),
        leads: recording.leads.map((lead) => lead.name),
        notes: recording.notes,
        join: outcome.join ?? null,
      };
      if (outcome.kind === 'duplicate') {
        res.status(200).json(answer);
        return undefined;
      }
      return answer;
    },
  );
}
