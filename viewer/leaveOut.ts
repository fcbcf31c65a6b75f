import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const stub = (name: string) => fileURLToPath(new URL(`stubs/${name}.ts`, import.meta.url));

/** What Cornerstone and VTK import into the page and nobody calls there; the decoding worker has its own, whole. */
const left: readonly { source: RegExp; importer: RegExp; instead: string }[] = [
  {
    // VTK's second way of drawing; the first is WebGL.
    source: /[\\/]WebGPU[\\/]/,
    importer: /vtk\.js[\\/]Rendering[\\/](Misc|Profiles)[\\/]/,
    instead: stub('nothing'),
  },
  {
    // Frames are decoded by the worker.
    source: /^\.\/(decodeImageFrameWorker|shared\/decoders\/index)\.js$/,
    importer: /dicom-image-loader[\\/]dist[\\/]esm[\\/]index\.js$/,
    instead: stub('decoders'),
  },
  {
    // Whole files are never read in the page.
    source: /^pako$/,
    importer: /parseDicomWithInflater\.js$/,
    instead: stub('pako'),
  },
  {
    // Cornerstone's coming generation of viewports, beside the one that is used.
    source: /GenericViewport[\\/](ECG|Planar|Video|Volume3D|WSI)[\\/](index|\w*[vV]iewport\w*)\.js$/,
    importer:
      /core[\\/]dist[\\/]esm[\\/](index|RenderingEngine[\\/](index|helpers[\\/]viewportTypeToViewportClass))\.js$/,
    instead: stub('nextViewports'),
  },
  {
    // Colour scales: images are shown in grey or in their own colours.
    source: /[\\/](ColorMaps\.json|cpuColormaps)\.js$/,
    importer: /ColorMaps\.js$|colormap\.js$|constants[\\/]index\.js$/,
    instead: stub('colorMaps'),
  },
];

/** Leaves out of the page what only other uses of these libraries need: a tenth of a second of a thin line. */
export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer = '') {
      return left.find((each) => each.source.test(source) && each.importer.test(importer))?.instead ?? null;
    },
  };
}
