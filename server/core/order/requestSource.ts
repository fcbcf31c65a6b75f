import type { Snapshot } from '../recognition/decidedMeanwhile.ts';
import type { PlatformAnswer, PlatformFailure } from '../recognition/platform/askPlatforms.ts';
import type { Adopted } from '../recognition/storeDecision.ts';
import type { Order } from './order.ts';

export interface RequestSource {
  source: 'browser' | 'api' | 'hl7' | 'fhir' | 'provisional' | 'recollection' | 'second-opinion' | 'decided';
  /** The site that asks; the actor's own unless told. */
  institutionId?: string;
  requestedByName?: string;
  /** A patient already known (recollection, second opinion, provisional orders). */
  patientId?: string;
  provisional?: boolean;
  /** A request that stands already and gets more orders (a change of its items). */
  requestId?: string;
  /** The sender's own name for this request: sent again, it answers with what was placed the first time. */
  idempotencyKey?: string | undefined;
  /** What the sender can have known when he sent it. */
  seen?: Snapshot;
  /** What other platforms have of the patient; emergencies do not wait for it and are asked about afterwards. */
  elsewhere?: PlatformAnswer | undefined;
}

export interface PlacedRequest {
  requestId: string;
  orders: Order[];
  /** Earlier results taken over instead of an order, with the text to cite. */
  adopted: Adopted[];
  /** Other platforms that gave no answer when they were asked for earlier results. */
  unanswered: PlatformFailure[];
}

/** Systems that keep the consent themselves. */
export const BY_MESSAGE = new Set<RequestSource['source']>(['hl7', 'fhir']);
