import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { UndecodablePixels } from '../pixels/frame.ts';
import {
  hasEmbeddedPlanes,
  overlayPlanes,
  type OverlayPlane,
  type RawPixels,
} from '../pixels/overlayPlanes.ts';
import { loadFrame } from '../pixels/pixelSource.ts';
import { decodeInWorker } from '../pixels/pool.ts';
import { resolveImages } from '../query/resolveImages.ts';
import { isEncapsulated, type Header } from '../../standards/dicom/index.ts';
import { readStoredHeader, type StoredObject } from '../storedObject.ts';

/** A plane as the viewer takes it: bits in Base64. */
export type OverlayPlaneJson = Omit<OverlayPlane, 'bits'> & { bits: string };

/** Overlay planes of one frame (from 1); [] where it has none. Throws 404 for what the actor may not see. */
export async function readOverlays(
  ctx: Context,
  actor: Actor,
  path: { study: string; series: string; instance: string; frame: number },
): Promise<{ items: OverlayPlaneJson[] }> {
  const [instance] = await resolveImages(ctx, actor, path);
  if (!instance) return { items: [] };
  const header = await readStoredHeader(ctx, instance);
  const raw = hasEmbeddedPlanes(header.dataSet)
    ? await rawPixels(ctx, instance, path.frame, header)
    : undefined;
  return {
    items: overlayPlanes(header.dataSet, path.frame, raw).map((plane) => ({
      ...plane,
      bits: plane.bits.toString('base64'),
    })),
  };
}

async function rawPixels(
  ctx: Context,
  object: StoredObject,
  number: number,
  header: Header,
): Promise<RawPixels | undefined> {
  const { frame } = await loadFrame(ctx, object, number, header);
  if (!isEncapsulated(object.transferSyntax)) return frame;
  try {
    return await decodeInWorker(frame);
  } catch (error) {
    if (error instanceof UndecodablePixels) return undefined; // the picture itself says so
    throw error;
  }
}
