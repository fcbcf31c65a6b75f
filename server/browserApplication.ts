import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import fs from 'node:fs';
import path from 'node:path';
import { notFound } from './core/errors.ts';

const VIEWER = path.join(import.meta.dirname, '../viewer/dist');
const ASSETS = path.join(VIEWER, 'assets');

/** Serves the built browser application: assets for good, its one page at every other address. */
export function browserApplication(app: Express): void {
  app.use(
    '/assets',
    precompressed,
    express.static(ASSETS, { immutable: true, maxAge: '1y', index: false, fallthrough: false }),
  );
  app.use(express.static(VIEWER, { index: false, maxAge: 0 }));
  app.get('/{*page}', (req, res, next) => {
    if (/^\/(api|dicom-web|fhir)(\/|$)/.test(req.path)) return next(notFound('path', req.path));
    const index = path.join(VIEWER, 'index.html');
    if (!fs.existsSync(index)) return next(notFound('browser application: run npm start, which builds it,'));
    res.setHeader('Cache-Control', 'no-cache');
    const orderId = /^\/orders\/([\da-f-]{36})$/.exec(req.path)?.[1];
    if (!orderId) return res.sendFile(index);
    fs.readFile(index, 'utf8', (fault, page) =>
      fault ? next(fault) : res.type('html').send(withOrder(page, orderId)),
    );
  });
}

/**
 * The page of a case asks for its order, and for who is signed in, before any program has come: what follows hangs on these
 * answers. Only where the entry takes both at once (`viewer/src/shell/prepareCase.ts`): one that lay there would be
 * taken for the answer to a later question.
 */
function withOrder(page: string, orderId: string): string {
  const ahead = [`/api/orders/${orderId}?purpose=prefetch`, '/api/session'];
  const links = ahead.map((address) => `    <link rel="preload" as="fetch" crossorigin href="${address}" />`);
  return page.replace('</title>', `$&\n${links.join('\n')}`);
}

const SUFFIXES = { br: '.br', gzip: '.gz' } as const;

/** Turns to the compressed copy that the build left beside an asset, where the browser takes one. */
function precompressed(req: Request, res: Response, next: NextFunction): void {
  const name = /^\/([\w.~-]+\.(js|css|wasm|svg))$/.exec(req.path);
  // One by one: of several that it takes, a browser's first is gzip, and brotli is the smaller.
  const encoding = (['br', 'gzip'] as const).find((each) => req.acceptsEncodings(each) === each);
  if (!name?.[1] || !name[2] || !encoding) return next();
  const suffix = SUFFIXES[encoding];
  fs.access(path.join(ASSETS, name[1] + suffix), (missing) => {
    if (missing) return next();
    res.setHeader('Vary', 'Accept-Encoding');
    res.setHeader('Content-Encoding', encoding);
    res.type(name[2] ?? '');
    req.url = `/${name[1]}${suffix}`;
    next();
  });
}
