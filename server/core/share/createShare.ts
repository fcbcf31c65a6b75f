import { randomInt } from 'node:crypto';
import bwipjs from 'bwip-js';
import { personId, type Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import { baseUrl } from '../config.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, invalid, notFound } from '../errors.ts';

/** Crockford's letters: no I, L, O, U, so that a code can be read over the telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 16; // 80 bits
const DAY_MS = 86_400_000;

export interface ShareInput {
  orderIds: string[];
  /** 1 … 30. */
  days: number;
  purpose: string;
  /** Who agreed: the patient or whom he names. */
  consentBy: string;
  withImages: boolean;
  withPackage: boolean;
}

export interface CreatedShare {
  id: string;
  /** Shown once; the hub keeps a keyed hash. */
  code: string;
  url: string;
  qrSvg: string;
  expiresAt: Date;
  /** What the patient must tell besides: last four characters of the document, else the birth date. */
  factor: 'id-last-4' | 'birth-date';
}

/**
 * Makes a code by which another hospital reads signed results of one patient. The orders must be visible to who makes it,
 * belong to one patient and be signed. Throws 404, 422 `invalid`, 409 `no-factor` when the patient has neither ID card nor
 * birth date, 409 `restricted` for sensitive results and a protected patient.
 */
export async function createShare(ctx: Context, actor: Actor, input: ShareInput): Promise<CreatedShare> {
  const staffId = personId(actor);
  const now = ctx.clock.now();
  const code = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const expiresAt = new Date(now.getTime() + input.days * DAY_MS);
  const made = await ctx.db.transaction().execute(async (trx) => {
    const orders = await trx
      .selectFrom('orders')
      .select(['id', 'patientId', 'finalAt', 'sensitive'])
      .where('id', 'in', input.orderIds)
      .where(visibleOrders(actor))
      .execute();
    const missing = input.orderIds.find((id) => !orders.some((order) => order.id === id));
    if (missing) throw notFound('order', missing);
    const [patientId, ...others] = new Set(orders.map((order) => order.patientId));
    if (!patientId || others.length > 0)
      throw invalid('a share holds results of one patient', [{ path: 'orderIds', code: 'one-patient' }]);
    if (orders.some((order) => order.finalAt === null))
      throw invalid('only signed results are shared', [{ path: 'orderIds', code: 'share-unsigned' }]);
    if (orders.some((order) => order.sensitive))
      throw conflict(
        'restricted',
        'sensitive results and those of a protected person are not shared by code',
      );
    const factor = await factorOf(ctx, trx, patientId);
    const share = await trx
      .insertInto('patientShare')
      .values({
        patientId,
        institutionId: actor.institutionId ?? '',
        createdBy: staffId,
        createdAt: now,
        expiresAt,
        purpose: input.purpose,
        consentBy: input.consentBy,
        withImages: input.withImages,
        withPackage: input.withPackage,
        codeHash: shareHash(ctx, code),
        factor: factor.kind,
        factorHash: factorHash(ctx, factor.value),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('patientShareOrder')
      .values(orders.map((order) => ({ shareId: share.id, orderId: order.id })))
      .execute();
    await recordAudit(trx, actor, {
      action: 'share.create',
      subjectType: 'share',
      subjectId: share.id,
      patientId,
      detail: { orders: orders.length, expiresAt, purpose: input.purpose, consentBy: input.consentBy },
    });
    return { id: share.id, factor: factor.kind };
  });
  const base = baseUrl(ctx.config);
  const url = `${base}/share#${code}`; // behind the #: neither servers nor proxies log it
  return {
    ...made,
    code: code.replace(/(.{4})(?=.)/g, '$1-'),
    url,
    qrSvg: bwipjs.toSVG({ bcid: 'qrcode', text: url, eclevel: 'M' } as never),
    expiresAt,
  };
}

async function factorOf(
  ctx: Context,
  trx: Transaction,
  patientId: string,
): Promise<{ kind: 'id-last-4' | 'birth-date'; value: string }> {
  const patient = await trx
    .selectFrom('patient')
    .select('birthDate')
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const card = await trx
    .selectFrom('patientIdentifier')
    .select('valueEncrypted')
    .where('patientId', '=', patientId)
    .where('type', '=', 'id-card')
    .limit(1)
    .executeTakeFirst();
  if (card) return { kind: 'id-last-4', value: ctx.keys.decrypt(card.valueEncrypted).slice(-4) };
  if (!patient.birthDate)
    throw conflict('no-factor', 'the patient has neither an ID card nor a birth date: add one first');
  return { kind: 'birth-date', value: String(patient.birthDate).replaceAll('-', '') };
}

/** Hash of a code as it was typed: hyphens, spaces and case do not matter, O and I are read as 0 and 1. */
export const shareHash = (ctx: Pick<Context, 'keys'>, code: string): string =>
  ctx.keys.lookup(
    `share:${code
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
      .replaceAll('O', '0')
      .replace(/[IL]/g, '1')}`,
  );

export const factorHash = (ctx: Pick<Context, 'keys'>, value: string): string =>
  ctx.keys.lookup(`share-factor:${value.toUpperCase().replace(/[^0-9X]/g, '')}`);
