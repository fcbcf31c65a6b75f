import { crashPoint } from '../core/crashPoint.ts';
import { toProblem } from '../core/http.ts';
import { DomainError, unavailable } from '../core/errors.ts';
import type { Context } from '../core/context.ts';
import type { ObjectWriter, StoredObject } from '../core/storage/objectStore.ts';
import {
  contradictingEncoding,
  DicomError,
  isEncapsulated,
  isDeflated,
  isTooShort,
  isStorageSopClass,
  isUid,
  readDataSet,
  readHeader,
  writeFileMeta,
  type ReadDataSet,
} from '../standards/dicom/index.ts';
import { HeadBuffer } from './headBuffer.ts';
import { insertInstance } from './insertInstance.ts';
import type { InstanceRow } from './insertStatements.ts';
import { readInstanceFacts } from './instanceFacts.ts';
import { afterInsert } from './afterInsert.ts';
import type { Arrival } from './arrival.ts';
import { keepForPerson } from './quarantine.ts';
import { resolveDuplicate } from './resolveDuplicate.ts';
import type { InstanceSink, ObjectHead, StoreOutcome } from './sender.ts';

/** Read so far: the data set's header, where the data set starts in the object, and what was odd about the file. */
interface ReadHead {
  read: ReadDataSet;
  dataSetOffset: number;
  remarks: string[];
}

/**
 * Opens a sink for one object. With `head` (C-STORE) the bytes are a bare data set, kept untouched behind a new file
 * meta group; without it they are a whole file, kept as it is. Nothing longer than the header's window is held in
 * memory; `finish` answers when bytes are durable and rows committed.
 */
export async function openInstance(ctx: Context, arrival: Arrival, head?: ObjectHead): Promise<InstanceSink> {
  return new Receiver(ctx, arrival, head, await ctx.objects.open());
}

class Receiver implements InstanceSink {
  private readonly ctx: Context;
  private readonly arrival: Arrival;
  private readonly object: ObjectHead | undefined;
  private readonly writer: ObjectWriter;
  private readonly head = new HeadBuffer();
  private readHead: ReadHead | undefined;
  private dataSetOffset = 0;
  private size = 0;
  private pending: Promise<void> | undefined;
  private failure: unknown;

  constructor(ctx: Context, arrival: Arrival, object: ObjectHead | undefined, writer: ObjectWriter) {
    this.ctx = ctx;
    this.arrival = arrival;
    this.object = object;
    this.writer = writer;
    if (!object) return;
    const meta = writeFileMeta({ ...object, sourceAeTitle: arrival.sender.aeTitle ?? undefined });
    this.dataSetOffset = meta.length;
    this.size = meta.length;
    void writer.write(meta);
  }

  write(bytes: Buffer): void | Promise<void> {
    if (this.failure !== undefined) return;
    this.size += bytes.length;
    this.head.push(bytes);
    if (this.head.due) this.tryHead();
    const more = this.pending ? this.pending.then(() => this.writer.write(bytes)) : this.writer.write(bytes);
    if (!more) return;
    const wait = more
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        if (this.pending === wait) this.pending = undefined;
      });
    this.pending = wait;
    return wait;
  }

  abort(): void {
    this.head.drop();
    void Promise.resolve(this.pending).then(() => this.writer.abort());
  }

  async finish(): Promise<StoreOutcome> {
    while (this.pending) await this.pending;
    if (this.failure !== undefined) return this.refuseOrThrow(this.failure);
    if (this.size === this.dataSetOffset) {
      await this.writer.abort();
      return { status: 'refused', comment: 'no data set' };
    }
    if (!this.readHead) {
      const refused = this.readWhole();
      if (refused) return refused.keep ? this.quarantine(refused.error) : this.refuse(refused.error);
    }
    const head = this.readHead;
    if (!head) throw unavailable('the header was not read');
    return this.store(head);
  }

  /** Reads the header out of what came so far; more is waited for when it is not all there. */
  private tryHead(): void {
    try {
      const bytes = this.head.take();
      const read = this.parse(bytes, false);
      if (!read.read.headerComplete) return;
      this.readHead = read;
      this.head.drop();
    } catch (error) {
      if (!this.object && error instanceof DicomError && error.code === 'not-dicom') this.failure = error;
      // else: judged at the end, with everything that came
    }
  }

  /** The end came before the header was complete: small objects, or a header as long as its object. */
  private readWhole(): { error: DicomError; keep: boolean } | undefined {
    const all = this.head.size === this.size - (this.object ? this.dataSetOffset : 0);
    try {
      const bytes = this.head.take();
      const read = this.parse(bytes, all);
      this.readHead = read;
      return undefined;
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      return { error, keep: error.code !== 'too-large' && error.code !== 'not-dicom' };
    } finally {
      this.head.drop();
    }
  }

  private parse(bytes: Buffer, complete: boolean): ReadHead {
    if (this.object) {
      const encoding = contradictingEncoding(bytes, this.object.transferSyntax);
      return {
        read: readDataSet(bytes, this.object.transferSyntax, { complete, ...(encoding && { encoding }) }),
        dataSetOffset: this.dataSetOffset,
        remarks: encoding ? ['transfer-syntax-wrong'] : [],
      };
    }
    const header = readHeader(bytes, { complete });
    return { read: header, dataSetOffset: header.dataSetOffset, remarks: [...header.remarks] };
  }

  private async store({ read, dataSetOffset, remarks }: ReadHead): Promise<StoreOutcome> {
    const facts = readInstanceFacts(read);
    const problem = this.problemOf(read, facts);
    if (problem) return this.quarantine(new DicomError('malformed', problem), facts.sopInstanceUid);
    if (!isStorageSopClass(facts.sopClassUid))
      return this.refuse(new DicomError('malformed', 'SOP class is not one of storage'));
    if (this.arrival.study !== undefined && this.arrival.study !== facts.studyInstanceUid)
      return this.refuse(new DicomError('malformed', 'the object is of another study than the request'));
    const durable = this.commit().then(() => crashPoint('instance.before-commit'));
    durable.catch(() => undefined); // told of where it is waited for
    const stored = this.writer.end();
    const inObject = this.object && !isDeflated(read.transferSyntax) ? dataSetOffset : 0;
    const row: InstanceRow = {
      ...facts,
      pixelOffset: facts.pixelOffset === null ? null : facts.pixelOffset + inObject,
      transferSyntax: read.transferSyntax,
      objectAddress: stored.address,
      objectSize: stored.size,
      dataSetOffset,
      remarks: read.headerComplete ? remarks : [...remarks, 'long-header'],
    };
    const names = {
      sopClassUid: row.sopClassUid,
      sopInstanceUid: row.sopInstanceUid,
      studyInstanceUid: row.studyInstanceUid,
      seriesInstanceUid: row.seriesInstanceUid,
    };
    const { ctx, arrival } = this;
    const inserted = await insertInstance(ctx, arrival, row, read.dataSet, durable).catch(translate);
    crashPoint('instance.after-commit');
    if (inserted.kind === 'inserted') {
      afterInsert(ctx, arrival, row.studyInstanceUid, inserted);
      return { status: 'stored', ...names };
    }
    if (inserted.kind === 'exists')
      return { ...(await resolveDuplicate(ctx, arrival.sender, row)), ...names };
    await keepForPerson(ctx, arrival.sender, {
      kind: 'conflict',
      objectAddress: row.objectAddress,
      sopInstanceUid: row.sopInstanceUid,
      reason: inserted.reason,
      detail: { ...names, transferSyntax: row.transferSyntax },
    });
    return { status: 'conflict', comment: inserted.reason.slice(0, 64), ...names };
  }

  /** Why an object that can be read can still not be indexed. */
  private problemOf(read: ReadDataSet, facts: ReturnType<typeof readInstanceFacts>): string | undefined {
    for (const [name, uid] of [
      ['SOP Instance UID', facts.sopInstanceUid],
      ['SOP Class UID', facts.sopClassUid],
      ['Series Instance UID', facts.seriesInstanceUid],
      ['Study Instance UID', facts.studyInstanceUid],
    ] as const) {
      if (uid === '') return `${name} is missing`;
      if (!isUid(uid)) return `${name} is not a UID`;
    }
    if (this.object && this.object.sopInstanceUid !== facts.sopInstanceUid)
      return 'SOP Instance UID differs from that of the request';
    const { pixelData } = read;
    // Of a deflated object only the first part may have been inflated: it is checked when its frames are read.
    const size = isDeflated(read.transferSyntax)
      ? Number.POSITIVE_INFINITY
      : this.size - (this.object ? this.dataSetOffset : 0);
    if (pixelData?.length !== undefined && pixelData.offset + pixelData.length > size)
      return 'the object ends inside its pixel data';
    if (pixelData && pixelData.length === undefined && !isEncapsulated(read.transferSyntax))
      return 'pixel data of undefined length in a syntax without fragments';
    if (pixelData && pixelData.length === undefined && pixelData.offset + 8 > size)
      return 'the object ends inside its pixel data';
    if (pixelData && isTooShort(read.dataSet, pixelData)) return 'pixel data ends before its image does';
    return undefined;
  }

  private commit(): Promise<StoredObject> {
    return this.writer.commit();
  }

  private async quarantine(error: DicomError, sopInstanceUid?: string): Promise<StoreOutcome> {
    const stored = await this.commit();
    const uid = sopInstanceUid || this.object?.sopInstanceUid || null;
    const { ctx, arrival } = this;
    await keepForPerson(ctx, arrival.sender, {
      kind: 'unreadable',
      objectAddress: stored.address,
      sopInstanceUid: uid,
      reason: error.message,
      detail: {
        code: error.code,
        size: stored.size,
        ...(this.object && { transferSyntax: this.object.transferSyntax }),
      },
    }).catch(translate);
    return {
      status: 'quarantine',
      comment: `kept for a person: ${error.message}`.slice(0, 64),
      ...(uid && { sopInstanceUid: uid }),
      ...(this.object && { sopClassUid: this.object.sopClassUid }),
    };
  }

  private async refuse(error: DicomError): Promise<StoreOutcome> {
    await this.writer.abort();
    return {
      status: 'refused',
      comment: error.message.slice(0, 64),
      ...(this.object && {
        sopInstanceUid: this.object.sopInstanceUid,
        sopClassUid: this.object.sopClassUid,
      }),
    };
  }

  private async refuseOrThrow(failure: unknown): Promise<StoreOutcome> {
    if (failure instanceof DicomError) return this.refuse(failure);
    await this.writer.abort();
    throw failure;
  }

  private fail(error: unknown): void {
    this.failure ??= error;
  }
}

/** A lost database becomes 503, so that the sender tries again. */
function translate(error: unknown): never {
  const problem = error instanceof DomainError ? error : toProblem(error);
  throw problem.status === 503 ? problem : error;
}
