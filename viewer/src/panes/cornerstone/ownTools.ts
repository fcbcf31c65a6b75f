import { createWheelSteps, type Turn } from '../wheelSteps.ts';
import { pixelOf } from '../study/imagePlane.ts';
import { core, getEngine, tools } from './engine.ts';
import { planeOf } from './planeOf.ts';
import { windowOfValues } from './windowOfValues.ts';

interface Dragging {
  _dragCallback: (event: unknown) => void;
}

/** The lens of Cornerstone, which fails where it is dragged before its picture stands. */
export class LensTool extends tools.MagnifyTool {
  constructor(...given: ConstructorParameters<typeof tools.MagnifyTool>) {
    super(...given);
    const own = this as unknown as Dragging;
    const follow = own._dragCallback;
    own._dragCallback = (event) => {
      const lens = getEngine().getViewport('magnify-viewport') as core.StackViewport | undefined;
      if (lens?.getCamera().focalPoint) follow(event);
    };
  }
}

interface WheelTurned {
  detail: { event: Turn; wheel: { direction: number } };
}
type WheelCallback = (turned: WheelTurned) => void;

/** The stack scroll of Cornerstone, which steps once for each of the hundred events that a trackpad sends in a second. */
export class SliceWheelTool extends tools.StackScrollTool {
  constructor(...given: ConstructorParameters<typeof tools.StackScrollTool>) {
    super(...given);
    const stepsOf = createWheelSteps();
    const own = this as unknown as { mouseWheelCallback: WheelCallback };
    const scroll = own.mouseWheelCallback.bind(this);
    own.mouseWheelCallback = (turned) => {
      const direction = stepsOf(turned.detail.event);
      if (direction === 0) return;
      turned.detail.wheel.direction = direction;
      scroll(turned);
    };
  }
}

interface Target {
  voxelManager?: { getAtIJKPoint: (point: [number, number, number]) => unknown };
}

/** The probe of Cornerstone asks an image of a stack for its slice number, which the image itself does not have. */
export class PointTool extends tools.ProbeTool {
  protected override getTargetImageData(targetId: string) {
    const target = super.getTargetImageData(targetId) as Target | undefined;
    const voxels = target?.voxelManager;
    if (!voxels || !targetId.startsWith('imageId:')) return target as never;
    return {
      ...target,
      voxelManager: {
        getAtIJKPoint: ([i, j]: [number, number, number]) => voxels.getAtIJKPoint([i, j, 0]),
      },
    } as never;
  }
}

interface Region {
  metadata?: { referencedImageId?: string };
  data: { handles?: { points?: core.Types.Point3[] } };
}

/** The window of a region. Cornerstone takes places of the screen for pixels of the image, so that it read elsewhere. */
export class RegionWindowTool extends tools.WindowLevelRegionTool {
  constructor(...given: ConstructorParameters<typeof tools.WindowLevelRegionTool>) {
    super(...given);
    this.applyWindowLevelRegion = (annotation: Region, element: HTMLDivElement) => {
      const viewport = core.getEnabledElement(element)?.viewport as core.StackViewport | undefined;
      const image = viewport?.getCornerstoneImage() as core.Types.IImage | undefined;
      const plane = image && planeOf(image.imageId);
      const [from, to] = [annotation.data.handles?.points?.[0], annotation.data.handles?.points?.[3]].map(
        (point) => point && plane && pixelOf(plane, point),
      );
      if (!viewport || !image || image.color || !from || !to) return;
      const pixels = image.getPixelData();
      const bounds = (axis: 0 | 1, most: number) =>
        [Math.min(from[axis] ?? 0, to[axis] ?? 0), Math.max(from[axis] ?? 0, to[axis] ?? 0)].map((at) =>
          Math.max(0, Math.min(most - 1, Math.round(at))),
        );
      const [left = 0, right = 0] = bounds(0, image.columns);
      const [top = 0, bottom = 0] = bounds(1, image.rows);
      const values: number[] = [];
      for (let y = top; y <= bottom; y += 1)
        for (let x = left; x <= right; x += 1) values.push(Number(pixels[y * image.columns + x]));
      viewport.setProperties({ voiRange: windowOfValues(values, 10) });
      viewport.render();
    };
  }
}
