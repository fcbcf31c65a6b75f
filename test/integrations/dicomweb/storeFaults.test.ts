import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unavailable } from '../../../server/core/errors.ts';
import { sopClasses, tags, writeDataSet, writeFileMeta } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeFile, newUid } from '../../server/imaging/objects.ts';
import { multipart, stow } from './client.ts';

let hub: TestHub;
let technician: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  technician = await hub.as('tech1');
  expect((await stow(hub.url, technician, [makeFile()])).status).toBe(200); // the store has opened its files ahead
});
afterAll(() => hub.close());

/** Longer than the store keeps in memory. */
const large = (more = {}) => makeFile({ size: 1_500, ...more });
const incoming = () => fs.readdirSync(path.join(hub.ctx.config.dataDir, 'objects', 'incoming')).length;
const instances = async (uid: string) =>
  (await hub.ctx.db.selectFrom('instance').select('id').where('sopInstanceUid', '=', uid).execute()).length;

/** Posts bytes and hangs up instead of ending the request; resolves when the hub has let go of it. */
function breakOff(type: string, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(hub.url);
  return new Promise((resolve) => {
    const request = http.request({
      hostname,
      port,
      path: '/dicom-web/studies',
      method: 'POST',
      headers: {
        cookie: technician.cookie,
        origin: hub.url,
        'content-type': type,
        'content-length': bytes.length + 1_000,
      },
    });
    request.on('error', () => undefined);
    request.on('close', resolve);
    request.write(bytes, () => setTimeout(() => request.destroy(), 100));
  });
}
const post = async (type: string, body: Buffer, at = '/dicom-web/studies') => {
  const answer = await fetch(hub.url + at, {
    method: 'POST',
    headers: { cookie: technician.cookie, origin: hub.url, 'content-type': type },
    body: new Uint8Array(body),
  });
  return { status: answer.status, text: await answer.text() };
};
const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length - 200_000);

describe('an upload that does not come to its end leaves no half of an object behind', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['parts, the connection goes', () => breakOff(multipart([large()]).type, cut(multipart([large()]).body))],
    ['one file, the connection goes', () => breakOff('application/dicom', cut(large()))],
    ['parts without the closing boundary', () => post(multipart([]).type, cut(multipart([large()]).body))],
    [
      'a part of a kind that is not taken, behind half an object that is none',
      () =>
        post(
          'multipart/related; boundary=B',
          Buffer.concat([Buffer.from('--B\r\n\r\n'), large(), Buffer.from('\r\n--B\r\nContent-Type: text/html\r\n\r\nx\r\n--B--')]),
        ),
    ],
  ])('%s', async (_what, send) => {
    const before = incoming();
    await send();
    await expect.poll(incoming).toBe(before);
  }); // prettier-ignore

  test('what stood in whole parts before it is kept, and sending all again makes nothing twice', async () => {
    const uids = [newUid(), newUid()] as const;
    const study = newUid();
    const files = uids.map((uid) => large({ uid, study }));
    const whole = multipart(files);
    expect((await post(whole.type, cut(whole.body))).status).toBe(400);
    expect(await Promise.all(uids.map(instances))).toEqual([1, 0]);
    expect((await post(whole.type, whole.body)).status).toBe(200);
    expect(await Promise.all(uids.map(instances))).toEqual([1, 1]);
  });
});

describe('with the store away', () => {
  test.each<[string, (file: Buffer) => { type: string; body: Buffer }]>([
    ['parts', (file) => multipart([file])],
    ['one file', (body) => ({ type: 'application/dicom', body })],
  ])('%s: the sender is told to try again, and can', async (_what, form) => {
    const uid = newUid();
    const { type, body } = form(large({ uid }));
    const { objects } = hub.ctx;
    const { open } = objects;
    objects.open = () => Promise.reject(unavailable('the object store cannot be written'));
    try {
      const answer = await post(type, body);
      expect([answer.status, JSON.parse(answer.text).type]).toEqual([503, expect.stringContaining('unavailable')]);
      expect(await instances(uid)).toBe(0);
    } finally {
      objects.open = open;
    }
    expect((await post(type, body)).status).toBe(200);
    expect(await instances(uid)).toBe(1);
  }); // prettier-ignore
});

/** Answers to requests of a sender that writes everything, on one connection, before it reads. */
async function writeThenRead(requests: { type: string; body: Buffer }[]): Promise<string[]> {
  const { hostname, port } = new URL(hub.url);
  const socket = net.connect({ host: hostname, port: Number(port) });
  socket.pause();
  await once(socket, 'connect');
  const answers: string[] = [];
  for (const { type, body } of requests) {
    const head = `POST /dicom-web/studies HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${technician.cookie}\r\nOrigin: ${hub.url}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    await new Promise((resolve) => socket.write(Buffer.concat([Buffer.from(head), body]), resolve));
    const [answer] = (await once(socket.resume(), 'data')) as [Buffer];
    socket.pause();
    answers.push(answer.toString().slice(9, 12));
  }
  socket.destroy();
  return answers;
}

test('a sender that reads no answer before it has written everything gets each of its answers', async () => {
  const filler = Buffer.alloc(12_000_000);
  const none = Buffer.concat([Buffer.from('this is no DICOM object '.repeat(9_000)), filler]);
  const strange = Buffer.concat([Buffer.from('--B\r\nContent-Type: text/html\r\n\r\n'), filler, Buffer.from('\r\n--B--')]);
  const endless = Buffer.concat([Buffer.from(`--B\r\n${'X: y\r\n'.repeat(5_000)}`), filler]);
  const related = 'multipart/related; boundary=B';
  expect(
    await writeThenRead([
      { type: 'application/dicom', body: none },
      { type: related, body: strange },
      { type: related, body: endless },
      { type: 'text/plain', body: filler },
      { type: 'application/dicom', body: makeFile() },
    ]),
  ).toEqual(['409', '415', '400', '415', '200']);
}); // prettier-ignore

describe('an ECG among images', () => {
  const waveform = (study: string, uid: string) => {
    const sopClassUid = '1.2.840.10008.5.1.4.1.1.9.1.1';
    const head = { sopClassUid, sopInstanceUid: uid, transferSyntax: '1.2.840.10008.1.2.1' };
    return Buffer.concat([
      writeFileMeta(head),
      writeDataSet([
        [tags.sopClassUid, sopClassUid],
        [tags.sopInstanceUid, uid],
        [tags.studyInstanceUid, study],
        [tags.seriesInstanceUid, newUid()],
        [tags.modality, 'ECG'],
        [tags.patientName, 'A'],
      ]),
    ]);
  };
  test('goes to the ECG centre and is answered beside the image; of another study than the path it is refused', async () => {
    const [study, uid] = [newUid(), newUid()];
    const mixed = await stow(
      hub.url,
      technician,
      [waveform(study, uid), makeFile({ study })],
      `/dicom-web/studies/${study}`,
    );
    expect(mixed.status).toBe(202);
    expect(mixed.body['00081199'].Value).toHaveLength(2);
    expect(await instances(uid)).toBe(0);
    const other = await stow(
      hub.url,
      technician,
      [waveform(newUid(), newUid())],
      `/dicom-web/studies/${study}`,
    );
    expect(other.status).toBe(409);
    expect(other.body['00081198'].Value[0]['00000902'].Value[0]).toContain('another study');
  });
});

test('each object is answered by its own class and UID, in the order that it was sent', async () => {
  const uids = [newUid(), newUid(), newUid()];
  const study = newUid();
  const files = uids.map((uid, at) => makeFile({ uid, study, sopClass: at === 1 ? sopClasses.mr : sopClasses.ct, modality: at === 1 ? 'MR' : 'CT' })); // prettier-ignore
  const { body } = await stow(hub.url, technician, files);
  expect(
    body['00081199'].Value.map((each: Record<string, { Value: string[] }>) => [
      each['00081150']!.Value[0],
      each['00081155']!.Value[0],
    ]),
  ).toEqual(uids.map((uid, at) => [at === 1 ? sopClasses.mr : sopClasses.ct, uid]));
  for (const each of body['00081199'].Value) {
    const url: string = each['00081190'].Value[0];
    const answer = await fetch(hub.url + url, {
      headers: { cookie: technician.cookie, accept: 'application/dicom' },
    });
    expect(Buffer.from(await answer.arrayBuffer()).equals(files[uids.indexOf(url.split('/').at(-1)!)]!)).toBe(
      true,
    );
  }
  expect(body['00081190'].Value).toEqual([`/dicom-web/studies/${study}`]);
});
