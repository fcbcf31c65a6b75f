import { decodeMessage, encodeText } from './charset.ts';
import type { Hl7ContentError } from './errors.ts';
import { text, type Hl7Message, type Hl7Segment } from './parse.ts';
import { encodeMessage, type OutSegment } from './write.ts';

/** MSA-1 (HL7 table 0008): application answers AA/AE/AR, commit answers CA/CE/CR. */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';
type Condition = 'AL' | 'NE' | 'ER' | 'SU';

export type AckMode = { mode: 'original' } | { mode: 'enhanced'; accept: Condition; application: Condition };

const conditions = ['AL', 'NE', 'ER', 'SU'];

/**
 * Which acknowledgements the sender asked for. Only AL, NE, ER and SU count in MSH-15/16: some analyzers put
 * a result type (0, 1, 2) into MSH-16. In enhanced mode an empty one means NE (HL7 v2.5.1 §2.9.3).
 */
export function ackMode(header: Hl7Segment): AckMode {
  const accept = condition(text(header, 15));
  const application = condition(text(header, 16));
  if (!accept && !application) return { mode: 'original' };
  return { mode: 'enhanced', accept: accept ?? 'NE', application: application ?? 'NE' };
}

/** Whether a condition asks for an answer in case of success or failure. */
export function wantsAck(asked: Condition, success: boolean): boolean {
  return asked === 'AL' || (asked === 'SU' && success) || (asked === 'ER' && !success);
}

function condition(sent: string | undefined): Condition | undefined {
  return conditions.includes(sent ?? '') ? (sent as Condition) : undefined;
}

export interface AckContent {
  code: AckCode;
  at: Date;
  /** Our own MSH-10. */
  controlId: string;
  text?: string | undefined;
  error?: Hl7ContentError | undefined;
  /** Overrides MSH-9, for ORR and ORL answers. */
  messageType?: readonly string[];
  /** Segments after MSA (and ERR). */
  body?: readonly OutSegment[];
}

/** Builds the acknowledgement of a message in its own character set and version, addresses turned round. */
export function buildAck(original: Hl7Message, content: AckContent): Buffer {
  const header = original.header;
  const version = text(header, 12) ?? '2.4';
  const trigger = text(header, 9, 2);
  const errors = content.error ? [errSegment(content.error, version)] : [];
  return encodeMessage(
    {
      sendingApplication: text(header, 5) ?? 'HUB',
      sendingFacility: text(header, 6) ?? '',
      receivingApplication: text(header, 3) ?? '',
      receivingFacility: text(header, 4) ?? '',
      at: content.at,
      messageType: content.messageType ?? (trigger ? ['ACK', trigger, 'ACK'] : ['ACK']),
      controlId: content.controlId,
      processingId: text(header, 11) ?? 'P',
      version,
      charset:
        original.charset === 'utf-16le'
          ? 'utf-8'
          : original.charset === 'us-ascii'
            ? 'utf-8'
            : original.charset,
    },
    [
      ['MSA', content.code, text(header, 10) ?? '', content.text ?? content.error?.message],
      ...errors,
      ...(content.body ?? []),
    ],
  );
}

/** The answer to bytes without a readable MSH: nothing is known, so nothing is claimed. */
export function buildBareReject(received: Uint8Array, problem: string, at: Date, controlId: string): Buffer {
  const head = decodeMessage(received.subarray(0, 1024)).text;
  const fields = head.startsWith('MSH|') ? (head.split(/[\r\n]/)[0] ?? '').split('|') : [];
  const original = fields[9] ?? '';
  return encodeText(
    `MSH|^~\\&|HUB||||${stamp(at)}||ACK|${controlId}|P|2.4||||||UNICODE UTF-8\rMSA|AR|${original.replace(/[^\w.-]/g, '')}|${problem.replace(/[|^~\\&\r\n]/g, ' ')}\r`,
    'utf-8',
  );
}

function stamp(at: Date): string {
  return new Date(at.getTime() + 8 * 3600_000).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** ERR: location in ERR-1 before v2.5, in ERR-2 with code and severity since. */
function errSegment(error: Hl7ContentError, version: string): OutSegment {
  if (Number.parseFloat(version) < 2.5)
    return ['ERR', [error.segment, error.sequence, error.field, [error.conditionCode, error.message]]];
  return [
    'ERR',
    undefined,
    [error.segment, error.sequence, error.field],
    [error.conditionCode, undefined, 'HL70357'],
    'E',
    undefined,
    undefined,
    error.message,
  ];
}

export interface ReceivedAck {
  code: AckCode | undefined;
  controlId: string | undefined;
  text: string | undefined;
}

/** Reads MSA of an answer that came back for a message we sent. */
export function readAck(message: Hl7Message): ReceivedAck {
  const msa = message.segments.find((candidate) => candidate.id === 'MSA');
  const code = text(msa, 1)?.toUpperCase();
  const known = ['AA', 'AE', 'AR', 'CA', 'CE', 'CR'].find((one) => one === code);
  const err = message.segments.find((candidate) => candidate.id === 'ERR');
  return {
    code: known as AckCode | undefined,
    controlId: text(msa, 2),
    text: text(msa, 3) ?? text(err, 8) ?? text(err, 7),
  };
}
