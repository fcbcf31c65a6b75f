import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import type { TestContext } from '../../helpers/hub.ts';

export interface Said {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command line of the hub as a process of its own, without a terminal. */
export async function hub(args: readonly string[], environment: Record<string, string> = {}): Promise<Said> {
  const child = spawn(process.execPath, [path.resolve('server/commands/main.ts'), ...args], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out: out.trim(), err: err.trim() };
}

/** One command in this process; what it throws is said as the command line says it: one line, exit code 1. */
export async function said(command: () => Promise<number>): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  let code: number;
  try {
    code = await command();
  } catch (fault) {
    code = 1;
    err.push(fault instanceof Error ? fault.message : String(fault));
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What a process needs to stand on the same database and folder as a context of ours. */
export const environmentOf = ({ ctx }: TestContext): Record<string, string> => ({
  DATABASE_URL: ctx.pool.options.connectionString ?? '',
  DATA_DIR: ctx.config.dataDir,
});
