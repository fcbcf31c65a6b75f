import { getEngine, tools, type core } from './engine.ts';

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
