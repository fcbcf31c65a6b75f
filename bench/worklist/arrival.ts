import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { completeIdCard } from '../../server/standards/identity/idCard.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { writeCtStudies, type Subject } from '../imaging/ctFiles.ts';
import { startHubProcess, type HubProcess } from '../imaging/hubProcess.ts';

const ROUNDS = 12;
const IMAGES = 24;
const LIMIT_MS = 2_000;

/** From the end of the scanner's association until the reader's browser has heard of the case and its row stands in the worklist. */
export const worklistArrival: Bench = {
  name: 'worklist.arrival',
  about: 'a study of 24 CT slices sent by storescu: end of the association → row in the reader’s worklist',
  async run() {
    if (spawnSync('storescu', ['--version']).status !== 0) {
      console.log('worklist.arrival needs storescu: apt-get install dcmtk');
      return [];
    }
    const hub = await startHubProcess();
    try {
      const doctor = await signIn(hub, 'doctor1');
      const reader = await signIn(hub, 'radiologist1');
      const ear = await listen(hub, reader);
      const times: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const ms = await arrival(hub, doctor, reader, ear, round);
        if (round > 0) times.push(ms);
      }
      ear.close();
      return [row(times)];
    } finally {
      await hub.close();
    }
  },
};

function row(times: number[]): BenchRow {
  const worst = Math.max(...times);
  return {
    name: 'worklist.arrival',
    value: percentile(times, 50),
    unit: 'ms median',
    spread: [Math.min(...times), worst],
    ratio: LIMIT_MS / worst,
    target: `the slowest of ${ROUNDS} within ${LIMIT_MS} ms`,
    pass: worst <= LIMIT_MS,
    command: 'npm run bench -- --only worklist.arrival',
  };
}

async function arrival(hub: HubProcess, doctor: string, reader: string, ear: Ear, round: number) {
  const idCard = completeIdCard(`32068119680315${String(100 + round)}`);
  const sex = Number(idCard[16]) % 2 === 1 ? 'M' : 'F';
  const placed = await call<{ id: string; accessionNumber: string }>(hub, doctor, 'POST', '/api/orders', {
    center: 'imaging',
    items: [{ code: 'CT-HEAD' }],
    priority: 'emergency',
    patient: {
      name: '测试甲',
      sex,
      birthDate: '1968-03-15',
      identifiers: [{ type: 'id-card', value: idCard }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  const subject: Subject = {
    accessionNumber: placed.accessionNumber,
    patientName: '测试甲',
    patientId: idCard,
    patientBirthDate: '19680315',
    patientSex: sex,
  };
  const files = writeCtStudies(`7${process.pid}${round}`, 1, IMAGES, () => subject);
  try {
    ear.heard.clear();
    const sender = spawn(
      'storescu',
      ['-q', '-R', '-aet', 'LIUHE', '-aec', 'HUB', '+sd', '127.0.0.1', String(hub.port), ...files.folders],
      { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TCP_NODELAY: '1' } },
    );
    const [code] = (await once(sender, 'exit')) as [number];
    if (code !== 0) throw new Error(`storescu ended with ${code}`);
    const ended = performance.now();
    while (!ear.heard.has(placed.id)) await ear.next();
    const list = await call<{ items: { orderId: string; dueAt: string | null }[] }>(
      hub,
      reader,
      'GET',
      '/api/centers/imaging/worklist?limit=50',
    );
    if (!list.items.some((item) => item.orderId === placed.id && item.dueAt))
      throw new Error('the study does not stand in the worklist with its due time');
    return performance.now() - ended;
  } finally {
    files.remove();
  }
}

interface Ear {
  /** Orders named by events since it was cleared. */
  heard: Set<string>;
  next(): Promise<void>;
  close(): void;
}

/** The server-sent events that a signed-in browser gets. */
async function listen(hub: HubProcess, cookie: string): Promise<Ear> {
  const ending = new AbortController();
  const answer = await fetch(`${root(hub)}/api/events`, { headers: { cookie }, signal: ending.signal });
  const heard = new Set<string>();
  let wake = () => {};
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      for (const [, id] of decoder.decode(chunk, { stream: true }).matchAll(/"orderId":"([^"]+)"/g))
        if (id) heard.add(id);
      wake();
    }
  };
  void read().catch(() => undefined); // ended by close()
  return {
    heard,
    next: () =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error('no event within 30 s')), 30_000);
        wake = () => {
          clearTimeout(limit);
          resolve();
        };
      }),
    close: () => ending.abort(),
  };
}

const root = (hub: HubProcess) => new URL(hub.base).origin;

async function signIn(hub: HubProcess, username: string): Promise<string> {
  const answer = await fetch(`${root(hub)}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: root(hub) },
    body: JSON.stringify({ username, password: 'Demo-2026!' }),
  });
  if (!answer.ok) throw new Error(`sign-in of ${username}: ${answer.status}`);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

async function call<T>(hub: HubProcess, cookie: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(root(hub) + path, {
    method,
    headers: { cookie, origin: root(hub), 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
