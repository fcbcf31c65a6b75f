import type { core } from './engine.ts';

interface Drawn {
  _updateToDisplayImageCPU: (image: core.Types.IImage) => void;
}

/**
 * A window that was set stays for the next images, as it does on a graphics card: drawn by the processor each image came
 * with its own.
 */
export function keepWindow(viewport: core.StackViewport): void {
  const drawn = viewport as unknown as Drawn;
  const { setProperties, resetProperties, setStack } = viewport;
  const show = drawn._updateToDisplayImageCPU;
  let kept: core.Types.VOIRange | undefined;
  viewport.setProperties = (properties, suppress) => {
    kept = properties?.voiRange ?? kept;
    setProperties.call(viewport, properties, suppress);
  };
  viewport.resetProperties = () => {
    kept = undefined;
    resetProperties.call(viewport);
  };
  viewport.setStack = (...stack) => {
    kept = undefined;
    return setStack.apply(viewport, stack);
  };
  drawn._updateToDisplayImageCPU = (image) => {
    show.call(viewport, image);
    if (kept) setProperties.call(viewport, { voiRange: kept }, true);
  };
}
