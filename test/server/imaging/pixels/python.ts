import { spawnSync } from 'node:child_process';

/** Debian's package belongs to the system's Python, whatever else is in the path. */
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pydicom, numpy, gdcm']).status === 0,
);
/** Whether pydicom with gdcm is there to compare with. */
export const havePydicom = python !== undefined;

const script = `
import sys, json, hashlib, warnings
warnings.filterwarnings('ignore')
import numpy, pydicom
out = {}
for name in sys.argv[1:]:
    try:
        d = pydicom.dcmread(name)
        a = d.pixel_array
        frames = a if int(getattr(d, 'NumberOfFrames', 1) or 1) > 1 else a[None]
        out[name] = [hashlib.sha256(f.astype('<i8').astype('<i4').tobytes()).hexdigest()[:16] for f in frames[:3]]
    except Exception as e:
        out[name] = type(e).__name__
print(json.dumps(out))
`;

/** What pydicom with gdcm decodes: for each file the names of its first three frames' samples, or why it reads none. */
export function peerFrames(files: readonly string[]): Record<string, string[] | string> {
  const run = spawnSync(python ?? '', ['-c', script, ...files], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Record<string, string[] | string>;
}
