import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { commandFields, type Command } from '../../../integrations/dimse/command.ts';
import { modalityService } from '../../../integrations/dimse/modalityService.ts';
import type { AssociateRequest } from '../../../integrations/dimse/pdu.ts';
import type { CommitmentResult, Peer } from '../../../integrations/dimse/services.ts';
import { readCommand } from '../../../integrations/dimse/command.ts';
import {
  readDataSet,
  sopClasses,
  tags,
  transferSyntaxes,
  type DataSet,
} from '../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { message } from './conversation.ts';
import { sound, startPeer, type RawPeer } from './rawPeer.ts';

let hub: TestContext;
let device: RawPeer | undefined;
let peer: Peer;
beforeAll(async () => {
  hub = await createContext({ county: true });
  const row = await hub.ctx.db
    .selectFrom('device')
    .select(['id', 'institutionId'])
    .where('aeTitle', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  peer = {
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    address: '127.0.0.1',
    deviceId: row.id,
    institutionId: row.institutionId!,
    associationId: 'a',
  };
});
afterEach(() => device?.close());
afterAll(() => hub.close());

interface Heard {
  request: AssociateRequest | undefined;
  reports: { command: Command; dataSet: DataSet }[];
}

/** The device that listens for the report: what it hears, and its answers, the last one for the rest. */
async function listening(statuses: number[]): Promise<Heard> {
  const heard: Heard = { request: undefined, reports: [] };
  let command: Command | undefined;
  let parts: Buffer[] = [];
  device = await startPeer((say) => ({
    ...sound(say),
    associateRequest(request) {
      heard.request = request;
      sound(say).associateRequest!(request);
    },
    fragment({ command: ofCommand, last, bytes, contextId }) {
      parts.push(Buffer.from(bytes));
      if (!last) return;
      const whole = Buffer.concat(parts);
      parts = [];
      if (ofCommand) {
        command = readCommand(whole);
        return;
      }
      heard.reports.push({
        command: command!,
        dataSet: readDataSet(whole, transferSyntaxes.explicitLittleEndian).dataSet,
      });
      const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!;
      say(
        message(contextId, {
          commandField: commandFields.nEventReportRq | commandFields.response,
          messageIdBeingRespondedTo: command!.messageId,
          status,
          hasDataSet: false,
        }),
      );
    },
  }));
  await hub.ctx.db
    .updateTable('device')
    .set({ dicomPort: device.port })
    .where('id', '=', peer.deviceId)
    .execute();
  return heard;
}

async function waiting(transactionUid: string): Promise<CommitmentResult> {
  await modalityService(hub.ctx).commitStorage(peer, {
    transactionUid,
    instances: [{ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3' }],
  });
  return {
    transactionUid,
    committed: [{ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.4' }],
    failed: [{ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3', reason: 0x0119 }],
  };
}
const rowOf = (transactionUid: string) =>
  hub.ctx.db
    .selectFrom('storageCommitment')
    .selectAll()
    .where('transactionUid', '=', transactionUid)
    .executeTakeFirst();

test('what was found is noted as waiting until it is told', async () => {
  await waiting('2.25.1');
  expect(await rowOf('2.25.1')).toMatchObject({
    state: 'waiting',
    requestorAe: 'LIUHE',
    deviceId: peer.deviceId,
    items: [],
    failed: [{ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3', reason: 0x0112 }],
    reportedAt: null,
  });
});

test('a device that has gone is called back, by the hub in the role of SCP, and told each object', async () => {
  const heard = await listening([0]);
  await modalityService(hub.ctx).reportCommitmentLater(peer, await waiting('2.25.2'));
  expect(heard.request).toMatchObject({ callingAe: 'HUB', calledAe: 'LIUHE' });
  expect(heard.request!.user.roles).toEqual([
    { sopClassUid: sopClasses.storageCommitmentPush, scu: false, scp: true },
  ]);
  const [{ command, dataSet }] = heard.reports as [Heard['reports'][0]];
  expect(command.eventTypeId).toBe(2);
  expect(dataSet.string(tags.transactionUid)).toBe('2.25.2');
  expect(dataSet.sequence(tags.referencedSopSequence).map((item) => item.string(tags.referencedSopInstanceUid))).toEqual(['1.2.4']); // prettier-ignore
  const [failed] = dataSet.sequence(tags.failedSopSequence);
  expect([failed!.string(tags.referencedSopInstanceUid), failed!.number(tags.failureReason)]).toEqual([
    '1.2.3',
    0x0119,
  ]);
  expect(device!.heard.at(-1)).toBe('releaseRequest');
  expect((await rowOf('2.25.2'))?.state).toBe('reported');
  expect((await rowOf('2.25.2'))?.reportedAt).not.toBeNull();
});

test('everything kept is event 1 without a list of failures', async () => {
  const heard = await listening([0]);
  const result = { ...(await waiting('2.25.3')), failed: [] };
  await modalityService(hub.ctx).reportCommitmentLater(peer, result);
  expect(heard.reports[0]!.command.eventTypeId).toBe(1);
  expect(heard.reports[0]!.dataSet.has(tags.failedSopSequence)).toBe(false);
});

test('a device that refuses the report is called again a second later', async () => {
  const heard = await listening([0x0110, 0]);
  await modalityService(hub.ctx).reportCommitmentLater(peer, await waiting('2.25.4'));
  expect(heard.reports).toHaveLength(2);
  expect((await rowOf('2.25.4'))?.state).toBe('reported');
});

test('a device whose port nobody entered cannot be told, and stands as such', async () => {
  await hub.ctx.db.updateTable('device').set({ dicomPort: null }).where('id', '=', peer.deviceId).execute();
  await modalityService(hub.ctx).reportCommitmentLater(peer, await waiting('2.25.5'));
  expect(await rowOf('2.25.5')).toMatchObject({ state: 'failed', reportedAt: null });
});

test('the same transaction asked again is one row with the answer of the second time', async () => {
  await waiting('2.25.6');
  await modalityService(hub.ctx).commitmentReported(peer, await waiting('2.25.6'));
  expect((await rowOf('2.25.6'))?.state).toBe('reported');
  await waiting('2.25.6');
  const rows = await hub.ctx.db
    .selectFrom('storageCommitment')
    .select('state')
    .where('transactionUid', '=', '2.25.6')
    .execute();
  expect(rows).toEqual([{ state: 'waiting' }]);
});
