import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitStorage } from '../../../../server/imaging/modality/commitStorage.ts';
import type { PerformedStepSource } from '../../../../server/imaging/modality/performedStep.ts';
import { sopClasses } from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { newUid } from '../objects.ts';
import { deviceOf } from './device.ts';

let county: County;
let ct: PerformedStepSource;
beforeAll(async () => {
  county = await startCounty();
  ct = await deviceOf(county.ctx, 'LIUHE');
});
afterAll(() => county.close());

/** A study of so many images; their UIDs. */
async function sent(count: number): Promise<{ study: string; uids: string[] }> {
  const [study, series] = [newUid(), newUid()];
  const uids = Array.from({ length: count }, newUid);
  for (const uid of uids) await county.send({ study, series, uid });
  return { study, uids };
}
const commit = (uids: string[], sopClassUid: string = sopClasses.ct, source = ct) =>
  commitStorage(county.ctx, source.actor, {
    institutionId: source.institutionId,
    instances: uids.map((sopInstanceUid) => ({ sopClassUid, sopInstanceUid })),
  });
const reasons = ({ committed, failed }: Awaited<ReturnType<typeof commit>>) => ({
  committed: committed.length,
  failed: failed.map(({ reason }) => `0x${reason.toString(16).padStart(4, '0')}`),
});
const stateOf = async (study: string) =>
  (
    await county.ctx.db
      .selectFrom('study')
      .select('state')
      .where('studyInstanceUid', '=', study)
      .executeTakeFirstOrThrow()
  ).state;

test('a whole study is kept, which ends its receiving at once; asked again the answer is the same', async () => {
  const { study, uids } = await sent(2);
  expect(await stateOf(study)).not.toBe('settled');
  expect(reasons(await commit(uids))).toEqual({ committed: 2, failed: [] });
  expect(await stateOf(study)).toBe('settled');
  expect(reasons(await commit(uids))).toEqual({ committed: 2, failed: [] });
});

test('a part of a study is kept, but more may come', async () => {
  const { study, uids } = await sent(3);
  expect(reasons(await commit(uids.slice(1)))).toEqual({ committed: 2, failed: [] });
  expect(await stateOf(study)).not.toBe('settled');
});

test('what was never sent is no such object; what is of another class than was said is a class conflict', async () => {
  const { uids } = await sent(1);
  expect(reasons(await commit([newUid()]))).toEqual({ committed: 0, failed: ['0x0112'] });
  expect(reasons(await commit(uids, sopClasses.mr))).toEqual({ committed: 0, failed: ['0x0119'] });
  expect(reasons(await commit([...uids, newUid(), ...uids]))).toEqual({ committed: 2, failed: ['0x0112'] });
});

test('what another institution sent is not there for the neighbour, and is not settled by it', async () => {
  const { study, uids } = await sent(1);
  const neighbour = await deviceOf(county.ctx, 'BAITA');
  expect(reasons(await commit(uids, sopClasses.ct, neighbour))).toEqual({
    committed: 0,
    failed: ['0x0112'],
  });
  expect(await stateOf(study)).not.toBe('settled');
});

test('a row whose bytes have gone from the store is not promised', async () => {
  const { uids } = await sent(2);
  const row = await county.ctx.db
    .selectFrom('instance')
    .select('objectAddress')
    .where('sopInstanceUid', '=', uids[0]!)
    .executeTakeFirstOrThrow();
  fs.rmSync(
    path.join(county.ctx.config.dataDir, 'objects', row.objectAddress.slice(0, 2), row.objectAddress),
  );
  const outcome = await commit(uids);
  expect(outcome.failed.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([uids[0]]);
  expect(outcome.committed.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([uids[1]]);
});

test('the audit says how many were kept and how many not', async () => {
  const { uids } = await sent(1);
  await commit([...uids, newUid(), newUid()]);
  const last = await county.ctx.db
    .selectFrom('auditEvent')
    .select('detail')
    .where('action', '=', 'storage.commit')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  expect(last.detail).toEqual({ committed: 1, failed: 2 });
});
