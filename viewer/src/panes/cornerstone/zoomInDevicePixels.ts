import type { core } from './engine.ts';

/**
 * Drawn by the processor, a picture's scale is in pixels of the device, but Cornerstone takes it from the camera's in
 * pixels of the page: with a display scaled to 125 %, or a phone, each step of zooming by mouse or fingers made the
 * picture smaller. A camera that names its scale is left alone.
 */
export function zoomInDevicePixels(viewport: core.StackViewport): void {
  const { setCamera } = viewport;
  viewport.setCamera = (camera, ...rest) => {
    const { parallelScale } = camera;
    const named = 'scale' in camera && camera.scale !== undefined;
    const given =
      parallelScale === undefined || named
        ? camera
        : { ...camera, parallelScale: parallelScale / (devicePixelRatio || 1) };
    setCamera.call(viewport, given, ...rest);
  };
}
