import { DomainError } from '../../core/errors.ts';

/** Why a slide file is not taken. The code goes to the browser, which words it; the message names the place. */
export type UnreadableReason =
  | 'closed-format'
  | 'not-a-slide'
  | 'not-tiled'
  | 'unsupported-compression'
  | 'malformed'
  | 'truncated'
  | 'too-large'
  | 'corrupt-tile';

/** A slide file that is refused; nothing of it is stored as a slide. */
export class UnreadableSlide extends DomainError {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string, cause?: unknown) {
    super(422, 'unreadable-slide', message, { extra: { reason }, ...(cause === undefined ? {} : { cause }) });
    this.name = 'UnreadableSlide';
    this.reason = reason;
  }
}
