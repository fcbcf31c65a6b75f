import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workOnce } from '../../../../server/core/jobs/worker.ts';
import { recognitionJobs } from '../../../../server/core/recognition/platform/askForEmergency.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { code, orm, Peer, said } from '../../../integrations/hl7/helpers.ts';
import { startPlatformPeer, type PlatformPeer } from './platformPeer.ts';

const TOKEN = 'token-of-the-province';
let hub: TestHub;
let doctor: Client;
let admin: Client;
let peer: PlatformPeer;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,hl7' } });
  [doctor, admin] = await Promise.all([hub.as('doctor1'), hub.as('admin1')]);
  peer = await startPlatformPeer(TOKEN);
  await admin.post('/api/recognition/platforms', { name: '省平台', baseUrl: peer.url, token: TOKEN });
});
afterAll(async () => {
  await peer.stop();
  await hub.close();
});

const card = (serial: number) => completeIdCard(`32062119720518${serial}`);
const hoursAgo = (hours: number) => new Date(hub.clock.now().getTime() - hours * 3_600_000).toISOString();

/** A signed blood count of the person on the platform, with its subject and one value. */
const bloodCount = (number: string, more: Record<string, unknown> = {}) => [
  {
    resourceType: 'DiagnosticReport',
    id: 'r1',
    identifier: [{ value: 'SZ-2026-0001' }],
    extension: [{ url: 'urn:county-hub:extension:recognition', valueString: '省HR' }],
    status: 'final',
    code: { coding: [{ code: 'CBC' }], text: '血常规' },
    subject: { reference: 'Patient/p1' },
    effectiveDateTime: hoursAgo(30),
    issued: hoursAgo(28),
    performer: [{ display: '省人民医院' }],
    result: [{ reference: 'Observation/w' }],
    ...more,
  },
  { resourceType: 'Patient', id: 'p1', birthDate: '1972-05-18', identifier: [{ value: number }] },
  {
    resourceType: 'Observation',
    id: 'w',
    code: { text: '白细胞' },
    valueQuantity: { value: 12.5, unit: '10^9/L' },
  },
];
const request = (number: string, more: Record<string, unknown> = {}) => ({
  center: 'lab',
  items: [{ code: 'CBC' }],
  priority: 'routine',
  patient: { name: '省外', sex: 'F', birthDate: '1972-05-18', identifiers: [{ type: 'id-card', value: number }] },
  remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  ...more,
}); // prettier-ignore
const order = (number: string, more?: Record<string, unknown>) =>
  doctor.post('/api/orders', request(number, more));
const promptsOf = (number: string) =>
  hub.ctx.db
    .selectFrom('recognitionPrompt as p')
    .innerJoin('patientIdentifier as i', 'i.patientId', 'p.patientId')
    .innerJoin('staff as d', (join) => join.onRef('d.id', '=', 'p.decidedBy'))
    .selectAll('p')
    .select('d.username')
    .where('i.valueHash', '=', hub.ctx.keys.lookup(`id-card:${number}`))
    .execute();
const repeat = (promptId: string) => ({ promptId, decision: 'repeat', reason: 'condition-changed', patientInformed: { by: '郑国华' } }); // prettier-ignore

describe('a recognised result of another platform', () => {
  test('holds the order; adopted it is cited with platform and report number, for good and in the clinician’s name', async () => {
    const number = card(502);
    peer.holds(number, bloodCount(number));
    const asked = await order(number);
    expect(asked.status).toBe(409);
    expect(asked.body).toMatchObject({
      type: 'recognition-decision-required',
      prompts: [
        {
          platformName: '省平台',
          reportNumber: 'SZ-2026-0001',
          itemCode: 'CBC',
          institutionName: '省人民医院',
          label: '省HR',
          remainingDays: 2,
          values: [{ name: '白细胞', value: '12.5', unit: '10^9/L' }],
        },
      ],
    });
    const { promptId, price } = asked.body.prompts[0];
    expect(price).toBeGreaterThan(0);
    const adopted = await order(number, { recognitionDecisions: [{ promptId, decision: 'adopt' }] });
    expect(adopted.status).toBe(201);
    expect(adopted.body.orders).toEqual([]);
    for (const words of ['省平台', 'SZ-2026-0001', '省人民医院', '白细胞 12.5 10^9/L', '省HR'])
      expect(adopted.body.adopted[0].citation).toContain(words);
    const [stored, ...more] = await promptsOf(number);
    expect(more).toEqual([]);
    expect(stored).toMatchObject({
      decision: 'adopt',
      saving: price,
      username: 'doctor1',
      signedReportId: null,
    });
    await expect(
      hub.ctx.pool.query(
        "update recognition_prompt set decision = 'repeat', reason = 'emergency' where id = $1",
        [stored!.id],
      ),
    ).rejects.toThrow(/immutable/);
    await expect(
      hub.ctx.pool.query('delete from platform_result where id = $1', [stored!.platformResultId]),
    ).rejects.toThrow(/kept as it came/);
    const audit = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'recognition.adopt')
      .where('subjectId', '=', stored!.id)
      .executeTakeFirstOrThrow();
    expect(audit.detail).toMatchObject({ platform: '省平台', report: 'SZ-2026-0001' });
  });

  test('is repeated only with a reason and the patient told; the order then goes out', async () => {
    const number = card(504);
    peer.holds(number, bloodCount(number));
    const { promptId } = (await order(number)).body.prompts[0];
    expect((await order(number, { recognitionDecisions: [{ promptId, decision: 'repeat' }] })).status).toBe(
      422,
    );
    const placed = await order(number, { recognitionDecisions: [repeat(promptId)] });
    expect(placed.body).toMatchObject({ status: 'requested', unanswered: [] });
    const { decided } = (await doctor.get(`/api/orders/${placed.body.id}/recognition`)).body;
    expect(decided).toMatchObject([
      { decision: 'repeat', platformName: '省平台', reportNumber: 'SZ-2026-0001', sourceOrderId: null },
    ]);
  });

  test('corrected on its platform since it was shown cannot be adopted', async () => {
    const number = card(506);
    peer.holds(number, bloodCount(number));
    const { promptId } = (await order(number)).body.prompts[0];
    peer.holds(number, bloodCount(number, { status: 'corrected', conclusion: '标本溶血,已更正' }));
    const late = await order(number, { recognitionDecisions: [{ promptId, decision: 'adopt' }] });
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({
      type: 'recognition-prompt-outdated',
      prompts: [{ impression: '标本溶血,已更正' }],
    });
  });

  test('without a label, or with another county’s, is for reference until the platform is agreed on', async () => {
    const number = card(508);
    const label = (valueString: string) => ({ extension: [{ url: 'urn:county-hub:extension:recognition', valueString }] }); // prettier-ignore
    peer.holds(number, bloodCount(number, label('县HR')));
    const check = async () =>
      (await doctor.post('/api/recognition/check', { items: [{ code: 'CBC' }], identifiers: [{ type: 'id-card', value: number }] })).body.platforms.items; // prettier-ignore
    expect(await check()).toMatchObject([{ label: '县HR', recognized: false }]);
    peer.holds(number, bloodCount(number, { extension: [] }));
    expect(await check()).toMatchObject([{ label: null, recognized: false }]);
    const [{ id }] = (await admin.get('/api/recognition/platforms')).body.items;
    const platform = { name: '省平台', baseUrl: peer.url };
    await admin.put(`/api/recognition/platforms/${id}`, { ...platform, recognizedAs: 'city' });
    expect(await check()).toMatchObject([{ label: '市HR', recognized: true }]);
    expect((await order(number)).status).toBe(409);
    await admin.put(`/api/recognition/platforms/${id}`, platform);
    expect((await order(number)).status).toBe(201);
  });

  test('of somebody else, or of nobody named, is neither shown nor decided on', async () => {
    const number = card(510);
    peer.holds(number, bloodCount(card(512)));
    expect((await order(number)).body).toMatchObject({
      status: 'requested',
      unanswered: [{ platformName: '省平台', reason: 'unproven' }],
    });
    const masked = `${number.slice(0, 4)}${'*'.repeat(10)}${number.slice(-4)}`;
    peer.holds(number, bloodCount(masked));
    expect((await order(number)).status).toBe(409);
  });

  test('is counted, and told apart from the county’s own', async () => {
    const day = localDate(hub.ctx.clock.now());
    const quality = await hub.as('qa1');
    const figures = async (more = '') =>
      (await quality.get(`/api/recognition/figures?from=${day}&to=${day}&by=source${more}`)).body.items;
    const [all] = await figures();
    expect(all).toMatchObject({ name: '省平台', adopted: 1, repeated: 1 });
    expect(all.elsewhere).toBe(all.prompts);
    expect(all.saving).toBeGreaterThan(0);
    expect(await figures('&origin=county')).toEqual([]);
    expect(await figures('&origin=elsewhere')).toEqual([all]);
    const prompts = (
      await quality.get(`/api/recognition/prompts?from=${day}&to=${day}&origin=elsewhere&decision=adopt`)
    ).body.items;
    expect(prompts).toMatchObject([{ platformName: '省平台', sourceAccessionNumber: 'SZ-2026-0001' }]);
  });
});

describe('an order by message', () => {
  test('over HL7 waits for the clinician, who adopts in the browser; the emergency goes ahead and owes the decision', async () => {
    const number = card(514);
    peer.holds(number, bloodCount(number));
    const his = await Peer.connect(hub.roles.addresses['mllp'] ?? 0);
    const message = (placer: string, priority = 'R') =>
      orm({ placer, priority, patient: '省外', pid3: `${number}^^^^NNCHN`, birth: '19720518', sex: 'F' });
    const answer = await his.ask(message('W-1'));
    expect(code(answer)).toBe('AA');
    expect(said(answer)).toContain('awaiting-decision');
    const [held] = (await doctor.get('/api/orders?placerOrderNumber=W-1')).body.items;
    const pending = (await doctor.get('/api/recognition/pending')).body.items;
    expect(pending).toMatchObject([{ orderId: held.id, platformName: '省平台', itemCode: 'CBC' }]);
    const [prompt] = (await doctor.get(`/api/orders/${held.id}/recognition`)).body.items;
    expect(prompt).toMatchObject({ platformName: '省平台', remainingDays: 2, outdated: false });
    const decided = await doctor.post(`/api/orders/${held.id}/recognition`, {
      recognitionDecisions: [{ promptId: prompt.promptId, decision: 'adopt' }],
    });
    expect(decided.body.status).toBe('cancelled');
    expect(decided.body.adopted[0].citation).toContain('SZ-2026-0001');

    expect(said(await his.ask(message('W-2', 'S')))).toBeUndefined();
    his.close();
    expect(await workOnce(hub.ctx, recognitionJobs)).toBe(true);
    const [urgent] = (await doctor.get('/api/orders?placerOrderNumber=W-2')).body.items;
    expect(urgent.status).toBe('requested');
    const [owed] = (await doctor.get(`/api/orders/${urgent.id}/recognition`)).body.items;
    expect(owed).toMatchObject({ platformName: '省平台' });
    expect(Date.parse(owed.dueAt) - hub.clock.now().getTime()).toBeGreaterThan(23 * 3_600_000);
  });

  test('over FHIR is on hold; a result withdrawn on its platform meanwhile can only be repeated', async () => {
    const number = card(516);
    peer.holds(number, bloodCount(number));
    const site = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    const { token } = (await admin.post('/api/tokens', { name: 'his', institutionId: site.id, verbs: ['order.read', 'order.request', 'patient.read'], days: 30 })).body; // prettier-ignore
    const answer = await fetch(`${hub.url}/fhir/ServiceRequest`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'ServiceRequest',
        status: 'active',
        intent: 'order',
        contained: [
          {
            resourceType: 'Patient',
            id: 'p',
            name: [{ text: '省外' }],
            gender: 'female',
            birthDate: '1972-05-18',
            identifier: [{ type: { coding: [{ code: 'NNCHN' }] }, value: number }],
          },
        ],
        identifier: [{ value: 'W-3' }],
        code: { coding: [{ system: 'urn:county-hub:item', code: 'CBC' }] },
        subject: { reference: '#p' },
      }),
    });
    const made = (await answer.json()) as { id: string; status: string };
    expect(made.status).toBe('on-hold');
    peer.holds(number, bloodCount(number, { status: 'entered-in-error' }));
    const [{ promptId }] = (await doctor.get(`/api/orders/${made.id}/recognition`)).body.items;
    const decide = (decision: Record<string, unknown>) =>
      doctor.post(`/api/orders/${made.id}/recognition`, { recognitionDecisions: [decision] });
    const adopt = await decide({ promptId, decision: 'adopt' });
    expect(adopt.body.type).toBe('recognition-prompt-outdated');
    expect((await decide(repeat(promptId))).body.status).toBe('requested');
  });
});

describe('a platform that is away', () => {
  test('holds nothing up, is named on the answer and in the record, and is held to what it said before', async () => {
    const [fresh, shown] = [card(518), card(520)];
    peer.holds(shown, bloodCount(shown));
    const { promptId } = (await order(shown)).body.prompts[0];
    peer.fallsSilent(true);
    const began = Date.now();
    const placed = await order(fresh);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(placed.body).toMatchObject({
      status: 'requested',
      unanswered: [{ platformName: '省平台', reason: 'timeout' }],
    });
    const timeline = (await doctor.get(`/api/orders/${placed.body.id}/timeline`)).body.items;
    expect(timeline[0].detail).toMatchObject({ unanswered: ['省平台'] });
    // Left alone for a moment: the next order is not slowed by it. What was shown still needs its decision.
    const held = await order(shown);
    expect(held.body).toMatchObject({ type: 'recognition-decision-required', prompts: [{ promptId }] });
    const adopted = await order(shown, { recognitionDecisions: [{ promptId, decision: 'adopt' }] });
    expect(adopted.body).toMatchObject({ orders: [], unanswered: [{ reason: 'paused' }] });
  });
});
