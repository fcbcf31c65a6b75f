import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RetrievedInstance, StoreRequest } from '../../../integrations/dimse/services.ts';
import type { ElementList } from '../../../server/standards/dicom/index.ts';
import {
  readDataSet,
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../../server/standards/dicom/index.ts';
import { fixtureFolder, haveFixtures } from '../../server/standards/dicom/fixtures.ts';
import { dataSetOf } from './conversation.ts';
import type { TestScp } from './scp.ts';
import { startScp } from './scp.ts';

const haveDcmtk = spawnSync('storescu', ['--version']).status === 0;
const run = promisify(execFile);
const dcmtk = async (program: string, ...args: string[]): Promise<string> => {
  const { stdout, stderr } = await run(program, args, { encoding: 'latin1', timeout: 120_000 });
  return Buffer.from(stdout + stderr, 'latin1').toString('utf8');
};

describe.skipIf(!haveDcmtk)('DCMTK as peer', () => {
  let scp: TestScp;
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-dcmtk-'));
    file = join(folder, 'ct.dcm');
    const meta = writeFileMeta({
      sopClassUid: sopClasses.ct,
      sopInstanceUid: '1.2.3.4',
      transferSyntax: transferSyntaxes.explicitLittleEndian,
    });
    writeFileSync(file, Buffer.concat([meta, dataSetOf('1.2.3.4', 100_000)]));
  });
  afterEach(() => scp.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  test('echoscu: verified; an unknown AE title and a wrong called one refused', async () => {
    scp = await startScp();
    const port = String(scp.port);
    expect(await dcmtk('echoscu', '-v', '-aec', 'HUB', '127.0.0.1', port)).toContain(
      'Received Echo Response (Success)',
    );
    await expect(dcmtk('echoscu', '-aet', 'NOBODY', '-aec', 'HUB', '127.0.0.1', port)).rejects.toThrow(
      /Calling AE Title Not Recognized/,
    );
    await expect(dcmtk('echoscu', '-aec', 'OTHER', '127.0.0.1', port)).rejects.toThrow(
      /Called AE Title Not Recognized/,
    );
  });

  test.each([['4096'], ['16384'], ['131072']])(
    'storescu with PDUs of %s bytes: the data set arrives as it stands in the file',
    async (pdu) => {
      scp = await startScp();
      await dcmtk('storescu', '-R', '-pdu', pdu, '-aec', 'HUB', '127.0.0.1', String(scp.port), file);
      expect(scp.stored).toMatchObject([
        { sopInstanceUid: '1.2.3.4', bytes: dataSetOf('1.2.3.4', 100_000).length },
      ]);
    },
  );

  test.skipIf(!haveFixtures)('storescu sends every compressed CT in its own transfer syntax', async () => {
    const received: { request: StoreRequest; bytes: Buffer }[] = [];
    scp = await startScp({
      openStore(_peer, request) {
        const parts: Buffer[] = [];
        return {
          write: (slice) => void parts.push(slice),
          async finish() {
            received.push({ request, bytes: Buffer.concat(parts) });
            return { status: 0 };
          },
          abort() {},
        };
      },
    });
    const files = readdirSync(join(fixtureFolder, 'syntaxes')).map((name) =>
      join(fixtureFolder, 'syntaxes', name),
    );
    for (const option of ['-xs', '-xy', '-xx', '-xt', '-xu', '-xv', '-xw', '-xr', '-xd', '-xe', '-xb', '-xi'])
      await dcmtk(
        'storescu',
        option,
        '-R',
        '+C',
        '-nh',
        '-aec',
        'HUB',
        '127.0.0.1',
        String(scp.port),
        ...files,
      ).catch(() => '');
    const seen = new Set(received.map(({ request }) => request.transferSyntax));
    expect(seen.size).toBeGreaterThanOrEqual(10);
    for (const { request, bytes } of received) {
      const { dataSet } = readDataSet(bytes, request.transferSyntax);
      expect(dataSet.string(tags.sopInstanceUid)).toBe(request.sopInstanceUid);
    }
  });

  test('findscu: worklist with Chinese names in UTF-8, GB18030 and ISO 2022 IR 58; limits and cancel', async () => {
    const item: ElementList = [
      [tags.patientName, 'Zhang^San=张^三'],
      [tags.accessionNumber, 'A1'],
      [
        tags.scheduledProcedureStepSequence,
        [
          [
            [tags.modality, 'CT'],
            [tags.scheduledStationAeTitle, 'LIUHE'],
          ],
        ],
      ],
    ];
    const asked: string[] = [];
    let yielded: number;
    scp = await startScp({
      async *find(_peer, { model, identifier }) {
        asked.push(
          `${model} ${identifier.sequence(tags.scheduledProcedureStepSequence)[0]?.string(tags.modality)}`,
        );
        for (let i = 0; i < 1000; i++) {
          yielded = i + 1;
          yield item;
          await new Promise((resolve) => setTimeout(resolve, i < 10 ? 0 : 10)); // time for the cancel to arrive
        }
      },
    });
    for (const set of ['ISO_IR 192', 'GB18030', '\\ISO 2022 IR 58']) {
      yielded = 0;
      await dcmtk(
        'findscu',
        '-W',
        '-X',
        '--cancel',
        '3',
        '-od',
        folder,
        '-aec',
        'HUB',
        '-k',
        `0008,0005=${set}`,
        '-k',
        '0040,0100[0].0008,0060=CT',
        '127.0.0.1',
        String(scp.port),
      );
      const [first] = readdirSync(folder).filter((name) => name.startsWith('rsp'));
      const { dataSet } = readHeader(readFileSync(join(folder, first!)));
      expect(dataSet.bytes(tags.specificCharacterSet)?.toString().trim()).toBe(set);
      expect(dataSet.personName(tags.patientName)).toEqual({ alphabetic: 'Zhang^San', ideographic: '张^三' });
      expect(yielded).toBeLessThan(1000);
    }
    expect(asked).toEqual(Array(3).fill('worklist CT'));
  });

  const instances = (count: number): RetrievedInstance[] =>
    Array.from({ length: count }, (_, i) => ({
      sopClassUid: sopClasses.ct,
      sopInstanceUid: `1.2.3.${i + 1}`,
      transferSyntax: transferSyntaxes.explicitLittleEndian,
      async *open() {
        yield dataSetOf(`1.2.3.${i + 1}`, 50_000);
      },
    }));

  test('getscu fetches over the same association', async () => {
    scp = await startScp({ retrieve: async () => instances(5) });
    const out = mkdtempSync(join(folder, 'get-'));
    await dcmtk(
      'getscu',
      '-S',
      '-od',
      out,
      '-aec',
      'HUB',
      '-k',
      '0008,0052=STUDY',
      '-k',
      '0020,000d=1.2.3',
      '127.0.0.1',
      String(scp.port),
    );
    expect(readdirSync(out)).toHaveLength(5);
    expect(readHeader(readFileSync(join(out, readdirSync(out)[0]!))).dataSet.string(tags.patientName)).toBe(
      '张^三',
    );
  });

  test('movescu has the hub send to storescp; an unknown destination is told', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    const out = mkdtempSync(join(folder, 'move-'));
    const storescp = spawn('storescp', ['-od', out, '-aet', 'READER', String(port)], { stdio: 'ignore' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      scp = await startScp({
        retrieve: async () => instances(4),
        moveDestination: async (_peer, aeTitle) =>
          aeTitle === 'READER' ? { host: '127.0.0.1', port, aeTitle } : undefined,
      });
      const move = (to: string) =>
        dcmtk(
          'movescu',
          '-v',
          '-S',
          '-aec',
          'HUB',
          '-aem',
          to,
          '-k',
          '0008,0052=STUDY',
          '-k',
          '0020,000d=1.2.3',
          '127.0.0.1',
          String(scp.port),
        );
      expect(await move('READER')).toContain('Success');
      expect(readdirSync(out)).toHaveLength(4);
      expect(await move('STRANGER').catch((error: Error) => error.message)).toMatch(
        /a801|Unknown|Destination/i,
      );
    } finally {
      storescp.kill();
    }
  });
});

describe.skipIf(!haveDcmtk || spawnSync('openssl', ['version']).status !== 0)('DICOM TLS', () => {
  test('echoscu over TLS; the certificate of the peer is known at admission', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-tls-'));
    const file = (name: string) => join(folder, name);
    for (const name of ['hub', 'scanner'])
      spawnSync('openssl', [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        file(`${name}.key`),
        '-out',
        file(`${name}.pem`),
      ]);
    const fingerprints: (string | undefined)[] = [];
    const scp = await startScp(
      {
        async admit({ certificateFingerprint }) {
          fingerprints.push(certificateFingerprint);
          return { institutionId: 'i', deviceId: 'd' };
        },
      },
      {
        tls: {
          key: readFileSync(file('hub.key')),
          cert: readFileSync(file('hub.pem')),
          ca: readFileSync(file('scanner.pem')),
          requestCert: true,
          rejectUnauthorized: true,
        },
      },
    );
    const said = await dcmtk(
      'echoscu',
      '-v',
      '+tls',
      file('scanner.key'),
      file('scanner.pem'),
      '+cf',
      file('hub.pem'),
      '127.0.0.1',
      String(scp.port),
    );
    expect(said).toContain('Success');
    expect(fingerprints[0]).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    await expect(dcmtk('echoscu', '127.0.0.1', String(scp.port))).rejects.toThrow();
    await scp.close();
    rmSync(folder, { recursive: true });
  });
});

test('storage commitment and performed procedure step, from our own requestor', async () => {
  const { requestAssociation, messageContext } = await import('../../../integrations/dimse/requestor.ts');
  const { commandFields } = await import('../../../integrations/dimse/command.ts');
  const { serveCommitmentReport } = await import('./commitmentReport.ts');
  const steps: string[] = [];
  const later: string[] = [];
  const scp = await startScp({
    commitStorage: async (_peer, { transactionUid, instances }) => ({
      transactionUid,
      committed: instances.filter(({ sopInstanceUid }) => sopInstanceUid === '1.2.3'),
      failed: instances
        .filter(({ sopInstanceUid }) => sopInstanceUid !== '1.2.3')
        .map((reference) => ({ ...reference, reason: 0x0112 })),
    }),
    reportCommitmentLater: async (_peer, { transactionUid }) => void later.push(transactionUid),
    createPerformedStep: async (_peer, uid, attributes) =>
      void steps.push(`create ${uid} ${attributes.string(tags.performedProcedureStepStatus)}`),
    setPerformedStep: async (_peer, uid, attributes) =>
      void steps.push(`set ${uid} ${attributes.string(tags.performedProcedureStepStatus)}`),
  });
  const reports: string[] = [];
  const association = await requestAssociation({
    host: '127.0.0.1',
    port: scp.port,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [
      messageContext(sopClasses.storageCommitmentPush),
      messageContext(sopClasses.modalityPerformedProcedureStep),
    ],
    serve: serveCommitmentReport(reports),
  });
  const ask = async (
    abstractSyntax: string,
    command: object,
    elements: ElementList,
  ): Promise<number | undefined> => {
    const context = association.contextFor(abstractSyntax)!;
    const bytes = writeDataSet(elements, { transferSyntax: context.transferSyntax });
    for await (const response of association.request(context.id, command as never, bytes))
      return response.command.status;
    return undefined;
  };
  const reference = (uid: string): ElementList => [
    [tags.referencedSopClassUid, sopClasses.ct],
    [tags.referencedSopInstanceUid, uid],
  ];
  const commit = (transaction: string) =>
    ask(
      sopClasses.storageCommitmentPush,
      {
        commandField: commandFields.nActionRq,
        requestedSopClassUid: sopClasses.storageCommitmentPush,
        requestedSopInstanceUid: '1.2.840.10008.1.20.1.1',
        actionTypeId: 1,
      },
      [
        [tags.transactionUid, transaction],
        [tags.referencedSopSequence, [reference('1.2.3'), reference('1.2.4')]],
      ],
    );
  expect(await commit('2.25.1')).toBe(0);
  await expect.poll(() => reports).toEqual(['2.25.1 event 2: 1 committed, 1 failed']);
  const step = sopClasses.modalityPerformedProcedureStep;
  expect(
    await ask(
      step,
      { commandField: commandFields.nCreateRq, affectedSopClassUid: step, affectedSopInstanceUid: '1.2.9' },
      [[tags.performedProcedureStepStatus, 'IN PROGRESS']],
    ),
  ).toBe(0);
  expect(
    await ask(
      step,
      { commandField: commandFields.nSetRq, requestedSopClassUid: step, requestedSopInstanceUid: '1.2.9' },
      [[tags.performedProcedureStepStatus, 'COMPLETED']],
    ),
  ).toBe(0);
  expect(steps).toEqual(['create 1.2.9 IN PROGRESS', 'set 1.2.9 COMPLETED']);
  await association.release();
  await scp.close();
});
