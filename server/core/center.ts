import type { Router } from 'express';
import type { CenterKind } from '../../db/types.ts';
import type { Actor } from './access/actor.ts';
import type { AlgorithmFindings } from './algorithm/findings.ts';
import type { Context } from './context.ts';
import type { Queryable, Transaction } from './database.ts';
import type { JobHandler } from './jobs/worker.ts';
import type { Order } from './order/order.ts';
import type { PrintSection } from './print/sections.ts';
import type { Indicator } from './quality/indicator/indicator.ts';

export interface CatalogueItem {
  code: string;
  name: string;
  itemClass: string;
  modality: string | null;
  bodyPart: string | null;
  reportGroup: string | null;
  price: number | null;
}

/** One thing a signature covers: an image series, a recording, a tube, a slide. */
export interface ManifestEntry {
  type: string;
  id: string;
  sha256?: string;
  detail?: Record<string, unknown>;
}

/** What a reader should know before he signs: `stop` must be mended, `ask` is confirmed by signing. */
export interface ReportProblem {
  severity: 'stop' | 'ask';
  /** Values that the words of the code name. */
  params?: Record<string, string | number>;
  code: string;
  message: string;
}

/** An earlier order that measured tests of `itemCode` under another item of the catalogue. */
export interface PanelOverlap {
  itemCode: string;
  orderId: string;
  sourceCode: string;
  tests: string[];
  /** All tests of `itemCode` are among them. */
  complete: boolean;
}

export type ReportContent = Record<string, unknown>;

export interface ImportOutcome {
  outcome: 'stored' | 'duplicate' | 'quarantined' | 'refused';
  detail: string;
}

/**
 * How a centre plugs into the core. Everything is optional but the name: core does the order, the clocks, the report
 * and the signature; a centre adds its input, its work and what its result looks like.
 */
export interface Center {
  kind: CenterKind;
  /** Adds the paths of the centre to the API; each path starts with `/<kind>/…`. */
  routes?(ctx: Context, router: Router): void;
  /** Groups the items of a request: one group becomes one order. Default: by report group, else one each. */
  splitRequest?(items: CatalogueItem[]): CatalogueItem[][];
  /** In the transaction that makes an order: tubes, appointments, packs. `input` is the request as sent. */
  onOrderCreated?(
    trx: Transaction,
    ctx: Context,
    actor: Actor,
    order: Order,
    input: Record<string, unknown>,
  ): Promise<void>;
  onOrderCancelled?(trx: Transaction, ctx: Context, actor: Actor, order: Order): Promise<void>;
  /** Inputs frozen by a signature. */
  manifest?(db: Queryable, orderId: string): Promise<ManifestEntry[]>;
  /** Faults of a report before submitting or signing. */
  checkReport?(db: Queryable, order: Order, content: ReportContent): Promise<ReportProblem[]>;
  /** What a save may change of the content: attributes that are a person's own statement are stamped here. */
  acceptContent?(before: ReportContent, content: ReportContent, actor: Actor, now: Date): ReportContent;
  /** Sections of the PDF between the patient strip and the signers. Default: findings and impression. */
  printReport?(ctx: Context, order: Order, content: ReportContent): Promise<PrintSection[]>;
  /** In the transaction of a submission to the verifier. */
  onSubmitted?(trx: Transaction, actor: Actor, order: Order): Promise<void>;
  /** In the transaction of a signature, a correction or a void. */
  onSigned?(
    trx: Transaction,
    ctx: Context,
    actor: Actor,
    order: Order,
    signed: { id: string; kind: string },
  ): Promise<void>;
  /** Extra fields of `GET /api/orders/:id` for the case page. */
  describeOrder?(db: Queryable, order: Order): Promise<Record<string, unknown>>;
  /** For recognition: what a panel would measure again that another item has measured since `since`. */
  findPanelOverlaps?(
    db: Queryable,
    patientIds: string[],
    itemCodes: string[],
    since: Date,
  ): Promise<PanelOverlap[]>;
  /** `hub import`: takes a file whose content this centre knows; undefined when it does not. */
  importFile?(
    ctx: Context,
    actor: Actor,
    file: { path: string; head: Buffer },
  ): Promise<ImportOutcome | undefined>;
  /** Quality indicators that only this centre's record answers. */
  indicators?: readonly Indicator[];
  /** Algorithms that live in the hub, by name; each reads a case and answers a draft, see core/algorithm. */
  algorithms?: Record<string, (ctx: Context, order: Order) => Promise<AlgorithmFindings>>;
  /** Background work by job kind, run by the role `worker`. */
  jobs?: Record<string, JobHandler>;
  /** Synthetic content of the demo county, after the core has made institutions, people and catalogue. */
  seedDemo?(ctx: Context): Promise<void>;
}
