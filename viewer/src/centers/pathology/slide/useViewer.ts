import OpenSeadragon from 'openseadragon';
import { useEffect, useRef, useState } from 'react';
import type { SlideDescription } from '../types.ts';
import { leastPixelRatio } from './scale.ts';
import { fetchAround } from './fetchAround.ts';
import type { SlideLook } from './tileSource.ts';
import { tileSourceOf } from './tileSource.ts';

const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A window below this is one whose page is not laid out yet. */
const leastPixels = 64;

/** Mounts OpenSeadragon on an element for one slide; undefined until the slide is open. */
export function useViewer(slide: SlideDescription, minimap: boolean, look: SlideLook) {
  const element = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<OpenSeadragon.Viewer>();
  const [failed, setFailed] = useState(0);
  const first = useRef(look);
  const shown = useRef(look);
  useEffect(() => {
    if (!element.current) return;
    const smooth = reducedMotion() ? 0 : 0.2; // the next field stands within a quarter of a second
    const made = OpenSeadragon({
      element: element.current,
      drawer: 'canvas', // old graphics: the 2D canvas is steady where WebGL runs in software
      tileSources: tileSourceOf(slide, first.current),
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
      immediateRender: true, // the level in view first: the coarser ones cost a thin line a third of its time
      minPixelRatio: leastPixelRatio,
      imageLoaderLimit: 12,
      maxImageCacheCount: 600,
      preserveImageSizeOnResize: true,
      crossOriginPolicy: false,
      timeout: 30_000,
    } as OpenSeadragon.Options);
    const watch = ({ item: image }: { item: OpenSeadragon.TiledImage }) => {
      const said = element.current;
      if (!said) return;
      // the field in view stands in full: for tests and measurements, and the moment to fetch its neighbours
      const tell = () => {
        said.dataset.state = image.getFullyLoaded() ? 'shown' : 'loading';
        if (image.getFullyLoaded()) fetchAround(made, slide, shown.current);
      };
      image.addHandler('fully-loaded-change', tell);
      tell();
    };
    // a pane that is still being laid out has no size yet: the whole slide is fitted once it has one
    let sized = false;
    const fit = () => {
      if (made.world.getItemCount() === 0) return; // a size that comes before the slide fits nothing yet
      const { x, y } = made.viewport.getContainerSize();
      if (!sized) made.viewport.goHome(true);
      sized ||= Math.min(x, y) >= leastPixels;
    };
    made.addHandler('open', () => {
      fit();
      setViewer(made);
    });
    made.addHandler('after-resize', fit);
    made.world.addHandler('add-item', (event) =>
      watch(event as unknown as { item: OpenSeadragon.TiledImage }),
    );
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
  useEffect(() => {
    shown.current = look;
    const old = viewer?.world.getItemAt(0);
    if (!viewer || !old || look === first.current) return;
    first.current = look;
    // the new tissue lies over the old until it is there: place and magnification stay
    viewer.addTiledImage({ tileSource: tileSourceOf(slide, look), index: 0, replace: true });
  }, [viewer, slide, look]);
  return { element, viewer, failed };
}
