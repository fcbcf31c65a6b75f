import { sql } from 'kysely';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAttachment } from '../../../server/core/signature/pdf/readAttachment.ts';
import { readPdf } from '../../../server/core/signature/pdf/readPdf.ts';
import {
  bowieDick,
  GOOD_STEAM,
  move,
  newPacked,
  ok,
  PATIENT,
  PIN,
  refused,
  release,
  startSterileHub,
  sterilize,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
});
afterAll(() => hub?.close());

const biological = (loadId: string, outcome: string, more = {}) =>
  ok(hub.cssd, 'record-indicator', { loadId, kind: 'biological', outcome, control: 'growth', ...more });

test(
  'a failed biological indicator recalls everything unused since the last pass, and the machine returns after three passes',
  { timeout: 120_000 },
  async () => {
    const { cssd, releaser, nurse } = hub;
    await bowieDick(hub, 'S2');
    const [a, b, c, d] = await newPacked(hub, 'DRESSING', 4);
    // Load 1: indicator passes. Load 2 and 3: unknown until load 3's fails. Load 4: running then.
    const good = await sterilize(hub, 'S2', [a!], 'BI-1');
    await biological(good, 'pass');
    await release(hub, good);
    await move(hub, 60);
    const second = await sterilize(hub, 'S2', [b!, c!]);
    await release(hub, second);
    await move(hub, 60);
    const third = await sterilize(hub, 'S2', [d!], 'BI-2');
    await release(hub, third);

    // b stands at the township, c was used there, d lies on a shelf at the centre.
    await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [b, c] });
    await ok(nurse, 'receive', { packs: [{ code: b }, { code: c }], shelf: '无菌柜 2' });
    const { patientId } = await ok(nurse, 'use', { code: c, patient: PATIENT, innerIndicator: 'pass' });
    await ok(cssd, 'store', { codes: [d], shelf: 'B-01' });
    await move(hub, 5);
    const [e] = await newPacked(hub, 'DRESSING', 1);
    const running = await ok(cssd, 'start-load', { machine: 'S2', programme: 'S134', codes: [e] });

    const failed = await biological(third, 'fail');
    expect(failed.recall).toMatchObject({ recalled: 2, used: 1, sites: 2 });
    const recallId = failed.recall.id as string;

    const recall = (await cssd.get(`/api/sterilization/recalls/${recallId}`)).body;
    expect(
      recall.items.map((item: { code: string; institutionName: string; shelf: string }) => [
        item.code,
        item.institutionName,
        item.shelf,
      ]),
    ).toEqual(
      expect.arrayContaining([
        [b, '柳河镇卫生院', '无菌柜 2'],
        [d, '县人民医院', 'B-01'],
      ]),
    );
    expect(recall.items).toHaveLength(2); // not a: it is older than the last pass
    expect(recall.patients).toMatchObject([{ patientId, patientName: '张桂英', code: c }]);
    expect(recall.machineStatus).toBe('blocked');

    // Nothing of it goes on: not used, not dispatched, the machine does not start, its running load is lost.
    expect((await refused(nurse, 'use', { code: b, patient: PATIENT, innerIndicator: 'pass' })).type).toBe(
      'recalled',
    );
    expect((await refused(cssd, 'dispatch', { to: 'LIUHE', codes: [d] })).type).toBe('recalled');
    expect((await refused(cssd, 'start-load', { machine: 'S2', programme: 'S134', codes: [a] })).type).toBe(
      'machine-blocked',
    );
    await ok(cssd, 'record-cycle', { loadId: running.id, parameters: GOOD_STEAM });
    expect((await cssd.get(`/api/sterilization/packs/${e}`)).body.state).toBe('reprocess');
    expect((await refused(releaser, 'release', { loadId: running.id, pin: PIN })).type).toBe(
      'not-releasable',
    );

    // The holder sees it, acknowledges it, finds the pack; the ladder reminds who does not.
    const site = (await nurse.get('/api/sterilization/site')).body;
    expect(site.recalls).toMatchObject([{ recallId, packs: 1, usedPacks: 1, acknowledgedAt: null, open: 1 }]);
    await hub.ctx.db
      .updateTable('job')
      .set({ runAt: new Date(Date.now() - 1000) })
      .where('kind', '=', 'sterilization.recall-escalate')
      .execute();
    hub.ctx.bell.ring();
    await expect
      .poll(
        async () =>
          (
            await hub.ctx.db
              .selectFrom('notification')
              .select('id')
              .where('kind', '=', 'sterilization.recall-unacknowledged')
              .execute()
          ).length,
        { timeout: 120_000 },
      )
      .toBeGreaterThan(0);
    await ok(nurse, 'acknowledge-recall', { recallId });
    await ok(cssd, 'acknowledge-recall', { recallId });
    expect(
      (await refused(releaser, 'close-recall', { recallId, conclusion: '尚有未处置的包', pin: PIN })).type,
    ).toBe('recall-open');
    await ok(nurse, 'resolve-recall-item', { recallId, code: b, outcome: 'found' });
    await ok(nurse, 'resolve-recall-item', { recallId, code: b, outcome: 'reprocessed' });
    await ok(cssd, 'resolve-recall-item', { recallId, code: d, outcome: 'destroyed' });

    // Three passed empty runs in a row: two and a failure do not do.
    expect((await refused(releaser, 'return-machine', { machine: 'S2' })).type).toBe('trials-missing');
    const trial = async (outcome: 'pass' | 'fail') => {
      const load = await ok(cssd, 'start-load', {
        machine: 'S2',
        programme: 'QUAL',
        biologicalLot: 'BI-Q',
        class5Lot: 'C5',
      });
      await ok(cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
      expect((await refused(cssd, 'record-trial', { machine: 'S2', loadId: load.id })).type).toBe(
        'trial-incomplete',
      );
      await ok(cssd, 'record-indicator', { loadId: load.id, kind: 'class-5', outcome });
      await biological(load.id, 'pass');
      expect((await ok(cssd, 'record-trial', { machine: 'S2', loadId: load.id })).outcome).toBe(outcome);
      await move(hub, 1);
    };
    for (const outcome of ['pass', 'pass', 'fail', 'pass', 'pass'] as const) await trial(outcome);
    const machines = (await cssd.get('/api/sterilization/machines')).body.items;
    const s2 = machines.find((machine: { code: string }) => machine.code === 'S2');
    expect(s2.blocks[0].trials.map((one: { outcome: string }) => one.outcome)).toEqual([
      'pass',
      'pass',
      'fail',
      'pass',
      'pass',
    ]);
    expect((await refused(releaser, 'return-machine', { machine: 'S2' })).type).toBe('trials-missing');
    await trial('pass');
    expect(await ok(releaser, 'return-machine', { machine: 'S2' })).toMatchObject({ status: 'ready' });

    const closed = await ok(releaser, 'close-recall', {
      recallId,
      conclusion: '疏水阀故障,已更换并验证合格。',
      pin: PIN,
    });
    const report = await cssd.get(`/api/sterilization/recalls/${recallId}/report.pdf`);
    expect(report.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect(closed.documentSha256).toMatch(/^[0-9a-f]{64}$/);
  },
);

test('a failed Bowie-Dick blocks and is repeated; packs are recalled only by decision', async () => {
  const { cssd, releaser } = hub;
  expect(await bowieDick(hub, 'S1', 'fail')).toMatchObject({ blocked: true });
  expect((await cssd.get('/api/sterilization/recalls')).body.items).toHaveLength(1); // still only the one above
  const run = await ok(cssd, 'start-load', { machine: 'S1', programme: 'BD' });
  await ok(cssd, 'record-cycle', { loadId: run.id, parameters: { ...GOOD_STEAM, holdS: 215 } });
  await ok(cssd, 'record-test', { machine: 'S1', kind: 'bowie-dick', outcome: 'pass', loadId: run.id });
  await ok(cssd, 'record-trial', { machine: 'S1', loadId: run.id });
  expect((await ok(releaser, 'return-machine', { machine: 'S1' })).status).toBe('ready');
});

test(
  'implants wait for the biological indicator, or leave early with class 5, a reason and a second person',
  { timeout: 90_000 },
  async () => {
    const { cssd, releaser } = hub;
    await bowieDick(hub, 'S1');
    const [one, two] = await newPacked(hub, 'BONE-PLATE', 2);
    expect((await refused(cssd, 'start-load', { machine: 'S1', programme: 'S134', codes: [one] })).type).toBe(
      'biological-due',
    );
    const waits = await sterilize(hub, 'S1', [one!], 'BI-3');
    expect(await refused(releaser, 'release', { loadId: waits, pin: PIN })).toMatchObject({
      type: 'release-incomplete',
      missing: ['biological'],
    });
    expect((await refused(releaser, 'release', { loadId: waits, pin: PIN, kind: 'normal' })).type).toBe(
      'implant-needs-biological',
    ); // the table says it
    expect(
      (
        await refused(cssd, 'record-indicator', {
          loadId: waits,
          kind: 'biological',
          outcome: 'pass',
          control: 'no-growth',
        })
      ).type,
    ).toBe('control-did-not-grow');
    await biological(waits, 'pass');
    expect((await release(hub, waits)).kind).toBe('after-biological');

    const load = await ok(cssd, 'start-load', {
      machine: 'S1',
      programme: 'S134',
      codes: [two],
      biologicalLot: 'BI-4',
      class5Lot: 'C5',
    });
    await ok(cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
    await ok(cssd, 'record-indicator', { loadId: load.id, kind: 'outer-chemical', outcome: 'pass' });
    const early = {
      loadId: load.id,
      pin: PIN,
      kind: 'early-implant',
      reason: '开放性骨折急诊手术',
      approvedBy: 'head1',
      approverPin: PIN,
    };
    expect(await refused(releaser, 'release', early)).toMatchObject({
      type: 'release-incomplete',
      missing: ['class-5'],
    });
    await ok(cssd, 'record-indicator', { loadId: load.id, kind: 'class-5', outcome: 'pass' });
    // The second person is another one, holds the right, and signs with a PIN of his own.
    for (const [more, type] of [
      [{ approvedBy: 'cssd2' }, 'invalid'],
      [{ approvedBy: 'nurse1' }, 'invalid'],
      [{ approverPin: undefined }, 'invalid'],
      [{ approverPin: '000000' }, 'approver-wrong-pin'],
      [{ approvedBy: undefined, approverPin: undefined }, 'early-release-incomplete'],
    ] as const)
      expect((await refused(releaser, 'release', { ...early, ...more })).type).toBe(type);
    expect((await ok(releaser, 'release', early)).kind).toBe('early-implant');
    await approvalHolds(load.id);
    const open = await hub.ctx.db
      .selectFrom('cssdReleaseFollowUp')
      .selectAll()
      .where('reportedAt', 'is', null)
      .execute();
    expect(open).toHaveLength(1);
    await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [two] });
    await biological(load.id, 'pass');
    const told = await hub.ctx.db.selectFrom('cssdReleaseFollowUp').selectAll().executeTakeFirstOrThrow();
    expect(told).toMatchObject({ outcome: 'pass', reportedTo: '柳河镇卫生院' });
  },
);

/** The release record carries the approver's signature over its data; OpenSSL reads it. */
async function approvalHolds(loadId: string): Promise<void> {
  const row = await hub.ctx.db
    .selectFrom('cssdRelease')
    .select(['documentSha256', 'recordSha256', 'approvalSha256'])
    .where('loadId', '=', loadId)
    .executeTakeFirstOrThrow();
  const pdf = readPdf(await hub.ctx.objects.read(row.documentSha256));
  const record = readAttachment(pdf, 'load-release.json');
  const approval = readAttachment(pdf, 'approval.p7s');
  const hash = (bytes: Buffer | undefined) =>
    createHash('sha256')
      .update(bytes ?? '')
      .digest('hex');
  expect([hash(record), hash(approval)]).toEqual([row.recordSha256, row.approvalSha256]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'approval-'));
  fs.writeFileSync(path.join(folder, 'record'), record ?? '');
  fs.writeFileSync(path.join(folder, 'p7s'), approval ?? '');
  const verify = (content: string) =>
    spawnSync(
      'openssl',
      ['cms', '-verify', '-inform', 'DER', '-in', 'p7s', '-content', content, '-noverify', '-binary'],
      { cwd: folder },
    ).status;
  expect(verify('record')).toBe(0);
  fs.writeFileSync(path.join(folder, 'other'), `${record?.toString() ?? ''} `);
  expect(verify('other')).not.toBe(0);
  fs.rmSync(folder, { recursive: true });
}

test('what is read or released is not changed afterwards, whoever tries', async () => {
  const attempts = [
    sql`update cssd_indicator set outcome = 'pass' where outcome = 'fail'`,
    sql`delete from cssd_pack_event`,
    sql`truncate cssd_pack_event`,
    sql`update cssd_release set kind = 'normal'`,
    sql`update cssd_cycle set physical_outcome = 'pass'`,
    sql`update cssd_pack set expires_on = expires_on + 30 where release_id is not null`,
    sql`update cssd_machine_test set outcome = 'pass'`,
    sql`update cssd_pack set state = 'released' where state = 'recalled' or state = 'used'`,
    sql`update cssd_machine_trial set outcome = 'pass'`,
  ];
  for (const attempt of attempts) await expect(attempt.execute(hub.ctx.db)).rejects.toThrow(/./);
});
