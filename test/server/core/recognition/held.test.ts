import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { machineActor } from '../../../../server/core/access/actor.ts';
import { workOnce } from '../../../../server/core/jobs/worker.ts';
import { createRequest } from '../../../../server/core/order/createRequest.ts';
import { cancelOrder } from '../../../../server/core/order/acts.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
import { decidePrompts } from '../../../../server/core/recognition/decidePrompts.ts';
import { recognitionJobs } from '../../../../server/core/recognition/platform/askForEmergency.ts';
import { readOpenPrompts } from '../../../../server/core/recognition/readOpenPrompts.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { auditOf, ctx, doctor, institution, openReaders, orderRow, place, refused } from '../county.ts';
import { signedCase } from '../signedCase.ts';

openReaders();

let serial = 300;
const person = (name: string) => {
  const value = completeIdCard(`32062119720518${(serial += 2)}`);
  return { name, sex: 'F', birthDate: '1972-05-18', identifiers: [{ type: 'id-card', value }] };
};
const rows = (orderId: string) =>
  ctx.db
    .selectFrom('recognitionPrompt')
    .selectAll()
    .where('orderId', '=', orderId)
    .orderBy('itemCode')
    .execute();
const told = { patientInformed: { by: '郑国华' } };

describe('an order by message that waits for its clinician', () => {
  const held = async (name: string) => {
    const patient = person(name);
    const film = await signedCase({ patient });
    const his = machineActor('HIS|LIUHE', 'his', await institution('LIUHE'), ['order.request', 'order.read']);
    const input = requestInput.parse({
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient,
      placerOrderNumber: `P-${serial}`,
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    });
    const { orders } = await createRequest(ctx, his, input, { source: 'hl7' });
    const [prompt] = await readOpenPrompts(ctx, doctor, orders[0]?.id ?? '');
    return { film, order: orders[0] as Order, promptId: prompt?.promptId ?? '' };
  };

  test('goes on when it is repeated, with the reason in its timeline’s own words and the patient told', async () => {
    const { order, promptId } = await held('候甲');
    expect(order.status).toBe('awaiting-decision');
    const decision = { promptId, decision: 'repeat' as const, reason: 'condition-changed', ...told };
    const { order: after, adopted, rest } = await decidePrompts(ctx, doctor, order.id, [decision]);
    expect([after.status, adopted, rest]).toEqual(['requested', [], []]);
    expect(await rows(order.id)).toMatchObject([
      {
        decision: 'repeat',
        reason: 'condition-changed',
        patientInformed: { by: '郑国华' },
        emergency: false,
        dueAt: null,
      },
    ]);
  });

  test('adopted is withdrawn as recognised; nothing of it is ordered again, and its number stays its own', async () => {
    const { order, promptId, film } = await held('候乙');
    const {
      order: after,
      adopted,
      rest,
    } = await decidePrompts(ctx, doctor, order.id, [{ promptId, decision: 'adopt' }]);
    expect([after.status, rest]).toEqual(['cancelled', []]);
    expect(adopted).toMatchObject([{ promptId, citation: expect.stringContaining(film.accessionNumber) }]);
    const event = await ctx.db
      .selectFrom('orderEvent')
      .select(['kind', 'reason'])
      .where('orderId', '=', order.id)
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(event).toEqual({ kind: 'cancelled', reason: 'recognized' });
  });

  test('that was cancelled meanwhile stays so, whatever is decided', async () => {
    const { order, promptId } = await held('候丙');
    await cancelOrder(ctx, doctor, order.id, '误开');
    const decided = await decidePrompts(ctx, doctor, order.id, [{ promptId, decision: 'adopt' }]);
    expect([decided.order.status, decided.rest]).toEqual(['cancelled', []]);
    expect((await orderRow(order.id)).status).toBe('cancelled');
  });

  test('and its prompt is shown to who may decide there only', async () => {
    const { order } = await held('候丁');
    const stranger = { ...doctor, id: '00000000-0000-4000-8000-000000000000', roles: [] };
    expect(await refused(readOpenPrompts(ctx, stranger, order.id))).toBe('404 not-found');
    expect((await auditOf(order.id)).at(-1)).toMatchObject({ action: 'order.read', outcome: 'denied' });
  });
});

describe('an emergency, once it stands', () => {
  let server: Server;
  let asked = 0;
  let entries: object[] = [];
  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      response.end(
        JSON.stringify({ resourceType: 'Bundle', entry: entries.map((resource) => ({ resource })) }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server?.close());
  beforeEach(async () => {
    await ctx.db.deleteFrom('job').execute();
    asked = 0;
  });
  const platform = (active: boolean) =>
    ctx.db
      .insertInto('recognitionPlatform')
      .values({
        name: '省平台',
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        recognizedAs: 'province',
        active,
      })
      .onConflict((oc) => oc.column('name').doUpdateSet({ active }))
      .execute();
  const urgent = (patient: object, code = 'DR-CHEST') =>
    place({ patient, priority: 'emergency', items: [{ code }] });
  const jobs = () =>
    ctx.db.selectFrom('job').select('key').where('kind', '=', 'recognition.ask-platforms').execute();
  const work = () => workOnce(ctx, recognitionJobs);
  const reportOf = (patient: ReturnType<typeof person>, code = 'DR-CHEST') => ({
    resourceType: 'DiagnosticReport',
    id: 'r1',
    identifier: [{ value: 'RPT-9' }],
    status: 'final',
    code: { coding: [{ code }] },
    subject: { identifier: { value: patient.identifiers[0]?.value } },
    issued: ctx.clock.now().toISOString(),
    performer: [{ display: '省人民医院' }],
  });

  test('asks nobody where no platform is asked', async () => {
    await urgent(person('急壹'));
    await platform(false);
    await urgent(person('急贰'));
    expect(await jobs()).toEqual([]);
  });

  test('owes a decision on what another platform has, within a day, and is asked for once', async () => {
    await platform(true);
    const patient = person('急叁');
    entries = [reportOf(patient)];
    const order = await urgent(patient);
    expect(await jobs()).toEqual([{ key: order.id }]);
    expect(asked, 'the order waited for nobody').toBe(0);
    await work();
    expect(asked).toBe(1);
    const [row] = await rows(order.id);
    expect(row).toMatchObject({ emergency: true, decision: null, label: '省HR' });
    expect((row?.dueAt?.getTime() ?? 0) - ctx.clock.now().getTime()).toBeGreaterThan(23 * 3_600_000);
    expect(await readOpenPrompts(ctx, doctor, order.id)).toMatchObject([
      { platformName: '省平台', reportNumber: 'RPT-9' },
    ]);
    const questions = await ctx.db
      .selectFrom('auditEvent')
      .select(['actorKind', 'patientId', 'detail'])
      .where('action', '=', 'recognition.ask-platforms')
      .execute();
    expect(questions).toMatchObject([
      { actorKind: 'system', patientId: order.patientId, detail: { found: ['省平台 RPT-9'] } },
    ]);
  });

  test('is not asked for when it was cancelled meanwhile', async () => {
    const patient = person('急肆');
    entries = [reportOf(patient)];
    const order = await urgent(patient);
    await cancelOrder(ctx, doctor, order.id, '误开');
    await work();
    expect([asked, await rows(order.id)]).toEqual([0, []]);
  });

  test('keeps the county’s own prompt of the same day, and one of an item that was decided', async () => {
    const patient = person('急伍');
    const film = await signedCase({ patient });
    entries = [reportOf(patient)];
    const order = await urgent(patient);
    asked = 0; // the film above asked as well
    await work();
    expect(asked).toBe(1);
    expect(await rows(order.id)).toMatchObject([{ sourceOrderId: film.id, platformResultId: null }]);
  });

  test('with nothing elsewhere owes nothing', async () => {
    const patient = person('急陆');
    entries = [reportOf(person('别人'))];
    const order = await urgent(patient);
    await work();
    expect([asked, await rows(order.id)]).toEqual([1, []]);
    entries = [reportOf(patient, 'CT-HEAD')];
    const other = await urgent(person('急柒'));
    await work();
    expect(await rows(other.id)).toEqual([]);
  });
});
