import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SUITE_NAMES, suiteLabelled, suiteNamed, type CipherSuite, type SuiteName } from './cipherSuites.ts';

const keyFile = z.object({
  /** The key in use; older ones stay to read what they wrote. */
  current: z.string(),
  keys: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/i)),
  /** Keys that are not of the international suite. */
  suites: z.record(z.string(), z.enum(SUITE_NAMES)).optional(),
});
type KeyFile = z.infer<typeof keyFile>;

/**
 * Keys of the hub, outside the database. One master key gives by HKDF separate keys for data, look-up, seals and
 * signatures. Every value names its algorithm and key: `A256GCM.<key id>.<iv>.<tag>.<cipher text>`. The suite of the
 * oldest key is the suite of look-up, seals and derived keys; later keys may bring another for data.
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
  /** What every value sealed with the current key begins with. */
  readonly currentPrefix: string;
  /** Suite of everything that hangs on the oldest key. */
  readonly rootSuite: CipherSuite;
}

interface DataKey {
  key: Buffer;
  suite: CipherSuite;
}

interface LoadedKeys {
  currentId: string;
  current: DataKey;
  data: Map<string, DataKey>;
  readAtMs: number;
  changedAtMs: number;
}

const LOOK_AGAIN_MS = 5_000;
const expand = (suite: CipherSuite, master: Buffer, purpose: string) =>
  Buffer.from(hkdfSync(suite.digest, master, 'county-hub', purpose, 32));

/**
 * Opens the key file, making it with mode 0600 and a key of `suite` on first start. A running process notices a
 * rotated key within seconds.
 */
export function openKeys(file: string, suite: SuiteName = 'international'): Keys {
  if (!fs.existsSync(file)) createKeyFile(file, suite);
  const content = readKeyFile(file);
  const [firstId = '', first] = Object.entries(content.keys)[0] ?? [];
  if (!first) throw new Error(`The key file ${file} holds no key; restore it from the sealed copy.`);
  // The oldest key stays the root of look-up, seals and derived keys: what they made cannot be made again.
  const root = Buffer.from(first, 'hex');
  const rootSuite = suiteNamed(content.suites?.[firstId]);
  // An HMAC with a key object costs a ninth of one with the key's bytes, and the audit chain makes one for each row.
  const lookupKey = createSecretKey(expand(rootSuite, root, 'lookup'));
  const sealKey = createSecretKey(expand(rootSuite, root, 'seal'));
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
    get currentPrefix() {
      const { current, currentId } = fresh();
      return `${current.suite.label}.${currentId}.`;
    },
    rootSuite,
    encrypt(plain) {
      const { current, currentId } = fresh();
      const { iv, tag, text } = current.suite.seal(current.key, Buffer.from(plain, 'utf8'));
      return [
        current.suite.label,
        currentId,
        ...[iv, tag, text].map((bytes) => bytes.toString('base64url')),
      ].join('.');
    },
    decrypt(value) {
      const [label, id = '', ...parts] = value.split('.');
      if (!loaded.data.has(id)) loaded = load(file); // written a moment ago by a process that knows a newer key
      const data = loaded.data.get(id);
      if (!data || suiteLabelled(label) !== data.suite)
        throw new Error(`cannot decrypt: algorithm ${label}, key ${id} unknown`);
      const [iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (!iv || !tag || !text) throw new Error('cannot decrypt: the value is not complete');
      return data.suite.open(data.key, { iv, tag, text }).toString('utf8');
    },
    lookup: (plain) => createHmac(rootSuite.digest, lookupKey).update(plain).digest('base64url'),
    seal: (bytes) => createHmac(rootSuite.digest, sealKey).update(bytes).digest('hex'),
    derive: (purpose) => expand(rootSuite, root, purpose),
  };
}

/** What tells one key file from another without telling a key: id → fingerprint. */
export function keyFingerprints(file: string): Record<string, string> {
  const { keys, suites } = readKeyFile(file);
  return Object.fromEntries(
    Object.entries(keys).map(([id, hex]) => [
      id,
      expand(suiteNamed(suites?.[id]), Buffer.from(hex, 'hex'), 'fingerprint').toString('hex').slice(0, 16),
    ]),
  );
}

/** Adds a new data key to the key file and makes it current; older ones stay to read what they wrote. */
export function addKey(file: string, suite?: SuiteName): string {
  const content = readKeyFile(file);
  const id = `k${Object.keys(content.keys).length + 1}`;
  const chosen = suite ?? content.suites?.[content.current] ?? 'international';
  replaceFile(file, {
    current: id,
    keys: { ...content.keys, [id]: randomBytes(32).toString('hex') },
    suites: { ...content.suites, [id]: chosen },
  });
  return id;
}

function readKeyFile(file: string): KeyFile {
  const text = fs.readFileSync(file, 'utf8');
  try {
    return keyFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`The key file ${file} cannot be read; restore it from the sealed copy.`, { cause });
  }
}

function load(file: string): LoadedKeys {
  const changedAtMs = fs.statSync(file).mtimeMs;
  const content = readKeyFile(file);
  const data = new Map(
    Object.entries(content.keys).map(([id, hex]): [string, DataKey] => {
      const suite = suiteNamed(content.suites?.[id]);
      return [id, { suite, key: expand(suite, Buffer.from(hex, 'hex'), 'data') }];
    }),
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

function createKeyFile(file: string, suite: SuiteName): void {
  const id = 'k1';
  const content: KeyFile = {
    current: id,
    keys: { [id]: randomBytes(32).toString('hex') },
    suites: { [id]: suite },
  };
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
