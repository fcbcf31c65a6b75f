import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder } from '../../../server/core/folderLock.ts';

let folder: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
});
const file = () => path.join(folder, 'hub.lock');
const write = (text: string) => fs.writeFileSync(file(), text);
const startOf = (pid: number) => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};
const living = (): number => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  return child.pid!;
};
const dead = (): number => spawnSync('true').pid;

test('a folder is held once, says by whom, and is free again', () => {
  const lock = lockFolder(folder);
  expect(fs.readFileSync(file(), 'utf8')).toBe(`${process.pid} ${startOf(process.pid)}`);
  lock!.release();
  expect(fs.readdirSync(folder)).toEqual([]);
  lock!.release();
  expect(lockFolder(folder)).toBeDefined();
});

test('a folder that is not there is said, not taken', () => {
  expect(() => lockFolder(path.join(folder, 'missing'))).toThrow('ENOENT');
});

describe('a lock that stands is', () => {
  test('held while its process lives', () => {
    const pid = living();
    write(`${pid} ${startOf(pid)}`);
    expect(lockFolder(folder)).toBeUndefined();
    expect(fs.readFileSync(file(), 'utf8')).toBe(`${pid} ${startOf(pid)}`);
    expect(fs.readdirSync(folder)).toEqual(['hub.lock']);
  });

  test('held where it does not say since when, or the system cannot tell', () => {
    write(String(living()));
    expect(lockFolder(folder)).toBeUndefined();
  });

  test.each([
    ['of a process that ended', () => `${dead()} 123`],
    ['of a number that another process has now', () => `${living()} 1`],
    ['of this very number, from before the machine started', () => `${process.pid} 1`],
    ['of nobody', () => ''],
    ['of something that is no number', () => 'pid file of another program'],
    ['of a negative number', () => '-1 5'],
    ['of a number beyond every process', () => '99999999999 5'],
  ])('taken over %s', (_of, text) => {
    write(text());
    const lock = lockFolder(folder);
    expect(lock).toBeDefined();
    expect(fs.readFileSync(file(), 'utf8')).toBe(`${process.pid} ${startOf(process.pid)}`);
    expect(fs.readdirSync(folder), 'nothing is left beside it').toEqual(['hub.lock']);
  });
});

test('of many processes that find a dead lock at once, one takes it', async () => {
  write(`${dead()} 123`);
  const script = `import { lockFolder } from ${JSON.stringify(path.resolve('server/core/folderLock.ts'))};
    process.stdin.once('data', () => console.log(lockFolder(${JSON.stringify(folder)}) ? 'mine' : 'theirs'));
    console.log('ready');`;
  children = Array.from({ length: 5 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
  const said = children.map(() => '');
  children.forEach((child, index) => child.stdout!.on('data', (data: Buffer) => (said[index] += data.toString()))); // prettier-ignore
  await expect.poll(() => said.every((text) => text.includes('ready'))).toBe(true);
  for (const child of children) child.stdin!.write('go');
  await expect.poll(() => said.every((text) => /mine|theirs/.test(text))).toBe(true);
  const winners = children.filter((_, index) => said[index]?.includes('mine'));
  expect(winners).toHaveLength(1);
  expect(fs.readFileSync(file(), 'utf8')).toBe(`${winners[0]!.pid} ${startOf(winners[0]!.pid!)}`);
  // It dies without a word, as by kill -9; the next start takes its lock over.
  const gone = once(winners[0]!, 'exit');
  winners[0]!.kill('SIGKILL');
  await gone;
  expect(lockFolder(folder)).toBeDefined();
});
