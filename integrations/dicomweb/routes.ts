import { Router, type NextFunction, type Request, type Response } from 'express';
import { PUBLIC, requirePermission, type Actor } from '../../server/core/access/actor.ts';
import { badRequest, unauthenticated } from '../../server/core/errors.ts';
import type { Context } from '../../server/core/context.ts';
import { isUid } from '../../server/standards/dicom/index.ts';
import { retrieveFrames } from './frames.ts';
import { retrieveBulkData, retrieveRendered } from './rendered.ts';
import { retrieveMetadata, retrieveObjects } from './retrieve.ts';
import { search } from './search.ts';
import { storeObjects } from './store.ts';

type Service = (ctx: Context, actor: Actor, req: Request, res: Response) => Promise<void>;

/** DICOMweb services below /dicom-web: QIDO-RS, WADO-RS, STOW-RS (PS3.18 §10). */
export function dicomwebRoutes(ctx: Context): Router {
  const router = Router({ mergeParams: true });
  const read = (service: Service) => serve(ctx, service, (actor) => requirePermission(actor, 'input.read'));
  const study = '/studies/:study';
  const series = `${study}/series/:series`;
  const instance = `${series}/instances/:instance`;

  router.get(
    '/studies',
    read((c, a, q, s) => search(c, a, 'study', q, s)),
  );
  router.get(
    '/series',
    read((c, a, q, s) => search(c, a, 'series', q, s)),
  );
  router.get(
    '/instances',
    read((c, a, q, s) => search(c, a, 'instance', q, s)),
  );
  router.get(
    `${study}/series`,
    read((c, a, q, s) => search(c, a, 'series', q, s)),
  );
  router.get(
    `${study}/instances`,
    read((c, a, q, s) => search(c, a, 'instance', q, s)),
  );
  router.get(
    `${series}/instances`,
    read((c, a, q, s) => search(c, a, 'instance', q, s)),
  );

  for (const level of [study, series, instance]) {
    router.get(level, read(retrieveObjects));
    router.get(`${level}/metadata`, read(retrieveMetadata));
    router.get(
      `${level}/rendered`,
      read((c, a, q, s) => retrieveRendered(c, a, q, s, false)),
    );
    router.get(
      `${level}/thumbnail`,
      read((c, a, q, s) => retrieveRendered(c, a, q, s, true)),
    );
  }
  router.get(`${instance}/frames/:frames`, read(retrieveFrames));
  router.get(
    `${instance}/frames/:frames/rendered`,
    read((c, a, q, s) => retrieveRendered(c, a, q, s, false)),
  );
  router.get(
    `${instance}/frames/:frames/thumbnail`,
    read((c, a, q, s) => retrieveRendered(c, a, q, s, true)),
  );
  router.get(`${instance}/bulkdata/*path`, read(retrieveBulkData));

  const write = serve(ctx, storeObjects, (actor) => requirePermission(actor, 'input.upload'));
  router.post('/studies', write);
  router.post(study, write);
  return router;
}

function serve(ctx: Context, service: Service, allow: (actor: Actor) => void) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    try {
      const actor = req.actor ?? PUBLIC;
      if (actor.kind === 'public') throw unauthenticated();
      allow(actor);
      for (const name of ['study', 'series', 'instance'])
        if (req.params[name] !== undefined && !isUid(String(req.params[name])))
          throw badRequest(`${name} is not a UID`);
      await service(ctx, actor, req, res);
    } catch (error) {
      if (res.headersSent) res.destroy();
      else next(error);
    }
  };
}
