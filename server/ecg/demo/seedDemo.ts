import { machineActor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { RequestInput } from '../../core/order/requestInput.ts';
import { storeRecording } from '../storeRecording.ts';
import { synthesise, type SyntheticPattern } from './synthesise.ts';
import { writeWfdb } from './writeWfdb.ts';

interface DemoCase {
  name: string;
  sex: 'M' | 'F';
  birthDate: string;
  number: string;
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
    number: 'LH260103',
    priority: 'routine',
    flags: [],
    info: '体检',
    pattern: { bpm: 66 },
  },
  {
    name: '田秀珍',
    sex: 'F',
    birthDate: '1955-02-17',
    number: 'LH260104',
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
    number: 'LH260106',
    priority: 'routine',
    flags: ['maternal'],
    info: '孕 28 周,产检',
    pattern: { bpm: 96, noiseMicrovolt: 60, leadOff: 'V4' },
  },
];

/** Orders and recordings of 柳河镇卫生院 with synthetic traces, one unmatched, and a half-hour strip. */
export async function seedEcgDemo(ctx: Context): Promise<void> {
  const site = await ctx.db
    .selectFrom('institution')
    .select(['id'])
    .where('code', '=', 'LIUHE')
    .executeTakeFirst();
  if (!site) return;
  const actor = machineActor('演示数据', 'demo', site.id, ['order.request', 'input.upload']);
  for (const [index, entry] of cases.entries()) {
    if (entry.earlier) await addCase(ctx, actor, site.id, entry, entry.earlier, `DE${index}`, 'routine', []);
    await addCase(ctx, actor, site.id, entry, entry.pattern, `DC${index}`, entry.priority, entry.flags);
  }
  await storeRecording(ctx, actor, {
    files: record('DU1', { bpm: 74 }, 10),
    source: 'demo',
    institutionId: site.id,
    synthetic: true,
  });
  await addCase(
    ctx,
    actor,
    site.id,
    { ...(cases[4] as DemoCase), info: '动态心电图(演示,30 分钟)' },
    { bpm: 72, ectopicEvery: 23, pauseMs: 2300 },
    'DH1',
    'routine',
    [],
    1800,
  );
}

function record(name: string, pattern: SyntheticPattern, seconds: number) {
  const rate = seconds > 60 ? 200 : 500;
  const wanted = seconds > 60 ? (['II', 'V1', 'V5'] as const) : undefined;
  const leads = synthesise(pattern, seconds, rate, name.charCodeAt(1) * 17 + name.charCodeAt(2), wanted);
  return writeWfdb(name, leads, rate, ['SYNTHETIC - not a patient']);
}

async function addCase(
  ctx: Context,
  actor: ReturnType<typeof machineActor>,
  institutionId: string,
  entry: DemoCase,
  pattern: SyntheticPattern,
  name: string,
  priority: RequestInput['priority'],
  flags: RequestInput['flags'],
  seconds = 10,
): Promise<void> {
  const { orders } = await ctx.db.transaction().execute((trx) =>
    placeRequest(
      ctx,
      trx,
      actor,
      {
        center: 'ecg',
        items: [{ code: seconds > 60 ? 'ECG-24H' : 'ECG-12' }],
        priority,
        flags,
        clinicalInfo: entry.info,
        patient: {
          name: entry.name,
          sex: entry.sex,
          birthDate: entry.birthDate,
          identifiers: [{ type: 'mrn', value: entry.number }],
        },
        remoteConsent: { by: entry.name, at: ctx.clock.now().toISOString() },
      },
      { source: 'browser', institutionId, requestedByName: '郑国华' },
    ),
  );
  const orderId = orders[0]?.id;
  if (!orderId) return;
  await storeRecording(ctx, actor, {
    files: record(name, pattern, seconds),
    source: 'demo',
    institutionId,
    orderId,
    synthetic: true,
  });
}
