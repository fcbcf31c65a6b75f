import type { Readable } from 'node:stream';

export interface StoredObject {
  /** SHA-256 of the bytes, hex: the object's address. */
  address: string;
  size: number;
}

export interface ByteRange {
  /** First byte, from 0. */
  start: number;
  /** Last byte, inclusive. */
  end: number;
}

/** Receives one object. `write` resolves when more may come; nothing is visible before `commit`. */
export interface ObjectWriter {
  write(chunk: Uint8Array): Promise<void> | void;
  /** Address and size of what was written; nothing more may be. It stands nowhere before `commit` has answered. */
  end(): StoredObject;
  /** Makes the object durable under its address; the same content twice is one object. `end` may be asked meanwhile. */
  commit(): Promise<StoredObject>;
  abort(): Promise<void>;
}

/** Content-addressed, write once, durable before `commit` or `put` answers. */
export interface ObjectStore {
  open(): Promise<ObjectWriter>;
  put(bytes: Uint8Array): Promise<StoredObject>;
  /** Throws notFound('object') when there is none. */
  stream(address: string, range?: ByteRange): Promise<Readable>;
  read(address: string, range?: ByteRange): Promise<Buffer>;
  size(address: string): Promise<number>;
  /** Rejects when the store cannot take objects. */
  check(): Promise<void>;
}

export const isAddress = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
