import { X509Certificate } from 'node:crypto';
import express from 'express';
import type { Router } from 'express';
import { z } from 'zod';
import { personId, requirePermission } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint } from '../http.ts';
import { changePin } from './changePin.ts';
import { currentRevocationLists } from './currentRevocationLists.ts';
import { enrolSigner } from './enrolSigner.ts';
import { ensureAuthority } from './heldAuthority.ts';
import { readSigningState } from './readSigningState.ts';
import { resetPin } from './resetPin.ts';
import { revokeCertificate } from './revokeCertificate.ts';
import { verifyReport } from './verifyReport.ts';

const pin = z.string().min(4).max(32);

export function signatureRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/signature/me',
      summary: 'Signing certificate of the signed-in person',
      access: 'signed-in',
    },
    ({ actor }) => readSigningState(ctx, personId(actor)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/signature/enrol',
      summary: 'First signing certificate under a new PIN',
      access: 'signed-in',
      body: z.object({ pin }),
      status: 201,
    },
    ({ actor, body }) => enrolSigner(ctx, actor, { pin: body.pin }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/signature/pin',
      summary: 'Change the signing PIN',
      access: 'signed-in',
      body: z.object({ pin, newPin: pin }),
    },
    async ({ actor, body }) => {
      await changePin(ctx, actor, body);
      return readSigningState(ctx, personId(actor));
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/signature/pin/reset',
      summary: 'Forgotten PIN: revoke the certificate and issue a new one',
      access: 'signed-in',
      body: z.object({ password: z.string().min(1).max(200), newPin: pin }),
    },
    ({ actor, body }) => resetPin(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/signature/revoke',
      summary: 'Revoke the signing certificate of a person',
      access: ['admin.staff', 'security.grant'],
      body: z.object({
        staffId: z.uuid(),
        reason: z.enum(['left', 'licence-ended', 'key-compromise', 'unspecified']),
      }),
    },
    async ({ actor, body }) => {
      requirePermission(
        actor,
        actor.roles.some((held) => held.role === 'security-admin') ? 'security.grant' : 'admin.staff',
      );
      const revoked = await ctx.db
        .transaction()
        .execute((trx) => revokeCertificate(ctx, trx, actor, body.staffId, body.reason));
      if (!revoked) throw notFound('signing certificate of staff', body.staffId);
      return readSigningState(ctx, body.staffId);
    },
  );
  publicRoutes(ctx, router);
}

/** What anybody needs to verify a report with tools of his own. */
function publicRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/signature/root.pem',
      summary: 'Root certificate of the signing authority',
      access: 'public',
    },
    async ({ res }) => {
      const { rootCertificate } = await ensureAuthority(ctx);
      res.type('application/x-pem-file').send(new X509Certificate(rootCertificate).toString());
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/signature/lists/:issuer',
      summary: 'Revocation list of people (issuing.crl) or of the authority (root.crl)',
      access: 'public',
      answerMedia: ['application/pkix-crl'],
      params: z.object({ issuer: z.enum(['issuing.crl', 'root.crl']) }),
    },
    async ({ params, res }) => {
      const [issuing, root] = await currentRevocationLists(ctx, await ensureAuthority(ctx));
      res.type('application/pkix-crl').send(params.issuer === 'root.crl' ? root : issuing);
      return undefined;
    },
  );
  router.use('/signature/verify', express.raw({ type: 'application/pdf', limit: '64mb' }));
  endpoint(
    router,
    {
      method: 'post',
      path: '/signature/verify',
      summary: 'Judge a signed PDF (body: the file)',
      access: 'signed-in',
      bodyMedia: ['application/pdf'],
    },
    ({ req }) => verifyReport(ctx, Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)),
  );
}
