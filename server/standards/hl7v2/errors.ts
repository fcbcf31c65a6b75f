/**
 * A message that cannot be taken, with the place to look at. `refuse` = the content is wrong, sending it again
 * will not help (AE); `reject` = nothing was taken: unknown sender, unsupported type, unreadable header (AR).
 */
export class Hl7ContentError extends Error {
  readonly segment: string;
  readonly field: number;
  readonly disposition: 'refuse' | 'reject';
  /** HL7 table 0357. */
  readonly conditionCode: number;
  /** Which occurrence of the segment, from 1. */
  readonly sequence: number;

  constructor(
    segment: string,
    field: number,
    text: string,
    disposition: 'refuse' | 'reject',
    conditionCode = 207,
    sequence = 1,
  ) {
    super(`${segment}-${field}: ${text}`);
    this.name = 'Hl7ContentError';
    this.segment = segment;
    this.field = field;
    this.disposition = disposition;
    this.conditionCode = conditionCode;
    this.sequence = sequence;
  }
}

/** Shorthand for {@link Hl7ContentError}: names the segment and field for the acknowledgement. */
export function contentError(
  segment: string,
  field: number,
  text: string,
  disposition: 'refuse' | 'reject' = 'refuse',
  conditionCode = 207,
  sequence = 1,
): Hl7ContentError {
  return new Hl7ContentError(segment, field, text, disposition, conditionCode, sequence);
}
