import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { can } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { badRequest, forbidden, invalid, tooLarge, unauthenticated } from '../core/errors.ts';
import { endpoint, idParams } from '../core/http.ts';
import { getVisibleOrder } from '../core/order/order.ts';
import { defaultRules } from './analysis/rules.ts';
import { correctFiducials } from './correctFiducials.ts';
import { decideFlag } from './decideFlag.ts';
import { earlierRecordings, worklistMarks } from './earlierRecordings.ts';
import type { NamedFile } from './formats/wfdb.ts';
import { joinByPerson, splitRecording } from './join/moveRecording.ts';
import { loadRecording, sampleBlock } from './loadSamples.ts';
import { filesOf, getVisibleRecording } from './queries.ts';
import { describeOne } from './readRecordingAnswer.ts';
import { siteStatistics } from './statistics.ts';
import { addStatement, changeStatement, searchStatements } from './statements.ts';
import { storeRecording } from './storeRecording.ts';
import { decideUnmatched, listUnmatched } from './unmatched.ts';
import { readFolders, saveFolders } from './watchFolders.ts';

const mostBytes = 300 * 1024 * 1024;

/** Paths of the ECG centre below /api. */
export function ecgRoutes(ctx: Context, router: Router): void {
  router.use('/ecg', (req, res, next) =>
    req.method === 'POST' && req.path === '/recordings'
      ? rawBody(req, res, next)
      : express.json({ limit: '1mb' })(req, res, next),
  );
  recordingRoutes(ctx, router);
  workRoutes(ctx, router);
  libraryRoutes(ctx, router);
}

const raw = express.raw({ type: () => true, limit: mostBytes });

/** The right to upload is asked before the bytes are taken in. */
function rawBody(req: Request, res: Response, next: NextFunction): void {
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

function recordingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings',
      summary: 'Upload a recording of any known format',
      access: 'input.upload',
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
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/recordings/:id',
      summary: 'One recording with samples up to 60 s, measurements and flags',
      access: 'input.read',
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
      const recording = await loadRecording(ctx, row.id);
      const to = Math.min(Number(row.sampleCount), query.to ?? Number(row.sampleCount));
      const names = query.leads ? query.leads.split(',') : recording.leads.map((lead) => lead.name);
      if (query.from >= to) throw badRequest('from must lie before to, inside the recording');
      if (!query.buckets && (to - query.from) * names.length > 40_000_000)
        throw badRequest('ask for fewer samples at once, or for buckets');
      const block = sampleBlock(recording, names, query.from, to, query.buckets);
      res.setHeader('Content-Type', 'application/octet-stream');
      res.setHeader('Cache-Control', 'private, max-age=3600');
      res.setHeader('X-Ecg-Leads', encodeURIComponent(block.leads.join(',')));
      res.setHeader('X-Ecg-Microvolt-Per-Unit', block.microvoltPerUnit.join(','));
      res.setHeader('X-Ecg-Samples', String(block.count));
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

const fiducials = z.object({
  pOnMs: z.number().optional(),
  pOffMs: z.number().optional(),
  qrsOnMs: z.number(),
  qrsOffMs: z.number(),
  tOffMs: z.number().optional(),
  rMs: z.number(),
});

function workRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/join',
      summary: 'Join a recording to an order',
      access: 'order.join',
      params: idParams,
      body: z.object({ orderId: z.uuid() }),
    },
    async ({ actor, params, body }) => {
      const order = await joinByPerson(ctx, actor, params.id, body.orderId);
      return { orderId: order.id, status: order.status };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/split',
      summary: 'Take a recording off an order',
      access: 'order.join',
      params: idParams,
      body: z.object({ orderId: z.uuid(), reason: z.string().trim().min(1).max(500) }),
    },
    async ({ actor, params, body }) => {
      const order = await splitRecording(ctx, actor, params.id, body.orderId, body.reason);
      return { orderId: order.id, status: order.status };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/corrections',
      summary: 'Correct the marks of the median beat',
      access: 'report.write',
      params: idParams,
      body: z.object({ fiducials, note: z.string().max(500).optional() }),
      status: 201,
    },
    async ({ actor, params, body }) => {
      const { pOnMs, pOffMs, tOffMs, ...needed } = body.fiducials;
      const marks = {
        ...needed,
        ...(pOnMs !== undefined && { pOnMs }),
        ...(pOffMs !== undefined && { pOffMs }),
        ...(tOffMs !== undefined && { tOffMs }),
      };
      return correctFiducials(ctx, actor, params.id, { fiducials: marks, note: body.note });
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/flags/:id/decision',
      summary: 'Confirm or dismiss a flag; a finding raises the critical value',
      access: 'report.write',
      params: idParams,
      body: z.object({
        orderId: z.uuid(),
        decision: z.enum(['confirm', 'dismiss']),
        note: z.string().max(500).optional(),
        finding: z.string().trim().min(1).max(500).optional(),
      }),
    },
    async ({ actor, params, body }) => decideFlag(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/orders/:id/earlier',
      summary: 'Earlier recordings of the patient',
      access: 'input.read',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      return { items: await earlierRecordings(ctx.db, actor, order), nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/unmatched',
      summary: 'Recordings and files that wait for a person',
      access: 'unmatched.decide',
      query: z.object({
        state: z.enum(['open', 'resolved', 'discarded']).default('open'),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ query }) => ({ items: await listUnmatched(ctx, query.state, query.limit), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/unmatched/:id/decide',
      summary: 'Join, confirm or discard what waits',
      access: 'unmatched.decide',
      params: idParams,
      body: z.discriminatedUnion('decision', [
        z.object({ decision: z.literal('join'), orderId: z.uuid() }),
        z.object({ decision: z.literal('confirm') }),
        z.object({ decision: z.literal('discard'), reason: z.string().trim().min(1).max(500) }),
      ]),
    },
    async ({ actor, params, body }) => decideUnmatched(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/worklist-marks',
      summary: 'Flags and quality of open cases',
      access: 'order.read',
    },
    async ({ actor }) => ({ items: await worklistMarks(ctx.db, actor), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/statistics',
      summary: 'Uploads, quality and turnaround per site',
      access: ['quality.read', 'figures.read', 'report.write'],
      query: z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'ecg.statistics', detail: query });
      return {
        items: await siteStatistics(ctx.db, new Date(query.from), new Date(query.to)),
        nextCursor: null,
      };
    },
  );
}

const statement = z.object({
  category: z.enum(['normal', 'rhythm', 'conduction', 'axis', 'chamber', 'ischaemia', 'other']),
  textZh: z.string().trim().min(1).max(200),
  textEn: z.string().trim().min(1).max(200),
  normal: z.boolean().default(false),
  ruleCode: z.string().max(60).nullable().optional(),
  active: z.boolean().default(true),
});

function libraryRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/statements',
      summary: 'Statement library by number, initials or words',
      access: 'signed-in',
      query: z.object({
        q: z.string().max(60).default(''),
        limit: z.coerce.number().int().min(1).max(200).default(200),
        all: z.stringbool().default(false),
      }),
    },
    async ({ query }) => ({
      items: await searchStatements(ctx.db, query.q, query.limit, query.all),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/statements',
      summary: 'Add a statement',
      access: 'template.edit',
      body: statement,
      status: 201,
    },
    async ({ actor, body }) => addStatement(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ecg/statements/:id',
      summary: 'Change a statement',
      access: 'template.edit',
      params: idParams,
      body: statement,
    },
    async ({ actor, params, body }) => changeStatement(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    { method: 'get', path: '/ecg/rules', summary: 'Flag rules with their words', access: 'signed-in' },
    async () => ({
      items: defaultRules.map((rule) => ({ code: rule.code, tier: rule.tier, zh: rule.zh, en: rule.en })),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    { method: 'get', path: '/ecg/folders', summary: 'Watched folders', access: 'admin.settings' },
    async () => ({ items: await readFolders(ctx.db), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ecg/folders',
      summary: 'Set the watched folders',
      access: 'admin.settings',
      body: z.object({
        folders: z
          .array(z.object({ path: z.string().min(1).max(500), institution: z.string().min(1).max(40) }))
          .max(50),
      }),
    },
    async ({ actor, body }) => ({ items: await saveFolders(ctx, actor, body.folders), nextCursor: null }),
  );
}
