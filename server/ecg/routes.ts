import express, { type Router } from 'express';
import type { Context } from '../core/context.ts';
import { joinRoutes } from './routes/joinRoutes.ts';
import { libraryRoutes } from './routes/libraryRoutes.ts';
import { readingRoutes } from './routes/readingRoutes.ts';
import { recordingRoutes } from './routes/recordingRoutes.ts';
import { uploadRoutes } from './routes/uploadRoutes.ts';

const json = express.json({ limit: '1mb' });

/** Paths of the ECG centre below /api. */
export function ecgRoutes(ctx: Context, router: Router): void {
  // what is uploaded is read as it arrives, by the route itself
  router.use('/ecg', (req, res, next) =>
    req.method === 'POST' && req.path === '/recordings' ? next() : json(req, res, next),
  );
  uploadRoutes(ctx, router);
  recordingRoutes(ctx, router);
  joinRoutes(ctx, router);
  readingRoutes(ctx, router);
  libraryRoutes(ctx, router);
}
