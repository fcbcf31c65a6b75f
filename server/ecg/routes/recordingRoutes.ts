import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { can } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { badRequest, forbidden } from '../../core/errors.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { loadStretch } from '../loadSamples.ts';
import { sampleBlock } from '../sampleBlock.ts';
import { filesOf, getVisibleRecording } from '../queries.ts';
import { describeOne } from '../readRecordingAnswer.ts';
import { recordingAnswer } from '../answers.ts';

/** One recording: its description, its samples, its bytes. */
export function recordingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/recordings/:id',
      summary: 'One recording with samples up to 60 s, measurements and flags',
      access: 'input.read',
      answer: recordingAnswer,
      params: idParams,
      query: z.object({ samples: z.stringbool().default(true) }),
    },
    async ({ actor, params, query }) => describeOne(ctx, actor, params.id, query.samples),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/recordings/:id/samples',
      summary: 'Samples as int16 little-endian, lead after lead',
      access: 'input.read',
      answerMedia: ['application/octet-stream'],
      params: idParams,
      query: z.object({
        from: z.coerce.number().int().min(0).default(0),
        to: z.coerce.number().int().min(1).optional(),
        leads: z.string().max(400).optional(),
        buckets: z.coerce.number().int().min(10).max(20_000).optional(),
      }),
    },
    async ({ actor, params, query, res }) => {
      const row = await getVisibleRecording(ctx.db, actor, params.id);
      const length = Number(row.sampleCount);
      const to = Math.min(length, query.to ?? length);
      if (query.from >= to) throw badRequest('from must lie before to, inside the recording');
      const recording = await loadStretch(ctx, row.id, query.from, to, length);
      const names = query.leads ? query.leads.split(',') : recording.leads.map((lead) => lead.name);
      if (!query.buckets && (to - query.from) * names.length > 40_000_000)
        throw badRequest('ask for fewer samples at once, or for buckets');
      const block = await sampleBlock(recording, names, query.from, to, query.buckets);
      res.setHeader('Content-Type', 'application/octet-stream');
      res.setHeader('Cache-Control', 'private, max-age=3600');
      res.setHeader('X-Ecg-Leads', encodeURIComponent(block.leads.join(',')));
      res.setHeader('X-Ecg-Microvolt-Per-Unit', block.microvoltPerUnit.join(','));
      res.setHeader('X-Ecg-Samples', String(block.count));
      if (block.missing.some((ranges) => ranges.length > 0))
        res.setHeader('X-Ecg-Missing', JSON.stringify(block.missing));
      res.setHeader('X-Ecg-From', String(query.from));
      res.setHeader('X-Ecg-To', String(to));
      res.setHeader('X-Ecg-Sampling-Rate', String(recording.samplingRateHz));
      res.send(block.bytes);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/recordings/:id/original',
      summary: 'The bytes as they came',
      access: ['input.download', 'input.read'],
      answerMedia: ['application/octet-stream'],
      params: idParams,
      query: z.object({ file: z.coerce.number().int().min(0).default(0) }),
    },
    async ({ actor, params, query, res }) => {
      const row = await getVisibleRecording(ctx.db, actor, params.id);
      const picture = row.format === 'pdf' || row.format === 'jpeg';
      if (!picture && !can(actor, 'input.download')) throw forbidden('this needs the right input.download');
      const file = (await filesOf(ctx.db, row.id))[query.file];
      if (!file) throw badRequest('the recording has no such file');
      await recordAudit(ctx.db, actor, {
        action: 'ecg.download',
        subjectType: 'ecg-recording',
        subjectId: row.id,
      });
      res.setHeader(
        'Content-Type',
        row.format === 'pdf'
          ? 'application/pdf'
          : row.format === 'jpeg'
            ? 'image/jpeg'
            : 'application/octet-stream',
      );
      res.setHeader(
        'Content-Disposition',
        `${picture ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name ?? `${row.id}.${row.format}`)}`,
      );
      res.send(await ctx.objects.read(file.objectAddress));
      return undefined;
    },
  );
}
