import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { store, township } from '../../server/imaging/objects.ts';
import { get, stow } from './client.ts';
import { expected, type Expected } from './manifest.ts';

const folder = path.resolve('../shared/fixtures/dicom');
const present = fs.existsSync(folder);
const files = present
  ? fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => fs.statSync(path.join(folder, name)).isFile())
      .sort()
  : [];

describe.skipIf(!present)('sample files (../shared/fixtures/dicom)', () => {
  let hub: TestHub;
  let technician: Client;
  beforeAll(async () => {
    hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
    technician = await hub.as('tech1');
  });
  afterAll(() => hub.close());

  test('every file is in the manifest', () => {
    expect(Object.keys(expected).sort()).toEqual(files);
  });

  test('by STOW-RS: stored byte-exact and readable, kept for a person, or refused, as the manifest says', async () => {
    const seen: Record<string, Expected> = {};
    for (const name of files) {
      const bytes = fs.readFileSync(path.join(folder, name));
      const answer = await stow(hub.url, technician, [bytes]);
      seen[name] = await outcomeOf(hub, bytes, answer);
    }
    if (process.env.WRITE_MANIFEST)
      fs.writeFileSync(process.env.WRITE_MANIFEST, JSON.stringify(seen, null, 2));
    expect(seen).toEqual(expected);
  });

  test('by storeInstance again: nothing is stored twice', async () => {
    const before = await hub.ctx.db
      .selectFrom('instance')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    for (const name of files.filter((file) => expected[file] !== 'recording')) {
      const outcome = await store(
        hub.ctx,
        await township(hub.ctx),
        fs.readFileSync(path.join(folder, name)),
        undefined,
        1_000_000,
      );
      const known = expected[name];
      expect([name, outcome.status]).toEqual([
        name,
        known === 'stored' || known === 'rendition' ? 'duplicate' : known,
      ]);
    }
    const after = await hub.ctx.db
      .selectFrom('instance')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(after).toEqual(before);
  });

  test.each([
    ['chrX1.dcm', '王^小東', 'Wang^XiaoDong'],
    ['chrX2.dcm', '王^小东', 'Wang^XiaoDong'],
    ['chrGB2312.dcm', '张^小东', 'Zhang^XiaoDong'],
  ])('%s shows its Chinese name in QIDO', async (name, ideographic, alphabetic) => {
    const bytes = fs.readFileSync(path.join(folder, 'charsets', name));
    const { readHeader, tags } = await import('../../../server/standards/dicom/index.ts');
    const study = readHeader(bytes).dataSet.string(tags.studyInstanceUid) ?? '';
    const answer = await get(
      hub.url,
      technician,
      `/dicom-web/studies?PatientName=${encodeURIComponent(alphabetic)}`,
    );
    const found = JSON.parse(answer.body.toString() || '[]').find(
      (row: Record<string, { Value: string[] }>) => row['0020000D']!.Value[0] === study,
    );
    expect(found['00100010'].Value[0]).toMatchObject({ Alphabetic: alphabetic, Ideographic: ideographic });
  });
});

/** What the wire said, checked against what stands in store and index. */
async function outcomeOf(
  hub: TestHub,
  bytes: Buffer,
  answer: { status: number; body: Record<string, { Value: Record<string, { Value?: unknown[] }>[] }> },
): Promise<Expected> {
  const stored = answer.body['00081199']?.Value[0];
  if (answer.status === 409) return 'refused';
  const uid = String(stored?.['00081155']?.Value?.[0] ?? '');
  if (answer.status === 202) {
    const kept = await hub.ctx.db
      .selectFrom('unmatchedInput')
      .select(['kind', 'objectAddress'])
      .where('centerKind', '=', 'imaging')
      .where('subjectType', '=', 'instance')
      .where('state', '=', 'open')
      .orderBy('createdAt', 'desc')
      .executeTakeFirstOrThrow();
    expect((await hub.ctx.objects.read(kept.objectAddress!)).equals(bytes)).toBe(true);
    return kept.kind === 'conflict' ? 'conflict' : 'quarantine';
  }
  expect(answer.status).toBe(200);
  const row = await hub.ctx.db
    .selectFrom('instance')
    .select(['id', 'objectAddress'])
    .where('sopInstanceUid', '=', uid)
    .executeTakeFirst();
  if (!row) {
    // An ECG waveform is a recording of the ECG centre, whichever wire brought it.
    const kept = await hub.ctx.db.selectFrom('ecgRecordingFile').select('objectAddress').execute();
    for (const { objectAddress } of kept)
      if ((await hub.ctx.objects.read(objectAddress)).equals(bytes)) return 'recording';
    throw new Error(`${uid} was answered with success and stands nowhere`);
  }
  if ((await hub.ctx.objects.read(row.objectAddress)).equals(bytes)) return 'stored';
  const rendition = await hub.ctx.db
    .selectFrom('rendition')
    .select('objectAddress')
    .where('instanceId', '=', row.id)
    .where('kind', '=', 'received')
    .execute();
  for (const { objectAddress } of rendition)
    if ((await hub.ctx.objects.read(objectAddress)).equals(bytes)) return 'rendition';
  return 'duplicate';
}
