import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitCaller } from '../../../integrations/dimse/admitCaller.ts';
import type { Association } from '../../../integrations/dimse/association.ts';
import { commandFields } from '../../../integrations/dimse/command.ts';
import { messageContext, requestAssociation } from '../../../integrations/dimse/requestor.ts';
import { echo } from '../../../integrations/dimse/scu/echo.ts';
import type { DimseServer } from '../../../integrations/dimse/server.ts';
import { startDimse } from '../../../integrations/dimse/server.ts';
import { unavailable } from '../../../server/core/errors.ts';
import type { ElementList } from '../../../server/standards/dicom/index.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
} from '../../../server/standards/dicom/index.ts';
import type { TestContext } from '../../helpers/hub.ts';
import { createContext } from '../../helpers/hub.ts';
import { fixture, fixtureFolder, fixtureNames, haveFixtures } from '../../server/standards/dicom/fixtures.ts';
import type { CStoreOutcome } from './outcomes.ts';
import { cStoreOutcomes } from './outcomes.ts';

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

interface Sendable {
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntax: string;
  bytes: Buffer;
}

const associate = (
  contexts: { abstractSyntax: string; transferSyntaxes: readonly string[] }[],
  callingAe = 'LIUHE',
) =>
  requestAssociation({
    host: '127.0.0.1',
    port: dimse.port,
    callingAe,
    calledAe: 'HUB',
    contexts,
    timeoutMs: 300_000,
  });

async function send(
  association: Association,
  { sopClassUid, sopInstanceUid, bytes, transferSyntax }: Sendable,
) {
  const context = association.contextFor(sopClassUid, transferSyntax);
  if (context === undefined) return 'not accepted';
  const command = {
    commandField: commandFields.cStoreRq,
    affectedSopClassUid: sopClassUid,
    affectedSopInstanceUid: sopInstanceUid,
    priority: 0,
  };
  for await (const { command: answer } of association.request(context.id, command, bytes)) {
    return `0x${(answer.status ?? -1).toString(16).padStart(4, '0')}`;
  }
  return 'no answer';
}

const store = async (object: Sendable, callingAe?: string) => {
  const association = await associate(
    [{ abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntax] }],
    callingAe,
  );
  const status = await send(association, object);
  await association.release();
  return status;
};

function object(study: string, instance: string, more: ElementList = []): Sendable {
  const bytes = writeDataSet([
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, `1.2.3.${study}.1.${instance}`],
    [tags.studyInstanceUid, `1.2.3.${study}`],
    [tags.seriesInstanceUid, `1.2.3.${study}.1`],
    [tags.modality, 'CT'],
    [tags.patientName, '张^三'],
    [tags.patientId, `P${study}`],
    [tags.rows, 8],
    [tags.columns, 8],
    [tags.bitsAllocated, 16],
    [tags.pixelData, Buffer.alloc(128, Number(instance)), 'OW'],
    ...more,
  ]);
  return {
    sopClassUid: sopClasses.ct,
    sopInstanceUid: `1.2.3.${study}.1.${instance}`,
    transferSyntax: transferSyntaxes.explicitLittleEndian,
    bytes,
  };
}

/** How a sender would send a file: its data set under its own names, or those of the file meta where it has none. */
function sendable(name: string): Sendable | undefined {
  try {
    const bytes = fixture(name);
    const { meta, dataSet, dataSetOffset, transferSyntax } = readHeader(bytes, { complete: false });
    const sopClassUid = dataSet.string(tags.sopClassUid) ?? meta?.string(tags.mediaStorageSopClassUid);
    const sopInstanceUid =
      dataSet.string(tags.sopInstanceUid) ?? meta?.string(tags.mediaStorageSopInstanceUid);
    if (sopClassUid === undefined || sopInstanceUid === undefined) return undefined;
    return { sopClassUid, sopInstanceUid, transferSyntax, bytes: bytes.subarray(dataSetOffset) };
  } catch {
    return undefined;
  }
}

test.skipIf(!haveFixtures)(
  'every sample file by C-STORE: what the manifest names, kept byte by byte',
  { timeout: 120_000 },
  async () => {
    const outcomes: Record<string, CStoreOutcome> = {};
    const witness = await associate([messageContext(sopClasses.verification)]);
    for (const name of fixtureNames()) {
      const file = sendable(name);
      outcomes[name] = file === undefined ? 'cannot be sent' : await outcomeOf(file, await store(file));
    }
    expect(await echo(witness)).toBe(0);
    await witness.release();
    if (process.env.WRITE_MANIFEST)
      writeFileSync(process.env.WRITE_MANIFEST, JSON.stringify(outcomes, null, 2));
    expect(outcomes).toEqual(cStoreOutcomes);
  },
);

/** What the wire said, checked byte by byte against what stands in store and index. */
async function outcomeOf(file: Sendable, answer: string): Promise<CStoreOutcome> {
  if (answer === 'not accepted') return answer;
  const { db, objects } = hub.ctx;
  const isKept = async (address: string | null) =>
    address !== null && (await objects.read(address)).subarray(-file.bytes.length).equals(file.bytes);
  if (answer === '0xb000') {
    const kept = await db
      .selectFrom('unmatchedInput')
      .select(['kind', 'objectAddress', 'reason'])
      .orderBy('createdAt', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(await isKept(kept.objectAddress)).toBe(true);
    expect(kept.reason.length).toBeGreaterThan(10);
    return kept.kind === 'conflict' ? 'conflict' : 'quarantine';
  }
  if (answer !== '0x0000') return 'refused';
  const row = await db
    .selectFrom('instance')
    .select(['id', 'objectAddress', 'transferSyntax'])
    .where('sopInstanceUid', '=', file.sopInstanceUid)
    .where('supersededAt', 'is', null)
    .executeTakeFirst();
  if (row === undefined) {
    const recordings = await db.selectFrom('ecgRecordingFile').select('objectAddress').execute();
    expect(await Promise.all(recordings.map(({ objectAddress }) => isKept(objectAddress)))).toContain(true);
    return 'recording';
  }
  if (await isKept(row.objectAddress)) {
    const first = !known.has(file.sopInstanceUid);
    known.add(file.sopInstanceUid);
    return first ? 'stored' : 'duplicate';
  }
  const renditions = await db
    .selectFrom('rendition')
    .select('objectAddress')
    .where('instanceId', '=', row.id)
    .where('kind', '=', 'received')
    .execute();
  expect(await Promise.all(renditions.map(({ objectAddress }) => isKept(objectAddress)))).toContain(true);
  return 'rendition';
}

const known = new Set<string>();

async function keptBytes({ sopInstanceUid }: Sendable): Promise<Buffer> {
  const row = await hub.ctx.db
    .selectFrom('instance')
    .select(['objectAddress', 'dataSetOffset'])
    .where('sopInstanceUid', '=', sopInstanceUid)
    .executeTakeFirstOrThrow();
  return (await hub.ctx.objects.read(row.objectAddress)).subarray(row.dataSetOffset);
}

describe('who may come in', () => {
  test('an unknown AE title is refused, noted once with its attempts, audited, and let in once admitted', async () => {
    const knock = () => associate([messageContext(sopClasses.verification)], 'NEWDR');
    await expect(knock()).rejects.toMatchObject({ result: 1, source: 1, reason: 3 });
    await expect(knock()).rejects.toMatchObject({ reason: 3 });
    const { db } = hub.ctx;
    const device = await db
      .selectFrom('device')
      .selectAll()
      .where('aeTitle', '=', 'NEWDR')
      .executeTakeFirstOrThrow();
    expect(device).toMatchObject({ state: 'unknown', address: '127.0.0.1', attempts: 2 });
    const audits = await db
      .selectFrom('auditEvent')
      .selectAll()
      .where('action', '=', 'association.refuse')
      .where('subjectId', '=', device.id)
      .execute();
    expect(audits).toHaveLength(1);
    const { id } = await db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    await db
      .updateTable('device')
      .set({ state: 'admitted', institutionId: id })
      .where('id', '=', device.id)
      .execute();
    const association = await knock();
    expect(await echo(association)).toBe(0);
    await association.release();
    await db.updateTable('device').set({ state: 'blocked' }).where('id', '=', device.id).execute();
    await expect(knock()).rejects.toMatchObject({ reason: 3 });
  });

  test('a caller over TLS is noted with its certificate; once admitted, no other certificate and no plain connection is taken for it', async () => {
    const [own, other] = ['AB', 'CD'].map((pair) => Array(32).fill(pair).join(':'));
    const knock = (certificateFingerprint: string | undefined) =>
      admitCaller(hub.ctx, {
        callingAe: 'TLSCT',
        calledAe: 'HUB',
        address: '127.0.0.1',
        certificateFingerprint,
      });
    expect(await knock(undefined)).toBe('unknown');
    expect(await knock(own)).toBe('unknown');
    const { db } = hub.ctx;
    const noted = await db
      .selectFrom('device')
      .selectAll()
      .where('aeTitle', '=', 'TLSCT')
      .executeTakeFirstOrThrow();
    expect(noted).toMatchObject({ attempts: 2, certificateFingerprint: own });
    const { id: institutionId } = await db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    // As a person pastes it: without colons, in small letters.
    await db
      .updateTable('device')
      .set({
        state: 'admitted',
        institutionId,
        certificateFingerprint: own!.replaceAll(':', '').toLowerCase(),
      })
      .where('id', '=', noted.id)
      .execute();
    expect(await knock(own)).toMatchObject({ deviceId: noted.id });
    expect(await knock(other)).toBe('unknown');
    expect(await knock(undefined)).toBe('unknown');
    expect(await knock(own)).toMatchObject({ deviceId: noted.id });
  });

  test('a known AE title from another address, and titles that are none, stay outside', async () => {
    await hub.ctx.db
      .insertInto('device')
      .values({ kind: 'dicom', name: 'elsewhere', aeTitle: 'FARAWAY', address: '10.9.9.9', state: 'unknown' })
      .execute();
    await expect(associate([messageContext(sopClasses.verification)], 'FARAWAY')).rejects.toMatchObject({
      reason: 3,
    });
    await expect(associate([messageContext(sopClasses.verification)], '\u0001\u0002')).rejects.toMatchObject({
      reason: 3,
    });
  });
});

describe('storing', () => {
  test('the same object twice is one; other bytes under its name are kept for a person', async () => {
    const first = object('9001', '1');
    expect(await store(first)).toBe('0x0000');
    expect(await store(first)).toBe('0x0000');
    const other = { ...object('9001', '1', [[tags.sliceLocation, '7']]) };
    expect(await store(other)).toBe('0xb000');
    const rows = await hub.ctx.db
      .selectFrom('instance')
      .select('id')
      .where('sopInstanceUid', '=', first.sopInstanceUid)
      .execute();
    expect(rows).toHaveLength(1);
    expect(await keptBytes(first)).toEqual(first.bytes);
  });

  test('eight associations bring the first objects of one study at once: nothing is lost, nothing twice', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store(object('9002', String(i + 1)))),
    );
    expect(answers).toEqual(Array(8).fill('0x0000'));
    const { db } = hub.ctx;
    const study = await db
      .selectFrom('study')
      .select('id')
      .where('studyInstanceUid', '=', '1.2.3.9002')
      .execute();
    expect(study).toHaveLength(1);
    const rows = await db
      .selectFrom('instance')
      .innerJoin('series', 'series.id', 'instance.seriesId')
      .select('instance.id')
      .where('studyId', '=', study[0]!.id)
      .execute();
    expect(rows).toHaveLength(8);
  });

  test('one audit row for an association and study', async () => {
    const association = await associate([
      { abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
    ]);
    for (let i = 1; i <= 5; i++) expect(await send(association, object('9003', String(i)))).toBe('0x0000');
    await association.release();
    const audits = await hub.ctx.db
      .selectFrom('auditEvent')
      .selectAll()
      .where('action', '=', 'study.receive')
      .where('subjectId', '=', '1.2.3.9003')
      .execute();
    expect(audits).toHaveLength(1);
    expect(audits[0]).toMatchObject({ actorKind: 'machine', actorName: 'LIUHE', address: '127.0.0.1' });
  });

  test('an object of many megabytes goes through and comes back byte by byte', async () => {
    const large = object('9004', '1', [
      [0x00091001, randomBytes(9_000_000), 'OB'],
      [0x00090010, 'HUB TEST', 'LO'],
    ]);
    expect(await store(large)).toBe('0x0000');
    expect((await keptBytes(large)).equals(large.bytes)).toBe(true);
  });

  test('a deflate bomb is not stored, and the association goes on', async () => {
    const transferSyntax = transferSyntaxes.deflatedExplicitLittleEndian;
    const bomb = deflateRawSync(Buffer.concat([object('9005', '1').bytes, Buffer.alloc(300_000_000)]), {
      level: 9,
    });
    const association = await associate([
      { abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntax] },
    ]);
    const answer = await send(association, { ...object('9005', '1'), transferSyntax, bytes: bomb });
    expect(['0xc000', '0xb000', '0xa700']).toContain(answer);
    expect(
      await send(association, {
        ...object('9005', '2'),
        transferSyntax,
        bytes: deflateRawSync(object('9005', '2').bytes),
      }),
    ).toBe('0x0000');
    await association.release();
  });

  test('with the database away the answer is out of resources, and storing goes on when it is back', async () => {
    const association = await associate([
      { abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
    ]);
    const { pool } = hub.ctx;
    const query = pool.query;
    const lost = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    Object.assign(pool, { query: lost });
    try {
      expect(await send(association, object('9006', '1'))).toBe('0xa700');
    } finally {
      Object.assign(pool, { query });
    }
    expect(await send(association, object('9006', '1'))).toBe('0x0000');
    await association.release();
  });

  test('with the store away too', async () => {
    const association = await associate([
      { abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] },
    ]);
    const { objects } = hub.ctx;
    const { open } = objects;
    objects.open = () => Promise.reject(unavailable('the object store cannot be written'));
    try {
      expect(await send(association, object('9007', '1'))).toBe('0xa700');
    } finally {
      objects.open = open;
    }
    expect(await send(association, object('9007', '1'))).toBe('0x0000');
    await association.release();
  });
});

test.skipIf(spawnSync('storescu', ['--version']).status !== 0 || !haveFixtures)(
  'storescu of DCMTK: Chinese names come out right in the index',
  async () => {
    const names = ['chrX1', 'chrX2', 'chrGB2312'];
    const files = names.map((name) => join(fixtureFolder, `charsets/${name}.dcm`));
    const sent = await promisify(execFile)('storescu', [
      '-R',
      '-aet',
      'LIUHE',
      '-aec',
      'HUB',
      '127.0.0.1',
      String(dimse.port),
      ...files,
    ]);
    expect(sent.stderr).not.toMatch(/Failed|Error/);
    const shown = async (name: string) => {
      const uid = readHeader(fixture(`charsets/${name}.dcm`)).dataSet.string(tags.studyInstanceUid) ?? '';
      const row = await hub.ctx.db
        .selectFrom('study')
        .select('patientDisplayName')
        .where('studyInstanceUid', '=', uid)
        .executeTakeFirstOrThrow();
      return row.patientDisplayName;
    };
    expect(await Promise.all(names.map(shown))).toEqual(['王小東', '王小东', '张小东']);
  },
);
