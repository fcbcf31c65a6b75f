import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importFiles } from '../../../server/commands/importFiles.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { said } from './cli.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-import-'));
let hub: TestContext;
beforeAll(async () => {
  hub = await createContext({ county: true });
});
afterAll(async () => {
  await hub.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const file = (name: string, content: string | Buffer) => {
  const at = path.join(folder, name);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, content);
  return at;
};
const run = (...args: string[]) => said(() => importFiles(hub.ctx, [...args, '--institution', 'LIUHE']));

test('a folder is walked to its last file, in order; what none knows is named and left where it is', async () => {
  const names = ['b/note.txt', 'a/deep/er/x.bin', 'a/empty', 'c.pdf'].map((name, n) => file(name, n === 2 ? '' : 'text')); // prettier-ignore
  fs.symlinkSync('/no/such/target', path.join(folder, 'z-broken-link'));
  const one = await run(path.join(folder, 'a'), path.join(folder, 'b'));
  expect(one.code).toBe(1);
  expect(one.out.split('\n')).toEqual([
    ...[names[1], names[2], names[0]].map((at) => `${at}: unknown (no centre knows this format)`),
    '3 unknown',
  ]);
  for (const at of names) expect(fs.existsSync(at)).toBe(true);
  const orders = await hub.ctx.db.selectFrom('orders').select('id').execute();
  expect(orders).toEqual([]);
});

test('a file that is broken is refused by the centre whose format it claims, and the next is still taken up', async () => {
  const broken = file('d/broken.dcm', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(50, 0xff)])); // prettier-ignore
  const other = file('d/other.txt', 'text');
  const { code, out } = await run('--json', broken, other);
  expect(code).toBe(1);
  const outcomes = out
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; outcome: string; detail: string });
  expect(outcomes.map((outcome) => outcome.file)).toEqual([broken, other]);
  expect(outcomes[0]?.outcome).toMatch(/refused|quarantined/);
  expect(outcomes[0]?.detail).not.toBe('');
  expect(outcomes[1]?.outcome).toBe('unknown');
});

test('an empty folder is nothing, and no fault', async () => {
  fs.mkdirSync(path.join(folder, 'none'));
  expect(await run(path.join(folder, 'none'))).toEqual({ code: 0, out: 'nothing found', err: '' });
});
