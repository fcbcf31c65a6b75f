import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Client, CopyDestinationOptions, CopySourceOptions } from 'minio';
import { notFound, unavailable } from '../errors.ts';
import {
  isAddress,
  type ByteRange,
  type ObjectStore,
  type ObjectWriter,
  type StoredObject,
} from './objectStore.ts';
import { writeInSlices } from './writeInSlices.ts';

export interface S3Settings {
  endpoint: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  region: string;
}

const MEMORY_LIMIT = 8 * 1024 * 1024;
/** Said, because for a stream of unknown length the client would hold parts of half a gigabyte. Objects up to 160 GB. */
const PART_SIZE = 16 * 1024 * 1024;

/**
 * Objects in an S3 bucket under `ab/<sha256>`. Up to 8 MB an object is one PUT; a larger one is streamed in parts
 * to `incoming/` and copied on the server to its address, as the address is known only at the end.
 */
export async function openS3Store(settings: S3Settings): Promise<ObjectStore> {
  const url = new URL(settings.endpoint);
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    useSSL: url.protocol === 'https:',
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    region: settings.region,
    partSize: PART_SIZE,
  });
  const { bucket } = settings;
  const reach = (cause: unknown): never => {
    throw unavailable('the object store cannot be reached', cause);
  };
  if (!(await client.bucketExists(bucket).catch(reach)))
    await client.makeBucket(bucket, settings.region).catch(reach);

  const keyOf = (address: string): string => {
    if (!isAddress(address)) throw notFound('object', address.slice(0, 80));
    return `${address.slice(0, 2)}/${address}`;
  };
  const stream = async (address: string, range?: ByteRange) => {
    const key = keyOf(address);
    return range
      ? client.getPartialObject(bucket, key, range.start, range.end - range.start + 1).catch(absent(address))
      : client.getObject(bucket, key).catch(absent(address));
  };
  const openWriter = () => new S3Writer(client, bucket, keyOf);

  return {
    open: () => Promise.resolve(openWriter()),
    put: (bytes) => writeInSlices(openWriter(), bytes),
    stream,
    read: async (address, range) => buffer(await stream(address, range)).catch(absent(address)),
    size: async (address) => (await client.statObject(bucket, keyOf(address)).catch(absent(address))).size,
    async check() {
      await client.bucketExists(bucket).catch(reach);
    },
  };
}

class S3Writer implements ObjectWriter {
  private readonly client: Client;
  private readonly bucket: string;
  private readonly keyOf: (address: string) => string;
  private readonly hash = createHash('sha256');
  private address: string | undefined;
  private held: Uint8Array[] = [];
  private size = 0;
  private upload: { key: string; body: PassThrough; done: Promise<unknown> } | undefined;

  constructor(client: Client, bucket: string, keyOf: (address: string) => string) {
    this.client = client;
    this.bucket = bucket;
    this.keyOf = keyOf;
  }

  write(chunk: Uint8Array): Promise<void> | void {
    this.hash.update(chunk);
    this.size += chunk.length;
    if (this.upload) return this.push(this.upload.body, chunk);
    this.held.push(chunk);
    if (this.size > MEMORY_LIMIT) return this.startUpload();
  }

  end(): StoredObject {
    this.address ??= this.hash.digest('hex');
    return { address: this.address, size: this.size };
  }

  async commit(): Promise<StoredObject> {
    const { address } = this.end();
    const key = this.keyOf(address);
    try {
      if (this.upload) {
        this.upload.body.end();
        await this.upload.done;
        // In one copy up to 5 GB, in parts above: what S3 allows.
        await this.client.composeObject(new CopyDestinationOptions({ Bucket: this.bucket, Object: key }), [
          new CopySourceOptions({ Bucket: this.bucket, Object: this.upload.key }),
        ]);
        await this.client.removeObject(this.bucket, this.upload.key);
      } else {
        const bytes = Buffer.concat(this.held);
        await this.client.putObject(this.bucket, key, bytes, bytes.length);
      }
    } catch (cause) {
      await this.abort();
      throw unavailable('the object store cannot be written', cause);
    }
    return { address, size: this.size };
  }

  async abort(): Promise<void> {
    this.held = [];
    const { upload } = this;
    if (!upload) return;
    // The client hears the end of a stream, not its destruction: what came is stored, then removed.
    upload.body.end();
    await upload.done
      .then(
        () => this.client.removeObject(this.bucket, upload.key),
        () => this.client.removeIncompleteUpload(this.bucket, upload.key),
      )
      .catch(() => undefined); // the store is away: its lifecycle rule for incoming/ clears what stays
  }

  private async startUpload(): Promise<void> {
    const body = new PassThrough({ highWaterMark: 1024 * 1024 });
    const key = `incoming/${randomUUID()}`;
    const done = this.client.putObject(this.bucket, key, body);
    done.catch(() => body.destroy());
    this.upload = { key, body, done };
    const held = this.held;
    this.held = [];
    for (const chunk of held) await this.push(body, chunk);
  }

  private async push(body: PassThrough, chunk: Uint8Array): Promise<void> {
    if (body.destroyed) throw unavailable('the object store cannot be written');
    if (!body.write(chunk)) await Promise.race([once(body, 'drain'), once(body, 'close')]);
  }
}

const absent = (address: string) => (cause: unknown) => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'NoSuchKey' || code === 'NotFound') throw notFound('object', address);
  throw unavailable('the object store cannot be read', cause);
};
