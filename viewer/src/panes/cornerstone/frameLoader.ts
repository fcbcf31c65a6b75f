import * as core from '@cornerstonejs/core';
import * as loader from '@cornerstonejs/dicom-image-loader';
import { loadCoded, loadPreview, onPreview, previewAt, type Wanted } from './frameStore.ts';
import { placeOf, type CodedFrame, type SampleFormat } from './frameStream.ts';
import { isLargeFrame } from './largeFrame.ts';
import { resolveUnusedBits, type Cells } from './unusedBits.ts';
import { upscale } from './upscale.ts';

type Image = core.Types.IImage;

/** Announced on Cornerstone's event target when a frame that was shown as a preview is there at full quality. */
export const imageRefined = 'HUB_IMAGE_REFINED';

/** Announced when a frame stands as a preview and its full quality cannot be had. */
export const imageRefused = 'HUB_IMAGE_REFUSED';

const { SUBRESOLUTION, FULL_RESOLUTION } = core.Enums.ImageQualityStatus;
/** The preview of the series waits for the first picture, not longer than this. */
const headStartMs = 400;

/** Loads that Cornerstone waits for: whichever quality comes first answers them. */
const awaited = new Map<string, (image: Image) => void>();
const refining = new Map<string, Promise<Image>>();
/** Frames that somebody was shown as a preview and that were not refined yet. */
const shownAsPreview = new Set<string>();

export const isPreview = (image: Image | undefined): boolean => image?.imageQualityStatus === SUBRESOLUTION;

const damaged = new Set<string>();
/** Whether the bytes of a frame decode but are not what was written. Known once it was fetched in full. */
export const isDamaged = (imageId: string): boolean => damaged.has(imageId);

/** The picture of a frame at full quality: from the cache, else fetched. MPR and measurements stand on this. */
export function fullImage(imageId: string, how: Wanted = 'background'): Promise<Image> {
  const cached = core.cache.getImage(imageId);
  if (cached && !isPreview(cached)) {
    core.cache.getImageLoadObject(imageId); // marks it as used
    return Promise.resolve(cached);
  }
  const running = refining.get(imageId);
  if (running) {
    if (how !== 'ahead') void loadCoded(imageId, how).catch(() => undefined);
    return running;
  }
  const made = loadCoded(imageId, how)
    .then((frame) => {
      if (frame.damaged) damaged.add(imageId);
      return decode(imageId, frame, how);
    })
    .then((image) => {
      image.imageQualityStatus = FULL_RESOLUTION;
      deliver(imageId, image);
      return image;
    })
    .finally(() => refining.delete(imageId));
  refining.set(imageId, made);
  return made;
}

/** Little-endian samples as they are: implicit, explicit and deflated (inflated by the hub). */
const nativeSyntaxes = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99']);

async function decode(
  imageId: string,
  { bytes, transferSyntax, format }: CodedFrame,
  how: Wanted,
  decodeLevel = 0,
): Promise<Image> {
  if (format) tellFormat(imageId, format);
  const pixel = core.metaData.get('imagePixelModule', imageId) as
    (Cells & { samplesPerPixel?: number }) | undefined;
  if (pixel && nativeSyntaxes.has(transferSyntax) && (pixel.samplesPerPixel ?? 1) === 1)
    resolveUnusedBits(bytes, pixel);
  const types = core.Enums.RequestType;
  const image = await loader.createImage(imageId, bytes as never, transferSyntax, {
    useRGBA: core.getShouldUseCPURendering(),
    preScale: { enabled: true },
    decodeLevel,
    requestType: how === 'urgent' ? types.Interaction : types.Prefetch,
    priority: how === 'urgent' ? -5 : 5,
  } as never);
  return image as unknown as Image;
}

const samples = {
  samplesPerPixel: '00280002',
  planarConfiguration: '00280006',
  bitsAllocated: '00280100',
  bitsStored: '00280101',
  pixelRepresentation: '00280103',
} as const;

/**
 * Cornerstone decodes by what it was told of the image, which is the header of the object and not of these bytes. It
 * keeps what it combined for a frame of many, so that is changed in its place.
 */
function tellFormat(imageId: string, format: Partial<SampleFormat>): void {
  const told = loader.wadors.metaDataManager.get(imageId) as Record<string, unknown> | undefined;
  if (!told) return;
  const us = (value: number) => ({ vr: 'US', Value: [value] });
  for (const [name, tag] of Object.entries(samples)) {
    const value = format[name as keyof typeof samples];
    if (value !== undefined) told[tag] = us(value);
  }
  if (format.bitsStored !== undefined) told['00280102'] = us(format.bitsStored - 1);
  if (format.photometric !== undefined) told['00280004'] = { vr: 'CS', Value: [format.photometric] };
}

/** Puts a full picture where the preview or nothing was and tells who shows it. */
function deliver(imageId: string, image: Image): void {
  const waiting = awaited.get(imageId);
  if (waiting) {
    waiting(image);
    return;
  }
  const shown = core.cache.getImage(imageId);
  if (shown && !isPreview(shown)) return;
  if (core.cache.getImageLoadObject(imageId)) core.cache.removeImageLoadObject(imageId, { force: true });
  core.cache.putImageSync(imageId, image);
  if (shownAsPreview.delete(imageId)) core.triggerEvent(core.eventTarget, imageRefined, { imageId, image });
}

/** The picture at full size out of its low-resolution prefix. */
async function previewImage(imageId: string): Promise<Image | null> {
  const frame = previewAt(imageId);
  if (!frame) return null;
  const small = await decode(imageId, frame, 'urgent', frame.decodeLevel);
  const pixel = core.metaData.get('imagePixelModule', imageId) as
    { rows?: number; columns?: number } | undefined;
  const [rows, columns] = [pixel?.rows ?? 0, pixel?.columns ?? 0];
  const from = small.getPixelData() as Uint8Array;
  const components = from.length / (small.rows * small.columns);
  if (!rows || !columns || !Number.isInteger(components)) return null;
  const out = new (from.constructor as typeof Uint8Array)(rows * columns * components);
  upscale(
    { values: from, width: small.columns, height: small.rows, components },
    2 ** frame.decodeLevel,
    out,
    columns,
    rows,
  );
  return enlarged(small, out, columns, rows, components);
}

/** Pictures made of previews before anybody looks: a large one takes a tenth of a second. The last is kept. */
let prepared: { imageId: string; image: Promise<Image | null> } | null = null;

/** Makes the picture of a frame's preview now, for when it is opened. */
export async function preparePreview(imageId: string): Promise<void> {
  if (prepared?.imageId === imageId || core.cache.getImage(imageId)) return;
  prepared = { imageId, image: previewImage(imageId) };
  await prepared.image;
}

function takePreview(imageId: string): Promise<Image | null> {
  const known = prepared?.imageId === imageId ? prepared.image : null;
  prepared = null;
  return known ?? previewImage(imageId);
}

function enlarged(
  small: Image,
  pixels: Uint8Array,
  columns: number,
  rows: number,
  components: number,
): Image {
  const voxelManager = core.utilities.VoxelManager.createImageVoxelManager({
    scalarData: pixels,
    width: columns,
    height: rows,
    numberOfComponents: components,
  });
  const image = {
    ...small,
    rows,
    columns,
    height: rows,
    width: columns,
    sizeInBytes: pixels.byteLength,
    voxelManager,
    imageFrame: { ...small.imageFrame, rows, columns, pixelData: pixels, pixelDataLength: pixels.length },
    getPixelData: () => pixels,
    imageQualityStatus: SUBRESOLUTION,
  } as unknown as Image;
  if (small.color) image.getCanvas = () => canvasOf(pixels, columns, rows, components);
  return image;
}

function canvasOf(pixels: Uint8Array, columns: number, rows: number, components: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const data = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i += 1) {
    for (let c = 0; c < 3; c += 1) data.data[i * 4 + c] = pixels[i * components + c] ?? 0;
    data.data[i * 4 + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  return canvas;
}

/**
 * Cornerstone's loader for frames of this hub. Shows the preview where it is there and fetches the full frame behind it;
 * without one it answers with whichever comes first. A large frame waits for its preview before it is fetched.
 */
function loadImage(imageId: string): core.Types.IImageLoadObject {
  const promise = new Promise<Image>((resolve, reject) => {
    let answered = false;
    const finish = (image: Image) => {
      if (answered) return;
      answered = true;
      awaited.delete(imageId);
      off();
      if (isPreview(image)) shownAsPreview.add(imageId);
      resolve(image);
    };
    const fail = (fault: unknown) => {
      if (answered) {
        // Given up because the viewport is gone is no fault of the frame.
        if (shownAsPreview.has(imageId) && !(fault instanceof DOMException))
          core.triggerEvent(core.eventTarget, imageRefused, { imageId, error: fault });
        return;
      }
      answered = true;
      awaited.delete(imageId);
      off();
      reject(fault instanceof Error ? fault : new Error(String(fault)));
    };
    const showPreview = () =>
      void takePreview(imageId).then(
        (image) => image && finish(image),
        () => undefined, // the full frame is on its way
      );
    const off = onPreview((id) => {
      if (id === imageId) showPreview();
    });
    awaited.set(imageId, finish);
    if (previewAt(imageId)) showPreview();
    const start = () => fullImage(imageId, 'urgent').catch(fail);
    const place = placeOf(imageId);
    if (place && !previewAt(imageId) && isLarge(imageId)) void loadPreview(place).then(start, start);
    else void start();
  });
  return { promise };
}

/** Whether a frame is shown as a preview before the whole of it is fetched. */
export function isLarge(imageId: string): boolean {
  const pixel = core.metaData.get('imagePixelModule', imageId) as
    { rows?: number; columns?: number; samplesPerPixel?: number } | undefined;
  return isLargeFrame(pixel?.rows ?? 0, pixel?.columns ?? 0, pixel?.samplesPerPixel ?? 1);
}

/** Fetches the previews of a series after its first picture had a head start on the line. */
export function previewAfterFirst(imageIds: readonly string[], firstId: string): void {
  const place = placeOf(firstId);
  if (!place || imageIds.length < 2) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pause = new Promise((resolve) => {
    timer = setTimeout(resolve, headStartMs);
  });
  void Promise.race([fullImage(firstId, 'urgent').catch(() => undefined), pause]).then(() => {
    clearTimeout(timer);
    return loadPreview(place);
  });
}

/** Takes the place of the package's own loader; call after its `init`. */
export function registerFrameLoader(): void {
  core.imageLoader.registerImageLoader('wadors', loadImage as unknown as core.Types.ImageLoaderFn);
}
