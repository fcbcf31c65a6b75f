import OpenSeadragon from 'openseadragon';
import { useEffect, useRef, useState } from 'react';
import type { SlideDescription } from '../types.ts';
import { tileSourceOf } from './tileSource.ts';

const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Mounts OpenSeadragon on an element for one slide; undefined until the slide is open. */
export function useViewer(slide: SlideDescription, minimap: boolean) {
  const element = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<OpenSeadragon.Viewer>();
  const [failed, setFailed] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const smooth = reducedMotion() ? 0 : 0.35;
    const made = OpenSeadragon({
      element: element.current,
      drawer: 'canvas', // old graphics: the 2D canvas is steady where WebGL runs in software
      tileSources: tileSourceOf(slide),
      showNavigationControl: false,
      showNavigator: minimap,
      navigatorPosition: 'BOTTOM_RIGHT',
      navigatorSizeRatio: 0.16,
      navigatorAutoFade: false,
      navigatorBackground: '#fff',
      animationTime: smooth,
      springStiffness: 10,
      zoomPerScroll: 1.3,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      maxZoomPixelRatio: 4,
      visibilityRatio: 0.3,
      minZoomImageRatio: 0.6,
      imageLoaderLimit: 8,
      maxImageCacheCount: 600,
      preserveImageSizeOnResize: true,
      crossOriginPolicy: false,
      timeout: 30_000,
    } as OpenSeadragon.Options);
    made.addHandler('open', () => setViewer(made));
    made.addHandler('tile-load-failed', () => setFailed((count) => count + 1));
    // the page has its own keys
    made.addHandler('canvas-key', (event) => {
      event.preventDefaultAction = true;
    });
    return () => {
      setViewer(undefined);
      made.destroy();
    };
  }, [slide, minimap]);
  return { element, viewer, failed };
}
