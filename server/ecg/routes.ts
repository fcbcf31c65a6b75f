import express, { type Router } from 'express';
import type { Context } from '../core/context.ts';
import { joinRoutes } from './routes/joinRoutes.ts';
import { libraryRoutes } from './routes/libraryRoutes.ts';
import { readingRoutes } from './routes/readingRoutes.ts';
import { recordingRoutes } from './routes/recordingRoutes.ts';
import { rawBody, uploadRoutes } from './routes/uploadRoutes.ts';

/** Paths of the ECG centre below /api. */
export function ecgRoutes(ctx: Context, router: Router): void {
  router.use('/ecg', (req, res, next) =>
    req.method === 'POST' && req.path === '/recordings'
      ? rawBody(req, res, next)
      : express.json({ limit: '1mb' })(req, res, next),
  );
  uploadRoutes(ctx, router);
  recordingRoutes(ctx, router);
  joinRoutes(ctx, router);
  readingRoutes(ctx, router);
  libraryRoutes(ctx, router);
}
