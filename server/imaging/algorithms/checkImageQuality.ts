import { sql } from 'kysely';
import type { AlgorithmFindings } from '../../core/algorithm/findings.ts';
import { SYSTEM } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { UndecodablePixels } from '../pixels/frame.ts';
import { decodeInWorker } from '../pixels/pool.ts';
import { loadFrame } from '../pixels/pixelSource.ts';
import { storedValues } from '../pixels/renderFrame.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { measurePicture } from './measurePicture.ts';

const LATERALITY = 0x00200060;
const IMAGE_LATERALITY = 0x00200062;
const MOST_IMAGES = 6;
/** Body parts of which there are two. */
const PAIRED =
  /KNEE|HAND|FOOT|WRIST|ANKLE|ELBOW|SHOULDER|HIP|FEMUR|TIBIA|HUMERUS|FOREARM|BREAST|膝|手|足|腕|踝|肘|肩|髋|乳/i;

/**
 * The hub's own reference algorithm: image quality and laterality of a study, from the pixels and attributes alone. It
 * finds clipped exposure, little contrast, a blurred picture, and a side that is missing or contradicts the request.
 * Thresholds are proposals (P); it is no medical device and says nothing about disease.
 */
export async function checkImageQuality(ctx: Context, order: Order): Promise<AlgorithmFindings> {
  const { rows: studies } = await sql<{
    uid: string;
  }>`select st.study_instance_uid as uid from study_order j join study st on st.id = j.study_id where j.order_id = ${order.id} and j.undone_at is null`.execute(
    ctx.db,
  );
  const request = await ctx.db
    .selectFrom('request')
    .select('clinicalInfo')
    .where('id', '=', order.requestId)
    .executeTakeFirst();
  const asked = sideOf(`${order.itemName} ${request?.clinicalInfo ?? ''}`);
  const findings: AlgorithmFindings['findings'] = [];
  let seen = 0;
  for (const { uid } of studies) {
    const images = (await resolveImages(ctx, SYSTEM, { study: uid })).filter((image) => image.rows);
    const step = Math.max(1, Math.floor(images.length / MOST_IMAGES));
    for (const image of images.filter((_, index) => index % step === 0).slice(0, MOST_IMAGES)) {
      const found = await judge(ctx, image, order, asked).catch(ofUnreadable);
      if (!found) continue;
      seen += 1;
      findings.push(...found);
    }
  }
  if (seen === 0) throw new Error('the case has no images that can be measured');
  const unique = findings.filter((finding, index) => findings.findIndex((other) => other.code === finding.code) === index); // prettier-ignore
  return {
    conclusion:
      unique.length === 0
        ? `抽查 ${seen} 幅:曝光、对比、清晰度、左右标识未见异常`
        : `抽查 ${seen} 幅:${unique.map((finding) => finding.label).join('、')}`,
    positive: unique.length > 0,
    findings,
  };
}

/** A picture that nobody here can read is not judged; the others are. */
function ofUnreadable(error: unknown): undefined {
  if (error instanceof UndecodablePixels || (error instanceof DomainError && error.status < 500)) return;
  throw error;
}

async function judge(
  ctx: Context,
  image: ResolvedInstance,
  order: Order,
  asked: 'L' | 'R' | undefined,
): Promise<AlgorithmFindings['findings']> {
  const { frame, header } = await loadFrame(ctx, image, Math.ceil(image.numberOfFrames / 2));
  const at = { seriesUid: image.seriesInstanceUid, instanceUid: image.sopInstanceUid };
  const found: AlgorithmFindings['findings'] = [];
  if (frame.samplesPerPixel === 1) {
    const decoded = await decodeInWorker(frame);
    const picture = measurePicture(storedValues(decoded), decoded.rows, decoded.columns);
    if (image.modality !== 'CT' && image.modality !== 'MR' && picture.clippedShare > 0.3)
      found.push({
        code: 'clipped',
        label: '曝光饱和或裁切',
        value: `${(picture.clippedShare * 100).toFixed(0)} %`,
        ...at,
      });
    if (picture.contrast < 0.06)
      found.push({ code: 'low-contrast', label: '对比不足', value: picture.contrast.toFixed(3), ...at });
    if (picture.sharpness < 0.002)
      found.push({ code: 'blurred', label: '图像模糊', value: picture.sharpness.toFixed(4), ...at });
  }
  const side = header.dataSet.string(IMAGE_LATERALITY) ?? header.dataSet.string(LATERALITY);
  if (PAIRED.test(`${order.bodyPart ?? ''} ${order.itemName}`)) {
    if (!side) found.push({ code: 'side-missing', label: '缺少左右标识', ...at });
    else if (asked && (side === 'L' || side === 'R') && side !== asked)
      found.push({
        code: 'side-contradicts',
        label: '左右标识与申请不符',
        value: `${side} ≠ ${asked}`,
        ...at,
      });
  }
  return found;
}

/** The side a request names, unless it names both. */
export function sideOf(text: string): 'L' | 'R' | undefined {
  const left = /左|\bleft\b/i.test(text);
  const right = /右|\bright\b/i.test(text);
  return left === right ? undefined : left ? 'L' : 'R';
}
