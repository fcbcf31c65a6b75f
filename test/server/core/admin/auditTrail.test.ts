import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportAuditHead } from '../../../../server/core/audit/exportAuditHead.ts';
import { sealEveryRow } from '../../../helpers/audit.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from './placed.ts';
import { said, trailOf } from './trail.ts';

let hub: TestHub;
let auditor: Client, doctor: Client;
let orderId: string, patientId: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [auditor, doctor] = await Promise.all([hub.as('auditor1'), hub.as('doctor1')]);
  orderId = (await place(doctor, hub)).id;
  patientId =
    (
      await hub.ctx.db
        .selectFrom('orders')
        .select('patientId')
        .where('id', '=', orderId)
        .executeTakeFirstOrThrow()
    ).patientId ?? '';
  await doctor.get(`/api/orders/${orderId}`);
  await (await hub.as('doctor2')).get(`/api/orders/${orderId}`);
});
afterAll(() => hub?.close());

type Row = {
  seq: number;
  at: string;
  action: string;
  outcome: string;
  actorName: string;
  patientId: string | null;
  sealed: boolean;
  detail: Record<string, unknown>;
};
const trail = async (query: string) =>
  (await auditor.get(`/api/audit?limit=200&${query}`)).body.items as Row[];

describe('the trail as the auditor reads it', () => {
  test('tells of one patient who did what, and who was kept out', async () => {
    const rows = await trail(`patientId=${patientId}`);
    expect(rows.map(({ action, outcome, actorName }) => `${action} ${outcome} ${actorName}`)).toEqual([
      'order.read denied 贺春生',
      'order.read done 郑国华',
      'order.create done 郑国华',
    ]);
    expect(rows.every((row) => row.patientId === patientId)).toBe(true);
    expect(await trail(`patientId=${patientId}&outcome=denied`)).toHaveLength(1);
    expect(await trail(`subjectId=${orderId}&action=order.read`)).toHaveLength(2);
  });

  test('is cut at both ends of a span: from its beginning on, up to its end', async () => {
    const [newest, middle, oldest] = (await trail(`patientId=${patientId}`)) as [Row, Row, Row];
    const within = async (from: string, to: string) =>
      (await trail(`patientId=${patientId}&from=${from}&to=${to}`)).map(({ seq }) => seq);
    expect(await within(oldest.at, newest.at)).toEqual([middle.seq, oldest.seq]);
    expect(await within(newest.at, '2099-01-01T00:00:00Z')).toEqual([newest.seq]);
    expect(await within('2099-01-01T00:00:00Z', '2099-01-02T00:00:00Z')).toEqual([]);
  });

  test.each([
    ['an outcome that there is not', 'outcome=perhaps', /^400 invalid outcome/],
    ['a patient that is no id', 'patientId=1', /^400 invalid patientId/],
    ['a day without a time', 'from=2026-12-01', /^400 invalid from/],
    ['a page of all', 'limit=201', /^400 invalid limit/],
    ['a cursor of another list', 'cursor=-1', /^400 bad-request$/],
  ])('is not asked for %s', async (_what, query, refusal) => {
    expect(said(await auditor.get(`/api/audit?${query}`))).toMatch(refusal);
  });

  test('says which rows are sealed', async () => {
    const unsealed = (await trail(`patientId=${patientId}`)).map(({ sealed }) => sealed);
    expect(unsealed).toEqual([false, false, false]);
    await sealEveryRow(hub.ctx);
    expect((await trail(`patientId=${patientId}`)).every(({ sealed }) => sealed)).toBe(true);
  });

  test('has the look at it too, with what was asked, once for all its pages', async () => {
    const { rows } = await trailOf(hub, async () => {
      const first = await auditor.get(`/api/audit?limit=1&patientId=${patientId}`);
      await auditor.get(`/api/audit?limit=1&patientId=${patientId}&cursor=${first.body.nextCursor}`);
    });
    expect(rows).toMatchObject([
      { action: 'list.view', subjectType: 'audit', detail: { patientId, limit: 1 }, outcome: 'done' },
    ]);
  });

  test.each([
    ['cards of notifiable diseases', 'doctor1', '/api/notifiable?q=张', 'notifiable-card', { q: '张' }],
    ['links of patients', 'registrar1', '/api/patient-links', 'patient-link', {}],
    ['prompts that wait', 'doctor1', '/api/recognition/pending', 'recognition-prompt', {}],
  ])('has who looked at the list of %s', async (_what, name, path, subjectType, detail) => {
    const client = await hub.as(name);
    const { result, rows } = await trailOf(hub, () => client.get(encodeURI(path)));
    expect(said(result)).toBe('200');
    expect(rows).toMatchObject([{ action: 'list.view', subjectType, detail }]);
  });

  test('marks what a page fetched ahead of the person', async () => {
    await doctor.get(`/api/orders/${orderId}`, { purpose: 'prefetch' });
    const [row] = await trail(`patientId=${patientId}`);
    expect(row).toMatchObject({ action: 'order.read', detail: { ahead: true } });
  });

  test('is for the auditor: nobody else reads or verifies it', async () => {
    for (const name of ['doctor1', 'head1', 'qa1', 'admin1', 'security1', 'regulator1', 'duty1']) {
      const client = await hub.as(name);
      expect(said(await client.get('/api/audit')), name).toBe('403 forbidden');
      expect(said(await client.post('/api/audit/verify')), name).toBe('403 forbidden');
    }
  });
});

describe('verifying from the page', () => {
  const verdict = async () =>
    (await auditor.post('/api/audit/verify')).body as { sealed: number; fault?: { problem: string } };

  test('holds the trail against the head that was kept elsewhere: one cut short is named', async () => {
    await sealEveryRow(hub.ctx);
    await exportAuditHead(hub.ctx);
    const { sealed, fault } = await verdict();
    expect([sealed > 5, fault]).toEqual([true, undefined]);
    await hub.ctx.pool.query(
      `alter table audit_event disable trigger audit_event_append;
       delete from audit_event where seq in (select audit_seq from audit_seal where position > ${sealed - 2});
       delete from audit_seal where position > ${sealed - 2};
       alter table audit_event enable trigger audit_event_append`,
    );
    expect(await verdict()).toMatchObject({ fault: { problem: 'truncated', position: sealed } });
  });
});
