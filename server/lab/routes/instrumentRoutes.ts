import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { answerHostQuery } from '../hostQuery.ts';
import { listMappings } from '../instrument/listMappings.ts';
import { mapInstrumentCode, unmapInstrumentCode } from '../instrument/mapCode.ts';
import { instrumentInput, saveInstrument } from '../instrument/saveInstrument.ts';
import { assignInstrumentResult, dismissInstrumentResult } from '../instrument/resolveInstrumentResult.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** So much of a value is listed; the message browser has all of it. */
const SHOWN_SIGNS = 400;

const eventInput = z.object({
  kind: z.enum(['calibration', 'reagent-lot', 'maintenance', 'repair', 'note']),
  note: z.string().trim().min(1).max(500),
  testCode: z.string().max(24).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

/** Analyzers, their codes, what they said, rack map. */
export function instrumentRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/instruments',
      summary: 'Analyzers with their tests',
      access: ['bench.work', 'quality.read'],
    },
    async () => {
      const items = await ctx.db
        .selectFrom('labInstrument as i')
        .selectAll('i')
        .select(
          sql<number>`(select count(distinct c.id)::int from lab_container c join lab_order_test x on x.container_id = c.id
            join lab_instrument_test m on m.test_code = x.test_code and m.instrument_id = i.id where c.state = 'accepted' and x.state = 'received' and x.hold_reason is null)`.as(
            'waiting',
          ),
        )
        .orderBy('bench')
        .orderBy('name')
        .execute();
      const tests = await ctx.db
        .selectFrom('labInstrumentTest')
        .select(['instrumentId', 'instrumentCode', 'testCode', 'fromUnit', 'factor'])
        .execute();
      return {
        items: items.map((one) => ({ ...one, tests: tests.filter((test) => test.instrumentId === one.id) })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instruments',
      summary: 'Add an analyzer',
      access: 'policy.edit',
      body: instrumentInput,
      status: 201,
    },
    ({ actor, body }) => saveInstrument(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/lab/instruments/:id',
      summary: 'Change an analyzer, or take it out of use',
      access: 'policy.edit',
      params: idParams,
      body: instrumentInput,
    },
    ({ actor, params, body }) => saveInstrument(ctx, actor, body, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instruments/:id/map',
      summary: 'Map a code of an analyzer; what waited for it is taken',
      access: 'bench.work',
      params: idParams,
      body: z.object({
        instrumentCode: z.string().min(1).max(80),
        testCode: z.string().max(24),
        fromUnit: z.string().max(20).optional(),
        factor: z.number().positive().max(1e9).optional(),
        unitAssumed: z.boolean().optional(),
      }),
    },
    ({ actor, params, body }) => mapInstrumentCode(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instruments/:id/unmap',
      summary: 'End the mapping of a code with its conversion rule; later values of the code wait',
      access: 'bench.work',
      params: idParams,
      body: z.object({
        instrumentCode: z.string().min(1).max(80),
        reason: z.string().trim().min(2).max(300),
      }),
    },
    async ({ actor, params, body }) => {
      await unmapInstrumentCode(ctx, actor, params.id, body);
      return { state: 'removed' };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/instrument-mappings',
      summary: 'Codes of analyzers, the tests they mean and the rules that convert their units',
      access: ['bench.work', 'quality.read'],
      query: z.object({
        instrumentId: z.uuid().optional(),
        testCode: z.string().max(24).optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(1000),
      }),
    },
    ({ query }) => listMappings(ctx.db, query),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instruments/:id/events',
      summary: 'Calibration, reagent lot, maintenance',
      access: 'bench.work',
      params: idParams,
      body: eventInput,
      status: 201,
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'bench.work', { centerKind: 'lab' });
      return ctx.db.transaction().execute(async (trx) => {
        const row = await trx
          .insertInto('labQcEvent')
          .values({
            instrumentId: params.id,
            kind: body.kind,
            note: body.note,
            testCode: body.testCode ?? null,
            at: body.at ? new Date(body.at) : ctx.clock.now(),
            enteredBy: actor.id,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await recordAudit(trx, actor, {
          action: 'instrument.event',
          subjectType: 'instrument',
          subjectId: params.id,
          detail: body,
        });
        return row;
      });
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/instruments/:id/worklist',
      summary: 'What the analyzer would be told (host query), as a rack map',
      access: 'bench.work',
      params: idParams,
      query: z.object({ rackSize: z.coerce.number().int().min(5).max(100).default(10) }),
    },
    async ({ params, query }) => {
      const orders = await answerHostQuery(ctx.db, params.id, 'ALL');
      return {
        items: orders.map((order, index) => ({
          ...order,
          rack: Math.floor(index / query.rackSize) + 1,
          position: (index % query.rackSize) + 1,
        })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/instrument-results',
      summary: 'What analyzers said',
      access: 'bench.work',
      query: z.object({
        state: z.string().max(80).optional(),
        instrumentId: z.uuid().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ query }) => {
      const states = query.state?.split(',');
      const rows = await ctx.db
        .selectFrom('labInstrumentResult as r')
        .innerJoin('labInstrument as i', 'i.id', 'r.instrumentId')
        .selectAll('r')
        .leftJoin('labInstrumentTest as m', (join) =>
          join
            .onRef('m.instrumentId', '=', 'r.instrumentId')
            .onRef('m.instrumentCode', '=', 'r.instrumentCode'),
        )
        .select([
          'i.name as instrument',
          sql<string>`left(r.value, ${SHOWN_SIGNS})`.as('value'),
          'm.testCode',
          'm.fromUnit',
          'm.factor',
          'm.unitAssumed',
        ])
        .select(totalRows.as('total'))
        .$if(states !== undefined, (qb) => qb.where('r.state', 'in', states ?? []))
        .$if(query.instrumentId !== undefined, (qb) =>
          qb.where('r.instrumentId', '=', query.instrumentId ?? ''),
        )
        .orderBy('r.id', 'desc')
        .limit(query.limit)
        .execute();
      return withTotal(rows);
    },
  );
  const numberParams = z.object({ number: z.coerce.number().int() });
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instrument-results/:number/assign',
      summary: 'Say which tube a value belongs to',
      access: 'unmatched.decide',
      params: numberParams,
      body: z.object({ barcode: z.string().min(4).max(30) }),
    },
    ({ actor, params, body }) => assignInstrumentResult(ctx, actor, params.number, body.barcode),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/instrument-results/:number/dismiss',
      summary: 'Set a value aside',
      access: 'bench.work',
      params: numberParams,
      body: z.object({ reason: z.string().trim().min(2).max(300) }),
    },
    async ({ actor, params, body }) => {
      await dismissInstrumentResult(ctx, actor, params.number, body.reason);
      return { state: 'resolved' };
    },
  );
}
