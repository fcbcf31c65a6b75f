import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { startDimse, type DimseServer } from '../../../integrations/dimse/server.ts';
import { storeInstance } from '../../../integrations/dimse/scu/store.ts';
import { createContext, startHub, type TestContext } from '../../helpers/hub.ts';
import { stow } from '../../integrations/dicomweb/client.ts';
import { fixture, fixtures, fixturesPresent } from './fixtures.ts';

const run = promisify(execFile);
const storescu = ['/usr/bin/storescu', '/usr/local/bin/storescu'].find((path) => existsSync(path));

describe.skipIf(!fixturesPresent)('a waveform object by C-STORE (../shared/fixtures)', () => {
  let hub: TestContext;
  let dimse: DimseServer;
  beforeAll(async () => {
    hub = await createContext({ county: true });
    dimse = await startDimse(hub.ctx);
  });
  afterAll(async () => {
    await dimse.close();
    await hub.close();
  });

  test('goes to the ECG centre as a recording with a provisional order', async () => {
    const file = fixture('reference', 'example.dcm');
    const sopClassUid = '1.2.840.10008.5.1.4.1.1.9.1.1';
    const implicit = '1.2.840.10008.1.2';
    // file meta ends at 132 + 12 + its group length
    const dataSet = file.subarray(144 + file.readUInt32LE(140));
    const association = await requestAssociation({
      host: '127.0.0.1',
      port: dimse.port,
      callingAe: 'LIUHE',
      calledAe: 'HUB',
      contexts: [{ abstractSyntax: sopClassUid, transferSyntaxes: [implicit] }],
    });
    const open = async function* () {
      yield dataSet;
    };
    const status = await storeInstance(association, {
      sopClassUid,
      sopInstanceUid: '1.2.826.0.1.34471.2.44.6.1',
      transferSyntax: implicit,
      open,
    });
    await association.release();
    expect(status).toBe(0);
    const row = await hub.ctx.db
      .selectFrom('ecgRecording')
      .innerJoin('ecgRecordingOrder', 'recordingId', 'ecgRecording.id')
      .innerJoin('orders', 'orders.id', 'orderId')
      .select(['format', 'source', 'sampleCount', 'orders.status', 'provisional', 'orders.patientName'])
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      format: 'dicom',
      source: 'dimse',
      sampleCount: 5000,
      status: 'received',
      provisional: true,
      patientName: 'Clark',
    });
  });

  test.skipIf(!storescu)('is stored from a real storescu though its UID ends in a dot', async () => {
    const file = join(fixtures, 'reference', 'example.dcm');
    const { stdout, stderr } = await run(storescu!, [
      '-d',
      '-xi',
      '-aet',
      'LIUHE',
      '-aec',
      'HUB',
      '127.0.0.1',
      String(dimse.port),
      file,
    ]);
    expect(`${stdout}${stderr}`).toContain('0x0000: Success');
    const rows = await hub.ctx.db.selectFrom('ecgRecording').select(['format', 'sampleCount']).execute();
    // dcmtk writes the data set anew, so that its bytes are not those of the first test
    expect(rows).toEqual([
      { format: 'dicom', sampleCount: 5000 },
      { format: 'dicom', sampleCount: 5000 },
    ]);
  });

  test('an image whose UID is of odd form is kept for a person, not lost', async () => {
    const association = await requestAssociation({
      host: '127.0.0.1',
      port: dimse.port,
      callingAe: 'LIUHE',
      calledAe: 'HUB',
      contexts: [{ abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntaxes: ['1.2.840.10008.1.2'] }],
    });
    const element = (group: number, number: number, text: string): Buffer => {
      const value = Buffer.from(text.length % 2 ? `${text}\0` : text);
      const head = Buffer.alloc(8);
      head.writeUInt16LE(group, 0);
      head.writeUInt16LE(number, 2);
      head.writeUInt32LE(value.length, 4);
      return Buffer.concat([head, value]);
    };
    const status = await storeInstance(association, {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
      sopInstanceUid: '1.2.3.4.',
      transferSyntax: '1.2.840.10008.1.2',
      open: async function* () {
        yield Buffer.concat([
          element(0x0008, 0x0016, '1.2.840.10008.5.1.4.1.1.7'),
          element(0x0008, 0x0018, '1.2.3.4.'),
          element(0x0020, 0x000d, '1.2.3.5'),
          element(0x0020, 0x000e, '1.2.3.6'),
        ]);
      },
    });
    await association.release();
    expect(status).toBe(0xb000);
  });
});

test.skipIf(!fixturesPresent)(
  'a waveform object by STOW-RS goes to the ECG centre, not to imaging',
  async () => {
    const hub = await startHub({ env: { HUB_ROLES: 'web' } });
    try {
      const technician = await hub.as('tech1');
      const file = fixture('reference', 'example.dcm');
      const answer = await stow(hub.url, technician, [file]);
      expect(answer.status).toBe(200);
      expect(answer.body['00081199'].Value[0]['00081150'].Value).toEqual(['1.2.840.10008.5.1.4.1.1.9.1.1']);
      expect((await stow(hub.url, technician, [file])).status).toBe(200);
      expect((await stow(hub.url, technician, [file], '/dicom-web/studies/1.2.3')).status).toBe(409);
      const recordings = await hub.ctx.db.selectFrom('ecgRecording').select(['format', 'source']).execute();
      expect(recordings).toEqual([{ format: 'dicom', source: 'browser' }]);
      expect(await hub.ctx.db.selectFrom('study').select('id').execute()).toEqual([]);
    } finally {
      await hub.close();
    }
  },
);
