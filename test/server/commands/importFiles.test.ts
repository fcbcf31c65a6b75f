import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { importFiles } from '../../../server/commands/importFiles.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../../shared/fixtures');
let hub: TestContext;
beforeAll(async () => {
  hub = await createContext({ county: true });
});
afterAll(() => hub.close());

test.skipIf(!fs.existsSync(FIXTURES))(
  'a DICOM file, a recording and a stranger are told apart by content',
  async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const code = await importFiles(hub.ctx, [
      '--institution',
      'LIUHE',
      '--json',
      path.join(FIXTURES, 'dicom/general/CT_small.dcm'),
      path.join(FIXTURES, 'ecg/reference/example.scp'),
      path.join(FIXTURES, 'hl7/adt.hl7'),
    ]);
    log.mockRestore();
    const outcomes = lines.map((line) => JSON.parse(line) as { file: string; outcome: string });
    expect(outcomes.map(({ file, outcome }) => [path.basename(file), outcome])).toEqual([
      ['CT_small.dcm', 'stored'],
      ['example.scp', 'stored'],
      ['adt.hl7', 'unknown'],
    ]);
    expect(code).toBe(1);
    const orders = await hub.ctx.db
      .selectFrom('orders')
      .select(['centerKind', 'provisional'])
      .orderBy('centerKind')
      .execute();
    expect(orders).toEqual([
      { centerKind: 'imaging', provisional: true },
      { centerKind: 'ecg', provisional: true },
    ]);
  },
);
