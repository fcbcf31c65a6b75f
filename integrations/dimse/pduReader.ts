import type { Abort, AssociateAccept, AssociateRequest, Rejection } from './pdu.ts';
import { aborts, pduTypes, ProtocolError } from './pdu.ts';
import { readAssociateAccept, readAssociateRequest } from './readAssociate.ts';

/** A slice of one presentation data value (PS3.8 §9.3.5.1), as it arrived: never copied, never joined. */
export interface Fragment {
  readonly contextId: number;
  /** Command set (true) or data set. */
  readonly command: boolean;
  /** Last slice of the command or data set. */
  readonly last: boolean;
  readonly bytes: Buffer;
}

export interface PduEvents {
  associateRequest(request: AssociateRequest): void;
  associateAccept(accept: AssociateAccept): void;
  associateReject(rejection: Rejection): void;
  fragment(fragment: Fragment): void;
  releaseRequest(): void;
  releaseReply(): void;
  abort(abort: Abort): void;
}

/** An A-ASSOCIATE-RQ with 128 contexts of 40 transfer syntaxes each stays below this. */
const maxAssociateLength = 256 * 1024;
const fixedLengths: Readonly<Record<number, number>> = {
  [pduTypes.associateRj]: 4,
  [pduTypes.releaseRq]: 4,
  [pduTypes.releaseRp]: 4,
  [pduTypes.abort]: 4,
};
const empty = Buffer.alloc(0);

/**
 * Reads the stream of PDUs from one peer. Feed it what the socket gives, cut anywhere; data is passed on as slices of those chunks.
 * Only heads, and PDUs other than P-DATA-TF, are put together from several chunks, each bounded.
 * `push` throws ProtocolError on nonsense; the reader must not be used after that.
 */
export class PduReader {
  readonly #events: PduEvents;
  readonly #maxPduLength: number;
  #head: Buffer = empty;
  #headNeeded = 6;
  #type = 0;
  /** Bytes of the current PDU that are still to come. */
  #pduLeft = 0;
  /** Bytes of the current presentation data value that are still to come; undefined between values. */
  #valueLeft: number | undefined;
  #contextId = 0;
  #flags = 0;

  /** `maxPduLength`: the length announced to the peer; a few bytes more are tolerated, because some count the head. */
  constructor(events: PduEvents, maxPduLength: number) {
    this.#events = events;
    this.#maxPduLength = maxPduLength + 16;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#valueLeft !== undefined) at = this.#readValue(chunk, at);
      else at = this.#readHead(chunk, at);
    }
  }

  #readValue(chunk: Buffer, at: number): number {
    const left = this.#valueLeft ?? 0;
    const end = Math.min(chunk.length, at + left);
    this.#valueLeft = left - (end - at);
    this.#pduLeft -= end - at;
    const complete = this.#valueLeft === 0;
    this.#emit(chunk.subarray(at, end), complete);
    if (complete) this.#endValue();
    return end;
  }

  #emit(bytes: Buffer, complete: boolean): void {
    this.#events.fragment({
      contextId: this.#contextId,
      command: (this.#flags & 1) === 1,
      last: complete && (this.#flags & 2) === 2,
      bytes,
    });
  }

  #endValue(): void {
    this.#valueLeft = undefined;
    this.#headNeeded = 6; // the head of a value and the head of a PDU are both six bytes long
    if (this.#pduLeft === 0) this.#type = 0;
    else if (this.#pduLeft < 6)
      throw new ProtocolError(aborts.invalidParameter, 'P-DATA-TF ends inside a data value');
  }

  /** Collects a head (or a whole control PDU) and acts on it. */
  #readHead(chunk: Buffer, at: number): number {
    const take = Math.min(this.#headNeeded - this.#head.length, chunk.length - at);
    const part = chunk.subarray(at, at + take);
    this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part]);
    if (this.#head.length < this.#headNeeded) {
      // Kept beyond this chunk: a copy, so that the chunk can be freed.
      if (this.#head === part) this.#head = Buffer.from(part);
      return at + take;
    }
    const head = this.#head;
    this.#head = empty;
    if (this.#type === 0) this.#beginPdu(head);
    else if (this.#type === pduTypes.dataTf) this.#beginValue(head);
    else this.#control(head);
    return at + take;
  }

  #beginPdu(head: Buffer): void {
    const type = head.readUInt8(0);
    const length = head.readUInt32BE(2);
    if (type < pduTypes.associateRq || type > pduTypes.abort)
      throw new ProtocolError(aborts.unrecognizedPdu, `PDU type 0x${type.toString(16)} does not exist`);
    this.#type = type;
    if (type === pduTypes.dataTf) {
      if (length < 6) throw new ProtocolError(aborts.invalidParameter, `P-DATA-TF of ${length} bytes`);
      if (length > this.#maxPduLength)
        throw new ProtocolError(
          aborts.invalidParameter,
          `P-DATA-TF of ${length} bytes, longer than announced`,
        );
      this.#pduLeft = length;
      this.#headNeeded = 6;
      return;
    }
    const fixed = fixedLengths[type];
    if (fixed === undefined ? length > maxAssociateLength || length < 68 : length !== fixed)
      throw new ProtocolError(aborts.invalidParameter, `PDU type 0x${type.toString(16)} of ${length} bytes`);
    this.#headNeeded = length;
  }

  #beginValue(head: Buffer): void {
    const length = head.readUInt32BE(0);
    if (length < 2 || length - 2 > this.#pduLeft - 6)
      throw new ProtocolError(aborts.invalidParameter, 'a data value is longer than its PDU');
    this.#pduLeft -= 6;
    this.#contextId = head.readUInt8(4);
    this.#flags = head.readUInt8(5);
    this.#valueLeft = length - 2;
    if (this.#valueLeft === 0) {
      this.#emit(empty, true);
      this.#endValue();
    }
  }

  #control(body: Buffer): void {
    const type = this.#type;
    this.#type = 0;
    this.#headNeeded = 6;
    switch (type) {
      case pduTypes.associateRq:
        return this.#events.associateRequest(readAssociateRequest(body));
      case pduTypes.associateAc:
        return this.#events.associateAccept(readAssociateAccept(body));
      case pduTypes.associateRj:
        return this.#events.associateReject({
          result: body.readUInt8(1) === 2 ? 2 : 1,
          source: ([1, 2, 3] as const).find((source) => source === body.readUInt8(2)) ?? 1,
          reason: body.readUInt8(3),
        });
      case pduTypes.releaseRq:
        return this.#events.releaseRequest();
      case pduTypes.releaseRp:
        return this.#events.releaseReply();
      default:
        return this.#events.abort({ source: body.readUInt8(2), reason: body.readUInt8(3) });
    }
  }
}
