import { modules } from './index.ts';
import type { CenterModule } from './contract.ts';

const headBytes = 4096;

/** Another centre than `own` whose file this plainly is, by its first bytes and its name. */
export async function centerOfFile(
  file: Blob,
  name: string,
  own: CenterModule['kind'],
): Promise<CenterModule['kind'] | undefined> {
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  if (modules.some((module) => module.kind === own && module.takesFile?.(head, name))) return undefined;
  return modules.find((module) => module.kind !== own && module.takesFile?.(head, name))?.kind;
}
