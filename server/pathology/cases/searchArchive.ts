import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { pageOf } from '../pageOf.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { decodeCursor, pageQuery } from '../../core/http.ts';
import type { Order } from '../../core/order/order.ts';
import type { SynopticValues } from '../synoptic/definition.ts';
import { findTemplate } from '../synoptic/findTemplate.ts';
import { renderSynoptic } from '../synoptic/renderSynoptic.ts';
import { loadCase } from './caseRow.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const addendumText = (addendum: unknown): unknown => (addendum as { text?: unknown } | null)?.text;

const stainWords = (rows: unknown): string =>
  Array.isArray(rows)
    ? rows
        .map((row: { marker?: unknown; result?: unknown }) => `${text(row.marker)} ${text(row.result)}`)
        .join('、')
    : '';

/** The generated text of the filled form, so that its coded answers are found by their words. */
async function formWords(trx: Transaction, filled: unknown): Promise<string> {
  const { code, version, values } = (filled ?? {}) as Partial<{
    code: string;
    version: number;
    values: SynopticValues;
  }>;
  const form = code && version !== undefined ? await findTemplate(trx, code, version) : undefined;
  return form && values ? renderSynoptic(form, values) : '';
}

/** Writes what the archive search finds, in the transaction of the signature. A void report leaves the archive. */
export async function fileInArchive(trx: Transaction, order: Order, kind: string, now: Date): Promise<void> {
  if (kind === 'void') {
    await trx.deleteFrom('pathologyArchive').where('orderId', '=', order.id).execute();
    return;
  }
  const found = await loadCase(trx, order.id);
  const report = await trx
    .selectFrom('report')
    .select('content')
    .where('orderId', '=', order.id)
    .executeTakeFirst();
  const content = (report?.content ?? {}) as Record<string, unknown>;
  const specimens = await trx
    .selectFrom('pathologySpecimen')
    .select(['site', 'siteCode', 'procedure'])
    .where('orderId', '=', order.id)
    .execute();
  const codes = [
    ...specimens.flatMap(({ siteCode }) => siteCode ?? []),
    ...(Array.isArray(content.codes) ? content.codes.filter((code) => typeof code === 'string') : []),
  ];
  const row = {
    institutionId: found.institutionId,
    pathologyNumber: found.pathologyNumber,
    kind: found.kind,
    diagnosis: text(content.impression),
    sites: specimens.map(({ site, procedure }) => `${site} ${procedure ?? ''}`.trim()).join('、'),
    codes: codes.map((code) => code.toUpperCase()),
    body: [
      found.grossDescription,
      content.gross,
      content.findings,
      content.impression,
      stainWords(content.ihc),
      await formWords(trx, content.synoptic),
      content.comment,
      ...(Array.isArray(content.addenda) ? content.addenda.map(addendumText) : []),
    ]
      .map(text)
      .join('\n'),
    signedAt: now,
  };
  await trx
    .insertInto('pathologyArchive')
    .values({ orderId: order.id, ...row })
    .onConflict((oc) => oc.column('orderId').doUpdateSet(row))
    .execute();
}

export const archiveQuery = pageQuery.extend({
  diagnosis: z.string().trim().min(1).max(100).optional(),
  site: z.string().trim().min(1).max(60).optional(),
  code: z.string().trim().min(1).max(40).optional(),
  q: z.string().trim().min(1).max(100).optional(),
  kind: z.enum(['histology', 'frozen', 'cytology', 'consultation']).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
});

const like = (value: string) => `%${value.replace(/[\\%_]/g, '\\$&')}%`;

export interface ArchiveRow {
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  kind: string;
  patientName: string | null;
  institutionName: string;
  diagnosis: string;
  sites: string;
  signedAt: Date;
}

/** The archive by diagnosis, site, code and free text (trigram indexes, Chinese included), newest first. Audited. */
export async function searchArchive(
  db: Queryable,
  actor: Actor,
  query: z.output<typeof archiveQuery>,
): Promise<{ items: ArchiveRow[]; nextCursor: string | null }> {
  const where = [visibleOrders(actor, 'o')];
  const add = (part: ReturnType<typeof sql<boolean>>) => where.push(part as (typeof where)[number]);
  if (query.diagnosis) add(sql`a.diagnosis ilike ${like(query.diagnosis)}`);
  if (query.site) add(sql`a.sites ilike ${like(query.site)}`);
  if (query.code) add(sql`a.codes @> array[${query.code.toUpperCase()}]::text[]`);
  if (query.q) add(sql`(a.body ilike ${like(query.q)} or a.pathology_number = ${query.q.toUpperCase()})`);
  if (query.kind) add(sql`a.kind = ${query.kind}`);
  if (query.from) add(sql`a.signed_at >= ${`${query.from}T00:00:00+08:00`}::timestamptz`);
  if (query.to) add(sql`a.signed_at < ${`${query.to}T00:00:00+08:00`}::timestamptz + interval '1 day'`);
  const after = decodeCursor(query.cursor, 2);
  if (after) add(sql`(a.signed_at, a.order_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const { rows } = await sql<ArchiveRow & { cursorKey: string }>`
    select a.order_id, o.accession_number, a.pathology_number, a.kind, o.patient_name, i.short_name as institution_name,
      left(a.diagnosis, 400) as diagnosis, a.sites, a.signed_at, a.signed_at::text as cursor_key
    from pathology_archive a join orders o on o.id = a.order_id join institution i on i.id = o.requesting_institution_id
    where ${sql.join(where, sql` and `)}
    order by a.signed_at desc, a.order_id desc limit ${query.limit + 1}`.execute(db);
  await recordAudit(db, actor, { action: 'pathology.archive', detail: { ...query } });
  return pageOf(rows, query.limit, (row) => row.orderId);
}
