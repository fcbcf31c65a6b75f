import type OpenSeadragon from 'openseadragon';
import { useEffect, useState } from 'react';
import type { SlideDescription } from '../types.ts';
import { scaleBar } from './scale.ts';
import { imagePixelsPerScreenPixel, magnificationOf } from './viewActs.ts';

/** The scale as a bar of round length, and the magnification on this screen. */
export function ScaleBar({ viewer, slide }: { viewer: OpenSeadragon.Viewer; slide: SlideDescription }) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const update = () => redraw((count) => count + 1);
    const events = ['zoom', 'after-resize', 'animation-finish'] as const;
    for (const event of events) viewer.addHandler(event, update);
    update(); // the pane may have got its size between drawing and listening
    return () => {
      for (const event of events) viewer.removeHandler(event, update);
    };
  }, [viewer]);
  const magnification = magnificationOf(viewer, slide);
  const bar = slide.micrometrePerPixel
    ? scaleBar(slide.micrometrePerPixel * imagePixelsPerScreenPixel(viewer))
    : null;
  const words = bar && (bar.micrometre >= 1000 ? `${bar.micrometre / 1000} mm` : `${bar.micrometre} µm`);
  return (
    <div className="path-scale hub-num">
      {bar && <div className="path-scale-bar" style={{ width: bar.pixels }} />}
      <span>
        {words}
        {magnification !== null &&
          ` · ${magnification >= 9.95 ? magnification.toFixed(0) : magnification.toFixed(1)}×`}
      </span>
    </div>
  );
}
