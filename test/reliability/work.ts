import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { DatabaseHandle } from '../../server/core/database.ts';
import { verifyPdf } from '../../server/core/signature/verifyPdf.ts';
import { readHeader, tags } from '../../server/standards/dicom/index.ts';
import { completeIdCard } from '../../server/standards/identity/idCard.ts';
import { makeFile, newUid, type ObjectOptions } from '../server/imaging/objects.ts';
import type { HubProcess } from './hubProcess.ts';

export const storescu = ['/usr/bin/storescu', '/usr/local/bin/storescu'].find((file) => fs.existsSync(file));

/** What peers and people were told is done; it must be there after any crash. */
export class Acknowledged {
  /** File bytes by SOP Instance UID. */
  readonly objects = new Map<string, Buffer>();
  readonly orders = new Set<string>();
  readonly signed = new Set<string>();
  /** What was under way when the hub died, to be done again. */
  readonly unfinished: { files: string[][]; requests: object[]; signing: string[] } = {
    files: [],
    requests: [],
    signing: [],
  };
}

/** Files of one new study on disk; the third is larger than what is held in memory. */
export function writeStudy(folder: string, count = 3, more: ObjectOptions = {}): string[] {
  const study = newUid();
  const series = newUid();
  fs.mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, n) => {
    const uid = newUid();
    const file = path.join(folder, uid);
    fs.writeFileSync(
      file,
      makeFile({
        study,
        series,
        uid,
        instanceNumber: n + 1,
        patientId: `K${study.slice(-8)}`,
        size: n === 2 ? 1_100 : 128,
        fill: n + 1,
        ...more,
      }),
    );
    return file;
  });
}

/** Sends files by dcmtk's storescu in one association; notes those that were answered with success. */
export async function send(hub: HubProcess, files: string[], done: Acknowledged): Promise<string> {
  const text = await new Promise<string>((resolve) => {
    const args = ['-v', '-aet', 'LIUHE', '-aec', 'HUB', '127.0.0.1', String(hub.dimsePort), ...files];
    execFile(storescu ?? '', args, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const answers = [...text.matchAll(/Received Store Response \((.*)\)/g)].map((match) => match[1] ?? '');
  for (const [n, answer] of answers.entries()) {
    const file = files[n] ?? '';
    if (answer === 'Success') done.objects.set(path.basename(file), fs.readFileSync(file));
  }
  if (answers.filter((answer) => answer === 'Success').length < files.length)
    done.unfinished.files.push(files);
  return text;
}

/** Sends files by STOW-RS in one request; notes them when it was answered with success. */
export async function stow(
  hub: HubProcess,
  people: People,
  files: string[],
  done: Acknowledged,
): Promise<void> {
  const parts = files.flatMap((file) => [
    Buffer.from('--part\r\nContent-Type: application/dicom\r\n\r\n'),
    fs.readFileSync(file),
    Buffer.from('\r\n'),
  ]);
  const answer = await fetch(`${hub.url}/dicom-web/studies`, {
    method: 'POST',
    headers: {
      cookie: people.doctor,
      origin: hub.url,
      'content-type': 'multipart/related; type="application/dicom"; boundary=part',
    },
    body: Buffer.concat([...parts, Buffer.from('--part--\r\n')]),
  }).catch(() => undefined);
  if (!answer) return void done.unfinished.files.push(files);
  expect(answer.status).toBe(200);
  for (const file of files) done.objects.set(path.basename(file), fs.readFileSync(file));
}

export interface People {
  doctor: string;
  reader: string;
  verifier: string;
}

/** Session cookies; they outlive the process. */
export async function signIn(hub: HubProcess): Promise<People> {
  const cookie = async (username: string) => {
    const answer = await fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.url },
      body: JSON.stringify({ username, password: 'Demo-2026!' }),
    });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  return {
    doctor: await cookie('doctor1'),
    reader: await cookie('radiologist1'),
    verifier: await cookie('radiologist2'),
  };
}

export interface Called {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}

export async function call(
  hub: HubProcess,
  cookie: string,
  method: string,
  at: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Called> {
  const answer = await fetch(hub.url + at, {
    method,
    headers: { cookie, origin: hub.url, 'content-type': 'application/json', ...headers },
    ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
  });
  const type = answer.headers.get('content-type') ?? '';
  return {
    status: answer.status,
    body: type.includes('json') ? await answer.json() : Buffer.from(await answer.arrayBuffer()),
  };
}

let serial = 0;

/** A request for another man each time: 400 numbers a day of birth, odd ones as a man's are. */
function newRequest(): object {
  const number = 101 + 2 * (serial % 400);
  const birthDate = new Date(Date.UTC(1980, 2, 7 + Math.floor(serial / 400))).toISOString().slice(0, 10);
  return {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    placerOrderNumber: `R-${++serial}`,
    patient: {
      name: '钱断电',
      sex: 'M',
      birthDate,
      identifiers: [
        { type: 'id-card', value: completeIdCard(`320621${birthDate.replaceAll('-', '')}${number}`) },
      ],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  };
}

/** Places a request; undefined when no answer came. */
export async function place(
  hub: HubProcess,
  people: People,
  done: Acknowledged,
  body: object = newRequest(),
): Promise<string | undefined> {
  const answer = await call(hub, people.doctor, 'POST', '/api/orders', body).catch(() => undefined);
  if (!answer) {
    done.unfinished.requests.push(body);
    return undefined;
  }
  if (answer.status === 409) return undefined; // stands since the try before: nobody was told
  expect(answer.status).toBe(201);
  done.orders.add(answer.body.id);
  return answer.body.id;
}

/** Brings an order to where only the second person's signature is missing. */
export async function prepare(
  hub: HubProcess,
  people: People,
  orderId: string,
  { accepted = false } = {},
): Promise<void> {
  const at = `/api/orders/${orderId}`;
  const fine = async (answer: Promise<Called>) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  };
  if (!accepted) await fine(call(hub, people.reader, 'POST', `${at}/accept`));
  await fine(call(hub, people.reader, 'POST', `${at}/claim`));
  const content = { findings: '双肺纹理清晰', impression: '未见异常', positive: false, critical: false };
  await fine(call(hub, people.reader, 'PUT', `${at}/report`, content, { 'If-Match': '"0"' }));
  await fine(call(hub, people.reader, 'POST', `${at}/report/submit`));
}

/** Signs; notes what was acknowledged. */
export async function sign(
  hub: HubProcess,
  people: People,
  orderId: string,
  done: Acknowledged,
): Promise<void> {
  const answer = await call(hub, people.verifier, 'POST', `/api/orders/${orderId}/report/sign`, {
    pin: '246810',
  }).catch(() => undefined);
  if (answer?.status === 200) done.signed.add(orderId);
  else if (answer) expect(answer).toMatchObject({ status: 409 });
  else done.unfinished.signing.push(orderId);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Nothing acknowledged is lost, nothing half-done is visible: rows against files against what peers were told. */
export async function verifyAll(
  folder: string,
  { db, pool }: DatabaseHandle,
  done: Acknowledged,
): Promise<void> {
  const read = (address: string) =>
    fs.readFileSync(path.join(folder, 'objects', address.slice(0, 2), address));
  const { rows: addresses } = await pool.query<{ address: string }>(
    `select object_address as address from instance union select object_address from rendition where object_address is not null
     union select object_address from unmatched_input where object_address is not null
     union select pdf_address from signed_report where pdf_address is not null`,
  );
  for (const { address } of addresses) expect(sha256(read(address))).toBe(address);

  const instances = await db
    .selectFrom('instance')
    .select(['sopInstanceUid', 'objectAddress', 'objectSize'])
    .execute();
  const rows = new Map(instances.map((row) => [row.sopInstanceUid, row]));
  expect(rows.size).toBe(instances.length);
  for (const [uid, sent] of done.objects) {
    const row = rows.get(uid);
    expect(row, `object ${uid} was acknowledged`).toBeDefined();
    const kept = read(row?.objectAddress ?? '');
    expect(kept.length).toBe(row?.objectSize);
    const [a, b] = [readHeader(sent, { complete: true }), readHeader(kept, { complete: true })];
    expect(b.dataSet.string(tags.sopInstanceUid)).toBe(uid);
    expect(kept.subarray(b.dataSetOffset).equals(sent.subarray(a.dataSetOffset))).toBe(true);
  }

  const { rows: faults } = await pool.query<{ fault: string; id: string }>(
    `select 'study without objects' as fault, id::text from study s where not exists
       (select from series e join instance i on i.series_id = e.id where e.study_id = s.id)
     union all select 'series without objects', id::text from series e where not exists (select from instance i where i.series_id = e.id)
     union all select 'study without audit row', id::text from study s where not exists
       (select from audit_event a where a.action = 'study.receive' and a.subject_id = s.study_instance_uid)
     union all select 'request without orders', id::text from request r where not exists (select from orders o where o.request_id = r.id)
     union all select 'order without event', id::text from orders o where not exists
       (select from order_event e where e.order_id = o.id and e.kind = 'requested')
     union all select 'order without audit row', id::text from orders o where not exists
       (select from audit_event a where a.action = 'order.create' and a.subject_id = o.id::text)
     union all select 'final without signed report', id::text from orders o where status = 'final' and not exists
       (select from signed_report s where s.order_id = o.id)
     union all select 'signed report of an order that is not final', s.id::text from signed_report s join orders o on o.id = s.order_id where o.status <> 'final'
     union all select 'signed twice', order_id::text from signed_report group by order_id having count(*) > 1
     union all select 'signed without audit row', order_id::text from signed_report s where not exists
       (select from audit_event a where a.action = 'report.sign' and a.subject_id = s.order_id::text)
     union all select 'settled without audit row', id::text from study s where state = 'settled' and not exists
       (select from audit_event a where a.action = 'study.settle' and a.subject_id = s.study_instance_uid)
     union all select 'preliminary without event', id::text from orders o where status = 'preliminary' and not exists
       (select from order_event e where e.order_id = o.id and e.kind = 'preliminary')
     union all select 'submitted, not preliminary', o.id::text from orders o join report r on r.order_id = o.id
       where r.state = 'submitted' and o.status not in ('preliminary', 'final')
     union all select 'kept without audit row', id::text from unmatched_input u where kind = 'unreadable' and not exists
       (select from audit_event a where a.action = 'instance.unreadable' and a.detail->>'objectAddress' = u.object_address)`,
  );
  expect(faults).toEqual([]);

  const orders = await db.selectFrom('orders').select(['id', 'status']).execute();
  const status = new Map(orders.map((order) => [order.id, order.status]));
  for (const id of done.orders) expect(status.has(id), `order ${id} was acknowledged`).toBe(true);
  for (const id of done.signed) expect(status.get(id)).toBe('final');

  const authorities = await db.selectFrom('signatureAuthority').select('rootCertificate').execute();
  const trustedRoots = authorities.map((row) => row.rootCertificate);
  const signed = await db.selectFrom('signedReport').select(['orderId', 'pdfAddress']).execute();
  for (const { orderId, pdfAddress } of signed)
    expect(verifyPdf(read(pdfAddress ?? ''), { trustedRoots }), orderId).toMatchObject({ valid: true });
}
