import { sql } from 'kysely';
import { can, type Actor } from '../access/actor.ts';
import type { ReportContent } from '../center.ts';
import type { Queryable } from '../database.ts';
import type { Order } from '../order/order.ts';
import { phoneSigningRule } from './phoneSigning.ts';

export interface ReportView {
  orderId: string;
  version: number;
  state: string;
  content: ReportContent;
  author: string | null;
  submittedBy: string | null;
  submittedById: string | null;
  submittedAt: Date | null;
  rejectReason: string | null;
  updatedBy: string | null;
  updatedAt: Date | null;
  /** What the verifier changed since the submission, for the writer. */
  submittedContent?: ReportContent | undefined;
  twoPerson: boolean;
  /** Whether the centre lets this report be signed on a phone. */
  phoneSigning: boolean;
}

/** Whether the centre asks for two people at this order's priority. */
export async function twoPersonRule(db: Queryable, order: Order): Promise<boolean> {
  const center = await db
    .selectFrom('center')
    .select(['twoPerson', 'twoPersonEmergency'])
    .where('kind', '=', order.centerKind)
    .where('institutionId', '=', order.reportingInstitutionId)
    .executeTakeFirst();
  return order.priority === 'emergency' ? (center?.twoPersonEmergency ?? true) : (center?.twoPerson ?? true);
}

/**
 * The report of an order as this actor may see it. The centre sees the draft; a site sees a preliminary one only where
 * the centre allows it, and always the last signed content.
 */
export async function readReport(db: Queryable, actor: Actor, order: Order): Promise<ReportView> {
  const row = await db
    .selectFrom('report')
    .leftJoin('staff as author', 'author.id', 'report.authorId')
    .leftJoin('staff as submitter', 'submitter.id', 'report.submittedBy')
    .leftJoin('staff as editor', 'editor.id', 'report.updatedBy')
    .selectAll('report')
    .select(['author.name as authorName', 'submitter.name as submitterName', 'editor.name as editorName'])
    .where('report.orderId', '=', order.id)
    .executeTakeFirst();
  const twoPerson = await twoPersonRule(db, order);
  const view: ReportView = {
    orderId: order.id,
    version: row?.version ?? 0,
    state: row?.state ?? 'draft',
    content: (row?.content ?? {}) as ReportContent,
    author: row?.authorName ?? null,
    submittedBy: row?.submitterName ?? null,
    submittedById: row?.submittedBy ?? null,
    submittedAt: row?.submittedAt ?? null,
    rejectReason: row?.rejectReason ?? null,
    updatedBy: row?.editorName ?? null,
    updatedAt: row?.updatedAt ?? null,
    twoPerson,
    phoneSigning: await phoneSigningRule(db, order),
  };
  const atCenter =
    can(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    }) || can(actor, 'quality.read');
  if (atCenter) {
    if (row?.submittedVersion && row.submittedVersion !== row.version) {
      const submitted = await db
        .selectFrom('reportVersion')
        .select('content')
        .where('orderId', '=', order.id)
        .where('version', '=', row.submittedVersion)
        .executeTakeFirst();
      view.submittedContent = submitted?.content as ReportContent | undefined;
    }
    return view;
  }
  if (view.state === 'final') return view;
  const signed = await lastSigned(db, order.id);
  if (signed)
    return {
      ...view,
      state: signed.kind === 'void' ? 'void' : 'final',
      content: signed.content as ReportContent,
    };
  if (view.state === 'preliminary' && (await preliminaryVisible(db, order))) return view;
  return { ...view, state: 'draft', content: {}, rejectReason: null, author: null };
}

/** Whether the centre shows the site a report that is not signed yet. */
export async function preliminaryVisible(db: Queryable, order: Order): Promise<boolean> {
  const center = await db
    .selectFrom('center')
    .select('preliminaryVisible')
    .where('kind', '=', order.centerKind)
    .where('institutionId', '=', order.reportingInstitutionId)
    .executeTakeFirst();
  return center?.preliminaryVisible ?? false;
}

/** The version that stands as the order's report; a partial one never does. */
export const lastSigned = (db: Queryable, orderId: string) =>
  newestSigned(db, orderId).where('kind', '!=', 'partial').executeTakeFirst();

/** The version to show: the report, and until there is one the newest partial report. */
export const lastShown = async (db: Queryable, orderId: string) =>
  (await lastSigned(db, orderId)) ?? (await newestSigned(db, orderId).executeTakeFirst());

const newestSigned = (db: Queryable, orderId: string) =>
  db.selectFrom('signedReport').selectAll().where('orderId', '=', orderId).orderBy('number', 'desc').limit(1);

/** All versions: signed ones in full, drafts as who saved what when. */
export async function listVersions(db: Queryable, order: Order) {
  const signed = await db
    .selectFrom('signedReport as r')
    .innerJoin('staff as s', 's.id', 'r.signerId')
    .leftJoin('staff as w', 'w.id', 'r.reporterId')
    .select([
      'r.id',
      'r.number',
      'r.kind',
      'r.reason',
      'r.content',
      'r.signedAt',
      'r.state',
      'r.replacesId',
      'r.verifyCode',
      'r.recognition',
      'r.pdfSha256',
      's.name as signer',
      'w.name as reporter',
    ])
    .where('r.orderId', '=', order.id)
    .orderBy('r.number')
    .execute();
  const saved = await db
    .selectFrom('reportVersion as v')
    .innerJoin('staff as s', 's.id', 'v.savedBy')
    .select([
      'v.version',
      'v.state',
      'v.savedAt',
      's.name as savedBy',
      sql<number>`length(v.content::text)`.as('bytes'),
    ])
    .where('v.orderId', '=', order.id)
    .orderBy('v.version', 'desc')
    .limit(200)
    .execute();
  return { items: signed, saved };
}
