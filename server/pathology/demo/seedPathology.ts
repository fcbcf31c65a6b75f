import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { claimOrder } from '../../core/order/acts.ts';
import { createRequest } from '../../core/order/createRequest.ts';
import { requestInput } from '../../core/order/requestInput.ts';
import { saveReport } from '../../core/report/saveReport.ts';
import { signReport } from '../../core/report/signReport.ts';
import { submitReport } from '../../core/report/submitReport.ts';
import { addSmears, smearInput } from '../cases/glass.ts';
import { grossCase, grossInput } from '../cases/grossCase.ts';
import { finishStain, stainResultInput } from '../cases/finishStain.ts';
import { orderStains, stainOrderInput } from '../cases/orderStains.ts';
import { receiveCase, receptionInput } from '../cases/receiveCase.ts';
import { stepCase } from '../cases/stepCase.ts';
import { appendUpload } from '../slides/appendUpload.ts';
import { beginUpload } from '../slides/beginUpload.ts';
import { finishUpload } from '../slides/finishUpload.ts';
import { markTeaching } from '../slides/markTeaching.ts';
import type { SyntheticSlide } from '../synthetic/makeSlide.ts';
import { hugeSlide, makeSlide } from '../synthetic/makeSlide.ts';
import { demoIdCard } from './demoIdCard.ts';
import type { DemoCase } from './demoCases.ts';
import { demoCases } from './demoCases.ts';
import type { DemoStage } from './stage.ts';
import { demoStage } from './stage.ts';

const signingPin = '246810';

async function order(stage: DemoStage, demo: DemoCase): Promise<string> {
  const { name, sex, birthDate, sequence } = demo.patient;
  const input = requestInput.parse({
    center: 'pathology',
    items: [{ code: demo.code }],
    priority: demo.priority,
    patient: {
      name,
      sex,
      birthDate,
      identifiers: [{ type: 'id-card', value: demoIdCard(birthDate, sequence) }],
    },
    remoteConsent: { by: name, at: stage.at(demo.requested).clock.now().toISOString() },
    clinicalInfo: demo.clinicalInfo,
    specimens: demo.specimens.map(({ fixed, ...specimen }) =>
      fixed === undefined
        ? specimen
        : { ...specimen, fixationStartedAt: stage.at(fixed).clock.now().toISOString() },
    ),
  });
  const { orders } = await createRequest(stage.at(demo.requested), await stage.actor('doctor1'), input, {
    source: 'browser',
  });
  const [made] = orders;
  if (!made) throw new Error('the demo request made no order');
  return made.id;
}

/** Cuts and stains every block, then scans the slide of each stain. */
async function makeGlass(stage: DemoStage, orderId: string, at: number): Promise<void> {
  const actor = await stage.actor('pathologist1');
  const blocks = await stage.ctx.db
    .selectFrom('pathologyBlock')
    .select(['id', 'barcode', 'state'])
    .where('orderId', '=', orderId)
    .execute();
  const fresh = blocks.filter(({ state }) => state === 'grossed').map(({ barcode }) => barcode);
  if (fresh.length > 0) await stepCase(stage.at(at + 600), actor, { step: 'embed', barcodes: fresh });
  const ordered = await stage.ctx.db
    .selectFrom('pathologyStainOrder')
    .select('blockId')
    .where('orderId', '=', orderId)
    .where('state', '=', 'ordered')
    .execute();
  const toCut = blocks
    .filter(({ id, state }) => state !== 'cut' || ordered.some(({ blockId }) => blockId === id))
    .map(({ barcode }) => barcode);
  if (toCut.length > 0) await stepCase(stage.at(at + 120), actor, { step: 'cut', barcodes: toCut });
  await stain(stage, orderId, at);
}

async function stain(stage: DemoStage, orderId: string, at: number): Promise<void> {
  const glass = await stage.ctx.db
    .selectFrom('pathologySlide')
    .select('barcode')
    .where('orderId', '=', orderId)
    .where('state', '=', 'cut')
    .execute();
  const barcodes = glass.map(({ barcode }) => barcode);
  if (barcodes.length > 0)
    await stepCase(stage.at(at), await stage.actor('pathologist1'), { step: 'stain', barcodes });
}

/** Uploads a generated slide for the glass slide of its stain. */
async function scan(
  stage: DemoStage,
  orderId: string | undefined,
  stainName: string,
  slide: SyntheticSlide,
): Promise<string> {
  const actor = await stage.actor('pathologist1');
  const glass = orderId
    ? await stage.ctx.db
        .selectFrom('pathologySlide')
        .select(['id', 'label', 'barcode'])
        .where('orderId', '=', orderId)
        .where('stain', '=', stainName)
        .orderBy('label')
        .executeTakeFirst()
    : undefined;
  const bytes = await makeSlide({
    ...slide,
    label: slide.label ?? glass?.label ?? stainName,
    ...(glass ? { barcode: glass.barcode } : {}),
  });
  const upload = await beginUpload(stage.ctx, actor, {
    fileName: `synthetic-${glass?.barcode ?? 'teaching'}.svs`,
    fileSize: bytes.length,
    orderId,
    pathologySlideId: glass?.id,
    stain: stainName,
  });
  await appendUpload(stage.ctx, actor, upload.id, 0, Readable.from([bytes]));
  return (await finishUpload(stage.ctx, actor, upload.id)).id;
}

async function report(
  stage: DemoStage,
  orderId: string,
  { at, content, sign }: NonNullable<DemoCase['report']>,
): Promise<void> {
  const reader = await stage.actor('pathologist1');
  await claimOrder(stage.at(at + 60), reader, orderId);
  await saveReport(stage.at(at + 30), reader, orderId, 0, content);
  await submitReport(stage.at(at + 20), reader, orderId);
  if (sign) await signReport(stage.at(at), await stage.actor('pathologist2'), orderId, { pin: signingPin });
}

async function play(stage: DemoStage, demo: DemoCase): Promise<void> {
  const orderId = await order(stage, demo);
  const actor = await stage.actor('pathologist1');
  if (demo.rejected) {
    const { at, reasons } = demo.rejected;
    await receiveCase(
      stage.at(at),
      actor,
      orderId,
      receptionInput.parse({ outcome: 'rejected', reasons, note: '瓶内无固定液，标签缺失，请补充后重送' }),
    );
  }
  if (demo.received !== undefined)
    await receiveCase(stage.at(demo.received), actor, orderId, receptionInput.parse({ outcome: 'accepted' }));
  if (demo.gross) await grossCase(stage.at(demo.gross.at), actor, orderId, grossInput.parse(demo.gross));
  if (demo.smears) {
    await addSmears(
      stage.at(demo.smears.at),
      actor,
      orderId,
      smearInput.parse({ specimen: 'A', stain: demo.smears.stain }),
    );
    await stain(stage, orderId, demo.smears.at);
  }
  if (demo.glassAt !== undefined) await makeGlass(stage, orderId, demo.glassAt);
  if (demo.stains) {
    await orderStains(stage.at(demo.stains.at), actor, orderId, stainOrderInput.parse(demo.stains));
    if (demo.report) await makeGlass(stage, orderId, demo.stains.at - 600);
  }
  for (const { stain: name, slide, now } of demo.slides ?? []) {
    if (now) await scan(stage, orderId, name, slide);
    else
      await enqueue(stage.ctx.db, { kind: 'pathology.demo-slide', payload: { orderId, stain: name, slide } });
  }
  if (demo.report) {
    const stains = await stage.ctx.db
      .selectFrom('pathologyStainOrder')
      .select(['id', 'stain'])
      .where('orderId', '=', orderId)
      .execute();
    const told = (demo.report.content.ihc ?? []) as { marker: string; result: string; percent?: number }[];
    for (const { id, stain: marker } of stains) {
      const { result = '', percent } = told.find((row) => row.marker === marker) ?? {};
      const read = stainResultInput.parse({ state: 'done', result: { result, percent } });
      await finishStain(stage.at(demo.report.at + 90), actor, id, read);
    }
    await report(stage, orderId, demo.report);
  }
}

/** Findings that are told at once, in two tiers; a centre edits them. */
async function seedFindings(ctx: Context): Promise<void> {
  const rules = [
    ['PATH-UNEXPECTED', 'critical', '意外恶性（与临床诊断明显不符）', 'Unexpected malignancy'],
    [
      'PATH-FROZEN',
      'critical',
      '冰冻与石蜡诊断不符并影响处理',
      'Frozen and paraffin disagree, treatment affected',
    ],
    ['PATH-NO-TISSUE', 'significant', '送检标本内未见目标组织', 'Intended tissue not in the specimen'],
    [
      'PATH-INFECTION',
      'critical',
      '发现结核、真菌等传染病原体',
      'Mycobacteria, fungi or other infectious agents',
    ],
  ] as const;
  await ctx.db
    .insertInto('criticalRule')
    .values(
      rules.map(([code, tier, name, nameEn]) => ({
        centerKind: 'pathology' as const,
        code,
        tier,
        name,
        nameEn,
      })),
    )
    .onConflict((oc) => oc.column('code').doNothing())
    .execute();
}

/**
 * Synthetic cases of the demo county, made by the real operations at stated times. All but one slide image are drawn
 * by the worker after the start; every slide says on its label and in its file that it is synthetic.
 */
export async function seedPathology(ctx: Context): Promise<void> {
  await seedFindings(ctx);
  const stage = demoStage(ctx);
  for (const demo of demoCases) await play(stage, demo);
  await enqueue(ctx.db, {
    kind: 'pathology.demo-slide',
    payload: { stain: 'HE', slide: hugeSlide, teaching: true },
  });
  ctx.bell.ring();
}

const slidePayload = z.object({
  orderId: z.uuid().optional(),
  stain: z.string(),
  teaching: z.boolean().default(false),
  slide: z.object({
    width: z.number(),
    height: z.number(),
    stain: z.enum(['HE', 'IHC', 'PAP']),
    seed: z.number(),
    label: z.string().optional(),
  }),
});

/** Draws one synthetic slide and uploads it; a repeated job finds its slide and does nothing. */
export async function drawDemoSlide(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const { orderId, stain: name, slide, teaching } = slidePayload.parse(payload);
  const known = await ctx.db
    .selectFrom('slideImage')
    .select('id')
    .where('state', '=', 'ready')
    .where('stain', '=', name)
    .where('synthetic', '=', true)
    .where('orderId', 'is not distinct from', orderId ?? null)
    .executeTakeFirst();
  if (known) return;
  const stage = demoStage(ctx);
  const { label, ...shape } = slide;
  const id = await scan(stage, orderId, name, { ...shape, ...(label ? { label } : {}) });
  if (teaching)
    await markTeaching(ctx, await stage.actor('pathologist1'), id, {
      teaching: true,
      note: '合成大切片 100,000 × 80,000 像素',
    });
}
