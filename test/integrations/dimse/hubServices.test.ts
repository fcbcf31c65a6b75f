import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Association } from '../../../integrations/dimse/association.ts';
import { listen } from '../../../integrations/dimse/acceptor.ts';
import type { Command } from '../../../integrations/dimse/command.ts';
import { commandFields } from '../../../integrations/dimse/command.ts';
import { messageContext, requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { find } from '../../../integrations/dimse/scu/find.ts';
import type { ElementList } from '../../../server/standards/dicom/index.ts';
import {
  sopClasses,
  storageCommitmentInstance,
  tags,
  transferSyntaxes,
  writeDataSet,
} from '../../../server/standards/dicom/index.ts';
import type { TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { serveCommitmentReport } from './commitmentReport.ts';

let hub: TestHub;
let accessionNumber: string;
const explicit = [transferSyntaxes.explicitLittleEndian];
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse' } });
  const doctor = await hub.as('doctor1');
  const answer = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'CT-HEAD' }],
    priority: 'urgent',
    patient: {
      name: '欧阳珅',
      sex: 'F',
      birthDate: '1971-03-05',
      identifiers: [{ type: 'mrn', value: 'LH0042' }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  ({ accessionNumber } = answer.body);
});
afterAll(() => hub.close());

const associate = (contexts: { abstractSyntax: string; transferSyntaxes: readonly string[] }[], more = {}) =>
  requestAssociation({
    host: '127.0.0.1',
    port: hub.roles.addresses['dimse']!,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts,
    ...more,
  });

async function ask(
  association: Association,
  abstractSyntax: string,
  command: Partial<Command>,
  list: ElementList | Buffer,
) {
  const context = association.contextFor(abstractSyntax)!;
  const bytes = Buffer.isBuffer(list) ? list : writeDataSet(list, { transferSyntax: context.transferSyntax });
  const answers = [];
  for await (const { command: answer } of association.request(context.id, command as Command, bytes))
    answers.push(answer.status);
  return answers.at(-1);
}

const worklistKeys: ElementList = [
  [tags.accessionNumber, undefined],
  [tags.patientName, undefined],
  [tags.patientId, undefined],
  [tags.studyInstanceUid, undefined],
  [0x00101010, undefined],
  [
    tags.scheduledProcedureStepSequence,
    [
      [
        [tags.modality, 'CT'],
        [tags.scheduledProcedureStepStartDate, undefined],
        [tags.scheduledStationAeTitle, undefined],
      ],
    ],
  ],
];

async function worklist(keys: ElementList) {
  const association = await associate([messageContext(sopClasses.modalityWorklistFind)]);
  const entries = [];
  for await (const entry of find(association, sopClasses.modalityWorklistFind, keys)) entries.push(entry);
  await association.release();
  return entries;
}

const object = (studyUid: string, instance: number) =>
  writeDataSet([
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, `${studyUid}.1.${instance}`],
    [tags.studyInstanceUid, studyUid],
    [tags.seriesInstanceUid, `${studyUid}.1`],
    [tags.instanceNumber, String(instance)],
    [tags.modality, 'CT'],
    [tags.accessionNumber, accessionNumber],
    [tags.patientName, 'OUYANG^SHEN=欧阳^珅'],
    [tags.patientId, 'LH0042'],
    [tags.patientBirthDate, '19710305'],
    [tags.patientSex, 'F'],
  ]);

test('the scanner finds the order, sends images, and the order is joined; it reads back what it sent', async () => {
  const [entry, ...others] = await worklist(worklistKeys);
  expect(others).toEqual([]);
  expect(entry!.string(tags.accessionNumber)).toBe(accessionNumber);
  expect(entry!.personName(tags.patientName)?.ideographic).toBe('欧阳^珅');
  expect(entry!.string(tags.patientId)).toBe('LH0042');
  expect(entry!.has(0x00101010)).toBe(true); // asked for, not known: empty
  expect(entry!.has(tags.institutionName)).toBe(false); // known, not asked for
  const [step] = entry!.sequence(tags.scheduledProcedureStepSequence);
  expect(step!.elements().map(({ tag }) => tag)).toEqual([
    tags.modality,
    tags.scheduledStationAeTitle,
    tags.scheduledProcedureStepStartDate,
  ]);
  expect(
    await worklist([
      [tags.patientName, 'OUYANG*'],
      ...worklistKeys.filter(([tag]) => tag !== tags.patientName),
    ]),
  ).toHaveLength(1);
  expect(await worklist([[tags.accessionNumber, 'NONE'], ...worklistKeys.slice(1)])).toEqual([]);
  const named = async (name: string) =>
    (await worklist([[tags.patientName, name], ...worklistKeys.filter(([tag]) => tag !== tags.patientName)]))
      .length;
  expect(await Promise.all(['欧阳^珅', 'OUYANG^SHEN=欧阳^珅', '=欧阳*'].map(named))).toEqual([1, 1, 1]);
  expect(await Promise.all(['OUYANG^SHEN=欧阳^娜', '=司马*'].map(named))).toEqual([0, 0]);
  await hub.ctx.db // written the day before yesterday, and still waiting: due today
    .updateTable('orders')
    .set({ createdAt: new Date(Date.now() - 2 * 86_400_000) })
    .where('accessionNumber', '=', accessionNumber)
    .execute();
  const day = (shift: number) =>
    new Date(Date.now() + 8 * 3_600_000 + shift * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const starting = async (date: string, time?: string) =>
    (
      await worklist([
        ...worklistKeys.slice(0, -1),
        [
          tags.scheduledProcedureStepSequence,
          [
            [
              [tags.scheduledProcedureStepStartDate, date],
              [tags.scheduledProcedureStepStartTime, time],
            ],
          ],
        ],
      ])
    ).length;
  expect([
    await starting(day(0)),
    await starting(`-${day(-1)}`),
    await starting(day(0), '235958-235959'),
  ]).toEqual([1, 0, 1]);
  await hub.ctx.db
    .updateTable('orders')
    .set({
      scheduledAt: new Date(`${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T06:30:00Z`),
    })
    .where('accessionNumber', '=', accessionNumber)
    .execute();
  const appointed = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  expect(await starting(appointed, '1400-1500')).toBe(1);
  expect(await starting(appointed, '1000-1429')).toBe(0);
  expect(await starting(`-${appointed}`, '-1000')).toBe(0); // one span: up to ten o'clock of that day
  expect(await starting(`${day(-3)}-${appointed}`, '150000-143000')).toBe(1); // from 15:00 then to 14:30 of that day

  const studyUid = entry!.string(tags.studyInstanceUid)!;
  const sending = await associate([{ abstractSyntax: sopClasses.ct, transferSyntaxes: explicit }]);
  for (const instance of [1, 2]) {
    const command = {
      commandField: commandFields.cStoreRq,
      affectedSopClassUid: sopClasses.ct,
      affectedSopInstanceUid: `${studyUid}.1.${instance}`,
      priority: 0,
    };
    expect(await ask(sending, sopClasses.ct, command, object(studyUid, instance))).toBe(0);
  }
  await sending.release();
  const status = () =>
    hub.ctx.db
      .selectFrom('orders')
      .select('status')
      .where('accessionNumber', '=', accessionNumber)
      .executeTakeFirstOrThrow();
  await expect.poll(async () => (await status()).status, { timeout: 120_000 }).toBe('received');

  const querying = await associate([messageContext(sopClasses.studyRootFind)]);
  const query = async (keys: ElementList) => {
    const found = [];
    for await (const match of find(querying, sopClasses.studyRootFind, keys)) found.push(match);
    return found;
  };
  const [study] = await query([
    [tags.queryRetrieveLevel, 'STUDY'],
    [tags.patientName, '欧阳*'],
    [tags.studyInstanceUid, undefined],
    [tags.numberOfStudyRelatedInstances, undefined],
  ]);
  expect(study!.string(tags.studyInstanceUid)).toBe(studyUid);
  expect(
    await query([
      [tags.queryRetrieveLevel, 'IMAGE'],
      [tags.studyInstanceUid, studyUid],
      [tags.seriesInstanceUid, `${studyUid}.1`],
      [tags.sopInstanceUid, undefined],
    ]),
  ).toHaveLength(2);
  await expect(query([[tags.queryRetrieveLevel, 'NONSENSE']])).rejects.toThrow('c000');
  await querying.release();

  const received: string[] = [];
  const getting = await associate(
    [messageContext(sopClasses.studyRootGet), { abstractSyntax: sopClasses.ct, transferSyntaxes: explicit }],
    {
      roles: [{ sopClassUid: sopClasses.ct, scu: true, scp: true }],
      serve: async (
        association: Association,
        request: {
          context: { id: number };
          command: Command;
          data: { collect(limit: number): Promise<Buffer> };
        },
      ) => {
        const bytes = await request.data.collect(1_000_000);
        received.push(bytes.equals(object(studyUid, received.length + 1)) ? 'as sent' : 'changed');
        await association.send(request.context.id, {
          commandField: 0x8001,
          messageIdBeingRespondedTo: request.command.messageId,
          affectedSopClassUid: sopClasses.ct,
          affectedSopInstanceUid: request.command.affectedSopInstanceUid,
          status: 0,
          hasDataSet: false,
        });
      },
    },
  );
  const get = {
    commandField: commandFields.cGetRq,
    affectedSopClassUid: sopClasses.studyRootGet,
    priority: 0,
  };
  expect(
    await ask(getting, sopClasses.studyRootGet, get, [
      [tags.queryRetrieveLevel, 'STUDY'],
      [tags.studyInstanceUid, studyUid],
    ]),
  ).toBe(0);
  expect(received).toEqual(['as sent', 'as sent']);
  expect(await ask(getting, sopClasses.studyRootGet, get, [[tags.queryRetrieveLevel, 'STUDY']])).toBe(0xc000);
  await getting.release();
});

test('performed procedure step: the start reaches the timeline, wrong steps are refused', async () => {
  const sopClassUid = sopClasses.modalityPerformedProcedureStep;
  const association = await associate([messageContext(sopClassUid)]);
  const create = (uid: string, status: string) =>
    ask(
      association,
      sopClassUid,
      {
        commandField: commandFields.nCreateRq,
        affectedSopClassUid: sopClassUid,
        affectedSopInstanceUid: uid,
      },
      [
        [tags.performedProcedureStepStatus, status],
        [tags.performedProcedureStepStartDate, '20260301'],
        [tags.performedProcedureStepStartTime, '101500'],
        [tags.scheduledStepAttributesSequence, [[[tags.accessionNumber, accessionNumber]]]],
      ],
    );
  const set = (uid: string, status: string) =>
    ask(
      association,
      sopClassUid,
      { commandField: commandFields.nSetRq, requestedSopClassUid: sopClassUid, requestedSopInstanceUid: uid },
      [[tags.performedProcedureStepStatus, status]],
    );
  expect(await create('1.2.77', 'IN PROGRESS')).toBe(0);
  expect(await create('1.2.77', 'IN PROGRESS')).toBe(0x0111);
  expect(await create('1.2.78', 'COMPLETED')).toBe(0x0106);
  expect(await set('1.2.99', 'COMPLETED')).toBe(0x0112);
  expect(await set('1.2.77', 'COMPLETED')).toBe(0);
  expect(await set('1.2.77', 'COMPLETED')).toBe(0x0110);
  await association.release();
  const event = await hub.ctx.db
    .selectFrom('orderEvent')
    .select('deviceAt')
    .where('kind', '=', 'examined')
    .executeTakeFirstOrThrow();
  expect(event.deviceAt?.toISOString()).toBe('2026-03-01T02:15:00.000Z');
});

test('storage commitment: on the same association, and by calling back a device that has gone', async () => {
  const sopClassUid = sopClasses.storageCommitmentPush;
  const [study] = await hub.ctx.db.selectFrom('study').select('studyInstanceUid').execute();
  const reference = (instance: number): ElementList => [
    [tags.referencedSopClassUid, sopClasses.ct],
    [tags.referencedSopInstanceUid, `${study!.studyInstanceUid}.1.${instance}`],
  ];
  const commit = (association: Association, transaction: string) =>
    ask(
      association,
      sopClassUid,
      {
        commandField: commandFields.nActionRq,
        requestedSopClassUid: sopClassUid,
        requestedSopInstanceUid: storageCommitmentInstance,
        actionTypeId: 1,
      },
      [
        [tags.transactionUid, transaction],
        [tags.referencedSopSequence, [reference(1), reference(2), reference(9)]],
      ],
    );
  const reports: string[] = [];
  const staying = await associate([messageContext(sopClassUid)], { serve: serveCommitmentReport(reports) });
  expect(await commit(staying, '2.25.11')).toBe(0);
  await expect.poll(() => reports).toEqual(['2.25.11 event 2: 2 committed, 1 failed']);
  await staying.release();
  const state = async (transactionUid: string) =>
    (
      await hub.ctx.db
        .selectFrom('storageCommitment')
        .select('state')
        .where('transactionUid', '=', transactionUid)
        .executeTakeFirst()
    )?.state;
  await expect.poll(() => state('2.25.11')).toBe('reported');

  const port = await new Promise<number>((resolve) => {
    const free = createServer().listen(0, '127.0.0.1', () => {
      const chosen = (free.address() as AddressInfo).port;
      free.close(() => resolve(chosen));
    });
  });
  await hub.ctx.db.updateTable('device').set({ dicomPort: port }).where('aeTitle', '=', 'LIUHE').execute();
  const device = await listen({
    aeTitle: 'LIUHE',
    host: '127.0.0.1',
    port,
    services: { admit: async () => ({ institutionId: '', deviceId: '' }) },
  });
  const leaving = await associate([messageContext(sopClassUid)]);
  expect(await commit(leaving, '2.25.12')).toBe(0);
  leaving.abort('gone');
  // Our listener has no N-EVENT-REPORT of its own: it refuses, and the commitment is tried again.
  await expect.poll(() => state('2.25.12'), { timeout: 120_000 }).toBe('waiting');
  await device.close(0);
});
