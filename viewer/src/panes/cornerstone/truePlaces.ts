import type { core } from './engine.ts';

interface Drawn {
  getCameraCPU: core.StackViewport['getCamera'];
}

/**
 * Drawn by the processor, Cornerstone finds wrong places in two ways. It takes the upper left corner of a pixel for its
 * middle: the probe read the neighbour, and everything measured lay half a pixel beside where a graphics card shows it. And
 * it reckons with a canvas in pixels of the device, but makes one in pixels of the page: with a display scaled to 125 %, or
 * a zoomed browser, a length was a quarter too long.
 */
export function truePlaces(viewport: core.StackViewport): void {
  const drawn = viewport as unknown as Drawn;
  const { canvasToWorld, worldToCanvas } = viewport;
  const camera = drawn.getCameraCPU;
  // The camera is set by places that Cornerstone finds its own way: to be told others would move the picture.
  let own = false;
  /** The point half a pixel further on (1) or back (-1) along rows and columns. */
  const moved = (point: core.Types.Point3, way: 1 | -1): core.Types.Point3 => {
    const { direction, spacing } = viewport.getImageData();
    return point.map(
      (value, axis) =>
        value + 0.5 * way * ((direction[axis] ?? 0) * spacing[0] + (direction[axis + 3] ?? 0) * spacing[1]),
    ) as core.Types.Point3;
  };
  /** What Cornerstone multiplies a place by, over what it should. */
  const excess = () => {
    const { width, clientWidth } = viewport.canvas;
    return width > 0 && clientWidth > 0 ? ((devicePixelRatio || 1) * clientWidth) / width : 1;
  };
  viewport.canvasToWorld = ([x, y]) => {
    const by = own ? 1 : excess();
    // Nothing while there is no image, whatever its type says.
    const world = canvasToWorld.call(viewport, [x / by, y / by]) as core.Types.Point3 | undefined;
    return (world && !own ? moved(world, -1) : world) as core.Types.Point3;
  };
  viewport.worldToCanvas = (world) => {
    const by = excess();
    const [x, y] = worldToCanvas.call(viewport, moved(world, 1));
    return [x * by, y * by];
  };
  drawn.getCameraCPU = () => {
    own = true;
    try {
      return camera.call(viewport);
    } finally {
      own = false;
    }
  };
  viewport.getCamera = drawn.getCameraCPU;
}
