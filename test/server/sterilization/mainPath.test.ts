import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bowieDick,
  GOOD_STEAM,
  GOOD_WASH,
  ok,
  PATIENT,
  PIN,
  refused,
  release,
  startSterileHub,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
});
afterAll(() => hub?.close());

const tomorrow = () => new Date(Date.now() + 32 * 3_600_000).toISOString().slice(0, 10);

test('from the township’s dirty box to the patient, and traced both ways', { timeout: 90_000 }, async () => {
  const { cssd, nurse, courier } = hub;
  // The township asks for a set and hands over a used tray.
  const asked = await ok(nurse, 'request-packs', {
    neededOn: tomorrow(),
    lines: [{ setTypeCode: 'HANDPIECE', quantity: 1 }],
  });
  const orderId = asked.orders[0].id as string;
  expect(asked.orders[0].status).toBe('requested');
  const declared = await ok(nurse, 'declare-return', { lines: [{ code: 'T-HANDPIECE-01' }] });
  const collected = await ok(courier, 'collect', { returnNumber: declared.number, vehicle: '苏F·D0001' });
  const code = collected.packs[0].code as string;
  expect(code).toMatch(/^P\d{13}$/);

  // A step out of order is refused and says what is missing.
  const early = await refused(cssd, 'pack', { code });
  expect(early).toMatchObject({
    status: 409,
    type: 'step-missing',
    missing: ['counted', 'washed', 'dried', 'inspected'],
  });

  await ok(cssd, 'count', { code: 'T-HANDPIECE-01', station: '回收台', deviceAt: '2026-01-01T00:00:00Z' }); // the tray's own code will do
  const wash = await ok(cssd, 'start-wash', { machine: 'W1', programme: 'P1', codes: [code] });
  const washed = await ok(cssd, 'end-wash', { washLoadId: wash.id, parameters: GOOD_WASH });
  expect(washed).toMatchObject({ outcome: 'pass', a0: 720, washed: 1 });
  await ok(cssd, 'dry', { codes: [code], machine: 'D1' });
  await ok(cssd, 'inspect', { code, instruments: ['I-HANDPIECE-HANDPIECE-01'] });
  await ok(cssd, 'pack', { code, checkedBy: 'cssd2', sealer: 'F1' });

  const label = await cssd.get(`/api/sterilization/packs/${code}/label?format=zpl`);
  expect(label.body.toString()).toContain(`^BXN,8,200^FD${code}^FS`);
  const pdf = await cssd.get(`/api/sterilization/packs/${code}/label`);
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');

  // The day's guards: Bowie-Dick first, and a biological indicator when the weekly one is due.
  expect(
    (
      await refused(cssd, 'start-load', {
        machine: 'S1',
        programme: 'S134',
        codes: [code],
        biologicalLot: 'B7',
      })
    ).type,
  ).toBe('bowie-dick-missing');
  await bowieDick(hub, 'S1');
  expect((await refused(cssd, 'start-load', { machine: 'S1', programme: 'S134', codes: [code] })).type).toBe(
    'biological-due',
  );
  const load = await ok(cssd, 'start-load', {
    machine: 'S1',
    programme: 'S134',
    codes: [code],
    biologicalLot: 'B7',
  });
  const cycle = await ok(cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
  expect(cycle).toMatchObject({ outcome: 'pass', findings: [] });

  // Not released, not dispatched; released only with its indicators, by an authorised person, signed.
  expect(await refused(cssd, 'dispatch', { to: 'LIUHE', codes: [code] })).toMatchObject({
    type: 'step-missing',
    missing: ['released'],
  });
  expect(await refused(hub.releaser, 'release', { loadId: load.id, pin: PIN })).toMatchObject({
    type: 'release-incomplete',
    missing: ['outer-chemical'],
  });
  await ok(cssd, 'record-indicator', { loadId: load.id, kind: 'outer-chemical', outcome: 'pass' });
  expect((await refused(cssd, 'release', { loadId: load.id, pin: PIN })).status).toBe(403);
  expect((await refused(hub.releaser, 'release', { loadId: load.id, pin: '000000' })).status).toBe(403);
  expect(await release(hub, load.id)).toMatchObject({ kind: 'normal', packs: 1 });
  expect((await refused(hub.releaser, 'release', { loadId: load.id, pin: PIN })).type).toBe('not-releasable');

  await ok(cssd, 'store', { codes: [code], shelf: 'A-03' });
  const sent = await ok(cssd, 'dispatch', {
    to: 'LIUHE',
    codes: [code],
    orderId,
    courier: 'courier1',
    vehicle: '苏F·S0001',
  });
  expect(sent).toMatchObject({ packs: 1, orderStatus: 'final' });
  const note = await cssd.get(`/api/sterilization/transfers/${sent.number}/note.pdf`);
  expect(note.body.subarray(0, 5).toString()).toBe('%PDF-');

  const received = await ok(nurse, 'receive', { packs: [{ code }], shelf: '门诊无菌柜' });
  expect(received).toMatchObject({ received: [code], transfersComplete: [sent.number] });
  expect((await nurse.get(`/api/orders/${orderId}`)).body.status).toBe('acknowledged');
  const stock = (await nurse.get('/api/sterilization/site')).body;
  expect(stock.stock.find((row: { setTypeCode: string }) => row.setTypeCode === 'HANDPIECE')).toMatchObject({
    usable: 1,
    expired: 0,
  });

  const used = await ok(nurse, 'use', {
    code,
    patient: PATIENT,
    visit: 'MZ20261122-07',
    procedureName: '牙髓治疗',
    innerIndicator: 'pass',
  });
  expect(used.used).toBe(true);
  expect((await refused(nurse, 'use', { code, patient: PATIENT, innerIndicator: 'pass' })).type).toBe(
    'step-already-done',
  );

  // Backwards from the patient, forwards from the instrument.
  const back = (await cssd.get(`/api/sterilization/trace/patient/${used.patientId}`)).body;
  expect(back.packs[0]).toMatchObject({
    code,
    trayCode: 'T-HANDPIECE-01',
    machine: 'S1',
    physicalOutcome: 'pass',
    biologicalOutcome: 'pending',
    packedBy: '邓玉梅',
    checkedBy: '曹丽',
    releasedBy: '曹丽',
    washA0: 720,
  });
  expect(back.packs[0].instruments.map((one: { code: string }) => one.code)).toEqual([
    'I-HANDPIECE-HANDPIECE-01',
  ]);
  expect(back.packs[0].events.map((event: { kind: string }) => event.kind)).toEqual([
    'collected',
    'counted',
    'washing',
    'washed',
    'dried',
    'inspected',
    'packed',
    'loaded',
    'sterilized',
    'released',
    'stored',
    'dispatched',
    'received',
    'used',
  ]);
  expect(back.packs[0].events[1]).toMatchObject({ station: '回收台', deviceAt: '2026-01-01T00:00:00.000Z' });
  const forwards = (await cssd.get('/api/sterilization/trace?code=I-HANDPIECE-HANDPIECE-01')).body;
  expect(forwards.packs[0]).toMatchObject({
    code,
    patientName: '张桂英',
    visit: 'MZ20261122-07',
    institutionName: '柳河镇卫生院',
  });

  // The next round begins with the same tray and names the pack before it.
  const again = await ok(nurse, 'declare-return', { lines: [{ code }] });
  const next = await ok(courier, 'collect', { returnNumber: again.number });
  expect((await cssd.get(`/api/sterilization/packs/${next.packs[0].code}`)).body.previousCode).toBe(code);

  // The release record verifies with a public tool.
  const record = await cssd.get(`/api/sterilization/loads/${load.id}/release.pdf`);
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'release-')), 'release.pdf');
  writeFileSync(file, record.body);
  const verdict = execFileSync('pdfsig', [file], { encoding: 'utf8' });
  expect(verdict).toContain('Signature is Valid');
  expect(execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' })).toContain(code);
});
