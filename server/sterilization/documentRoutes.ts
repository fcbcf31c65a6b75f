import express, { type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Context } from '../core/context.ts';
import { badRequest, invalid, notFound } from '../core/errors.ts';
import { endpoint, idParams } from '../core/http.ts';
import { renderPrintDocument } from '../core/print/renderPrintDocument.ts';
import { centerOf, readScope, RIGHTS } from './access.ts';
import { MAX_PRINT_OUT_BYTES } from './formats/readPrintOut.ts';
import { readCycleCsv } from './formats/readCycleCsv.ts';
import { day } from './inputs.ts';
import { receivePrintOut } from './printout/receivePrintOut.ts';
import { LEDGERS, readLedger } from './records/ledgers.ts';
import { addDays } from './rules/expiry.ts';
import { transferNote } from './records/transferNote.ts';

/** Printed books and slips, and the print-outs of the machines. */
export function documentRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/ledgers/:kind',
      summary: 'A ledger as PDF to print, or its columns and rows',
      access: RIGHTS.read,
      params: z.object({ kind: z.enum(LEDGERS) }),
      query: z.object({ from: day, to: day, format: z.enum(['pdf', 'json']).default('pdf') }),
    },
    async ({ actor, params, query, res }) => {
      const centerId = await centerOf(ctx.db, actor, 'read');
      if (query.to < query.from || addDays(query.from, 366) < query.to)
        throw badRequest('a ledger covers up to one year', 'one-year');
      const from = new Date(`${query.from}T00:00:00+08:00`);
      const to = new Date(`${addDays(query.to, 1)}T00:00:00+08:00`);
      const ledger = await readLedger(ctx.db, centerId, params.kind, from, to);
      await recordAudit(ctx.db, actor, {
        action: 'sterilization.ledger',
        subjectType: 'cssd-ledger',
        subjectId: params.kind,
        detail: { ...query, rows: ledger.rows.length },
      });
      if (query.format === 'json')
        return {
          title: ledger.title,
          columns: ledger.columns.map((column) => column.title),
          rows: ledger.rows.map((row) => row.cells.map((one) => (typeof one === 'string' ? one : one.text))),
        };
      const center = await ctx.db
        .selectFrom('institution')
        .select('name')
        .where('id', '=', centerId)
        .executeTakeFirstOrThrow();
      const pdf = await renderPrintDocument({
        title: ledger.title,
        issuer: `${center.name} 消毒供应中心`,
        orientation: 'landscape',
        strip: [
          { label: '起止日期', value: `${query.from} 至 ${query.to}` },
          { label: '记录数', value: String(ledger.rows.length) },
          {
            label: '保存期限',
            value: `不少于 ${ledger.keepMonths >= 12 ? `${ledger.keepMonths / 12} 年` : `${ledger.keepMonths} 个月`}`,
          },
        ],
        sections: [
          {
            type: 'table',
            columns: ledger.columns,
            rows: ledger.rows,
            ...(ledger.rows.length === 0 && { note: '本期无记录' }),
          },
          { type: 'text', text: ' ' },
          {
            type: 'text',
            text: '填表人 ________________      审核人 ________________      日期 ________________',
          },
        ],
        createdAt: ctx.clock.now(),
      });
      res.type('application/pdf').send(pdf);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/transfers/:number/note.pdf',
      summary: 'Slip that travels with a transfer',
      access: [RIGHTS.read, RIGHTS.drive],
      params: z.object({ number: z.string().max(40) }),
    },
    async ({ params, res }) => {
      res.type('application/pdf').send(await transferNote(ctx, params.number));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/recalls/:id/report.pdf',
      summary: 'Signed recall report',
      access: RIGHTS.read,
      params: idParams,
    },
    async ({ actor, params, res }) => {
      await centerOf(ctx.db, actor, 'read');
      const recall = await ctx.db
        .selectFrom('cssdRecall')
        .select('documentSha256')
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!recall?.documentSha256) throw notFound('recall report', params.id);
      res.type('application/pdf').send(await ctx.objects.read(recall.documentSha256));
      return undefined;
    },
  );
  printOuts(ctx, router);
}

function printOuts(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/print-outs',
      summary: 'Print-outs of the machines: those that wait for their load, or all of them',
      access: RIGHTS.work,
      query: z.object({
        machine: z.string().max(40).optional(),
        state: z.enum(['waiting', 'all']).default('waiting'),
      }),
    },
    async ({ actor, query }) => {
      const centerId = await centerOf(ctx.db, actor, 'work');
      const items = await ctx.db
        .selectFrom('cssdPrintOut')
        .innerJoin('cssdMachine', 'cssdMachine.id', 'cssdPrintOut.machineId')
        .select([
          'cssdPrintOut.id',
          'cssdMachine.code as machine',
          'receivedAt',
          'source',
          'bytes',
          'encoding',
          'flags',
          'reading',
          'state',
        ])
        .where('cssdMachine.institutionId', '=', centerId)
        .$if(query.state === 'waiting', (qb) => qb.where('state', '=', 'waiting'))
        .$if(query.machine !== undefined, (qb) => qb.where('cssdMachine.code', '=', query.machine ?? ''))
        .orderBy('receivedAt', 'desc')
        .limit(200)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/print-outs/:id/original',
      summary: 'Original bytes of a print-out',
      access: RIGHTS.read,
      params: idParams,
    },
    async ({ actor, params, res }) => {
      await readScope(ctx.db, actor);
      const row = await ctx.db
        .selectFrom('cssdPrintOut')
        .select(['sha256', 'encoding'])
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!row) throw notFound('print-out', params.id);
      res
        .type(`text/plain; charset=${row.encoding}`)
        .setHeader('Content-Security-Policy', "default-src 'none'");
      res.send(await ctx.objects.read(row.sha256));
      return undefined;
    },
  );
  // Raw bytes: the original is kept as it came.
  router.use(
    '/sterilization/machines/:code/print-outs',
    express.raw({ type: () => true, limit: MAX_PRINT_OUT_BYTES }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/sterilization/machines/:code/print-outs',
      summary: 'Upload a print-out file',
      access: RIGHTS.work,
      bodyMedia: ['application/octet-stream', 'text/plain', 'text/csv'],
      params: z.object({ code: z.string().max(40) }),
      query: z.object({ profile: z.string().max(40).optional() }),
      status: 201,
    },
    async ({ actor, params, query, req }) => {
      const centerId = await centerOf(ctx.db, actor, 'work');
      if (!Buffer.isBuffer(req.body) || req.body.length === 0)
        throw invalid('send the bytes of the print-out as the body', 'no-file');
      const machine = await ctx.db
        .selectFrom('cssdMachine')
        .select('id')
        .where('institutionId', '=', centerId)
        .where('code', '=', params.code)
        .executeTakeFirst();
      if (!machine) throw notFound('machine', params.code);
      const source = await ctx.db
        .selectFrom('cssdPrintSource')
        .select('profileId')
        .where('machineId', '=', machine.id)
        .executeTakeFirst();
      const named = query.profile
        ? await ctx.db
            .selectFrom('cssdPrintProfile')
            .select('id')
            .where('code', '=', query.profile)
            .executeTakeFirst()
        : undefined;
      if (query.profile && !named) throw notFound('print-out profile', query.profile);
      return receivePrintOut(ctx, {
        machineId: machine.id,
        profileId: named?.id ?? source?.profileId ?? null,
        source: 'upload',
        bytes: req.body,
      });
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/sterilization/curve',
      summary: 'Read a curve from CSV',
      access: RIGHTS.work,
      body: z.object({ csv: z.string().max(1_500_000) }),
    },
    async ({ body }) => Promise.resolve({ curve: readCycleCsv(body.csv) }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/sterilization/print-outs/:id/dismiss',
      summary: 'Set a print-out aside (kept)',
      access: RIGHTS.work,
      params: idParams,
    },
    async ({ actor, params }) => {
      const centerId = await centerOf(ctx.db, actor, 'work');
      return ctx.db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('cssdPrintOut')
          .set({ state: 'dismissed' })
          .where('id', '=', params.id)
          .where('state', '=', 'waiting')
          .where(
            'machineId',
            'in',
            trx.selectFrom('cssdMachine').select('id').where('institutionId', '=', centerId),
          )
          .returning('id')
          .executeTakeFirst();
        if (!row) throw notFound('waiting print-out', params.id);
        await recordAudit(trx, actor, {
          action: 'sterilization.print-out-dismiss',
          subjectType: 'cssd-print-out',
          subjectId: row.id,
        });
        return { id: row.id, state: 'dismissed' };
      });
    },
  );
}
