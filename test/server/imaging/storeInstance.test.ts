import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { returnOrder } from '../../../server/core/order/acts.ts';
import { createRequest } from '../../../server/core/order/createRequest.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import { imagingCenter } from '../../../server/imaging/center.ts';
import { workOnce } from '../../../server/core/jobs/worker.ts';
import { settleStudy } from '../../../server/imaging/settleStudy.ts';
import { tags } from '../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { makeDataSet, makeFile, newUid, store, township } from './objects.ts';

let test_: TestContext;
let doctor: Actor;

beforeAll(async () => {
  test_ = await createContext({ county: true });
  await test_.ctx.db.updateTable('device').set({ clockOffsetMs: 0 }).where('aeTitle', '=', 'LIUHE').execute();
  const staff = await test_.ctx.db
    .selectFrom('staff')
    .selectAll()
    .where('username', '=', 'doctor1')
    .executeTakeFirstOrThrow();
  doctor = {
    kind: 'staff',
    id: staff.id,
    name: staff.name,
    institutionId: staff.institutionId,
    verbs: [],
    roles: [{ role: 'clinician', institutionId: staff.institutionId, centerKind: null }],
  };
});
afterAll(() => test_.close());

const order = async (name = '王小东', item = 'CT-HEAD') => {
  const made = await createRequest(
    test_.ctx,
    doctor,
    {
      center: 'imaging',
      items: [{ code: item }],
      priority: 'emergency',
      flags: [],
      patient: {
        name,
        sex: 'M',
        birthDate: '1970-01-01',
        identifiers: [{ type: 'mrn', value: newUid().slice(-8) }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    },
    { source: 'browser' },
  );
  return made.orders[0]!;
};
const read = (id: string) =>
  test_.ctx.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('an object on its way in', () => {
  test('is stored byte-exact behind a new file meta group', async () => {
    const { dataSet, head } = makeDataSet();
    const outcome = await store(test_.ctx, await township(test_.ctx), dataSet, head);
    expect(outcome.status).toBe('stored');
    const row = await test_.ctx.db
      .selectFrom('instance')
      .selectAll()
      .where('sopInstanceUid', '=', head.sopInstanceUid)
      .executeTakeFirstOrThrow();
    const bytes = await test_.ctx.objects.read(row.objectAddress);
    expect(bytes.subarray(row.dataSetOffset).equals(dataSet)).toBe(true);
    expect(row.objectAddress).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(bytes.subarray(row.pixelOffset!, row.pixelOffset! + 4)).toEqual(Buffer.alloc(4, 7));
  });

  test('waits for a person where its pixels end before its image does, though the file is well formed', async () => {
    const { dataSet, head } = makeDataSet({ more: [[tags.numberOfFrames, 3]] });
    const outcome = await store(test_.ctx, await township(test_.ctx), dataSet, head);
    expect(outcome).toMatchObject({ status: 'quarantine', sopInstanceUid: head.sopInstanceUid });
    const kept = await test_.ctx.db
      .selectFrom('unmatchedInput')
      .select(['kind', 'reason'])
      .where('subjectId', '=', head.sopInstanceUid)
      .execute();
    expect(kept).toEqual([{ kind: 'unreadable', reason: 'pixel data ends before its image does' }]);
  });

  test('sent twice keeps its first copy', async () => {
    const { dataSet, head } = makeDataSet();
    const arrival = await township(test_.ctx);
    expect((await store(test_.ctx, arrival, dataSet, head)).status).toBe('stored');
    expect((await store(test_.ctx, arrival, dataSet, head)).status).toBe('duplicate');
    expect((await store(test_.ctx, await township(test_.ctx), dataSet, head)).status).toBe('duplicate');
  });

  test('sent again under another AE title, so with another file meta group, is the same object', async () => {
    const { dataSet, head } = makeDataSet();
    expect((await store(test_.ctx, await township(test_.ctx), dataSet, head)).status).toBe('stored');
    const other = await township(test_.ctx);
    const renamed = { ...other, sender: { ...other.sender, aeTitle: 'ANOTHER_TITLE' } };
    expect((await store(test_.ctx, renamed, dataSet, head)).status).toBe('duplicate');
    const longer = Buffer.concat([dataSet, Buffer.from('FCFFFCFF4F42000002000000AAAA', 'hex')]);
    expect((await store(test_.ctx, renamed, longer, head)).status).toBe('conflict');
  });

  test('with the UID of another is kept for a person', async () => {
    const uid = newUid();
    const arrival = await township(test_.ctx);
    await store(test_.ctx, arrival, makeFile({ uid }));
    const outcome = await store(test_.ctx, arrival, makeFile({ uid, fill: 9 }));
    expect(outcome.status).toBe('conflict');
    const kept = await test_.ctx.db
      .selectFrom('unmatchedInput')
      .selectAll()
      .where('subjectId', '=', uid)
      .execute();
    expect(kept).toHaveLength(1);
    expect(kept[0]!.kind).toBe('conflict');
  });

  test('that is cut inside its pixel data goes to quarantine', async () => {
    const { dataSet, head } = makeDataSet();
    const outcome = await store(
      test_.ctx,
      await township(test_.ctx),
      dataSet.subarray(0, dataSet.length - 20),
      head,
    );
    expect(outcome.status).toBe('quarantine');
  });

  test('that is no DICOM is refused', async () => {
    expect(
      (await store(test_.ctx, await township(test_.ctx), Buffer.from('%PDF-1.7 not an image'.repeat(100))))
        .status,
    ).toBe('refused');
  });
});

describe('joining', () => {
  test('accession number, site and patient agree: the order is received', async () => {
    const made = await order();
    const outcome = await store(
      test_.ctx,
      await township(test_.ctx),
      makeFile({ accessionNumber: made.accessionNumber, patientName: 'WANG^XIAODONG' }),
    );
    expect(outcome.status).toBe('stored');
    const now = await read(made.id);
    expect(now.status).toBe('received');
    expect(now.receiving).toBe(true);
    expect(now.dueAt).not.toBeNull();
    const events = await test_.ctx.db
      .selectFrom('orderEvent')
      .select('kind')
      .where('orderId', '=', made.id)
      .orderBy('seq')
      .execute();
    expect(events.map((event) => event.kind)).toEqual(['requested', 'examined', 'acquired', 'received']);
    const study = await test_.ctx.db
      .selectFrom('study')
      .selectAll()
      .where('studyInstanceUid', '=', outcome.studyInstanceUid!)
      .executeTakeFirstOrThrow();
    await settleStudy(test_.ctx, study.id, { now: true });
    expect((await read(made.id)).receiving).toBe(false);
  });

  test('images of a settled study that was sent back put the case into the worklist again', async () => {
    const made = await order('王小西');
    const study = newUid();
    const send = async () =>
      store(
        test_.ctx,
        await township(test_.ctx),
        makeFile({ study, accessionNumber: made.accessionNumber, patientName: 'WANG^XIAOXI' }),
      );
    const first = await send();
    const { id } = await test_.ctx.db
      .selectFrom('study')
      .select('id')
      .where('studyInstanceUid', '=', study)
      .executeTakeFirstOrThrow();
    expect(first.status).toBe('stored');
    await settleStudy(test_.ctx, id, { now: true });
    await returnOrder(test_.ctx, await actorOfStaff(test_.ctx.db, 'radiologist1'), made.id, {
      reason: 'image-quality',
      note: '请重拍',
    });
    expect((await read(made.id)).status).toBe('returned');
    await send();
    const now = await read(made.id);
    expect([now.status, now.receiving]).toEqual(['received', true]);
    const events = await test_.ctx.db
      .selectFrom('orderEvent')
      .select('kind')
      .where('orderId', '=', made.id)
      .orderBy('seq')
      .execute();
    expect(events.map((event) => event.kind).slice(-2)).toEqual(['returned', 'resent']);
  });

  test('a study that is not quiet at the first look is looked at again and settles then', async () => {
    const outcome = await store(
      test_.ctx,
      await township(test_.ctx),
      makeFile({ patientName: 'QUIET^LATE' }),
    );
    const state = async () =>
      (
        await test_.ctx.db
          .selectFrom('study')
          .select('state')
          .where('studyInstanceUid', '=', outcome.studyInstanceUid!)
          .executeTakeFirstOrThrow()
      ).state;
    const look = async () => {
      await test_.ctx.pool.query(
        "update job set run_at = now() - interval '1 hour' where kind = 'imaging.settle'",
      );
      while (await workOnce(test_.ctx, { 'imaging.settle': imagingCenter.jobs!['imaging.settle']! }));
    };
    await look();
    expect(await state()).toBe('receiving');
    test_.clock.advance(1);
    await look();
    expect(await state()).toBe('settled');
  });

  test('a number alone never joins: another name goes to the mismatch queue', async () => {
    const made = await order();
    const outcome = await store(
      test_.ctx,
      await township(test_.ctx),
      makeFile({ accessionNumber: made.accessionNumber, patientName: 'LI^SI=李^四', sex: 'F' }),
    );
    const queued = await test_.ctx.db
      .selectFrom('unmatchedInput')
      .selectAll()
      .where('subjectId', '=', outcome.studyInstanceUid!)
      .executeTakeFirstOrThrow();
    expect(queued.kind).toBe('mismatch');
    expect(
      (queued.candidates as { differences: { field: string }[] }[])[0]!.differences.map(
        (difference) => difference.field,
      ),
    ).toEqual(['name', 'sex']);
    expect((await read(made.id)).status).toBe('requested');
  });

  test('input without an order makes a provisional one', async () => {
    const outcome = await store(
      test_.ctx,
      await township(test_.ctx),
      makeFile({ patientName: 'ZHAO^LIU=赵^六', patientId: newUid().slice(-9) }),
    );
    const made = await test_.ctx.db
      .selectFrom('orders')
      .innerJoin('studyOrder', 'studyOrder.orderId', 'orders.id')
      .innerJoin('study', 'study.id', 'studyOrder.studyId')
      .selectAll('orders')
      .where('study.studyInstanceUid', '=', outcome.studyInstanceUid!)
      .executeTakeFirstOrThrow();
    expect(made.provisional).toBe(true);
    expect(made.status).toBe('received');
    expect(made.patientName).toBe('赵六');
  });

  test('two associations bring the first objects of one study at once', async () => {
    const study = newUid();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, async (_, n) =>
        store(
          test_.ctx,
          await township(test_.ctx),
          makeFile({
            study,
            series: `${study}.${n % 3}`.slice(0, 64),
            instanceNumber: n,
            patientName: 'SUN^QI',
          }),
        ),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(12).fill('stored'));
    const rows = await test_.ctx.db
      .selectFrom('studyOrder')
      .innerJoin('study', 'study.id', 'studyOrder.studyId')
      .selectAll('studyOrder')
      .where('study.studyInstanceUid', '=', study)
      .execute();
    expect(rows).toHaveLength(1);
  });
});
