import type { Actor } from '../core/access/actor.ts';

/** Who brings objects, for one association, STOW request or upload. */
export interface Sender {
  actor: Actor;
  /** The site whose input it is. */
  institutionId: string;
  deviceId: string | null;
  aeTitle: string | null;
}

/** C-STORE names the object beside a bare data set; a file of STOW or upload names itself. */
export interface ObjectHead {
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntax: string;
}

/**
 * What became of an object. Stored: `stored`, `duplicate` (same bytes again), `rendition` (same picture, other syntax).
 * Kept for a person: `conflict`, `quarantine`. Not kept: `refused`.
 */
export type StoreStatus = 'stored' | 'duplicate' | 'rendition' | 'conflict' | 'quarantine' | 'refused';

export interface StoreOutcome {
  status: StoreStatus;
  /** Fit for the wire: up to 64 characters, no patient data. */
  comment?: string;
  sopClassUid?: string;
  sopInstanceUid?: string;
  studyInstanceUid?: string;
  seriesInstanceUid?: string;
}

/** Takes the bytes of one object. */
export interface InstanceSink {
  /** May keep the buffer. A returned promise asks to wait; never throws, a failure comes out of `finish`. */
  write(bytes: Buffer): void | Promise<void>;
  /** Answers when the object is durable and its rows are committed. Throws `unavailable` when neither can be. */
  finish(): Promise<StoreOutcome>;
  abort(): void;
}
