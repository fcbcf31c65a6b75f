import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface Column<T> {
  title: string;
  text: (row: T) => string | number | null | undefined;
  person?: boolean;
}
interface ExportRows {
  toCsv<T>(columns: Column<T>[], rows: readonly T[], mark?: string): string;
  maskNames<T>(columns: Column<T>[]): Column<T>[];
}
const source: string = '../../viewer/src/shell/exportRows.ts';
const { toCsv, maskNames } = (await import(source)) as ExportRows;

type Row = (string | number | null | undefined)[];
const columns = (n: number): Column<Row>[] =>
  Array.from({ length: n }, (_, at) => ({ title: `列 ${at}`, text: (row: Row) => row[at] }));
const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((file) => fs.existsSync(file));
/** The rows as the csv module of Python reads them. */
const readByPython = (text: string): string[][] =>
  JSON.parse(
    execFileSync(
      python ?? '',
      [
        '-c',
        'import csv,sys,json,io;print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode("utf-8-sig"),newline="")))))',
      ],
      { input: text, encoding: 'utf8' },
    ),
  ) as string[][];

describe('a list as CSV', () => {
  test('begins with the byte order mark and ends each line with CR LF', () => {
    const text = toCsv(columns(2), [['甲', 1]], '导出: 张三');
    expect(text).toBe('\uFEFF列 0,列 1\r\n甲,1\r\n导出: 张三\r\n');
  });

  test.skipIf(!python)('is read back cell by cell by another program (python csv)', () => {
    const cells = ['a,b', 'say "so"', 'two\r\nlines', 'one\nmore', ' 空格 ', '', '"', ',', '𠮷野家', "it's"];
    const rows = cells.map((cell, n): Row => [cell, cells[(n + 3) % cells.length], n, null]);
    expect(readByPython(toCsv(columns(4), rows)).slice(1)).toEqual(
      rows.map((row) => row.map((cell) => String(cell ?? ''))),
    );
  });

  test.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")'])(
    'a cell %j is no formula',
    (cell) => {
      const [, line = ''] = toCsv(columns(1), [[cell]]).split(/\r\n(?=["'])/);
      expect(line).toMatch(/^"?'/);
    },
  );

  test('numbers below zero stay numbers', () => {
    expect(toCsv(columns(3), [[-1, '-2.5', '-']])).toContain("\r\n-1,-2.5,'-\r\n");
  });

  test('nothing that begins a formula begins a cell, whatever is exported', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string()), { maxLength: 5 }),
        (rows) => {
          let rest = toCsv(columns(2), rows as Row[]).slice(1);
          for (; rest.length > 0;) {
            const quoted = rest.startsWith('"');
            const cell = quoted
              ? (/^"((?:[^"]|"")*)"/.exec(rest)?.[1] ?? '')
              : (/^[^,\r\n]*/.exec(rest)?.[0] ?? '');
            if (!/^-?\d+(\.\d+)?$/.test(cell)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
            rest = rest.slice(cell.length + (quoted ? 2 : 0)).replace(/^(,|\r\n)/, '');
          }
        },
      ),
    );
  });
});

describe('names that leave masked', () => {
  test.each([
    ['王芳', '王*'],
    ['欧阳娜娜', '欧**'],
    ['阿不都热西提·买买提', '阿**'],
    ['𠮷野', '𠮷*'],
    ['单', '单'],
    ['', ''],
  ])('%s → %s', (name, masked) => {
    const [who, other] = maskNames<{ name: string }>([
      { title: '姓名', text: (row) => row.name, person: true },
      { title: '项目', text: (row) => row.name },
    ]);
    expect([who?.text({ name }), other?.text({ name })]).toEqual([masked, name]);
  });
});
