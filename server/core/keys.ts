import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

interface KeyFile {
  /** The key in use; older ones stay to read what they wrote. */
  current: string;
  keys: Record<string, string>;
}

/**
 * Keys of the hub, outside the database. One master key gives by HKDF-SHA256 separate keys for data, look-up,
 * seals and signatures. Every value names its algorithm and key: `A256GCM.<key id>.<iv>.<tag>.<cipher text>`.
 */
export interface Keys {
  encrypt(plain: string): string;
  /** Throws when the value was altered or its key is missing. */
  decrypt(value: string): string;
  /** Keyed hash for equality look-up of identifiers and phones; stable over rotation of the data key. */
  lookup(plain: string): string;
  /** HMAC for the audit chain. */
  seal(bytes: string | Uint8Array): string;
  /** 32 bytes for another purpose, e.g. 'signature'. */
  derive(purpose: string): Buffer;
  readonly currentId: string;
}

interface LoadedKeys {
  currentId: string;
  current: Buffer;
  data: Map<string, Buffer>;
  readAtMs: number;
  changedAtMs: number;
}

const LOOK_AGAIN_MS = 5_000;
const expand = (master: Buffer, purpose: string) =>
  Buffer.from(hkdfSync('sha256', master, 'county-hub', purpose, 32));

/**
 * Opens the key file, making it with mode 0600 on first start. A running process notices a rotated key within seconds.
 */
export function openKeys(file: string): Keys {
  if (!fs.existsSync(file)) createKeyFile(file);
  const [first] = Object.values(readKeyFile(file).keys);
  if (!first) throw new Error(`The key file ${file} holds no key; restore it from the sealed copy.`);
  // The oldest key stays the root of look-up, seals and derived keys: what they made cannot be made again.
  const root = Buffer.from(first, 'hex');
  const lookupKey = expand(root, 'lookup');
  const sealKey = expand(root, 'seal');
  let loaded = load(file);

  function fresh(): LoadedKeys {
    const now = Date.now();
    if (now - loaded.readAtMs > LOOK_AGAIN_MS) {
      loaded.readAtMs = now;
      if (fs.statSync(file).mtimeMs !== loaded.changedAtMs) loaded = load(file);
    }
    return loaded;
  }

  return {
    get currentId() {
      return fresh().currentId;
    },
    encrypt(plain) {
      const { current, currentId } = fresh();
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current, iv);
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [
        'A256GCM',
        currentId,
        iv.toString('base64url'),
        cipher.getAuthTag().toString('base64url'),
        text.toString('base64url'),
      ].join('.');
    },
    decrypt(value) {
      const [algorithm, id = '', iv = '', tag = '', text = ''] = value.split('.');
      if (!loaded.data.has(id)) loaded = load(file); // written a moment ago by a process that knows a newer key
      const key = loaded.data.get(id);
      if (algorithm !== 'A256GCM' || !key)
        throw new Error(`cannot decrypt: algorithm ${algorithm}, key ${id} unknown`);
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString(
        'utf8',
      );
    },
    lookup: (plain) => createHmac('sha256', lookupKey).update(plain).digest('base64url'),
    seal: (bytes) => createHmac('sha256', sealKey).update(bytes).digest('hex'),
    derive: (purpose) => expand(root, purpose),
  };
}

/** What tells one key file from another without telling a key: id → fingerprint. */
export function keyFingerprints(file: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readKeyFile(file).keys).map(([id, hex]) => [
      id,
      expand(Buffer.from(hex, 'hex'), 'fingerprint').toString('hex').slice(0, 16),
    ]),
  );
}

/** Adds a new data key to the key file and makes it current; older ones stay to read what they wrote. */
export function addKey(file: string): string {
  const content = readKeyFile(file);
  const id = `k${Object.keys(content.keys).length + 1}`;
  replaceFile(file, { current: id, keys: { ...content.keys, [id]: randomBytes(32).toString('hex') } });
  return id;
}

function readKeyFile(file: string): KeyFile {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as KeyFile;
}

function load(file: string): LoadedKeys {
  const changedAtMs = fs.statSync(file).mtimeMs;
  const content = readKeyFile(file);
  const data = new Map(
    Object.entries(content.keys).map(([id, hex]) => [id, expand(Buffer.from(hex, 'hex'), 'data')]),
  );
  const current = data.get(content.current);
  if (!current)
    throw new Error(`The key file ${file} names no current key; restore it from the sealed copy.`);
  return { currentId: content.current, current, data, readAtMs: Date.now(), changedAtMs };
}

function replaceFile(file: string, content: KeyFile): void {
  const temporary = `${file}.${process.pid}`;
  const handle = fs.openSync(temporary, 'wx', 0o600);
  try {
    fs.writeFileSync(handle, JSON.stringify(content));
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(temporary, file);
}

function createKeyFile(file: string): void {
  const id = 'k1';
  const content: KeyFile = { current: id, keys: { [id]: randomBytes(32).toString('hex') } };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
  try {
    fs.linkSync(temporary, file); // never replaces: another process may have been first
  } catch (error) {
    if (!fs.existsSync(file)) throw error;
  } finally {
    fs.rmSync(temporary);
  }
}
