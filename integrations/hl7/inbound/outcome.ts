import type { Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Transaction } from '../../../server/core/database.ts';
import type { PlatformAnswer } from '../../../server/core/recognition/platform/askPlatforms.ts';
import type { Hl7Message } from '../../../server/standards/hl7v2/parse.ts';
import type { OutSegment } from '../../../server/standards/hl7v2/write.ts';

/** What a handler did with a message. `held` = taken (AA), but a person has to decide something. */
export interface Outcome {
  state: 'accepted' | 'held';
  /** MSA-3. */
  text?: string;
  /** Overrides MSH-9 of the answer (ORR, ORL). */
  messageType?: readonly string[];
  body?: OutSegment[];
  orderIds?: string[];
  accessionNumbers?: string[];
  placerNumbers?: string[];
  patientId?: string | null;
}

/** A stored message on its way through a handler. */
export interface Received {
  id: number;
  deviceId: string;
  institutionId: string;
  sender: string;
  /** Field quirks of the sender, `device.settings.hl7`. */
  quirks: Record<string, unknown>;
  message: Hl7Message;
  /** What other platforms have of the patient of an order; asked before the transaction began. */
  elsewhere?: PlatformAnswer | undefined;
}

/** Handles one kind of message in the transaction that also marks it as processed: both or neither. */
export type Handler = (ctx: Context, trx: Transaction, actor: Actor, received: Received) => Promise<Outcome>;
