import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeFile, newUid } from './objects.ts';
import { stow } from '../../integrations/dicomweb/client.ts';

let hub: TestHub;
const people: Record<string, Client> = {};

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  for (const name of ['tech1', 'doctor1', 'registrar1', 'head1', 'radiologist1', 'radiologist2'])
    people[name] = await hub.as(name);
});
afterAll(() => hub.close());

const place = async (name: string, item = 'CT-HEAD', sex = 'M') =>
  (
    await people.doctor1!.post('/api/orders', {
      center: 'imaging',
      items: [{ code: item }],
      priority: 'urgent',
      patient: {
        name,
        sex,
        birthDate: '1970-01-01',
        identifiers: [{ type: 'mrn', value: newUid().slice(-9) }],
      },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    })
  ).body;
const order = async (id: string) => (await people.radiologist1!.get(`/api/orders/${id}`)).body;
const queue = async (study: string) =>
  (await people.registrar1!.get('/api/unmatched?center=imaging&limit=200')).body.items.find(
    (row: { subjectId: string }) => row.subjectId === study,
  );

describe('the queue of what could not be joined', () => {
  test('a mismatch shows both sides and is joined by the registrar', async () => {
    const made = await place('钱一');
    const study = newUid();
    await stow(hub.url, people.tech1!, [
      makeFile({ study, accessionNumber: made.accessionNumber, patientName: 'QIAN^ER=钱^二' }),
    ]);
    const row = await queue(study);
    expect(row.kind).toBe('mismatch');
    expect(row.candidates[0].differences).toEqual([{ field: 'name', input: '钱二', order: '钱一' }]);
    expect(
      (
        await people.radiologist1!.post(`/api/unmatched/${row.id}/decide`, {
          decision: 'join',
          orderId: made.id,
          reason: 'x',
        })
      ).status,
    ).toBe(403);
    const decided = await people.registrar1!.post(`/api/unmatched/${row.id}/decide`, {
      decision: 'join',
      orderId: made.id,
      reason: '技师输错姓名',
    });
    expect(decided.status).toBe(200);
    expect((await order(made.id)).status).toBe('received');
    expect(await queue(study)).toBeUndefined();
    expect(
      (await people.registrar1!.post(`/api/unmatched/${row.id}/decide`, { decision: 'discard', reason: 'x' }))
        .status,
    ).toBe(409);
  });

  test('a provisional case moves to its order and is withdrawn', async () => {
    const made = await place('孙三');
    const study = newUid();
    await stow(hub.url, people.tech1!, [makeFile({ study, patientName: 'SUN^SAN=孙^三' })]);
    const row = await queue(study);
    expect(row.kind).toBe('no-order');
    expect(row.candidates.map((candidate: { orderId: string }) => candidate.orderId)).toContain(made.id);
    await people.registrar1!.post(`/api/orders/${made.id}/join`, {
      studyInstanceUid: study,
      reason: '同一患者',
    });
    expect((await order(made.id)).status).toBe('received');
    expect((await order(row.orderId)).status).toBe('cancelled');
    expect((await order(made.id)).input.studies[0].studyInstanceUid).toBe(study);
  });

  test('a provisional patient is confirmed', async () => {
    const study = newUid();
    await stow(hub.url, people.tech1!, [makeFile({ study, patientName: 'LI^SI=李^四' })]);
    const row = await queue(study);
    await people.registrar1!.post(`/api/unmatched/${row.id}/decide`, {
      decision: 'confirm',
      patient: {
        name: '李四',
        sex: 'M',
        birthDate: '1970-01-01',
        identifiers: [{ type: 'mrn', value: '8812' }],
      },
    });
    const now = await order(row.orderId);
    expect(now.provisional).toBe(false);
    expect(now.patient.identity).toBe('verified');
  });

  test('of two objects with one UID the second may take the place of the first', async () => {
    const [study, series, uid] = [newUid(), newUid(), newUid()];
    await stow(hub.url, people.tech1!, [makeFile({ study, series, uid })]);
    await stow(hub.url, people.tech1!, [makeFile({ study, series, uid, fill: 9 })]);
    const row = await queue(uid);
    expect(row.kind).toBe('conflict');
    expect(
      (
        await people.registrar1!.post(`/api/unmatched/${row.id}/decide`, {
          decision: 'replace',
          reason: '重新发送',
        })
      ).status,
    ).toBe(200);
    const rows = await hub.ctx.db
      .selectFrom('instance')
      .select(['supersededAt', 'supersededBy'])
      .where('sopInstanceUid', '=', uid)
      .orderBy('id')
      .execute();
    expect(rows.map((each) => each.supersededAt === null)).toEqual([false, true]);
  });

  test('images uploaded for an order join it unless they contradict', async () => {
    const made = await place('周五');
    await stow(
      hub.url,
      people.tech1!,
      [makeFile({ patientName: '', sex: '', birthDate: '' })],
      `/dicom-web/studies?orderId=${made.id}`,
    );
    expect((await order(made.id)).status).toBe('received');
    const other = await place('吴六');
    const study = newUid();
    await stow(
      hub.url,
      people.tech1!,
      [makeFile({ study, patientName: 'ZHENG^QI' })],
      `/dicom-web/studies?orderId=${other.id}`,
    );
    expect((await order(other.id)).status).toBe('requested');
    expect((await queue(study)).kind).toBe('mismatch');
  });

  test('splitting a signed case voids its report; late images flag it', async () => {
    const made = await place('王八', 'DR-CHEST');
    const study = newUid();
    await stow(hub.url, people.tech1!, [
      makeFile({ study, accessionNumber: made.accessionNumber, patientName: 'WANG^BA', modality: 'DX' }),
    ]);
    await hub.ctx.db
      .updateTable('study')
      .set({ state: 'settled', settledAt: new Date() })
      .where('studyInstanceUid', '=', study)
      .execute();
    await people.radiologist1!.post(`/api/orders/${made.id}/claim`);
    const draft = await people.radiologist1!.get(`/api/orders/${made.id}/report`);
    await people.radiologist1!.put(
      `/api/orders/${made.id}/report`,
      { findings: '双肺纹理清晰。', impression: '双肺未见明显异常。', positive: false },
      { 'if-match': draft.headers.get('etag') ?? '' },
    );
    expect((await people.radiologist1!.post(`/api/orders/${made.id}/report/submit`)).status).toBe(200);
    expect(
      (await people.radiologist2!.post(`/api/orders/${made.id}/report/sign`, { pin: '246810' })).status,
    ).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 5_100)); // the cache of open series
    await stow(hub.url, people.tech1!, [
      makeFile({ study, accessionNumber: made.accessionNumber, patientName: 'WANG^BA', modality: 'DX' }),
    ]);
    expect((await order(made.id)).lateInput).toBe(true);
    expect(
      (
        await people.head1!.post(`/api/orders/${made.id}/split`, {
          studyInstanceUid: study,
          reason: '非本人影像',
        })
      ).status,
    ).toBe(409);
    const asked = { studyInstanceUid: study, reason: '非本人影像', pin: '246810' };
    const path = `/api/orders/${made.id}/split`;
    const registrar = await hub.as('registrar1');
    expect((await registrar.post(path, asked)).body.detail).toContain('a verifier splits it');
    expect((await people.radiologist1!.post(path, asked)).status, 'who only writes').toBe(403);
    // Nothing is voided for a split that cannot be made, and a verifier gives images to no other order.
    const elsewhere = { ...asked, toOrderId: (await place('王九', 'DR-CHEST')).id };
    expect((await people.radiologist2!.post(path, elsewhere)).status).toBe(403);
    expect((await people.radiologist2!.post(path, { ...asked, studyInstanceUid: newUid() })).status).toBe(
      404,
    );
    expect((await order(made.id)).status).toBe('final');
    const split = await people.radiologist2!.post(path, asked);
    expect(split.body).toMatchObject({ status: 'received' });
    const reports = (await people.head1!.get(`/api/orders/${made.id}/reports`)).body.items;
    expect(reports.some((report: { kind: string }) => report.kind === 'void')).toBe(true);
    expect((await queue(study)).reason).toContain('split from');
  });

  test('a verifier voids, then the registrar splits: two people, as their rights are', async () => {
    const made = await place('王十', 'DR-CHEST');
    const study = newUid();
    await stow(hub.url, people.tech1!, [
      makeFile({ study, accessionNumber: made.accessionNumber, patientName: 'WANG^SHI', modality: 'DX' }),
    ]);
    const draft = await people.radiologist1!.get(`/api/orders/${made.id}/report`);
    await people.radiologist1!.put(
      `/api/orders/${made.id}/report`,
      { findings: '双肺纹理清晰。', impression: '双肺未见明显异常。', positive: false },
      { 'if-match': draft.headers.get('etag') ?? '' },
    );
    await people.radiologist1!.post(`/api/orders/${made.id}/report/submit`);
    const verifier = people.radiologist2!;
    expect((await verifier.post(`/api/orders/${made.id}/report/sign`, { pin: '246810' })).status).toBe(200);
    const reason = '非本人影像';
    expect(
      (await verifier.post(`/api/orders/${made.id}/report/void`, { reason, pin: '246810' })).status,
    ).toBe(200);
    const registrar = await hub.as('registrar1');
    const split = await registrar.post(`/api/orders/${made.id}/split`, { studyInstanceUid: study, reason });
    expect([split.status, split.body.status]).toEqual([200, 'received']);
    expect((await queue(study)).reason).toContain('split from');
  });
});
