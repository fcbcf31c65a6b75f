import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { repeatable } from '../../../server/lab/demo/random.ts';
import { seedCatalogue } from '../../../server/lab/demo/seedCatalogue.ts';
import { seedQuality } from '../../../server/lab/demo/seedQuality.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';

export let hub: TestHub;
export let doctor: Client, nurse: Client, courier: Client, technician: Client, verifier: Client, head: Client;

/** A hub of its own for the tests of one file, with the laboratory's catalogue and controls, and its people. */
export function openLaboratory(): void {
  beforeAll(async () => {
    hub = await startHub();
    const lead = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'QHRM')
      .executeTakeFirstOrThrow();
    await hub.ctx.db.transaction().execute(async (trx) => {
      await seedCatalogue(trx, lead.id);
      await seedQuality(hub.ctx, trx, repeatable(1));
    });
    [doctor, nurse, courier, technician, verifier, head] = await Promise.all([
      hub.as('doctor1'),
      hub.as('nurse1'),
      hub.as('courier1'),
      hub.as('lab1'),
      hub.as('lab2'),
      hub.as('head1'),
    ]);
  });
  afterAll(() => hub?.close());
}

let people = 0;

/** A request by the township's doctor for a patient nobody knew before. */
export async function place(items: string[], { name = '石珅', ...more }: Record<string, unknown> = {}) {
  people++;
  const mrn = `LAB${people}`;
  const answer = await doctor.post('/api/orders', {
    center: 'lab',
    items: items.map((code) => ({ code })),
    priority: 'routine',
    patient: { name, sex: 'M', birthDate: '1980-05-06', identifiers: [{ type: 'mrn', value: mrn }] },
    remoteConsent: { by: name, at: new Date().toISOString() },
    ...more,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return { ...(answer.body as { id: string; accessionNumber: string; requestId: string }), mrn };
}

export const tubesOf = async (orderId: string) =>
  (await nurse.get(`/api/lab/orders/${orderId}/containers`)).body.containers as {
    barcode: string;
    tubeCode: string;
    state: string;
  }[];

/** An order whose tubes were drawn and accepted by the laboratory. */
export async function received(items: string[], more?: Record<string, unknown>) {
  const order = await place(items, more);
  const tubes = await tubesOf(order.id);
  for (const { barcode } of tubes) {
    expect((await nurse.post('/api/lab/collect', { barcode, fasting: true })).status).toBe(200);
    expect((await technician.post('/api/lab/receive', { barcode })).status).toBe(200);
  }
  return { ...order, tubes, barcode: tubes[0]?.barcode ?? '' };
}

export const enter = (orderId: string, values: Record<string, string>) =>
  technician.post(`/api/lab/orders/${orderId}/results`, {
    results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
  });

export const resultsOf = async (orderId: string) =>
  (await technician.get(`/api/lab/orders/${orderId}/results`)).body.items as {
    code: string;
    state: string;
    result: { id: string; flag: string | null; holds: string[]; valueNumber: number } | null;
  }[];

const pdftotext = ['/usr/bin/pdftotext', '/usr/local/bin/pdftotext'].find((file) => existsSync(file));

/** What a reader sees, by poppler; undefined where it is not installed. */
export async function textOf(pdf: Uint8Array): Promise<string | undefined> {
  if (!pdftotext) return undefined;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lab-pdf-'));
  try {
    const file = path.join(folder, 'report.pdf');
    await writeFile(file, pdf);
    return (await promisify(execFile)(pdftotext, ['-layout', file, '-'])).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
