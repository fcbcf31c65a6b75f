import { axesOf, slabOf, type Plane, type Slab } from './reformat.ts';
import type { Volume } from './volume.ts';

/** One plane as it is wanted on the screen. */
export interface GpuCut {
  plane: Plane;
  index: number;
  slab: Slab;
  thicknessMm: number;
  window: { width: number; center: number };
  invert: boolean;
  /** Pixels of the canvas. */
  width: number;
  height: number;
}

export interface GpuVolume {
  /** Draws one plane into a canvas, interpolated at the canvas's own resolution. False when the context is gone. */
  draw(target: HTMLCanvasElement, cut: GpuCut): boolean;
  close(): void;
}

const modes: Record<Slab, number> = { none: 0, max: 1, min: 2, mean: 3 };

const corners = `#version 300 es
void main() {
  vec2 at = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(at, 0.0, 1.0);
}`;

// Integer textures keep every value exact; they have no filter of their own, so the in-plane interpolation is written out.
const shading = `#version 300 es
precision highp float;
precision highp int;
precision highp isampler3D;
uniform isampler3D voxels;
uniform ivec3 size;
uniform ivec3 axes;
uniform vec2 canvas;
uniform int first;
uniform int last;
uniform int mode;
uniform vec2 window;
uniform bool inverted;
out vec4 color;

float voxel(int h, int v, int n) {
  ivec3 at;
  at[axes.x] = h;
  at[axes.y] = v;
  at[axes.z] = n;
  return float(texelFetch(voxels, at, 0).r);
}

void main() {
  vec2 most = vec2(float(size[axes.x] - 1), float(size[axes.y] - 1));
  vec2 place = vec2(gl_FragCoord.x, canvas.y - gl_FragCoord.y) / canvas * (most + 1.0) - 0.5;
  place = clamp(place, vec2(0.0), most);
  ivec2 a = ivec2(floor(place));
  ivec2 b = min(a + 1, ivec2(most));
  vec2 f = place - vec2(a);
  float value = 0.0;
  for (int n = first; n <= last; n += 1) {
    float upper = mix(voxel(a.x, a.y, n), voxel(b.x, a.y, n), f.x);
    float lower = mix(voxel(a.x, b.y, n), voxel(b.x, b.y, n), f.x);
    float here = mix(upper, lower, f.y);
    if (n == first) value = here;
    else if (mode == 1) value = max(value, here);
    else if (mode == 2) value = min(value, here);
    else value += here;
  }
  if (mode == 3) value /= float(last - first + 1);
  float base = window.y - 0.5 - (window.x - 1.0) / 2.0;
  float grey = clamp((value - base) / max(1.0, window.x - 1.0), 0.0, 1.0);
  color = vec4(vec3(inverted ? 1.0 - grey : grey), 1.0);
}`;

function compile(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, corners],
    [gl.FRAGMENT_SHADER, shading],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}

/**
 * The volume as one texture of one WebGL2 context that all planes are drawn from. Null where the machine cannot: no
 * WebGL2, a volume larger than its textures, no memory. `onLost` is called when the driver takes the context away.
 */
export function openGpuVolume(volume: Volume, onLost: () => void): GpuVolume | null {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2', { antialias: false, depth: false, alpha: false });
  if (!gl) return null;
  const program = compile(gl);
  const [columns, rows, slices] = volume.size;
  if (!program || Math.max(columns, rows, slices) > (gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number))
    return null;
  gl.bindTexture(gl.TEXTURE_3D, gl.createTexture());
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_3D, side, gl.NEAREST);
  gl.texStorage3D(gl.TEXTURE_3D, 1, gl.R16I, columns, rows, slices);
  const slice = columns * rows;
  for (let n = 0; n < slices; n += 1)
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, n, columns, rows, 1, gl.RED_INTEGER, gl.SHORT, volume.data.subarray(n * slice, (n + 1) * slice)); // prettier-ignore
  if (gl.getError() !== gl.NO_ERROR) return null;
  gl.useProgram(program);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const at = {
    size: uniform('size'),
    axes: uniform('axes'),
    canvas: uniform('canvas'),
    first: uniform('first'),
    last: uniform('last'),
    mode: uniform('mode'),
    window: uniform('window'),
    inverted: uniform('inverted'),
  };
  gl.uniform3i(at.size, columns, rows, slices);
  let closed = false;
  canvas.addEventListener('webglcontextlost', () => !closed && onLost());

  return {
    draw(target, cut) {
      const context = target.getContext('2d');
      if (!context || gl.isContextLost() || cut.width < 1 || cut.height < 1) return !gl.isContextLost();
      if (canvas.width < cut.width || canvas.height < cut.height) {
        canvas.width = Math.max(canvas.width, cut.width);
        canvas.height = Math.max(canvas.height, cut.height);
      }
      const [h, v] = axesOf[cut.plane];
      gl.viewport(0, 0, cut.width, cut.height);
      gl.uniform3i(at.axes, h, v, cut.plane);
      gl.uniform2f(at.canvas, cut.width, cut.height);
      const [first, last] = slabOf(volume, cut.plane, cut.index, cut.slab, cut.thicknessMm);
      gl.uniform1i(at.first, first);
      gl.uniform1i(at.last, last);
      gl.uniform1i(at.mode, modes[cut.slab]);
      gl.uniform2f(at.window, Math.max(1, cut.window.width), cut.window.center);
      gl.uniform1i(at.inverted, cut.invert ? 1 : 0);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      target.width = cut.width;
      target.height = cut.height;
      context.drawImage(
        canvas,
        0,
        canvas.height - cut.height,
        cut.width,
        cut.height,
        0,
        0,
        cut.width,
        cut.height,
      );
      return true;
    },
    close() {
      closed = true;
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
