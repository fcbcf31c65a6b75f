import { Worker } from 'node:worker_threads';
import { machineActor, type Actor } from '../../core/access/actor.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';
import type { Context } from '../../core/context.ts';
import { claimOrder } from '../../core/order/acts.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { RequestInput } from '../../core/order/requestInput.ts';
import { acknowledgeReport } from '../../core/report/acknowledgeReport.ts';
import { saveReport } from '../../core/report/saveReport.ts';
import { signReport } from '../../core/report/signReport.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { storeRecording } from '../storeRecording.ts';
import type { NamedFile } from '../formats/wfdb.ts';
import { synthesise, type SyntheticPattern } from './synthesise.ts';
import { writeWfdb } from './writeWfdb.ts';

const DEMO_PIN = '246810';

interface DemoCase {
  name: string;
  sex: 'M' | 'F';
  birthDate: string;
  number: string;
  /** Township that records, 柳河 unless told. */
  site?: 'BAITA' | 'SHUANGQIAO' | 'DONGSHAN';
  priority: RequestInput['priority'];
  flags: RequestInput['flags'];
  info: string;
  pattern: SyntheticPattern;
  earlier?: SyntheticPattern;
}

/** Invented people; every trace is synthetic and says so. */
const cases: DemoCase[] = [
  {
    name: '马国强',
    sex: 'M',
    birthDate: '1958-04-12',
    number: 'LH260101',
    priority: 'emergency',
    flags: ['chest-pain'],
    info: '胸痛 40 分钟,伴大汗',
    pattern: { bpm: 88, st: { II: 320, I: -60, V1: 40, V2: -80 } },
    earlier: { bpm: 72 },
  },
  {
    name: '孙桂芳',
    sex: 'F',
    birthDate: '1949-11-03',
    number: 'LH260102',
    priority: 'urgent',
    flags: [],
    info: '心悸 2 天',
    pattern: { bpm: 112, fibrillation: true },
    earlier: { bpm: 76, ectopicEvery: 7 },
  },
  {
    name: '高兴旺',
    sex: 'M',
    birthDate: '1963-07-21',
    number: 'BT260103',
    site: 'BAITA',
    priority: 'routine',
    flags: [],
    info: '体检',
    pattern: { bpm: 66 },
  },
  {
    name: '田秀珍',
    sex: 'F',
    birthDate: '1955-02-17',
    number: 'DS260104',
    site: 'DONGSHAN',
    priority: 'routine',
    flags: [],
    info: '头晕,黑蒙 1 次',
    pattern: { bpm: 46, pauseMs: 3200 },
  },
  {
    name: '曹海波',
    sex: 'M',
    birthDate: '1971-09-09',
    number: 'LH260105',
    priority: 'urgent',
    flags: [],
    info: '心前区不适',
    pattern: { bpm: 80, ectopicEvery: 3 },
  },
  {
    name: '梅小燕',
    sex: 'F',
    birthDate: '1990-12-30',
    number: 'SQ260106',
    site: 'SHUANGQIAO',
    priority: 'routine',
    flags: ['maternal'],
    info: '孕 28 周,产检',
    pattern: { bpm: 96, noiseMicrovolt: 60, leadOff: 'V4' },
  },
];

/** A recording that stands read: what was concluded, and how many minutes ago it was made. */
interface DemoReading {
  minutesAgo: number;
  impression: string;
  positive: boolean;
  acknowledged: boolean;
}

const EARLIER: DemoReading[] = [
  { minutesAgo: 31 * 1_440, impression: '窦性心律,正常心电图。', positive: false, acknowledged: true },
  { minutesAgo: 12 * 1_440, impression: '窦性心律,偶发室性期前收缩。', positive: true, acknowledged: true },
];
const READ: (DemoCase & { reading: DemoReading })[] = [
  {
    name: '丁宝山',
    sex: 'M',
    birthDate: '1966-03-19',
    number: 'BT260107',
    site: 'BAITA',
    priority: 'urgent',
    flags: [],
    info: '胸闷 1 天',
    pattern: { bpm: 58 },
    reading: { minutesAgo: 190, impression: '窦性心动过缓。', positive: true, acknowledged: true },
  },
  {
    name: '范素云',
    sex: 'F',
    birthDate: '1978-08-08',
    number: 'DS260108',
    site: 'DONGSHAN',
    priority: 'routine',
    flags: [],
    info: '术前检查',
    pattern: { bpm: 74 },
    reading: { minutesAgo: 150, impression: '窦性心律,正常心电图。', positive: false, acknowledged: false },
  },
  {
    name: '江永安',
    sex: 'M',
    birthDate: '1953-05-05',
    number: 'LH260109',
    priority: 'routine',
    flags: [],
    info: '高血压随访',
    pattern: { bpm: 70, ectopicEvery: 9 },
    reading: {
      minutesAgo: 45,
      impression: '窦性心律,偶发房性期前收缩,请结合临床。',
      positive: true,
      acknowledged: false,
    },
  },
];

/** Orders and recordings of four townships with synthetic traces, some read, one unmatched, and a day that is made a little later. */
export async function seedEcgDemo(ctx: Context): Promise<void> {
  const sites = new Map<string, Site>();
  for (const [code, doctor] of DOCTORS) {
    const clinician = await actorOfStaff(ctx.db, doctor);
    if (!clinician.institutionId) return;
    const institutionId = clinician.institutionId;
    const cart = machineActor('演示数据', 'demo', institutionId, ['order.request', 'input.upload']);
    sites.set(code, { cart, clinician, institutionId });
  }
  const siteOf = ({ site: code = 'LIUHE' }: { site?: string }): Site => {
    const site = sites.get(code);
    if (!site) throw new Error(`the demo county has no ${code}`);
    return site;
  };
  const reader = await actorOfStaff(ctx.db, 'cardiologist2');
  let earlier = 0;
  for (const [index, entry] of cases.entries()) {
    if (entry.earlier) {
      const past = { ...entry, pattern: entry.earlier, priority: 'routine' as const, flags: [] };
      await addRead(ctx, siteOf(entry), reader, past, `DE${index}`, EARLIER[earlier++ % EARLIER.length]);
    }
    await addCase(ctx, siteOf(entry), entry, `DC${index}`);
  }
  for (const [index, entry] of READ.entries())
    await addRead(ctx, siteOf(entry), reader, entry, `DR${index}`, entry.reading);
  const home = siteOf({});
  await storeRecording(ctx, home.cart, {
    files: record('DU1', { bpm: 74 }),
    source: 'demo',
    institutionId: home.institutionId,
    synthetic: true,
  });
  const long = cases[4] as DemoCase;
  const orderId = await placeOrder(
    ctx,
    siteOf(long),
    { ...long, info: '动态心电图(演示,24 小时)', priority: 'routine', flags: [] },
    'ECG-24H',
  );
  if (orderId)
    await enqueue(ctx.db, {
      kind: 'ecg.demo-day',
      key: orderId,
      payload: { orderId, institutionId: home.institutionId },
      runAt: new Date(Date.now() + dayDelayMs),
    });
}

/** A day of samples takes seconds to make and to measure: the first start does not wait for it. */
const dayDelayMs = 15_000;

/** Makes the 24 h recording of the demo county in a thread of its own and stores it for its order. */
export async function storeDemoDay(ctx: Context, orderId: string, institutionId: string): Promise<void> {
  const files = await new Promise<NamedFile[]>((resolve, reject) => {
    const worker = new Worker(new URL('./dayWorker.ts', import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => code !== 0 && reject(new Error(`the demo's thread ended with ${code}`)));
  });
  const cart = machineActor('演示数据', 'demo', institutionId, ['order.request', 'input.upload']);
  await storeRecording(ctx, cart, { files, source: 'demo', institutionId, orderId, synthetic: true });
}

const DOCTORS = [
  ['LIUHE', 'doctor1'],
  ['BAITA', 'doctor2'],
  ['SHUANGQIAO', 'doctor3'],
  ['DONGSHAN', 'doctor4'],
] as const;

interface Site {
  cart: Actor;
  clinician: Actor;
  institutionId: string;
}

/** A case of the past: recorded, read and signed at moved times, acknowledged or still waiting for it. */
async function addRead(
  ctx: Context,
  site: Site,
  reader: Actor,
  entry: DemoCase,
  name: string,
  reading: DemoReading | undefined,
): Promise<void> {
  if (!reading) return;
  const at = (minutesLater: number): Context => ({
    ...ctx,
    clock: { now: () => new Date(Date.now() - Math.max(0, reading.minutesAgo - minutesLater) * 60_000) },
  });
  const orderId = await addCase(at(0), site, entry, name);
  if (!orderId) return;
  await claimOrder(at(4), reader, orderId);
  const { impression, positive } = reading;
  const version = await saveReport(at(8), reader, orderId, 0, { findings: '', impression, positive });
  await signReport(at(9), reader, orderId, { pin: DEMO_PIN, version });
  if (reading.acknowledged) await acknowledgeReport(at(25), site.clinician, orderId, {});
}

function record(name: string, pattern: SyntheticPattern): NamedFile[] {
  const leads = synthesise(pattern, 10, 500, name.charCodeAt(1) * 17 + name.charCodeAt(2));
  return writeWfdb(name, leads, 500, ['SYNTHETIC - not a patient']);
}

async function addCase(ctx: Context, site: Site, entry: DemoCase, name: string): Promise<string | undefined> {
  const orderId = await placeOrder(ctx, site, entry, 'ECG-12');
  if (orderId)
    await storeRecording(ctx, site.cart, {
      files: record(name, entry.pattern),
      source: 'demo',
      institutionId: site.institutionId,
      orderId,
      synthetic: true,
    });
  return orderId;
}

async function placeOrder(
  ctx: Context,
  { cart, clinician, institutionId }: Site,
  entry: DemoCase,
  code: 'ECG-12' | 'ECG-24H',
): Promise<string | undefined> {
  const { orders } = await ctx.db.transaction().execute((trx) =>
    placeRequest(
      ctx,
      trx,
      cart,
      {
        center: 'ecg',
        items: [{ code }],
        priority: entry.priority,
        flags: entry.flags,
        clinicalInfo: entry.info,
        patient: {
          name: entry.name,
          sex: entry.sex,
          birthDate: entry.birthDate,
          identifiers: [{ type: 'mrn', value: entry.number }],
        },
        remoteConsent: { by: entry.name, at: ctx.clock.now().toISOString() },
      },
      { source: 'browser', institutionId, requestedByName: clinician.name },
    ),
  );
  return orders[0]?.id;
}
