import { machineActor, type Actor } from '../../core/access/actor.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import { acceptOrder, cancelOrder, claimOrder, returnOrder } from '../../core/order/acts.ts';
import { createRequest } from '../../core/order/createRequest.ts';
import type { RequestInput } from '../../core/order/requestInput.ts';
import type { Order } from '../../core/order/order.ts';
import { acknowledgeReport } from '../../core/report/acknowledgeReport.ts';
import { saveReport } from '../../core/report/saveReport.ts';
import { amendReport } from '../../core/report/amendReport.ts';
import { signReport } from '../../core/report/signReport.ts';
import { submitReport } from '../../core/report/submitReport.ts';
import { closeArrival, openArrival } from '../arrival.ts';
import { openInstance } from '../storeInstance.ts';
import { settleStudy } from '../settleStudy.ts';
import { CASES, type DemoCase, type DemoSite } from './cases.ts';
import { seedAlgorithm } from './seedAlgorithm.ts';
import { demoObjects, demoStudyUid, forgetPictures } from './demoObjects.ts';

const DEMO_PIN = '246810';
const AT_ONCE = 8;

/**
 * Imaging cases of four townships in every state, made by the real operations at moved times: waiting for the scanner, near
 * and past their due time, claimed, preliminary, final, acknowledged, corrected, void, returned, withdrawn, provisional
 * and mismatched. People are invented, pictures synthetic.
 */
export async function seedImagingDemo(ctx: Context): Promise<void> {
  const sites = new Map<DemoSite, Site>();
  for (const [code, doctor] of DOCTORS) {
    const site = await loadSite(ctx, code, doctor);
    if (site) sites.set(code, site);
  }
  const readers = {
    reader: await actorOfStaff(ctx.db, 'radiologist1'),
    verifier: await actorOfStaff(ctx.db, 'radiologist2'),
  };
  try {
    for (const [index, entry] of CASES.entries()) {
      const site = sites.get(entry.site ?? 'LIUHE');
      if (site) await makeCase(ctx, entry, index, { ...site, ...readers });
    }
    await seedAlgorithm(ctx);
  } finally {
    forgetPictures();
  }
}

const DOCTORS = [
  ['LIUHE', 'doctor1'],
  ['BAITA', 'doctor2'],
  ['SHUANGQIAO', 'doctor3'],
  ['DONGSHAN', 'doctor4'],
] as const satisfies [DemoSite, string][];

interface Site {
  scanner: Scanner & { institutionId: string };
  doctor: Actor;
}
type Cast = Site & { reader: Actor; verifier: Actor };

/** The scanner and the clinician of a township; none where the county has no such scanner. */
async function loadSite(ctx: Context, code: DemoSite, doctor: string): Promise<Site | undefined> {
  const device = await ctx.db
    .selectFrom('device')
    .selectAll()
    .where('kind', '=', 'dicom')
    .where('aeTitle', '=', code)
    .executeTakeFirst();
  if (!device?.institutionId) return undefined;
  await ctx.db.updateTable('device').set({ clockOffsetMs: 0 }).where('id', '=', device.id).execute();
  return {
    scanner: {
      actor: machineActor(device.name, device.id, device.institutionId, []),
      institutionId: device.institutionId,
      deviceId: device.id,
      aeTitle: code,
    },
    doctor: await actorOfStaff(ctx.db, doctor),
  };
}

type Scanner = Parameters<typeof openArrival>[0];

async function makeCase(ctx: Context, entry: DemoCase, index: number, cast: Cast): Promise<void> {
  const { scanner, doctor } = cast;
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
    : await place(at((examinedAgo ?? 0) + entry.waited), doctor, entry, index, scanner.institutionId);
  if (examinedAgo === undefined) {
    if (entry.until === 'cancelled' && order) await cancelOrder(at(2), doctor, order.id, '患者改期');
    return;
  }
  await examine(at(examinedAgo), entry, index, scanner, order);
  if (!order || entry.mismatch) return;
  await read(at, entry, examinedAgo, order.id, cast);
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
  const site = await ctx.db
    .selectFrom('institution')
    .select('name')
    .where('id', '=', scanner.institutionId)
    .executeTakeFirstOrThrow();
  const study = {
    picture: entry.picture,
    name: entry.mismatch ?? entry.name,
    sex: entry.sex,
    birthDate: entry.birthDate,
    patientId: entry.mismatch ? '' : entry.patientId,
    accessionNumber: order?.accessionNumber ?? '',
    institutionName: site.name,
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
  { reader, verifier, doctor }: Cast,
): Promise<void> {
  const reached = (step: (typeof STEPS)[number]) =>
    entry.until !== undefined && STEPS.indexOf(entry.until as (typeof STEPS)[number]) >= STEPS.indexOf(step);
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
  const writing = entry.until === 'claimed'; // just now: an idle claim goes back to the pool
  await claimOrder(writing ? at(3) : part(0.2), reader, id);
  if (!entry.report) return;
  const version = await saveReport(writing ? at(1) : part(0.4), reader, id, 0, entry.report);
  if (!reached('preliminary')) return;
  await submitReport(part(0.5), reader, id, version);
  if (!reached('final')) return;
  await signReport(part(0.6), verifier, id, { pin: DEMO_PIN });
  if (reached('acknowledged')) await acknowledgeReport(part(0.7), doctor, id, {});
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
