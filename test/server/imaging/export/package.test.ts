import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHeader, tags } from '../../../../server/standards/dicom/index.ts';
import { startReadCase, type ReadCase } from '../readCase.ts';

let hub: ReadCase['hub'];
let people: ReadCase['people'];
let orderId: ReadCase['orderId'];
let study: ReadCase['study'];
let series: ReadCase['series'];
let files: ReadCase['files'];
let uid: ReadCase['uid'];

beforeAll(async () => {
  ({ hub, people, orderId, study, series, files, uid } = await startReadCase());
});
afterAll(() => hub.close());

const unzip = async (kind: string) => {
  const answer = await people.head1.post(`/api/imaging/orders/${orderId}/export`, {
    kind,
    reason: '教学',
  });
  expect(answer.status).toBe(200);
  return unzipSync(new Uint8Array(answer.body));
};

test('an export holds the files byte for byte and a DICOMDIR', async () => {
  expect(
    (
      await people.radiologist1.post(`/api/imaging/orders/${orderId}/export`, {
        kind: 'dicom',
        reason: '转诊',
      })
    ).status,
  ).toBe(403);
  const zip = await unzip('dicom');
  const images = Object.entries(zip).filter(([name]) => name.startsWith('DICOM/'));
  expect(images).toHaveLength(4);
  expect(images.map(([, bytes]) => Buffer.from(bytes).equals(files[0]!)).filter(Boolean)).toHaveLength(1);
  const directory = readHeader(Buffer.from(zip.DICOMDIR!)).dataSet;
  const records = directory.sequence(0x00041220);
  expect(records.map((record) => record.string(0x00041430))).toEqual([
    'PATIENT',
    'STUDY',
    'SERIES',
    'IMAGE',
    'IMAGE',
    'IMAGE',
    'IMAGE',
  ]);
  expect(records[3]!.strings(0x00041500).join('/')).toBe(images[0]![0]);
  if (spawnSync('dcmdump', ['--version']).status !== 0) return;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'export-'));
  for (const [name, bytes] of Object.entries(zip)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), bytes);
  }
  const dump = spawnSync('dcmdump', [path.join(folder, 'DICOMDIR')], { encoding: 'utf8' });
  fs.rmSync(folder, { recursive: true });
  expect(dump.status).toBe(0);
  expect(dump.stderr).toBe('');
});

test('an anonymous export says nothing of the patient and keeps the pixels', async () => {
  const zip = await unzip('anonymous');
  for (const [name, bytes] of Object.entries(zip)) {
    const content = Buffer.from(bytes);
    for (const secret of ['郑', 'ZHENG', 'JIU', '19700101', study, series, uid])
      expect(content.includes(Buffer.from(secret)), `${name} ${secret}`).toBe(false);
  }
  const image = readHeader(Buffer.from(Object.entries(zip).find(([name]) => name.startsWith('DICOM/'))![1]));
  expect(image.dataSet.string(tags.patientName)).toMatch(/^ANON/);
  expect(image.dataSet.number(tags.rows)).toBe(64);
  expect(image.pixelData!.length).toBe(64 * 64 * 2);
  expect(image.source.subarray(image.pixelData!.offset, image.pixelData!.offset + 2)).toEqual(
    Buffer.from([1, 1]),
  );
});
