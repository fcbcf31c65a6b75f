import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const haveDcmtk = ['dcmcjpeg', 'dcmcjpls', 'dcmcrle', 'dcmconv', 'dcmj2pnm'].every(
  (tool) => spawnSync(tool, ['--version']).status === 0,
);

function within<T>(file: Buffer, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hub-dcmtk-'));
  try {
    writeFileSync(join(folder, 'in.dcm'), file);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The file as a tool of dcmtk codes it, such as `dcmcjpeg +el +sv 7`. */
export function codedBy(command: string, file: Buffer): Buffer {
  const [tool = '', ...options] = command.split(' ');
  return within(file, (folder) => {
    const run = spawnSync(tool, [...options, 'in.dcm', 'out.dcm'], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${command}: ${run.stderr}`);
    return readFileSync(join(folder, 'out.dcm'));
  });
}

/** Samples of 8 bits of the picture that dcmj2pnm makes of the first frame: one for grey, three for colour. */
export function drawnBy(options: readonly string[], file: Buffer): number[] {
  return within(file, (folder) => {
    const run = spawnSync('dcmj2pnm', ['+op', ...options, 'in.dcm', 'out.pnm'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stderr);
    const picture = readFileSync(join(folder, 'out.pnm'));
    const [head = '', kind, width, height] = /^(P[56])\s(?:#.*\s)?(\d+) (\d+)\s\d+\s/.exec(picture.toString('latin1', 0, 200)) ?? [];
    const count = Number(width) * Number(height) * (kind === 'P6' ? 3 : 1);
    return [...picture.subarray(head.length, head.length + count)];
  });
} // prettier-ignore
