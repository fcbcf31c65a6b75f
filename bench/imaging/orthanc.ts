import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../db/embedded.ts';

const plugins = '/usr/share/orthanc/plugins';

export interface Orthanc {
  dicomPort: number;
  /** DICOMweb root. */
  base: string;
  close(): Promise<void>;
}

/** Orthanc of the system's packages with its PostgreSQL index and DICOMweb; undefined text when it is there. */
export function orthancMissing({ dicomWeb = false } = {}): string | undefined {
  if (spawnSync('Orthanc', ['--version']).status !== 0)
    return 'apt-get install orthanc orthanc-dicomweb orthanc-postgresql';
  if (!fs.existsSync(`${plugins}/libOrthancPostgreSQLIndex.so`)) return 'apt-get install orthanc-postgresql';
  if (dicomWeb && !fs.existsSync(`${plugins}/libOrthancDicomWeb.so`))
    return 'apt-get install orthanc-dicomweb';
  return undefined;
}

/** As durable as the hub: index in a PostgreSQL with the same settings, storage area synced. */
export async function startOrthanc(): Promise<Orthanc> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'orthanc-bench-'));
  fs.chmodSync(folder, 0o755);
  const database = await startEmbeddedPostgres(path.join(folder, 'postgres'));
  const url = new URL(database.url);
  await createDatabase(database.url);
  const [dicomPort, httpPort] = [await freePort(), await freePort()];
  const configuration = path.join(folder, 'orthanc.json');
  fs.writeFileSync(configuration, JSON.stringify(settings(folder, url, dicomPort, httpPort)));
  const child = spawn('Orthanc', [configuration], {
    cwd: folder,
    stdio: ['ignore', fs.openSync(path.join(folder, 'log'), 'w'), fs.openSync(path.join(folder, 'err'), 'w')],
    env: { ...process.env, TCP_NODELAY: '1' },
  });
  const close = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 200 && child.exitCode === null; i++) {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/system`).catch(() => undefined);
    if (answer?.ok) return { dicomPort, base: `http://127.0.0.1:${httpPort}/dicom-web`, close };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const said = fs.readFileSync(path.join(folder, 'err'), 'utf8').slice(-2000);
  await close();
  throw new Error(`Orthanc did not start: ${said}`);
}

function settings(folder: string, url: URL, dicomPort: number, httpPort: number): object {
  return {
    Name: 'peer',
    StorageDirectory: path.join(folder, 'storage'),
    IndexDirectory: path.join(folder, 'index'),
    StorageCompression: false,
    SyncStorageArea: true,
    StoreMD5ForAttachments: false,
    OverwriteInstances: false,
    SaveJobs: false,
    MetricsEnabled: false,
    Plugins: [`${plugins}/libOrthancPostgreSQLIndex.so`, `${plugins}/libOrthancDicomWeb.so`].filter((file) =>
      fs.existsSync(file),
    ),
    PostgreSQL: {
      EnableIndex: true,
      EnableStorage: false,
      Host: url.hostname,
      Port: Number(url.port),
      Database: 'orthanc',
      Username: 'postgres',
      Password: decodeURIComponent(url.password),
      Lock: false,
      EnableSsl: false,
      IndexConnectionsCount: 8,
    },
    HttpPort: httpPort,
    DicomPort: dicomPort,
    DicomAet: 'ORTHANC',
    DicomCheckCalledAet: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    TcpNoDelay: true,
    HttpThreadsCount: 50,
    DicomThreadsCount: 8,
    MaximumPduLength: 131072,
    StorageAccessOnFind: 'Never',
    LimitFindResults: 0,
    LimitFindInstances: 0,
    DicomWeb: { Enable: true, Root: '/dicom-web/', StudiesMetadata: 'Full', SeriesMetadata: 'Full' },
  };
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create database orthanc');
  await client.end();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
