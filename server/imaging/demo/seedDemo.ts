import type { CenterKind } from '../../../db/types.ts';
import { machineActor, type Actor } from '../../core/access/actor.ts';
import type { Role } from '../../core/access/roles.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import { acceptOrder, cancelOrder, claimOrder, returnOrder } from '../../core/order/acts.ts';
import { createRequest } from '../../core/order/createRequest.ts';
import type { RequestInput } from '../../core/order/requestInput.ts';
import type { Order } from '../../core/order/order.ts';
import { acknowledgeReport } from '../../core/report/acknowledgeReport.ts';
import { saveReport } from '../../core/report/saveReport.ts';
import { amendReport, signReport } from '../../core/report/signReport.ts';
import { submitReport } from '../../core/report/submitReport.ts';
import { closeArrival, openArrival } from '../arrival.ts';
import { openInstance } from '../storeInstance.ts';
import { settleStudy } from '../settleStudy.ts';
import { CASES, type DemoCase } from './cases.ts';
import { demoObjects, demoStudyUid, forgetPictures } from './demoObjects.ts';

const DEMO_PIN = '246810';
const AT_ONCE = 8;

/**
 * Imaging cases of 柳河镇卫生院 in every state, made by the real operations at moved times: waiting for the scanner, near
 * and past their due time, claimed, preliminary, final, acknowledged, corrected, void, returned, withdrawn, provisional
 * and mismatched. People are invented, pictures synthetic.
 */
export async function seedImagingDemo(ctx: Context): Promise<void> {
  const device = await ctx.db
    .selectFrom('device')
    .selectAll()
    .where('kind', '=', 'dicom')
    .where('aeTitle', '=', 'LIUHE')
    .executeTakeFirst();
  if (!device?.institutionId) return;
  await ctx.db.updateTable('device').set({ clockOffsetMs: 0 }).where('id', '=', device.id).execute();
  const people = new Map<string, Actor>();
  for (const name of ['doctor1', 'radiologist1', 'radiologist2']) people.set(name, await actorOf(ctx, name));
  const scanner = {
    actor: machineActor(device.name, device.id, device.institutionId, []),
    institutionId: device.institutionId,
    deviceId: device.id,
    aeTitle: 'LIUHE',
  };
  try {
    for (const [index, entry] of CASES.entries())
      await makeCase(ctx, entry, index, scanner, (name) => people.get(name) ?? scanner.actor);
  } finally {
    forgetPictures();
  }
}

type Scanner = Parameters<typeof openArrival>[0];

async function makeCase(
  ctx: Context,
  entry: DemoCase,
  index: number,
  scanner: Scanner,
  person: (name: string) => Actor,
): Promise<void> {
  const done = await ctx.db
    .selectFrom('request')
    .select('id')
    .where('placerOrderNumber', '=', placerOf(index))
    .executeTakeFirst();
  const sent =
    entry.withoutOrder &&
    (await ctx.db
      .selectFrom('study')
      .select('id')
      .where('studyInstanceUid', '=', demoStudyUid(keyOf(index)))
      .executeTakeFirst());
  if (done || sent) return; // a start that was cut off goes on behind it
  const at = (minutesAgo: number): Context => ({
    ...ctx,
    clock: { now: () => new Date(Date.now() - minutesAgo * 60_000) },
  });
  const { examinedAgo } = entry;
  const order = entry.withoutOrder
    ? undefined
    : await place(
        at((examinedAgo ?? 0) + entry.waited),
        person('doctor1'),
        entry,
        index,
        scanner.institutionId,
      );
  if (examinedAgo === undefined) {
    if (entry.until === 'cancelled' && order)
      await cancelOrder(at(2), person('doctor1'), order.id, '患者改期');
    return;
  }
  await examine(at(examinedAgo), entry, index, scanner, order);
  if (!order || entry.mismatch) return;
  await read(at, entry, examinedAgo, order.id, person);
}

const keyOf = (index: number): string => `case-${index}`;
const placerOf = (index: number): string => `DEMO-IMG-${String(index + 1).padStart(2, '0')}`;

async function place(
  ctx: Context,
  doctor: Actor,
  entry: DemoCase,
  index: number,
  institutionId: string,
): Promise<Order> {
  const input: RequestInput = {
    center: 'imaging',
    items: [{ code: entry.item }],
    priority: entry.priority,
    flags: entry.flags ?? [],
    patient: {
      name: entry.name,
      sex: entry.sex,
      birthDate: entry.birthDate,
      identifiers: [{ type: 'mrn', value: entry.patientId }],
    },
    remoteConsent: { by: entry.name, at: ctx.clock.now().toISOString() },
    clinicalInfo: entry.info,
    placerOrderNumber: placerOf(index),
  };
  const { orders } = await createRequest(ctx, doctor, input, { source: 'browser', institutionId }).catch(
    (error: unknown) => {
      if (!(error instanceof DomainError) || error.type !== 'recognition-decision-required') throw error;
      const prompts = error.extra.prompts as { promptId: string }[]; // an earlier film is repeated after treatment
      const recognitionDecisions = prompts.map(({ promptId }) => ({
        promptId,
        decision: 'repeat' as const,
        reason: 'condition-changed',
        patientInformed: { by: doctor.name, how: '当面' },
      }));
      return createRequest(
        ctx,
        doctor,
        { ...input, recognitionDecisions },
        { source: 'browser', institutionId },
      );
    },
  );
  const [order] = orders;
  if (!order) throw new Error('a demo request made no order');
  return order;
}

async function examine(
  ctx: Context,
  entry: DemoCase,
  index: number,
  scanner: Scanner,
  order: Order | undefined,
): Promise<void> {
  const arrival = openArrival(scanner);
  const study = {
    picture: entry.picture,
    name: entry.mismatch ?? entry.name,
    sex: entry.sex,
    birthDate: entry.birthDate,
    patientId: entry.mismatch ? '' : entry.patientId,
    accessionNumber: order?.accessionNumber ?? '',
    at: new Date(ctx.clock.now().getTime() - 3 * 60_000),
    key: keyOf(index),
  };
  const studyInstanceUid = demoStudyUid(study.key);
  const objects = [...demoObjects(study)];
  for (let from = 0; from < objects.length; from += AT_ONCE)
    await Promise.all(
      objects.slice(from, from + AT_ONCE).map(async ({ dataSet, head }) => {
        const sink = await openInstance(ctx, arrival, head);
        await sink.write(dataSet);
        await sink.finish();
      }),
    );
  await closeArrival(ctx, arrival);
  const row = await ctx.db
    .selectFrom('study')
    .select('id')
    .where('studyInstanceUid', '=', studyInstanceUid)
    .executeTakeFirstOrThrow();
  await settleStudy(ctx, row.id, { now: true });
}

const STEPS = [
  'received',
  'returned',
  'claimed',
  'preliminary',
  'final',
  'acknowledged',
  'corrected',
  'void',
] as const;

/** Takes a case as far as it shall stand; the reading begins some minutes after the images. */
async function read(
  at: (minutesAgo: number) => Context,
  entry: DemoCase,
  examinedAgo: number,
  id: string,
  person: (name: string) => Actor,
): Promise<void> {
  const reached = (step: (typeof STEPS)[number]) =>
    entry.until !== undefined && STEPS.indexOf(entry.until as (typeof STEPS)[number]) >= STEPS.indexOf(step);
  const [reader, verifier] = [person('radiologist1'), person('radiologist2')];
  const part = (share: number) => at(examinedAgo * (1 - share));
  if (entry.until === 'returned') {
    await returnOrder(part(0.3), verifier, id, { reason: 'image-quality', note: '左下肺未包全,请补照' });
    return;
  }
  if (entry.until === 'resent') {
    await returnOrder(part(0.3), verifier, id, { reason: 'image-quality', note: '呼吸运动伪影' });
    await acceptOrder(part(0.6), verifier, id);
    return;
  }
  if (!reached('claimed')) return;
  await claimOrder(part(0.2), reader, id);
  if (!entry.report) return;
  const version = await saveReport(part(0.4), reader, id, 0, entry.report);
  if (!reached('preliminary')) return;
  await submitReport(part(0.5), reader, id, version);
  if (!reached('final')) return;
  await signReport(part(0.6), verifier, id, { pin: DEMO_PIN });
  if (reached('acknowledged')) await acknowledgeReport(part(0.7), person('doctor1'), id, {});
  if (entry.until === 'corrected')
    await amendReport(part(0.8), verifier, id, {
      kind: 'correction',
      reason: '补充结节测量',
      pin: DEMO_PIN,
      content: { impression: `${String(entry.report.impression)}\n结节长径约 9 mm,建议 3 个月后复查。` },
    });
  if (entry.until === 'void')
    await amendReport(part(0.8), verifier, id, { kind: 'void', reason: '影像与患者不符', pin: DEMO_PIN });
}

async function actorOf(ctx: Context, username: string): Promise<Actor> {
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const roles = await ctx.db
    .selectFrom('staffRole')
    .select(['role', 'institutionId', 'centerKind'])
    .where('staffId', '=', staff.id)
    .where('revokedAt', 'is', null)
    .execute();
  return {
    kind: 'staff',
    id: staff.id,
    name: staff.name,
    institutionId: staff.institutionId,
    verbs: [],
    roles: roles.map((held) => ({
      role: held.role as Role,
      institutionId: held.institutionId,
      centerKind: held.centerKind as CenterKind | null,
    })),
  };
}
