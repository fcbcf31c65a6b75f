import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { arriveBox, handOverBox } from '../box/carryBox.ts';
import { openBox, openBoxInput } from '../box/openBox.ts';
import { packContainer } from '../box/packContainer.ts';
import { reconcileBox } from '../box/reconcileBox.ts';
import { recordTemperatures } from '../box/recordTemperatures.ts';
import { sealBox } from '../box/sealBox.ts';
import { noteExtra } from '../box/noteExtra.ts';
import { listBoxes, readBox } from '../box/listBoxes.ts';

const code = z.string().min(4).max(40);

/** Transport boxes: pack, seal, hand over, arrive, reconcile, temperature. */
export function boxRoutes(ctx: Context, router: Router): void {
  const access = ['specimen.transport', 'specimen.receive'] as const;
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/boxes',
      summary: 'Transport boxes',
      access: [...access],
      query: z.object({
        state: z.string().max(100).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    },
    ({ actor, query }) => listBoxes(ctx.db, actor, { state: query.state?.split(','), limit: query.limit }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/boxes/:code',
      summary: 'A box with its manifest',
      access: [...access],
      params: z.object({ code }),
    },
    ({ actor, params }) => readBox(ctx.db, actor, params.code),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/boxes',
      summary: 'Open a box',
      access: 'specimen.transport',
      body: openBoxInput,
      status: 201,
    },
    ({ actor, body }) => openBox(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/boxes/:id/pack',
      summary: 'Put a tube in',
      access: 'specimen.transport',
      params: idParams,
      body: z.object({ barcode: z.string().min(4).max(30) }),
    },
    ({ actor, params, body }) => packContainer(ctx, actor, params.id, body.barcode),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/boxes/:id/seal',
      summary: 'Close with a seal',
      access: 'specimen.transport',
      params: idParams,
      body: z.object({ sealNumber: z.string().trim().min(3).max(40) }),
    },
    ({ actor, params, body }) => sealBox(ctx, actor, params.id, body.sealNumber),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/boxes/:id/extra',
      summary: 'A tube in the box that its manifest does not name',
      access: 'specimen.receive',
      params: idParams,
      body: z.object({ barcode: z.string().min(4).max(30) }),
    },
    ({ actor, params, body }) => noteExtra(ctx, actor, params.id, body.barcode),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/boxes/:id/reconcile',
      summary: 'End the reception',
      access: 'specimen.receive',
      params: idParams,
      body: z.object({}),
    },
    ({ actor, params }) => reconcileBox(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/box-handover',
      summary: 'Courier takes a box over',
      access: 'specimen.transport',
      body: z.object({ code, sealNumber: z.string().max(40) }),
    },
    ({ actor, body }) => handOverBox(ctx, actor, body.code, body.sealNumber),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/box-arrival',
      summary: 'Box reaches the laboratory',
      access: 'specimen.receive',
      body: z.object({
        code,
        sealIntact: z.boolean().default(true),
        sealNumber: z.string().max(40).optional(),
      }),
    },
    ({ actor, body }) => arriveBox(ctx, actor, body.code, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/box-temperature',
      summary: 'Readings of the logger',
      access: [...access],
      body: z.object({
        code,
        readings: z
          .array(
            z.object({
              at: z.iso.datetime({ offset: true }),
              celsius: z.number().min(-90).max(90),
              source: z.string().max(40).optional(),
            }),
          )
          .min(1)
          .max(2000),
      }),
    },
    ({ actor, body }) => recordTemperatures(ctx, actor, body.code, body.readings),
  );
}
